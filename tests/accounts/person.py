"""Someone at a browser, played in Python: real keys, a soft authenticator, and Django's client for the web."""

import json
import secrets
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client

from colloque.client import authenticator
from colloque.envelope import recovery_code, statement, unlock
from colloque.envelope.keys import DeviceKey, PersonKeys, new_secret
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.totp import STEP_SECONDS, code_at


class Authenticator(authenticator.Authenticator):
    """The reference client's, at this site unless a test says otherwise."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{"origin": settings.COLLOQUE_ORIGIN, "host": settings.COLLOQUE_HOST, **how})


class Person:
    """One browser of one person; `post` and `get` answer (status, body)."""

    def __init__(self, email: str = "", kind: str = "patient") -> None:
        self.email = email or f"{secrets.token_hex(6)}@exemple.fr"
        self.kind = kind
        self.client = Client()
        self.authenticator = Authenticator()
        self.code = recovery_code.new_code()
        self.passphrase = "orge cobalt tuile vendange"
        self.totp_secret = secrets.token_bytes(20)
        self.methods: list[dict[str, Any]] = []
        self.use("", new_secret())
        self.new_device()

    def use(self, person: str, root: bytes) -> None:
        self.person, self.root, self.keys = person, root, PersonKeys.from_root(root)

    def new_device(self) -> None:
        self.device, self.device_key = new_id(), DeviceKey.generate()

    # The web

    def post(self, path: str, body: Any = None, **how: Any) -> tuple[int, Any]:
        response = self.client.post(
            f"/api/{path}", json.dumps(body or {}), content_type="application/json", **how
        )
        return response.status_code, response.json() if response.content else None

    def get(self, path: str) -> tuple[int, Any]:
        response = self.client.get(f"/api/{path}")
        return response.status_code, response.json() if response.content else None

    def ok(self, path: str, body: Any = None) -> Any:
        status, answer = self.post(path, body)
        assert status < 300, (path, status, answer)
        return answer

    # Statements

    def say(self, kind: str, **fields: Any) -> dict[str, Any]:
        return statement.sign(kind, self._body(device=self.device, **fields), self.as_device())

    def as_device(self) -> statement.Signer:
        return statement.as_device(self.device, self.device_key)

    def as_identity(self) -> statement.Signer:
        return statement.as_identity(self.person, self.keys)

    def person_statement(self, **fields: Any) -> dict[str, Any]:
        keys = {
            "identity_key": b64u_encode(self.keys.identity_key),
            "kem_key": b64u_encode(self.keys.kem_key),
        }
        return statement.sign("person", self._body(kind=self.kind, **keys, **fields), self.as_identity())

    def device_statement(self) -> dict[str, Any]:
        public = b64u_encode(self.device_key.public_key)
        body = self._body(device=self.device, new_device=self.device, public_key=public)
        return statement.sign("device", body, self.as_identity(), self.as_device())

    def _body(self, **fields: Any) -> dict[str, Any]:
        return {"id": new_id(), "at": clock.to_wire(clock.now()), "person": self.person, **fields}

    # Methods

    def totp(self, steps: int = 0) -> str:
        return code_at(self.totp_secret, int(clock.now().timestamp()) // STEP_SECONDS + steps)

    def passkey_method(self, **fields: Any) -> dict[str, Any]:
        by = unlock.by_passkey(self.authenticator.prf)
        return unlock.make_method(self.root, by, owner=self.person, **fields).to_json()

    def recovery_factors(self, method: str) -> dict[str, Any]:
        secret = b64u_encode(recovery_code.sign_in_secret(self.code))
        return {"method": method, "kind": "recovery", "sign_in_secret": secret}

    def recovery_method(self, method: str) -> dict[str, Any]:
        by = unlock.by_recovery(self.code)
        return unlock.make_method(self.root, by, owner=self.person, method_id=method).to_json()

    def stretched(self, salt: bytes) -> unlock.StretchedPassphrase:
        return unlock.stretch(self.passphrase, salt)

    def passphrase_factors(self, method: str, stretched: unlock.StretchedPassphrase) -> dict[str, Any]:
        return {
            "method": method,
            "kind": "passphrase",
            "sign_in_secret": b64u_encode(stretched.sign_in_secret),
            "totp_secret": b64u_encode(self.totp_secret),
            "totp": self.totp(),
        }

    def passphrase_method(
        self, method: str, stretched: unlock.StretchedPassphrase, salt: bytes, share: bytes
    ) -> dict[str, Any]:
        by = unlock.by_passphrase(stretched.unlock_secret, share)
        return unlock.make_method(
            self.root, by, owner=self.person, method_id=method, salt=salt, argon2=unlock.FLOOR
        ).to_json()

    # Whole acts

    def verify_address(self, code_of: Any) -> dict[str, Any]:
        self.ok("sign-up/start", {"email": self.email})
        answer = self.ok("sign-up/verify", {"code": code_of(self.email)})
        self.use(answer["person"], self.root)
        return dict(answer)

    def registration(self, *, passphrase: bool = False) -> dict[str, Any]:
        """Everything that `finish` and `accept` take, the factors already at the vault."""
        registers = self.person_statement()
        recovery = new_id()
        self.ok("sign-up/factors", {**self.recovery_factors(recovery), "person_statement": registers})
        self.methods, passkeys = [self.recovery_method(recovery)], []
        if passphrase:
            salt, method = secrets.token_bytes(16), new_id()
            stretched = self.stretched(salt)
            share = b64u_decode(
                self.ok("sign-up/factors", self.passphrase_factors(method, stretched))["share"]
            )
            self.methods.append(self.passphrase_method(method, stretched, salt, share))
        else:
            options = self.ok("sign-up/passkey/options", {"name": self.email})
            assert UUID(bytes=b64u_decode(options["user"]["id"])) == UUID(self.person)
            self.methods.append(self.passkey_method())
            credential = self.authenticator.create(options)
            passkeys.append(
                {"method": self.methods[-1]["id"], "credential": credential, "label": "Téléphone"}
            )
        return {
            "person_statement": registers,
            "device_statement": self.device_statement(),
            "device_label": "Firefox sur Linux",
            "methods": self.methods,
            "passkeys": passkeys,
            "language": "fr",
        }

    def sign_up(self, code_of: Any, *, passphrase: bool = False) -> "Person":
        self.verify_address(code_of)
        self.ok("sign-up/finish", self.registration(passphrase=passphrase))
        return self

    def sign_in_by_passkey(self) -> tuple[int, Any]:
        options = self.ok("sign-in/passkey/options")
        return self.post("sign-in/passkey", {"credential": self.authenticator.get(options)})

    def sign_in_by_passphrase(self, **changes: Any) -> tuple[int, Any]:
        asked = self.ok("sign-in/salt", {"email": self.email})
        secret = b64u_encode(self.stretched(b64u_decode(asked["salt"])).sign_in_secret)
        body = {"email": self.email, "method": asked["method"], "sign_in_secret": secret, "totp": self.totp()}
        return self.post("sign-in/passphrase", {**body, **changes})

    def sign_in_by_recovery(self) -> tuple[int, Any]:
        secret = b64u_encode(recovery_code.sign_in_secret(self.code))
        return self.post("sign-in/recovery", {"email": self.email, "sign_in_secret": secret})
