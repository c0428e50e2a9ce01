"""Signing up, joining, coming back: as the pages do it."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from colloque.client.authenticator import Authenticator
from colloque.client.errors import NotProven, Refused
from colloque.client.http import Browser
from colloque.client.mailbox import Mailbox
from colloque.client.person import Person
from colloque.client.records import create_record, open_compartment
from colloque.envelope import recovery_code, unlock
from colloque.envelope.errors import EnvelopeError
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.totp import STEP_SECONDS, code_at

DEVICE_LABEL = "Client de référence"


@dataclass(frozen=True)
class Passphrase:
    """A second way in beside paper: what someone types."""

    text: str
    totp_secret: bytes = field(default_factory=lambda: secrets.token_bytes(20), repr=False)

    def totp(self) -> str:
        return code_at(self.totp_secret, int(clock.now().timestamp()) // STEP_SECONDS)


@dataclass
class Account:
    """A person with the ways in that they hold."""

    person: Person
    email: str
    passkey: Authenticator | None = None
    passphrase: Passphrase | None = None
    recovery: bytes = field(default_factory=recovery_code.new_code, repr=False)

    @property
    def browser(self) -> Browser:
        return self.person.browser


def sign_up(
    url: str, email: str, mailbox: Mailbox, *, passphrase: Passphrase | None = None, phone: str = ""
) -> Account:
    """A patient's account, by passkey unless a passphrase is given."""
    account = verify(url, email, mailbox, "patient", passphrase)
    signed_in = account.browser.post("/api/sign-up/finish", registration(account))
    return settled(account, signed_in, phone)


def accept_invitation(
    link: str, email: str, mailbox: Mailbox, *, passphrase: Passphrase | None = None, **profile: str
) -> Account:
    """A professional's account by a manager's link; then the manager confirms."""
    url, token = parts_of(link)
    account = verify(url, email, mailbox, "professional", passphrase)
    signed_in = account.browser.post(f"/api/invitations/{token}/accept", {**registration(account), **profile})
    return settled(account, signed_in, "")


def prove_again(account: Account) -> None:
    """Show again who one is, as grave acts ask."""
    if account.passkey is not None:
        options = account.browser.post("/api/sign-in/passkey/options")
        account.browser.post("/api/prove", {"credential": account.passkey.get(options)})


def sign_out(account: Account) -> None:
    account.browser.post("/api/sign-out")


def sign_in(account: Account) -> None:
    """Come back with a passkey, or with passphrase and code, and unlock; the device is known from before."""
    told, by = _by_gesture(account) if account.passkey else _by_typing(account)
    method = next(one for one in told["methods"] if one["id"] == told["method"])
    try:
        root = unlock.open_method(method, by, owner=account.person.id)
    except EnvelopeError as error:
        raise NotProven(error.word, "The method that signed in does not give the root back.") from error
    if root != account.person.root:
        raise NotProven("sealed", "What was unlocked is not the root that was sealed at sign-up.")
    account.person.session = told["session"]
    account.browser.post("/api/devices", {"device": account.person.device})


def _by_gesture(account: Account) -> tuple[dict[str, Any], unlock.Unlocker]:
    """One touch signs in and unlocks."""
    assert account.passkey is not None
    options = account.browser.post("/api/sign-in/passkey/options")
    told = account.browser.post("/api/sign-in/passkey", {"credential": account.passkey.get(options)})
    return told, unlock.by_passkey(account.passkey.prf)


def _by_typing(account: Account) -> tuple[dict[str, Any], unlock.Unlocker]:
    assert account.passphrase is not None
    return type_in(account.browser, account.email, account.passphrase)


