"""Signing up: an address shown to be one's own, keys made in the browser, at least two ways to unlock them.

Between the steps the session holds the address's index and the code's hash; the address itself is in no step but the
first, and there in memory only.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from colloque.accounts import codes, letters, limits, passkeys, reading, sessions
from colloque.accounts.errors import (
    BadAddress,
    NotVerified,
    OtherKind,
    StartsAgain,
    TooFewMethods,
    WrongCode,
    WrongPerson,
    WrongTotp,
)
from colloque.accounts.models import KINDS, Account, Device, Method, Passkey, Session
from colloque.accounts.network import network_of
from colloque.accounts.vault_door import vault
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.errors import Conflict, Malformed
from colloque.kernel.ids import new_id
from colloque.vault import totp
from colloque.vault.errors import NotFound as VaultNotFound

MOST_METHODS = 10
MOST_FACTORS = 12


def start(request: HttpRequest, address: str) -> None:
    """Send a code. Does the same, and takes as long, whether the address has an account or not."""
    address = read_address(address)
    network = network_of(request)
    limits.check(limits.CODES_PER_NETWORK, network)
    index = vault().blind_index(address, network=network)
    has_account = Account.objects.filter(address_index=index).exists()
    code = codes.new_code()
    request.session["sign_up"] = {
        "index": index,
        "code": codes.digest_of(code, index),
        "until": to_wire(now() + codes.LIFETIME),
        "tries": 0,
    }
    # Past the limit no letter leaves, and the answer is as always: someone else may have spent it.
    if limits.spend(limits.CODES_PER_ADDRESS, index):
        letters.send_code(address, code, language=language_of(request), has_account=has_account)


def verify(request: HttpRequest, code: str) -> dict[str, Any]:
    """Take the code; return the id to make keys for, and whether the address has an account that would be replaced.

    Only who reads the address's mail comes to know the latter.
    """
    state = request.session.get("sign_up")
    if not state:
        raise NotVerified
    within = limits.spend(limits.TRIES_PER_ADDRESS, state["index"])
    pending = codes.Pending(state["index"], state["code"], from_wire(state["until"]), state["tries"])
    if not (codes.is_right(pending, code, now=now()) and within):
        request.session["sign_up"] = {**state, "tries": state["tries"] + 1}
        raise WrongCode
    has_account = Account.objects.filter(address_index=state["index"]).exists()
    # The same code again, after a lost answer, finds the same id: nothing done so far is lost.
    if not state.get("person"):
        state = {**state, "person": new_id(), "registered": "", "factors": {}}
        request.session["sign_up"] = state
    return {"person": state["person"], "has_account": has_account}


def creation_options(request: HttpRequest, name: str) -> dict[str, Any]:
    return passkeys.creation_options(request.session, _verified(request)["person"], name=name)


def set_factors(request: HttpRequest, data: Mapping[str, Any]) -> bytes:
    """Register the person's keys, store a method's verifier and second factor, and return its unlock share."""
    state = _verified(request)
    if len(state["factors"]) >= MOST_FACTORS:
        raise Conflict("factors")
    if not state["registered"]:
        _register_person(request, data)
        state = _verified(request)
    method, share = store_factors(state["person"], data)
    request.session["sign_up"] = {**state, "factors": {**state["factors"], method: data["kind"]}}
    return share


def store_factors(person: str, data: Mapping[str, Any]) -> tuple[str, bytes]:
    """Check the parts of a passphrase or a recovery code, and hand them to the vault; return method and share."""
    method, kind = reading.id_of(data, "method"), data.get("kind")
    secret = reading.bytes_of(data, "sign_in_secret", length=32)
    if kind not in ("passphrase", "recovery"):
        raise Malformed("kind")
    totp_secret = _checked_totp(data) if kind == "passphrase" else None
    share = vault().set_factors(person, method, kind=kind, sign_in_secret=secret, totp_secret=totp_secret)
    return method, share


def finish(request: HttpRequest, data: Mapping[str, Any], *, kind: str) -> tuple[Account, Session]:
    """Make the account, all of it or nothing, and sign in. Keys are the vault's to accept: it answers last."""
    state = _verified(request)
    methods = read_methods(data, state["person"], state["factors"])
    device_statement, device_says = reading.statement_of(data, "device_statement", "device")
    person_statement, person_says = reading.statement_of(data, "person_statement", "person")
    if {person_says.get("person"), device_says.get("person")} != {state["person"]}:
        raise WrongPerson
    if person_says.get("kind") != kind or state["registered"] not in ("", kind):
        raise WrongPerson("kind")
    with transaction.atomic():
        account = _create_account(state, data, kind)
        store_methods(request, account, methods, reading.list_of(data, "passkeys", most=MOST_METHODS))
        label = reading.text_of(data, "device_label", most=80, usual="")
        device = create_device(account, reading.id_of(device_says, "new_device"), label)
        if not state["registered"]:
            vault().state(person_statement, network=network_of(request))
        vault().state(device_statement, network=network_of(request))
    forget_factors(account, [one for one in state["factors"] if one not in {m["id"] for m in methods}])
    return account, sign_in(request, account, means="sign-up", device=device)


