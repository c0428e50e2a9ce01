"""Where a request comes from, as coarsely as a limit needs it."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def network_of(request: HttpRequest) -> str:
    """Return the caller's network: /24 of IPv4, /48 of IPv6; the proxy's word only where one is trusted."""
    told = str(request.META.get("REMOTE_ADDR", ""))
    if settings.COLLOQUE_TRUSTED_PROXY and told == settings.COLLOQUE_TRUSTED_PROXY:
        told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        address = ip_address(told)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))