def type_in(browser: Browser, email: str, passphrase: Passphrase) -> tuple[dict[str, Any], unlock.Unlocker]:
    """Sign in by passphrase and code, in whatever browser this is; nothing is unlocked yet."""
    asked = browser.post("/api/sign-in/salt", {"email": email})
    try:
        # A server that asks for less wants the passphrase cheap to guess.
        asks = unlock.Argon2.from_json(asked["argon2"])
        stretched = unlock.stretch(passphrase.text, b64u_decode(asked["salt"]), asks)
    except EnvelopeError as error:
        raise NotProven(
            error.word, "The server asks for another stretching than what is accepted."
        ) from error
    told = browser.post(
        "/api/sign-in/passphrase",
        {
            "email": email,
            "method": asked["method"],
            "sign_in_secret": b64u_encode(stretched.sign_in_secret),
            "totp": passphrase.totp(),
        },
    )
    return told, unlock.by_passphrase(stretched.unlock_secret, b64u_decode(told["share"]))


def keep_contact(person: Person, contact: dict[str, str]) -> None:
    """Seal the address where the mailer may open it, and nowhere else."""
    record = create_record(person, "person")
    open_compartment(person, record, "contact", "contact").put("contact", contact)


def verify(url: str, email: str, mailbox: Mailbox, kind: str, passphrase: Passphrase | None) -> Account:
    browser = Browser(url)
    before = mailbox.names()
    browser.post("/api/sign-up/start", {"email": email})
    told = browser.post("/api/sign-up/verify", {"code": mailbox.wait_code(email, after=before)})
    person = Person(browser, kind, id=told["person"])
    passkey = None if passphrase else Authenticator(browser.url)
    return Account(person, email, passkey=passkey, passphrase=passphrase)


def registration(account: Account) -> dict[str, Any]:
    """What finishing takes, the factors already at the vault."""
    person, browser = account.person, account.browser
    said = person.person_statement()
    recovery = new_id()
    browser.post(
        "/api/sign-up/factors",
        {
            "method": recovery,
            "kind": "recovery",
            "sign_in_secret": b64u_encode(recovery_code.sign_in_secret(account.recovery)),
            "person_statement": said,
        },
    )
    by_paper = unlock.by_recovery(account.recovery)
    paper = unlock.make_method(person.root, by_paper, owner=person.id, method_id=recovery).to_json()
    main, passkeys = _by_passphrase(account) if account.passphrase else _by_passkey(account)
    return {
        "person_statement": said,
        "device_statement": person.device_statement(),
        "device_label": DEVICE_LABEL,
        "methods": [paper, main],
        "passkeys": passkeys,
        "language": "fr",
    }


def _by_passkey(account: Account) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    assert account.passkey is not None
    options = account.browser.post("/api/sign-up/passkey/options", {"name": account.email})
    by = unlock.by_passkey(account.passkey.prf)
    method = unlock.make_method(account.person.root, by, owner=account.person.id).to_json()
    credential = account.passkey.create(options)
    return method, [{"method": method["id"], "credential": credential, "label": DEVICE_LABEL}]


def _by_passphrase(account: Account) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    assert account.passphrase is not None
    salt, method = secrets.token_bytes(16), new_id()
    stretched = unlock.stretch(account.passphrase.text, salt)
    factors = {
        "method": method,
        "kind": "passphrase",
        "sign_in_secret": b64u_encode(stretched.sign_in_secret),
        "totp_secret": b64u_encode(account.passphrase.totp_secret),
        "totp": account.passphrase.totp(),
    }
    share = b64u_decode(account.browser.post("/api/sign-up/factors", factors)["share"])
    by = unlock.by_passphrase(stretched.unlock_secret, share)
    owner = account.person.id
    made = unlock.make_method(
        account.person.root, by, owner=owner, method_id=method, salt=salt, argon2=unlock.FLOOR
    )
    return made.to_json(), []


def settled(account: Account, signed_in: dict[str, Any], phone: str) -> Account:
    account.person.session = signed_in["session"]
    keep_contact(account.person, {"email": account.email, **({"phone": phone} if phone else {})})
    return account


def parts_of(link: str) -> tuple[str, str]:
    address, _, token = link.partition("#")
    if not token:
        raise Refused("link", 400, "malformed", "The link is cut: nothing follows its #.")
    return address.rpartition("/")[0], token