def sign_in(request: HttpRequest, account: Account, *, means: str, device: Device | None = None) -> Session:
    """Write the line, then open the session: a ledger that cannot be written lets no one in."""
    pseudonym = new_id()
    vault().sign_in(str(account.id), network=network_of(request), session=pseudonym, purpose=means)
    return sessions.open_session(request, account, pseudonym, means=means, device=device)


def read_methods(data: Mapping[str, Any], person: str, factors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the methods of a new account: two at least, one of them recovery, each with what proves it."""
    methods = [
        reading.method_of(one, owner=person) for one in reading.list_of(data, "methods", most=MOST_METHODS)
    ]
    ids = [one["id"] for one in methods]
    check_enough([one["kind"] for one in methods])
    if len(set(ids)) != len(ids):
        raise Malformed("methods")
    for one in methods:
        if one["kind"] != "passkey" and factors.get(one["id"]) != one["kind"]:
            raise Malformed("a method without its factors")
    return methods


def check_enough(kinds: list[str]) -> None:
    if len(kinds) < 2 or "recovery" not in kinds:
        raise TooFewMethods


def store_methods(
    request: HttpRequest, account: Account, methods: list[dict[str, Any]], proofs: list[Any]
) -> None:
    """Keep methods; each of kind passkey has its new credential among `proofs`."""
    by_method = {str(one.get("method")): one for one in proofs if isinstance(one, dict)}
    for wire in methods:
        proof = by_method.get(wire["id"], {})
        label = reading.text_of(proof, "label", most=80, usual="")
        method = Method(id=wire["id"], account=account, kind=wire["kind"], wire=wire, label=label)
        insert(method)
        if wire["kind"] == "passkey":
            store_passkey(request, method, proof)


def store_passkey(request: HttpRequest, method: Method, proof: Mapping[str, Any]) -> Passkey:
    credential = reading.object_of(proof, "credential")
    transports = passkeys.transports_of(credential)
    return passkeys.register(request.session, credential, method=method, transports=transports)


def create_device(account: Account, device_id: str, label: str) -> Device:
    device = Device(id=device_id, account=account, label=label)
    insert(device)
    return device


def insert(row: Method | Device) -> None:
    """Insert, and never update: an id that exists is not to be taken over, whoever it belongs to."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("id") from error


def forget_factors(account: Account, methods: list[str]) -> None:
    """Have the vault forget what is no longer of use."""
    for method in methods:
        try:
            vault().end_factors(str(account.id), method)
        except VaultNotFound:
            continue


def read_address(text: object) -> str:
    if not isinstance(text, str) or len(text) > 254:
        raise BadAddress
    address = text.strip()
    try:
        validate_email(address)
    except ValidationError:
        # The validator's own error may quote the address, and must not become this one's cause.
        raise BadAddress from None
    return address


def language_of(request: HttpRequest) -> str:
    language = getattr(request, "LANGUAGE_CODE", "fr")
    return "en" if str(language).startswith("en") else "fr"


def _verified(request: HttpRequest) -> dict[str, Any]:
    state = request.session.get("sign_up")
    if not state or not state.get("person"):
        raise NotVerified
    return dict(state)


def _register_person(request: HttpRequest, data: Mapping[str, Any]) -> None:
    state = _verified(request)
    envelope, says = reading.statement_of(data, "person_statement", "person")
    if says.get("person") != state["person"]:
        raise WrongPerson
    if says.get("kind") not in dict(KINDS):
        raise Malformed("kind")
    vault().state(envelope, network=network_of(request))
    request.session["sign_up"] = {**state, "registered": says["kind"]}


def _checked_totp(data: Mapping[str, Any]) -> bytes:
    """A second factor counts once the person has shown that their application makes its codes."""
    secret = reading.bytes_of(data, "totp_secret")
    code = reading.text_of(data, "totp", most=10).replace(" ", "")
    if not 16 <= len(secret) <= 64:
        raise Malformed("totp_secret")
    if not code.isascii() or totp.match_step(secret, code, now=now(), last_step=0) is None:
        raise WrongTotp
    return secret


def _create_account(state: Mapping[str, Any], data: Mapping[str, Any], kind: str) -> Account:
    before = Account.objects.select_for_update().filter(address_index=state["index"]).first()
    if before:
        if before.kind != kind:
            raise OtherKind
        if data.get("start_again") is not True:
            raise StartsAgain
        close_account(before)
    language = "en" if data.get("language") == "en" else "fr"
    try:
        with transaction.atomic():
            return Account.objects.create(
                id=state["person"],
                kind=kind,
                address_index=state["index"],
                language=language,
                replaces=before,
            )
    except IntegrityError as error:
        raise Conflict("account") from error


def close_account(account: Account) -> None:
    """Close an account whose person starts again: no one signs in to it, and its records stay for the practice."""
    account.address_index = ""
    account.closed_at = now()
    account.save(update_fields=["address_index", "closed_at"])
    sessions.end_sessions(account.sessions.all())
