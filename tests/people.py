"""The cast, for every test that needs people with real keys: registered at a real vault, signed in at the
web.

Alice (patient) · Dr Bose (her clinician) · Dr Dan (same practice, not assigned) · Dr Chen (another practice,
must see nothing) · Zoé (another patient) · Marc (manager) · Sam (secretary). What they do goes through the
endpoints that browsers use, and what they seal is opened again with keys that the vault released.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

import httpx
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from colloque.accounts.models import Account, Device, Membership, Practice, Professional, Session
from colloque.envelope import hpke, statement
from colloque.envelope.item import Author, OpenedItem, item_hash, open_item, seal_json
from colloque.envelope.keys import (
    ContentKey,
    DeviceKey,
    PersonKeys,
    Place,
    content_key,
    new_secret,
    practice_kem_seed,
)
from colloque.envelope.manifest import check_manifest, sign_manifest
from colloque.envelope.sealed_key import Recipient, open_key, seal_key
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.kernel.tls import trust

Answer = tuple[int, Any]


@dataclass
class Cabinet:
    """A practice with a real seed."""

    name: str
    id: str = field(default_factory=new_id)
    seed: bytes = field(default_factory=new_secret, repr=False)

    @property
    def kem_seed(self) -> bytes:
        return practice_kem_seed(self.seed)

    @property
    def kem_key(self) -> bytes:
        return hpke.public_key(self.kem_seed)


class Someone:
    """A person at one browser."""

    def __init__(self, name: str, kind: str, vault: httpx.Client) -> None:
        self.name, self.kind, self.vault = name, kind, vault
        self.person, self.root = new_id(), new_secret()
        self.keys = PersonKeys.from_root(self.root)
        self.device, self.device_key = new_id(), DeviceKey.generate()
        self.cabinet: Cabinet | None = None
        self.client = Client()
        self._register()
        self._sign_in()

    @property
    def author(self) -> Author:
        return Author(self.person, self.device)

    @property
    def session_key(self) -> str:
        return str(self.client.cookies["colloque"].value)

    # What they say

    def say(self, what: str, /, **fields: Any) -> dict[str, Any]:
        """Sign a statement with the device."""
        body = {
            "id": new_id(),
            "at": clock.to_wire(clock.now()),
            "person": self.person,
            "device": self.device,
        }
        said = {**body, **{name: value for name, value in fields.items() if value is not None}}
        return statement.sign(what, said, statement.as_device(self.device, self.device_key))

    def agree(self, envelope: Mapping[str, Any]) -> dict[str, Any]:
        """Sign what another person has signed, beside them."""
        said = statement.dsse.parse(envelope)
        signed = statement.sign(said.kind, said.body, statement.as_device(self.device, self.device_key))
        assert signed["payload"] == envelope["payload"]
        return {**envelope, "signatures": [*envelope["signatures"], *signed["signatures"]]}

    def prove(self) -> None:
        """What a touch of the passkey leaves: grave acts are let through for a while."""
        session = SessionStore(session_key=self.session_key)
        session["proven_at"] = clock.to_wire(clock.now())
        session.save()

    def tell_vault(self, envelope: Mapping[str, Any]) -> None:
        response = self.vault.post("/vault/statements", json=envelope)
        assert response.status_code == 200, response.text

    def get(self, path: str) -> Answer:
        response = self.client.get(f"/api/{path}")
        return response.status_code, response.json() if response.content else None

    def post(self, path: str, body: Any = None) -> Answer:
        response = self.client.post(f"/api/{path}", json.dumps(body or {}), content_type="application/json")
        return response.status_code, response.json() if response.content else None

    def ok(self, path: str, body: Any = None) -> Any:
        status, answer = self.post(path, body)
        assert status < 300, (path, status, answer)
        return answer

    def act(self, what: str, consultation: str, **fields: Any) -> Answer:
        return self.post(
            f"consultations/{consultation}/{what}", {"statement": self.say_act(what, consultation, **fields)}
        )

    def say_act(self, what: str, consultation: str, **fields: Any) -> dict[str, Any]:
        return self.say(what, record=consultation, **fields)

    # Records

    def new_record(
        self, kind: str, cabinet: Cabinet | None = None, *, file: str | None = None
    ) -> dict[str, Any]:
        """Make what `POST /api/records` and `POST /api/consultations` take: a care key sealed to oneself and
        the practice."""
        record = new_id()
        to = [Recipient(self.person, self.keys.kem_key)] if kind != "person" else []
        if cabinet is not None:
            to.append(Recipient(cabinet.id, cabinet.kem_key))
        care_key = new_secret()
        sealed = [seal_key(care_key, purpose="care-key", about=record, to=one) for one in to]
        said = self.say(
            "record",
            record=record,
            kind=kind,
            subject=self.person,
            practice=cabinet.id if cabinet else None,
            file=file,
            recipients=[{"id": one.id, "key_id": key_id(one.public_key)} for one in to],
        )
        return {"statement": said, "sealed_keys": [one.to_json() for one in sealed]}

    def make_record(self, kind: str, cabinet: Cabinet | None = None) -> str:
        return str(self.ok("records", self.new_record(kind, cabinet))["record"])

    def open_key_of(self, record: str, *, purpose: str = "") -> bytes:
        """Unseal the care key from the copies that the web hands out."""
        query = f"?purpose={purpose}" if purpose else ""
        status, told = self.get(f"records/{record}{query}")
        assert status == 200, told
        if told["kind"] == "person":
            return b""
        for sealed in told["sealed_keys"]:
            if sealed["recipient"] == self.person:
                how = {"purpose": "care-key", "about": record, "recipient": self.person}
                return open_key(sealed, self.keys.kem_seed, **how)
            if self.cabinet is not None and sealed["recipient"] == self.cabinet.id:
                how = {"purpose": "care-key", "about": record, "recipient": self.cabinet.id}
                return open_key(sealed, self.cabinet.kem_seed, **how)
        raise AssertionError("no copy of the care key for this person")

    def release(
        self, record: str, compartment: str, *, purpose: str = "care", reason: str | None = None
    ) -> Answer:
        """Ask the vault for a turn; (200, turn) or (status, error)."""
        private, public = hpke.new_reply_key()
        request = new_id()
        openings = [{"record": record, "compartment": compartment, "epoch": 0}]
        said = self.say(
            "release",
            id=request,
            openings=openings,
            purpose=purpose,
            reason=reason,
            reply_key=b64u_encode(public),
        )
        response = self.vault.post("/vault/release", json=said)
        if response.status_code != 200:
            return response.status_code, response.json()["error"]
        reply = json.loads(hpke.open_reply(private, request, b64u_decode(response.json()["sealed"])))
        return 200, b64u_decode(reply["turns"][0]["turn"])

    def content_key(
        self, record: str, compartment: str, *, purpose: str = "", reason: str | None = None
    ) -> ContentKey:
        care_key = self.open_key_of(record, purpose=purpose)
        status, turn = self.release(record, compartment, purpose=purpose or "care", reason=reason)
        assert status == 200, turn
        return content_key(Place(record, compartment), care_key=care_key, turn=turn)

    # Items

    def fetch(self, record: str, compartment: str, *, purpose: str = "") -> dict[str, Any]:
        query = f"?purpose={purpose}" if purpose else ""
        status, told = self.get(f"records/{record}/{compartment}{query}")
        assert status == 200, told
        return dict(told)

    def seal(
        self, key: ContentKey, kind: str, value: object, *, item: str = "", version: int = 1
    ) -> dict[str, str]:
        return seal_json(
            value, key, item=item or new_id(), version=version, kind=kind, author=self.author,
            device_key=self.device_key, at=clock.to_wire(clock.now()),
        )  # fmt: skip

    def sign_list(self, key: ContentKey, items: Sequence[Mapping[str, Any]], counter: int) -> dict[str, Any]:
        return sign_manifest(
            key.place, [item_hash(item) for item in items], counter=counter, author=self.author,
            device_key=self.device_key, at=clock.to_wire(clock.now()),
        )  # fmt: skip

    def prepare(
        self, record: str, compartment: str, *contents: tuple[str, object], key: ContentKey | None = None
    ) -> dict[str, Any]:
        """Make the body of a write: what is there now, and these after it."""
        key = key or self.content_key(record, compartment)
        held = self.fetch(record, compartment)
        items = [self.seal(key, kind, value) for kind, value in contents]
        counter = counter_of(held["manifest"]) + 1
        return {"items": items, "manifest": self.sign_list(key, [*held["items"], *items], counter)}

    def write(self, record: str, compartment: str, *contents: tuple[str, object]) -> int:
        return int(
            self.ok(f"records/{record}/{compartment}", self.prepare(record, compartment, *contents))[
                "counter"
            ]
        )

    def read(
        self, record: str, compartment: str, *, purpose: str = "", reason: str | None = None
    ) -> list[Any]:
        """Open everything in a compartment, checked as a browser checks it."""
        key = self.content_key(record, compartment, purpose=purpose, reason=reason)
        held = self.fetch(record, compartment, purpose=purpose)
        items: list[OpenedItem] = [open_item(item, key, self.author_key) for item in held["items"]]
        if held["manifest"] is not None:
            hashes = [item.hash for item in items]
            check_manifest(held["manifest"], place=key.place, hashes=hashes, author_key=self.author_key)
        return [item.json() for item in items]

    def author_key(self, author: Author) -> bytes | None:
        """Look a device up in the vault's directory."""
        told = self.vault.get(f"/vault/directory/persons/{author.person}").json()
        for entry in told["statements"]:
            said = statement.dsse.parse(entry["envelope"])
            if said.kind == "device" and said.body["new_device"] == author.device:
                return b64u_decode(said.body["public_key"])
        return None

    def _register(self) -> None:
        keys = {
            "identity_key": b64u_encode(self.keys.identity_key),
            "kem_key": b64u_encode(self.keys.kem_key),
        }
        body = {
            "id": new_id(),
            "at": clock.to_wire(clock.now()),
            "person": self.person,
            "kind": self.kind,
            **keys,
        }
        identity = statement.as_identity(self.person, self.keys)
        self.tell_vault(statement.sign("person", body, identity))
        public = b64u_encode(self.device_key.public_key)
        body = {
            "id": new_id(), "at": clock.to_wire(clock.now()), "person": self.person, "device": self.device,
            "new_device": self.device, "public_key": public,
        }  # fmt: skip
        device = statement.as_device(self.device, self.device_key)
        self.tell_vault(statement.sign("device", body, identity, device))

    def _sign_in(self) -> None:
        """Put the rows there that signing in leaves; how one signs in is tested in tests/accounts."""
        account = Account.objects.create(id=self.person, kind=self.kind, address_index=secrets.token_hex(32))
        device = Device.objects.create(id=self.device, account=account)
        if self.kind == "professional":
            Professional.objects.create(
                account=account, given=self.name, family=self.name, profession="Médecin"
            )
        store = SessionStore()
        store["person"] = self.person
        store.create()
        held = Session.objects.create(account=account, device=device, key=store.session_key, means="passkey")
        store["session"] = str(held.id)
        store.save()
        self.client.cookies["colloque"] = str(store.session_key)


