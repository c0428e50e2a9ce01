"""A practice as its members hold it: opened, joined, left, its key renewed when someone has gone."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from colloque.client.account import Account, Passphrase, parts_of, prove_again, registration, settled, verify
from colloque.client.directory import Circle, directory_of
from colloque.client.errors import NotProven
from colloque.client.http import Browser
from colloque.client.mailbox import Mailbox
from colloque.client.person import Person
from colloque.envelope import hpke, recovery_code, statement, unlock
from colloque.envelope.keys import new_secret, practice_kem_seed
from colloque.envelope.sealed_key import Recipient, seal_key
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id

# The vault's default, and an hour.
LEAST_DELAY = timedelta(hours=73)


@dataclass
class Practice:
    """What its manager holds besides their own keys."""

    id: str
    manager: Account
    recovery: bytes = field(repr=False)


def first_manager(
    link: str, email: str, mailbox: Mailbox, *, passphrase: Passphrase | None = None, **profile: str
) -> Practice:
    """Join by the operator's link and make the practice's key."""
    url, token = parts_of(link)
    account = verify(url, email, mailbox, "professional", passphrase)
    practice = account.browser.get(f"/api/invitations/{token}")["practice"]["id"]
    signed_in = account.browser.post(f"/api/invitations/{token}/accept", {**registration(account), **profile})
    settled(account, signed_in, "")
    return _open_practice(account, practice, token)


def invite(manager: Account, practice: str, **who: Any) -> str:
    """The one-time link for a colleague: `roles`, `given`, `family`, `profession`, `rpps`."""
    prove_again(manager)
    return str(manager.browser.post(f"/api/practices/{practice}/invitations", who)["link"])


def confirm_member(manager: Account, practice: str, member: str, *roles: str) -> None:
    """Hand the practice's key to someone who has joined, once their words were compared."""
    prove_again(manager)
    renew_where_needed(manager)
    told = manager.browser.get(f"/api/practices/{practice}/members")
    (waiting,) = (one for one in told["waiting"] if one["person"] == member)
    kem_key = directory_of(manager.browser).person(member).kem_key
    if waiting["kem_key"] != b64u_encode(kem_key):
        raise NotProven("key-changed", "The server names another key for the new member than the ledger.")
    circle = directory_of(manager.browser).circle(practice)
    to = Recipient(member, kem_key, circle.newest.generation)
    seed = seal_key(_newest_seed(manager.person, circle), purpose="practice-seed", about=practice, to=to)
    said = manager.person.say(
        "member", practice=practice, member=member, kem_key_id=seed.key_id, roles=list(roles)
    )
    manager.browser.post(
        f"/api/practices/{practice}/members/confirm", {"statement": said, "seed": seed.to_json()}
    )


def end_member(manager: Account, practice: str, member: str) -> None:
    """A member leaves; the vault releases nothing more to them from that moment, and the practice's key is renewed."""
    said = manager.person.say("member-end", practice=practice, member=member)
    manager.browser.post(f"/api/practices/{practice}/members/end", {"statement": said})
    if member != manager.person.id:
        renew_practice(manager, practice)


def renew_where_needed(member: Account) -> list[str]:
    """Make the next key of each practice that someone has left, as the pages do when they open; return which."""
    told = member.browser.get("/api/session")["memberships"]
    needed = [
        one["practice"]
        for one in told
        if one["confirmed"] and one["needs_generation"] and {"manager", "practitioner"} & set(one["roles"])
    ]
    for practice in needed:
        renew_practice(member, practice)
    return needed


def renew_practice(member: Account, practice: str) -> int:
    """Make a practice's next key: sealed to who the ledger says is a member, over the one before; return its number.

    Raises NotProven when the server names another member, key or sheet than the ledger does.
    """
    person = member.person
    circle = directory_of(member.browser).circle(practice)
    generation, seed = circle.newest.generation + 1, new_secret()
    kem_key = hpke.public_key(practice_kem_seed(seed))
    before = _newest_seed(person, circle)
    seeds = [
        seal_key(seed, purpose="practice-seed", about=practice, to=Recipient(one, key, generation))
        for one, key in circle.members.items()
    ]
    past = seal_key(
        before, purpose="past-practice-seed", about=practice, to=Recipient(practice, kem_key, generation)
    )
    said = person.say(
        "generation",
        practice=practice,
        generation=generation,
        kem_key=b64u_encode(kem_key),
        members=[{"id": one.recipient, "key_id": one.key_id} for one in seeds],
        sheet_key_id=circle.sheet,
    )
    body = {"statement": said, "seeds": [one.to_json() for one in seeds], "past": past.to_json()}
    if circle.sheet:
        body["recovery"] = _sheet_for(member, practice, circle.sheet, seed, generation)
    member.browser.post(f"/api/practices/{practice}/generations", body)
    person.remember_seed(practice, generation, seed)
    return generation


