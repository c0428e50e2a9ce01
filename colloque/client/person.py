"""A person at one browser: root, keys, device, and what they say."""

from dataclasses import dataclass, field
from typing import Any

from colloque.client.errors import ClientError, Refused
from colloque.client.http import Browser
from colloque.envelope import statement
from colloque.envelope.item import Author
from colloque.envelope.keys import DeviceKey, PersonKeys, new_secret, practice_kem_seed
from colloque.envelope.recovery_code import SheetKey
from colloque.envelope.sealed_key import Recipient, open_key
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id


class NotOurs(ClientError):
    """A sealed key for none of our keys, or of a practice whose key we do not hold."""


@dataclass
class Person:
    """Who acts. `id` comes from the server at sign-up; everything secret is made here."""

    browser: Browser
    kind: str
    id: str = ""
    root: bytes = field(default_factory=new_secret, repr=False)
    device: str = field(default_factory=new_id)
    device_key: DeviceKey = field(default_factory=DeviceKey.generate, repr=False)
    session: str = ""
    _keys: PersonKeys | None = field(default=None, repr=False)
    _seeds: dict[str, dict[int, bytes]] = field(default_factory=dict, repr=False)

    @property
    def keys(self) -> PersonKeys:
        if self._keys is None:
            self._keys = PersonKeys.from_root(self.root)
        return self._keys

    @property
    def author(self) -> Author:
        return Author(self.id, self.device)

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.id, self.keys.kem_key)

    def say(self, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Sign a statement with the device."""
        return statement.sign(kind, self._body(device=self.device, **fields), self._as_device())

    def say_with(self, sheet: bytes, kind: str, /, **fields: Any) -> dict[str, Any]:
        """Sign with the device and with a practice's recovery sheet."""
        signer = statement.as_sheet(SheetKey.from_code(sheet))
        return statement.sign(kind, self._body(device=self.device, **fields), self._as_device(), signer)

    def person_statement(self) -> dict[str, Any]:
        body = self._body(
            kind=self.kind,
            identity_key=b64u_encode(self.keys.identity_key),
            kem_key=b64u_encode(self.keys.kem_key),
        )
        return statement.sign("person", body, self._as_identity())

    def device_statement(self) -> dict[str, Any]:
        public = b64u_encode(self.device_key.public_key)
        body = self._body(device=self.device, new_device=self.device, public_key=public)
        return statement.sign("device", body, self._as_identity(), self._as_device())

    def practice_seed(self, practice: str, generation: int) -> bytes:
        """The seed of one generation, from my own copies or down the chain of past ones."""
        if generation not in self._seeds.get(practice, {}):
            self._seeds[practice] = self._open_seeds(practice)
        try:
            return self._seeds[practice][generation]
        except KeyError:
            raise NotOurs(f"Generation {generation} of the practice's key is not ours.") from None

    def remember_seed(self, practice: str, generation: int, seed: bytes) -> None:
        self._seeds.setdefault(practice, {})[generation] = seed

    def open_care_key(self, sealed: dict[str, Any], record: str) -> bytes:
        """Unseal the care key of a record that is sealed to this person or to their practice.

        Raises NotOurs, or EnvelopeError when it is another record's or was altered.
        """
        recipient = sealed["recipient"]
        seed = (
            self.keys.kem_seed
            if recipient == self.id
            else practice_kem_seed(self.practice_seed(recipient, sealed["generation"]))
        )
        return open_key(sealed, seed, purpose="care-key", about=record, recipient=recipient)

    def _open_seeds(self, practice: str) -> dict[int, bytes]:
        try:
            sealed = self.browser.get(f"/api/practices/{practice}/seeds")
        except Refused as error:
            raise NotOurs("The practice's seeds are not for this person.") from error
        found: dict[int, bytes] = {}
        for one in sealed:
            if one["purpose"] == "practice-seed" and one["recipient"] == self.id:
                how = {"about": practice, "recipient": self.id}
                found[one["generation"]] = open_key(one, self.keys.kem_seed, purpose="practice-seed", **how)
        for one in sorted(sealed, key=lambda key: -key["generation"]):
            newer = found.get(one["generation"])
            if one["purpose"] == "past-practice-seed" and newer is not None:
                how = {"about": practice, "recipient": practice}
                past = open_key(one, practice_kem_seed(newer), purpose="past-practice-seed", **how)
                found.setdefault(one["generation"] - 1, past)
        return found

    def _body(self, **fields: Any) -> dict[str, Any]:
        said = {"id": new_id(), "at": clock.to_wire(clock.now()), "person": self.id}
        if self.session:
            said["session"] = self.session
        return {**said, **{name: value for name, value in fields.items() if value is not None}}

    def _as_device(self) -> statement.Signer:
        return statement.as_device(self.device, self.device_key)

    def _as_identity(self) -> statement.Signer:
        return statement.as_identity(self.id, self.keys)
