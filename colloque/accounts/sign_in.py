"""Signing in: by passkey, by passphrase and code, by recovery code. Every refusal is the same refusal.

For an address without an account the same questions go to the database and to the vault, about a person who does not
exist; the vault counts tries and takes its time as it does for anyone.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from colloque.accounts import limits, passkeys, reading, sessions
from colloque.accounts.errors import RefusedPasskey, RefusedSignIn
from colloque.accounts.models import Account, Method, Passkey, Session
from colloque.accounts.network import network_of
from colloque.accounts.sign_up import read_address, sign_in
from colloque.accounts.strangers import ARGON2, Stranger, stranger_for
from colloque.accounts.vault_door import vault
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.ids import new_id
from colloque.vault.errors import Frozen, WrongSecret


def salt_for(request: HttpRequest, address: str) -> dict[str, Any]:
    """Return method, salt and parameters: the account's, or a stranger's, which look the same."""
    _, stranger, method = _look_up(request, address, "passphrase")
    if method is None:
        return {"method": stranger.method, "salt": stranger.salt, "argon2": ARGON2}
    return {"method": str(method.id), "salt": method.wire["salt"], "argon2": method.wire["argon2"]}


def by_passphrase(request: HttpRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    """Check the sign-in secret and the code; open a session, and answer with the share. Raises RefusedSignIn."""
    account, stranger, found = _look_up(request, reading.text_of(data, "email", most=254), "passphrase")
    method = reading.id_of(data, "method")
    share = _ask_vault(request, data, account, stranger, method)
    if account is None or found is None or str(found.id) != method:
        raise RefusedSignIn
    session = sign_in(request, account, means="passphrase")
    return answer(session, method=method, share=b64u_encode(share))


def by_recovery(request: HttpRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    """Check a recovery code's sign-in secret, and open a session. Raises RefusedSignIn."""
    account, stranger, found = _look_up(request, reading.text_of(data, "email", most=254), "recovery")
    _ask_vault(request, data, account, stranger, str(found.id) if found else stranger.method)
    if account is None or found is None:
        raise RefusedSignIn
    return answer(sign_in(request, account, means="recovery"), method=str(found.id))


def by_passkey(request: HttpRequest, data: Mapping[str, Any]) -> dict[str, Any]:
    """Check a passkey's answer, and open a session. Raises RefusedPasskey."""
    limits.check(limits.SIGN_INS_PER_NETWORK, network_of(request))
    passkey = check_passkey(request, reading.object_of(data, "credential"))
    session = sign_in(request, passkey.method.account, means="passkey")
    return answer(session, method=str(passkey.method_id))


def prove_again(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> None:
    """Let the person of this session show again who they are, by any of their methods."""
    limits.check(limits.SIGN_INS_PER_NETWORK, network_of(request))
    if "credential" in data:
        if check_passkey(request, reading.object_of(data, "credential")).method.account_id != account.id:
            raise RefusedPasskey("of another person")
    else:
        method = account.methods.filter(id=reading.id_of(data, "method")).first()
        _ask_vault(
            request, data, account if method else None, stranger_for(""), reading.id_of(data, "method")
        )
    sessions.prove(request)


def check_passkey(request: HttpRequest, credential: Mapping[str, Any]) -> Passkey:
    passkey = passkeys.find(credential)
    if passkey is None or passkey.method.account.closed_at is not None:
        raise RefusedPasskey("unknown")
    try:
        passkeys.verify(request.session, credential, passkey)
    except RefusedPasskey:
        _tell_refusal(request, passkey.method.account)
        raise
    return passkey


def answer(session: Session, **more: Any) -> dict[str, Any]:
    """What every way of signing in answers: who, the methods to unlock with, and the session's pseudonym."""
    methods = Method.objects.filter(account=session.account_id).order_by("created_at")
    return {
        "person": str(session.account_id),
        "session": str(session.id),
        "methods": [one.wire for one in methods],
        **more,
    }


def _look_up(request: HttpRequest, address: str, kind: str) -> tuple[Account | None, Stranger, Method | None]:
    """Find an account and its newest method of a kind; for a stranger, the same number of questions is asked."""
    network = network_of(request)
    limits.check(limits.SIGN_INS_PER_NETWORK, network)
    index = vault().blind_index(read_address(address), network=network)
    stranger = stranger_for(index)
    account = Account.objects.filter(address_index=index, closed_at=None).first()
    owner = account.id if account else stranger.person
    method = Method.objects.filter(account_id=owner, kind=kind).order_by("-created_at").first()
    return account, stranger, method


def _ask_vault(
    request: HttpRequest, data: Mapping[str, Any], account: Account | None, stranger: Stranger, method: str
) -> bytes:
    secret = reading.bytes_of(data, "sign_in_secret", length=32)
    code = reading.text_of(data, "totp", most=10, usual="").replace(" ", "")
    subject = str(account.id) if account else stranger.person
    try:
        return vault().unlock(subject, method, sign_in_secret=secret, totp=code, network=network_of(request))
    except (WrongSecret, Frozen) as error:
        # A frozen person exists: to say so would tell a stranger that.
        raise RefusedSignIn(error.word) from error


def _tell_refusal(request: HttpRequest, account: Account) -> None:
    line = {
        "id": new_id(),
        "kind": "sign-in-refused",
        "subject": str(account.id),
        "network": network_of(request),
        "purpose": "passkey",
    }
    vault().item_lines([line])