class Ward:
    """Two practices and their people."""

    def __init__(self, vault_url: str) -> None:
        self.vault = httpx.Client(base_url=vault_url, timeout=30, trust_env=False, verify=trust())
        self.alice = self.someone("Alice", "patient")
        self.marc, self.bose = (self.someone(name, "professional") for name in ("Marc", "Bose"))
        self.cabinet = self.open_cabinet("Cabinet des Lilas", self.marc)
        self.join(self.bose, self.cabinet, self.marc, ["practitioner"])
        self.file = self.alice.make_record("file", self.cabinet)

    # The others come when a test first names them: each costs the vault several signed statements.

    @cached_property
    def zoe(self) -> Someone:
        return self.someone("Zoé", "patient")

    @cached_property
    def dan(self) -> Someone:
        return self._colleague("Dan", "practitioner")

    @cached_property
    def sam(self) -> Someone:
        return self._colleague("Sam", "secretary")

    @cached_property
    def chen(self) -> Someone:
        who = self.someone("Chen", "professional")
        self.other_cabinet = self.open_cabinet("Cabinet du Port", who)
        self.join(who, self.other_cabinet, who, ["manager", "practitioner"])
        return who

    @cached_property
    def other_cabinet(self) -> Cabinet:
        assert self.chen.cabinet is not None
        return self.chen.cabinet

    def someone(self, name: str, kind: str) -> Someone:
        return Someone(name, kind, self.vault)

    def open_cabinet(self, name: str, manager: Someone) -> Cabinet:
        cabinet = Cabinet(name)
        manager.tell_vault(
            manager.say("practice", practice=cabinet.id, generation=0, kem_key=b64u_encode(cabinet.kem_key))
        )
        Practice.objects.create(
            id=cabinet.id, name=name, city="Lyon", opened_at=clock.now(), kem_key_id=key_id(cabinet.kem_key)
        )
        self._sit(manager, cabinet, ["manager"])
        return cabinet

    def join(self, who: Someone, cabinet: Cabinet, manager: Someone, roles: list[str]) -> None:
        kem_key_id = key_id(who.keys.kem_key)
        manager.tell_vault(
            manager.say("member", practice=cabinet.id, member=who.person, roles=roles, kem_key_id=kem_key_id)
        )
        self._sit(who, cabinet, roles)

    def more_practitioners(self, count: int) -> list[Someone]:
        found = [self.someone(f"Praticien {n}", "professional") for n in range(count)]
        for who in found:
            self.join(who, self.cabinet, self.marc, ["practitioner"])
        return found

    def draft(self, patient: Someone | None = None, *, wished: Someone | None = None) -> str:
        """A consultation that is not requested yet."""
        who = patient or self.alice
        file = self.file if who is self.alice else who.make_record("file", self.cabinet)
        body = who.new_record("consultation", self.cabinet, file=file)
        return str(who.ok("consultations", {**body, "practitioner": wished.person if wished else None})["id"])

    def waiting(self, patient: Someone | None = None, *, wished: Someone | None = None) -> str:
        who, consultation = patient or self.alice, self.draft(patient)
        status, told = who.act(
            "request", consultation, practice=self.cabinet.id, practitioner=wished.person if wished else None
        )
        assert status == 200, told
        return consultation

    def taken(self, by: Someone | None = None) -> str:
        consultation = self.waiting()
        status, told = (by or self.bose).act("take", consultation)
        assert status == 200, told
        return consultation

    def offer(self, id_: str, by: Someone | None = None, **other: Any) -> Answer:
        """A date with Dr Bose, offered to Alice: in three days, for twenty minutes."""
        begins = clock.now() + timedelta(days=3)
        asked = {
            "offer": id_, "file": self.file, "practitioner": self.bose.person,
            "starts_at": clock.to_wire(begins), "ends_at": clock.to_wire(begins + timedelta(minutes=20)),
        }  # fmt: skip
        return (by or self.bose).post(f"practices/{self.cabinet.id}/offers", {**asked, **other})

    def outsiders(self) -> list[Someone]:
        """Who must find nothing of what is Alice's and Dr Bose's."""
        return [self.chen, self.dan, self.zoe, self.sam, self.marc]

    def _colleague(self, name: str, role: str) -> Someone:
        who = self.someone(name, "professional")
        self.join(who, self.cabinet, self.marc, [role])
        return who

    def _sit(self, who: Someone, cabinet: Cabinet, roles: list[str]) -> None:
        who.cabinet = cabinet
        Membership.objects.update_or_create(
            practice_id=cabinet.id,
            account_id=who.person,
            defaults={"roles": roles, "confirmed_at": clock.now()},
        )


def counter_of(manifest: Mapping[str, Any] | None) -> int:
    return 0 if manifest is None else int(statement.dsse.parse(manifest).body["counter"])
