"""Every address of the web process: each room lists its own."""

from django.urls import URLPattern, URLResolver, include, path

from colloque.config.health import health
from colloque.config.vault_proxy import forward, ledger

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("vault/<path:rest>", forward, name="vault"),
    path("ledger/<path:rest>", ledger, name="ledger"),
    path("", include("colloque.accounts.urls")),
    path("", include("colloque.records.urls")),
    path("", include("colloque.consultations.urls")),
    path("", include("colloque.scheduling.urls")),
    path("", include("colloque.messaging.urls")),
    path("", include("colloque.documents.urls")),
    path("", include("colloque.video.urls")),
    path("", include("colloque.notifications.urls")),
    path("", include("colloque.incidents.urls")),
    path("", include("colloque.pages.urls")),
]

handler400 = "colloque.kernel.http.bad_request"
handler403 = "colloque.kernel.http.permission_denied"
handler404 = "colloque.kernel.http.page_not_found"
handler500 = "colloque.kernel.http.server_error"
