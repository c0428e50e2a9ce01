"""A practice with real keys: Manon manages it, Dr Bose and Dr Chen are invited."""

from dataclasses import dataclass, field
from typing import Any

from colloque.accounts.actions import invite_first_manager
from colloque.envelope import hpke, recovery_code, unlock
from colloque.envelope.keys import new_secret, practice_kem_seed
from colloque.envelope.sealed_key import Recipient, open_key, seal_key
from colloque.kernel.encoding import b64u_decode, b64u_encode, key_id
from tests.accounts.person import Person

RPPS = "10003456786"


@dataclass
class PracticeKeys:
    """What the browsers of a practice hold."""

    id: str
    seeds: list[bytes] = field(default_factory=lambda: [new_secret()])
    code: bytes = field(default_factory=recovery_code.new_code)
    recovery: dict[str, Any] = field(default_factory=dict)

    @property
    def generation(self) -> int:
        return len(self.seeds) - 1

    @property
    def kem_key(self) -> bytes:
        return hpke.public_key(practice_kem_seed(self.seeds[-1]))

    def seed_for(self, person: Person) -> dict[str, Any]:
        to = Recipient(person.person, person.keys.kem_key, self.generation)
        return seal_key(self.seeds[-1], purpose="practice-seed", about=self.id, to=to).to_json()

    def make_recovery(self) -> dict[str, Any]:
        by = unlock.by_recovery(self.code)
        made = unlock.make_method(self.seeds[-1], by, owner=self.id, purpose="practice-recovery")
        self.recovery = unlock.reseal_root(
            made, self.seeds[-1], owner=self.id, generation=self.generation, purpose="practice-recovery"
        ).to_json()
        return self.recovery

    def sheet(self) -> dict[str, str]:
        """Make a sheet; return what the ledger is told of it."""
        public = b64u_decode(self.make_recovery()["public_key"])
        signing = recovery_code.SheetKey.from_code(self.code).public_key
        return {"kem_key_id": key_id(public), "signing_key": b64u_encode(signing)}

    def renew(self) -> dict[str, Any]:
        """Make the next generation; return the one before sealed to it, and the sheet resealed."""
        before = self.seeds[-1]
        self.seeds.append(new_secret())
        to = Recipient(self.id, self.kem_key, self.generation)
        method = unlock.Method.from_json(self.recovery)
        self.recovery = unlock.reseal_root(
            method, self.seeds[-1], owner=self.id, generation=self.generation, purpose="practice-recovery"
        ).to_json()
        past = seal_key(before, purpose="past-practice-seed", about=self.id, to=to).to_json()
        return {"past": past, "recovery": self.recovery}

    def open_for(self, person: Person, sealed: list[dict[str, Any]]) -> list[bytes]:
        """Open what the server gave a member: their own copies, then down the chain."""
        found: dict[int, bytes] = {}
        for one in sorted(sealed, key=lambda s: (s["purpose"] != "practice-seed", -s["generation"])):
            if one["purpose"] == "practice-seed":
                seed = open_key(
                    one, person.keys.kem_seed, purpose="practice-seed", about=self.id, recipient=person.person
                )
                found[one["generation"]] = seed
            elif one["generation"] in found:
                kem = practice_kem_seed(found[one["generation"]])
                past = open_key(one, kem, purpose="past-practice-seed", about=self.id, recipient=self.id)
                found[one["generation"] - 1] = past
        return [found[generation] for generation in sorted(found)]


def token_of(link: str) -> str:
    return link.partition("#")[2]


def open_practice(code_of: Any) -> tuple[Person, PracticeKeys]:
    token = token_of(invite_first_manager("Les Tilleuls", "Tours"))
    manon = Person(kind="professional")
    manon.verify_address(code_of)
    described = manon.get(f"invitations/{token}")[1]
    profile = {"given": "Manon", "family": "Roux", "profession": "Responsable"}
    manon.ok(f"invitations/{token}/accept", {**manon.registration(), **profile})
    keys = PracticeKeys(described["practice"]["id"])
    manon.ok("practices", opening(token, manon, keys))
    return manon, keys


def opening(token: str, manager: Person, keys: PracticeKeys) -> dict[str, Any]:
    public = b64u_encode(keys.kem_key)
    return {
        "token": token,
        "practice_statement": manager.say(
            "practice", practice=keys.id, generation=0, kem_key=public, sheet=keys.sheet()
        ),
        "seed": keys.seed_for(manager),
        "recovery": keys.recovery,
    }


def invite(manager: Person, keys: PracticeKeys, **changes: Any) -> str:
    who = {
        "roles": ["practitioner"],
        "given": "Anil",
        "family": "Bose",
        "profession": "Médecin",
        "rpps": RPPS,
    }
    return token_of(manager.ok(f"practices/{keys.id}/invitations", {**who, **changes})["link"])


def join(token: str, code_of: Any) -> Person:
    person = Person(kind="professional")
    person.verify_address(code_of)
    person.ok(f"invitations/{token}/accept", person.registration())
    return person


def confirmation(manager: Person, keys: PracticeKeys, member: Person, *roles: str) -> dict[str, Any]:
    fields = {"practice": keys.id, "member": member.person, "kem_key_id": member.keys.kem_key_id}
    said = manager.say("member", **fields, roles=list(roles or ("practitioner",)))
    return {"statement": said, "seed": keys.seed_for(member)}


def add_member(manager: Person, keys: PracticeKeys, code_of: Any, **changes: Any) -> Person:
    member = join(invite(manager, keys, **changes), code_of)
    roles = changes.get("roles", ["practitioner"])
    manager.ok(f"practices/{keys.id}/members/confirm", confirmation(manager, keys, member, *roles))
    return member
