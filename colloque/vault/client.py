"""The only door to the vault for the web and the worker: signs as a service principal, maps refusals to types."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from colloque.kernel.clock import from_wire
from colloque.kernel.encoding import b64u_decode, b64u_encode, label
from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust
from colloque.ledger.pseudonym import Name, put_back, values_of
from colloque.vault.errors import BY_WORD, Unavailable, VaultError
from colloque.vault.ladder import OF_PLATFORM
from colloque.vault.principal import Principal, load

__all__ = ["Principal", "VaultClient", "VaultError", "load"]

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


@dataclass(frozen=True)
class Fed:
    """Some lines of the ledger as they were hashed, what opens the names in them, and how many lines there are."""

    lines: Sequence[str]
    names: Sequence[Name]
    size: int


class VaultClient:
    """Synchronous and thread-safe. Each call raises a VaultError: the vault's refusal, or Unavailable."""

    def __init__(
        self, url: str, principal: Principal | None = None, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.principal = principal
        self._http = httpx.Client(
            base_url=url.rstrip("/"), timeout=10, transport=transport, trust_env=False, verify=trust()
        )

    def close(self) -> None:
        self._http.close()

    def state(self, envelope: Mapping[str, Any], *, network: str = "") -> dict[str, Any]:
        """Hand over a statement that a device or an identity signed; return the receipt."""
        return dict(self._post("/vault/statements", envelope, network)["receipt"])

    def sign_in(self, subject: str, *, network: str = "", session: str = "", purpose: str = "") -> None:
        """Write down that a person signed in."""
        self.state(
            self._signer.say("sign-in", subject=subject, network=network, session=session, purpose=purpose)
        )

    def item_lines(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Write down up to 500 lines; those whose `id` is known already are left out, so a retry is harmless."""
        self.state(self._signer.say("item-lines", lines=list(lines)))

    def blind_index(self, address: str, *, network: str) -> str:
        """Return the index of an e-mail address or a phone number, in hex."""
        return str(self._service("blind-index", address=address, network=network)["index"])

    def set_factors(
        self, subject: str, method: str, *, kind: str, sign_in_secret: bytes, totp_secret: bytes | None = None
    ) -> bytes:
        """Store a method's verifier and second factor; return the unlock share that goes with it."""
        answer = self._service(
            "factors", subject=subject, method=method, kind=kind, sign_in_secret=b64u_encode(sign_in_secret),
            totp_secret=b64u_encode(totp_secret) if totp_secret else None,
        )  # fmt: skip
        return b64u_decode(answer["share"], length=32)

    def unlock(
        self, subject: str, method: str, *, sign_in_secret: bytes, totp: str = "", network: str
    ) -> bytes:
        """Check secret and code; return the unlock share. Raises WrongSecret, TooManyTries or Frozen."""
        answer = self._service(
            "unlock", subject=subject, method=method, sign_in_secret=b64u_encode(sign_in_secret),
            totp=totp or None, network=network,
        )  # fmt: skip
        return b64u_decode(answer["share"], length=32)

    def end_factors(self, subject: str, method: str) -> None:
        self._service("factors-end", subject=subject, method=method)

    def freeze(self, scope: str, target: str) -> None:
        """Of a platform's freeze the vault knows the target itself. Nothing here lifts one: that takes people."""
        self.state(self._signer.say("freeze", scope=scope, target=None if scope in OF_PLATFORM else target))

    def appoint(self, person: str, what: str) -> None:
        """`begin` or `end` an office. Needs the operator's principal."""
        self.state(self._signer.say("officer", target=person, what=what))

    def erase_lines(self, first: int, last: int, *, why: str) -> None:
        """Needs the operator's principal. Raises LinesKept for lines that are not old enough."""
        self.state(self._signer.say("erase-lines", first=first, last=last, why=why))

    def erase_record(self, record: str) -> None:
        """Carry out what people asked for, once its time has come. Raises TooSoon, NotFound, Frozen; Erased if it was."""
        self.state(self._signer.say("erase", record=record, step="carry-out"))

    def carry_out_custody(self, practice: str) -> int:
        """Move up to a hundred of a practice's files to the successor that people agreed on; return how many records were.

        Raises TooSoon, NotFound where nothing was agreed, Frozen.
        """
        return len(self.state(self._signer.say("custody", practice=practice, step="carry-out"))["lines"])

    def release(self, openings: Sequence[Mapping[str, Any]], *, purpose: str) -> list[dict[str, Any]]:
        """Ask for turns as this service, and open the reply: [{"record", "compartment", "epoch", "turn": bytes}]."""
        reply_key, request_id = X25519PrivateKey.generate(), new_id()
        envelope = self._signer.say(
            "release", id=request_id, openings=list(openings), purpose=purpose,
            reply_key=b64u_encode(reply_key.public_key().public_bytes_raw()),
        )  # fmt: skip
        sealed = b64u_decode(self._post("/vault/release", envelope)["sealed"])
        reply = httpx.Response(
            200, content=_SUITE.decrypt(sealed, reply_key, label("colloque/v1/release-reply", request_id))
        ).json()
        return [{**turn, "turn": b64u_decode(turn["turn"], length=32)} for turn in reply["turns"]]

    def feed(self, first: int) -> tuple[list[dict[str, Any]], int]:
        """Read up to 5,000 lines from number `first` on, with the names of practices put back, and the ledger's size. Needs
        the officer's principal."""
        told = self.feed_as_written(first)
        values = values_of(told.names)
        return [put_back(json.loads(body), values) for body in told.lines], told.size

    def feed_as_written(self, first: int) -> Fed:
        """The same lines as `feed`, so that their hashes can be checked."""
        told = self._post("/vault/feed", self._signer.say("feed", first=first))
        try:
            return Fed(told["lines"], [Name.read(one) for one in told["names"]], int(told["size"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Unavailable("the ledger's lines have names that do not open") from error

    def publish_assets(self, manifest: str, *, version: str, files: int) -> bool:
        """Write down which asset manifest is served, by its hash in hex; whether a line was needed."""
        said = self._signer.say("assets", manifest=manifest, version=version, files=files)
        return bool(self.state(said)["lines"])

    def person(self, person: str) -> dict[str, Any]:
        return self._get(f"/vault/directory/persons/{quote(person, safe='')}")

    def practice(self, practice: str) -> dict[str, Any]:
        return self._get(f"/vault/directory/practices/{quote(practice, safe='')}")

    def key(self) -> dict[str, Any]:
        return self._get("/vault/directory/key")

    def checkpoint(self) -> str:
        return self._send("GET", "/vault/checkpoint").text

    def is_healthy(self) -> bool:
        try:
            return bool(self._get("/vault/health").get("ok"))
        except VaultError:
            return False

    def witnesses(self) -> dict[str, Any]:
        """How far behind the witnesses are: {"ok", "quorum", "lines_behind", "witnesses": [{"name", "says"}], …}."""
        return dict(self._get("/vault/health")["witnessed"])

    @property
    def _signer(self) -> Principal:
        if self.principal is None:
            raise Unavailable("this client has no key to sign with")
        return self.principal

    def _service(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        return self._post(f"/vault/service/{kind}", self._signer.say(kind, **fields))

    def _post(self, path: str, body: Mapping[str, Any], network: str = "") -> dict[str, Any]:
        headers = {"X-Forwarded-For": network} if network else {}
        return dict(self._send("POST", path, json=body, headers=headers).json())

    def _get(self, path: str) -> dict[str, Any]:
        return dict(self._send("GET", path).json())

    def _send(self, method: str, path: str, **how: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **how)
        except httpx.HTTPError as error:
            raise Unavailable(type(error).__name__) from error
        if response.is_success:
            return response
        raise error_of(response)


def error_of(response: httpx.Response) -> VaultError:
    """Read the vault's word back into its type; what is not one of its words means that it is out of order."""
    try:
        body = response.json()
        kind = BY_WORD.get(body["error"], Unavailable)
        return kind(retry_at=_time(body.get("retry_at")), now=_time(body.get("now")))
    except (ValueError, KeyError, TypeError):
        return Unavailable(str(response.status_code))


def _time(text: object) -> datetime | None:
    return from_wire(text) if isinstance(text, str) else None