@dataclass
class Sheet:
    """A practice's recovery sheet in the hands of someone who types its code."""

    browser: Browser
    code: bytes = field(repr=False)
    practice: str = ""
    recovery: dict[str, Any] = field(default_factory=dict, repr=False)

    def find(self) -> None:
        """Have the server say whose sheet this is: the sheet signs for it."""
        key = recovery_code.SheetKey.from_code(self.code)
        said = {"id": new_id(), "at": clock.to_wire(clock.now()), "sheet_key": b64u_encode(key.public_key)}
        told = self.browser.post(
            "/api/sheet/find", {"statement": statement.sign("sheet-find", said, statement.as_sheet(key))}
        )
        self.practice, self.recovery = told["practice"]["id"], told["recovery"]

    def seed(self) -> tuple[int, bytes]:
        """The practice's newest seed, which must be the one that the ledger publishes."""
        newest = directory_of(self.browser).practice(self.practice)
        by = unlock.by_recovery(self.code)
        seed = unlock.open_method(self.recovery, by, owner=self.practice, purpose="practice-recovery")
        if hpke.public_key(practice_kem_seed(seed)) != newest.public_key:
            raise NotProven("unproven", "The sheet opens another key than the ledger publishes.")
        return newest.generation, seed


def come_with_sheet(
    url: str,
    email: str,
    mailbox: Mailbox,
    code: bytes,
    *,
    passphrase: Passphrase | None = None,
    **profile: str,
) -> tuple[Account, Sheet]:
    """A professional's account for who holds a practice's sheet."""
    account = verify(url, email, mailbox, "professional", passphrase)
    sheet = Sheet(account.browser, code)
    sheet.find()
    signed_in = account.browser.post("/api/sheet/account", {**registration(account), **profile})
    return settled(account, signed_in, ""), sheet


def ask_for_practice(account: Account, sheet: Sheet, *, delay: timedelta = LEAST_DELAY) -> None:
    """Ask to be the manager. Every member is told; any manager or practitioner may say no until it is in force."""
    sheet.find()
    not_before = clock.to_wire(clock.now() + delay)
    said = account.person.say_with(
        sheet.code, "reopen", practice=sheet.practice, step="ask", not_before=not_before
    )
    account.browser.post("/api/sheet/reopen", {"statement": said})


def enter_practice(account: Account, sheet: Sheet) -> None:
    """Become the manager once the time has come, with the newest seed sealed to oneself."""
    sheet.find()
    generation, seed = sheet.seed()
    to = Recipient(account.person.id, account.person.keys.kem_key, generation)
    sealed = seal_key(seed, purpose="practice-seed", about=sheet.practice, to=to).to_json()
    said = account.person.say_with(sheet.code, "reopen", practice=sheet.practice, step="enter")
    account.browser.post("/api/sheet/enter", {"statement": said, "seed": sealed})
    account.person.remember_seed(sheet.practice, generation, seed)


def refuse_reopening(member: Account, practice: str, person: str) -> None:
    """Somebody is still here: one signature, and no sheet."""
    said = member.person.say("reopen-cancel", practice=practice, target=person)
    member.browser.post(f"/api/practices/{practice}/reopenings/cancel", {"statement": said})


def _sheet_for(member: Account, practice: str, sheet: str, seed: bytes, generation: int) -> dict[str, Any]:
    """The new seed on the sheet that is on paper: its public key is the ledger's word, not the server's."""
    told = member.browser.get(f"/api/practices/{practice}/generations")["recovery"]
    method = unlock.Method.from_json(told)
    if key_id(method.public_key) != sheet:
        raise NotProven("unproven", "The server names another recovery sheet than the ledger.")
    sealed = unlock.reseal_root(
        method, seed, owner=practice, generation=generation, purpose="practice-recovery"
    )
    return sealed.to_json()


def _newest_seed(person: Person, circle: Circle) -> bytes:
    """The seed of the newest key, which must be the one that is published: a server may hand out an old one."""
    newest = circle.newest
    seed = person.practice_seed(newest.id, newest.generation)
    if hpke.public_key(practice_kem_seed(seed)) != newest.public_key:
        raise NotProven(
            "unproven", "The server hands out another key of the practice than the ledger publishes."
        )
    return seed


def _open_practice(account: Account, practice: str, token: str) -> Practice:
    seed, paper = new_secret(), recovery_code.new_code()
    kem_key = hpke.public_key(practice_kem_seed(seed))
    person = account.person
    sheet = _new_sheet(paper, seed, practice)
    said = person.say(
        "practice",
        practice=practice,
        generation=0,
        kem_key=b64u_encode(kem_key),
        sheet=_said_of_sheet(sheet, paper),
    )
    account.browser.post(
        "/api/practices",
        {
            "token": token,
            "practice_statement": said,
            "seed": seal_key(seed, purpose="practice-seed", about=practice, to=person.recipient).to_json(),
            "recovery": sheet.to_json(),
        },
    )
    person.remember_seed(practice, 0, seed)
    return Practice(practice, account, paper)


def _new_sheet(paper: bytes, seed: bytes, practice: str) -> unlock.Method:
    return unlock.make_method(seed, unlock.by_recovery(paper), owner=practice, purpose="practice-recovery")


def _said_of_sheet(sheet: unlock.Method, paper: bytes) -> dict[str, str]:
    """What the ledger publishes of a sheet: the key that seeds are sealed to, and the key that it speaks with."""
    signing_key = recovery_code.SheetKey.from_code(paper).public_key
    return {"kem_key_id": key_id(sheet.public_key), "signing_key": b64u_encode(signing_key)}
