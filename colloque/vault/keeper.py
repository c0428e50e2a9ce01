"""Keepers: who holds the key-encryption key, and wraps the data keys with it (docs/adr/0012).

A key file on the vault's host, or OpenBao's transit engine, where the key never leaves and each use is in a file that
the vault cannot write. A keeper wraps a handful of data keys and no secret of a record: it is asked at the start and
every few seconds, never for a release.
"""

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import httpx

from colloque.kernel.encoding import label
from colloque.kernel.tls import trust
from colloque.vault.kek import open_key_file
from colloque.vault.settings import TransitSettings, UnsafeSetting, VaultSettings


class KeeperAway(Exception):
    """The keeper does not answer. What is in memory may be used until the lease ends."""


class KeeperRefuses(Exception):
    """The keeper answers, and says no: this vault is not trusted any more. Nothing may be used from here on."""


class Keeper(Protocol):
    """`name` stands beside each data key that it wrapped; `can_leave` is whether it may be out of reach for a while."""

    @property
    def name(self) -> str: ...
    @property
    def can_leave(self) -> bool: ...
    def wrap(self, key: bytes, generation: int) -> bytes: ...
    def unwrap(self, wrapped: bytes, generation: int) -> bytes: ...
    def close(self) -> None: ...


def context_of(generation: int) -> bytes:
    return label("colloque/v1/kek", "data-key", str(generation))


class FileKeeper:
    name = "file"
    can_leave = False

    def __init__(self, path: Path) -> None:
        self._kek = open_key_file(path)

    def wrap(self, key: bytes, generation: int) -> bytes:
        return self._kek.wrap(key, context_of(generation))

    def unwrap(self, wrapped: bytes, generation: int) -> bytes:
        return self._kek.unwrap(wrapped, context_of(generation))

    def close(self) -> None:
        """Nothing is open."""


class TransitKeeper:
    """OpenBao's transit engine, reached as an AppRole that may encrypt and decrypt with one key and nothing else."""

    can_leave = True

    def __init__(self, settings: TransitSettings, *, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._http = httpx.Client(
            base_url=settings.address,
            timeout=5,
            verify=trust(settings.ca_file),
            trust_env=False,
            transport=transport,
        )
        self._token = ""

    @property
    def name(self) -> str:
        return f"transit:{self._settings.mount}/{self._settings.key}"

    def wrap(self, key: bytes, generation: int) -> bytes:
        told = self._ask("encrypt", plaintext=_b64(key), associated_data=_b64(context_of(generation)))
        return str(told["ciphertext"]).encode()

    def unwrap(self, wrapped: bytes, generation: int) -> bytes:
        asked = {"ciphertext": wrapped.decode(), "associated_data": _b64(context_of(generation))}
        try:
            return base64.b64decode(self._ask("decrypt", **asked)["plaintext"], validate=True)
        except (binascii.Error, TypeError) as error:
            raise KeeperAway("the answer is not one of the transit engine") from error

    def close(self) -> None:
        self._http.close()

    def _ask(self, what: str, **body: str) -> dict[str, Any]:
        """Ask once, and once more with a new token: tokens end, and are taken away, long before the role is."""
        path = f"/v1/{self._settings.mount}/{what}/{self._settings.key}"
        if not self._token:
            self._sign_in()
        response = self._post(path, body)
        if response.status_code == httpx.codes.FORBIDDEN:
            self._sign_in()
            response = self._post(path, body)
        if response.status_code in (httpx.codes.FORBIDDEN, httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND):
            raise KeeperRefuses(f"OpenBao answers {response.status_code} to {what}")
        return dict(_data(response))

    def _sign_in(self) -> None:
        body = {"role_id": self._settings.role_id, "secret_id": self._settings.read_secret_id()}
        response = self._post("/v1/auth/approle/login", body, signed=False)
        if response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN):
            raise KeeperRefuses("OpenBao does not know this AppRole, or its secret")
        self._token = str(_auth(response))

    def _post(self, path: str, body: dict[str, str], *, signed: bool = True) -> httpx.Response:
        try:
            return self._http.post(path, json=body, headers={"X-Vault-Token": self._token} if signed else {})
        except httpx.HTTPError as error:
            raise KeeperAway(type(error).__name__) from error


def _data(response: httpx.Response) -> Any:
    return _part(response, lambda told: told["data"])


def _auth(response: httpx.Response) -> Any:
    return _part(response, lambda told: told["auth"]["client_token"])


def _part(response: httpx.Response, take: Callable[[Any], Any]) -> Any:
    """A sealed or starting OpenBao answers 503, a proxy before it 502: it is away, it did not say no."""
    try:
        return take(response.raise_for_status().json())
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError) as error:
        raise KeeperAway(f"OpenBao answers {response.status_code}") from error


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def open_keeper(settings: VaultSettings, which: str = "") -> Keeper:
    """Open the keeper that the settings choose, or the one of a name; raise UnsafeSetting when it is not set up."""
    chosen = which or settings.keeper
    if chosen == "file":
        if settings.kek_file is None:
            raise UnsafeSetting(
                "COLLOQUE_VAULT_KEK_FILE is not set, and a key of the vault is wrapped by that file."
            )
        return FileKeeper(settings.kek_file)
    if settings.transit is None:
        raise UnsafeSetting("COLLOQUE_OPENBAO_ADDRESS is not set, and the vault's keys are kept by OpenBao.")
    return TransitKeeper(settings.transit)
