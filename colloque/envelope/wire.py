"""Read fields of JSON that came from elsewhere; a missing or odd one raises Malformed."""

from collections.abc import Mapping
from typing import Any

from colloque.envelope.errors import Malformed, WrongSuite
from colloque.envelope.keys import SUITE
from colloque.kernel.encoding import EncodingError, b64u_decode


def fields(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise Malformed("an object is expected here")
    return value


def text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is missing or is not text")
    return value


def number(source: Mapping[str, Any], name: str) -> int:
    value = source.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise Malformed(f"{name} is missing or is not a whole number")
    return value


def binary(source: Mapping[str, Any], name: str, *, length: int | None = None) -> bytes:
    try:
        return b64u_decode(text(source, name), length=length)
    except EncodingError as error:
        raise Malformed(f"{name}: {error}") from error


def check_suite(source: Mapping[str, Any]) -> None:
    if source.get("suite") != SUITE:
        raise WrongSuite("only colloque/v1 is read")
