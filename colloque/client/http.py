"""One browser's connection: cookies, the CSRF token, and errors by name."""

import weakref
from typing import Any

import httpx

from colloque.client.errors import ClientError, Refused
from colloque.kernel.tls import trust

SECONDS = 30


class Browser:
    """Cookies of one person at one deployment. `url` is its origin."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            timeout=SECONDS,
            trust_env=False,
            verify=trust(),
            headers={"Origin": self.url, "Accept-Language": "fr"},
        )
        # A browser that nobody holds any more leaves no connection behind.
        weakref.finalize(self, self._http.close)

    @property
    def cookies(self) -> str:
        """For sockets."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._http.cookies.jar)

    def take_cookies(self, cookies: str) -> None:
        """Go on in a session that another process began: `cookies` as that one wrote them."""
        for one in cookies.split("; "):
            name, _, value = one.partition("=")
            self._http.cookies.set(name, value)

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def get_bytes(self, path: str) -> bytes:
        return self._send("GET", path).content

    def post(self, path: str, body: Any = None) -> Any:
        return self._ask("POST", path, json={} if body is None else body)

    def put_bytes(self, path: str, data: bytes) -> None:
        self._send("PUT", path, content=data, headers={"Content-Type": "application/octet-stream"})

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def open_page(self, path: str) -> str:
        """Load a page as one does first of all: it leaves the token that changes need."""
        return self._send("GET", path).text

    def look_at(self, path: str) -> tuple[str, str]:
        """A page as it is delivered, with its Content-Security-Policy. Raises Refused where it leads elsewhere."""
        response = self._send("GET", path)
        if response.is_redirect:
            raise Refused(path, response.status_code, "elsewhere", "This page is not for this account.")
        return response.text, response.headers.get("content-security-policy", "")

    def close(self) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, **how: Any) -> Any:
        response = self._send(method, path, **how)
        return response.json() if response.content else None

    def _send(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **how: Any
    ) -> httpx.Response:
        sent = dict(headers or {})
        if method != "GET":
            sent["X-CSRFToken"] = self._token()
        try:
            response = self._http.request(method, path, headers=sent, **how)
        except httpx.HTTPError as error:
            raise ClientError(f"{self.url} does not answer ({type(error).__name__}).") from error
        if response.is_error:
            raise _refusal(path, response)
        return response

    def _token(self) -> str:
        if "csrftoken" not in self._http.cookies:
            self.open_page("/sign-in")
        return self._http.cookies.get("csrftoken", "") or ""


def _refusal(path: str, response: httpx.Response) -> Refused:
    try:
        told = response.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    # A path may hold an invitation's token: only its first parts are told.
    shown = "/".join(path.split("?", maxsplit=1)[0].split("/")[:3])
    return Refused(
        shown,
        response.status_code,
        str(told.get("error", "odd")),
        str(told.get("message", "")),
        told.get("retry_at"),
    )
