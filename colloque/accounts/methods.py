"""A person's ways to unlock: passkeys, a passphrase, the recovery sheet. Never fewer than two, one of them recovery."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from colloque.accounts import reading
from colloque.accounts.models import Account, Method
from colloque.accounts.sign_up import check_enough, forget_factors, insert, store_factors, store_passkey
from colloque.kernel.clock import to_wire
from colloque.kernel.errors import Conflict, Malformed, NotFound

MOST_METHODS = 20


def list_methods(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "kind": one.kind,
            "label": one.label,
            "created_at": to_wire(one.created_at),
            "last_used_at": _used(one),
            "salt": one.wire.get("salt"),
            "argon2": one.wire.get("argon2"),
        }
        for one in account.methods.select_related("passkey").order_by("created_at")
    ]


def set_factors(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> bytes:
    """First half of adding a passphrase or a recovery sheet: the vault keeps its verifier, and gives the share."""
    method, share = store_factors(str(account.id), data)
    request.session["factors"] = {**request.session.get("factors", {}), method: data["kind"]}
    return share


def add_method(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> Method:
    """Second half: keep the method, in place of the one of its kind before."""
    wire = reading.method_of(data.get("method"), owner=str(account.id))
    factors = dict(request.session.get("factors", {}))
    if wire["kind"] == "passkey" or factors.pop(wire["id"], None) != wire["kind"]:
        raise Malformed("a method without its factors")
    with transaction.atomic():
        before = list(_locked(account).methods.filter(kind=wire["kind"]))
        method = Method(id=wire["id"], account=account, kind=wire["kind"], wire=wire)
        insert(method)
        account.methods.filter(id__in=[one.id for one in before]).delete()
    request.session["factors"] = factors
    forget_factors(account, [str(one.id) for one in before])
    return method


def add_passkey(request: HttpRequest, account: Account, data: Mapping[str, Any]) -> Method:
    wire = reading.method_of(data.get("method"), owner=str(account.id))
    if wire["kind"] != "passkey":
        raise Malformed("method")
    with transaction.atomic():
        if _locked(account).methods.count() >= MOST_METHODS:
            raise Conflict("methods")
        label = reading.text_of(data, "label", most=80, usual="")
        method = Method(id=wire["id"], account=account, kind="passkey", wire=wire, label=label)
        insert(method)
        store_passkey(request, method, data)
    return method


def remove_method(account: Account, method_id: str, *, kinds: tuple[str, ...]) -> None:
    """Remove one of one's own methods; raise TooFewMethods when too little would be left."""
    with transaction.atomic():
        methods = list(_locked(account).methods.all())
        gone = next((one for one in methods if str(one.id) == method_id and one.kind in kinds), None)
        if gone is None:
            raise NotFound("method")
        check_enough([one.kind for one in methods if one is not gone])
        account.methods.filter(id=gone.id).delete()
    if gone.kind != "passkey":
        forget_factors(account, [method_id])


def rename_method(account: Account, method_id: str, label: str) -> None:
    if not account.methods.filter(id=method_id).update(label=label):
        raise NotFound("method")


def _locked(account: Account) -> Account:
    # Two removals at once must not leave one method between them.
    return Account.objects.select_for_update().get(id=account.id)


def _used(method: Method) -> str | None:
    passkey = getattr(method, "passkey", None)
    return to_wire(passkey.last_used_at) if passkey and passkey.last_used_at else None
