"""Read the parts of a request's body; what is missing or odd is Malformed."""

from collections.abc import Mapping
from typing import Any

from colloque.kernel import dsse
from colloque.kernel.encoding import EncodingError, b64u_decode
from colloque.kernel.errors import Malformed
from colloque.kernel.ids import is_id

SUITE = "colloque/v1"
MOST_SEALED = 8192


def text_of(data: Mapping[str, Any], name: str, *, most: int = 200, usual: str | None = None) -> str:
    value = data.get(name, usual)
    if not isinstance(value, str) or len(value) > most or not value.isprintable():
        raise Malformed(name)
    return value.strip()


def id_of(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not is_id(value):
        raise Malformed(name)
    return value


def bytes_of(data: Mapping[str, Any], name: str, *, length: int | None = None) -> bytes:
    value = data.get(name)
    try:
        return b64u_decode(value if isinstance(value, str) else "!", length=length)
    except EncodingError as error:
        raise Malformed(name) from error


def list_of(data: Mapping[str, Any], name: str, *, most: int) -> list[Any]:
    value = data.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise Malformed(name)
    return value


def object_of(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    if not isinstance(value, dict):
        raise Malformed(name)
    return value


def statement_of(data: Mapping[str, Any], name: str, kind: str) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """Return the envelope, to be handed on as it is, and what it says. The vault checks who signed."""
    statement = signed_of(data, name)
    if statement.kind != kind:
        raise Malformed(f"{name} is not of kind {kind}")
    return object_of(data, name), statement.body


def signed_of(data: Mapping[str, Any], name: str) -> dsse.Statement:
    """What a statement of any kind says, and by whom it says to be signed."""
    try:
        return dsse.parse(object_of(data, name))
    except dsse.MalformedStatement as error:
        raise Malformed(name) from error


def sealed_key_of(value: object, *, purpose: str, about: str, recipient: str | None = None) -> dict[str, Any]:
    """Check the frame of a sealed key; its inside is for the browser that it is sealed to."""
    if not isinstance(value, dict) or value.get("suite") != SUITE or value.get("purpose") != purpose:
        raise Malformed("sealed key")
    if value.get("about") != about or (recipient is not None and value.get("recipient") != recipient):
        raise Malformed("sealed key for another")
    id_of(value, "recipient")
    generation, key = value.get("generation"), value.get("key_id")
    if (
        type(generation) is not int
        or not 0 <= generation < 2**31
        or not isinstance(key, str)
        or len(key) != 32
    ):
        raise Malformed("sealed key")
    bytes_of(value, "sealed")
    if len(value["sealed"]) > MOST_SEALED:
        raise Malformed("sealed key")
    fields = ("suite", "purpose", "about", "recipient", "key_id", "generation", "sealed")
    return {field: value[field] for field in fields}


def method_of(value: object, *, owner: str, purpose: str = "person-root") -> dict[str, Any]:
    """Check the frame of an unlock method, and keep nothing that the specification does not name."""
    if not isinstance(value, dict) or value.get("kind") not in ("passkey", "passphrase", "recovery"):
        raise Malformed("method")
    method = {"id": id_of(value, "id"), "kind": value["kind"]}
    for name, length in (("public_key", 1216), ("wrapped_seed", 60)):
        bytes_of(value, name, length=length)
        method[name] = value[name]
    sealed = sealed_key_of(value.get("sealed_root"), purpose=purpose, about=owner, recipient=method["id"])
    method["sealed_root"] = sealed
    if value["kind"] == "passphrase":
        bytes_of(value, "salt", length=16)
        method |= {"salt": value["salt"], "argon2": argon2_of(value.get("argon2"))}
    return method


def argon2_of(value: object) -> dict[str, int]:
    if not isinstance(value, dict) or any(type(value.get(name)) is not int for name in "mtp"):
        raise Malformed("argon2")
    m, t, p = (int(value[name]) for name in "mtp")
    if not (65_536 <= m <= 1_048_576 and 3 <= t <= 16 and 1 <= p <= 4):
        raise Malformed("argon2")
    return {"m": m, "t": t, "p": p}
