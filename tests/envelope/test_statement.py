import base64
import json
from typing import Any

import pytest

from colloque.envelope import errors, statement
from colloque.envelope.keys import DeviceKey, PersonKeys
from colloque.kernel import dsse

DEVICE = DeviceKey.generate()
PERSON = PersonKeys.from_root(bytes(32))
BODY = {"id": "1", "note": "é"}


def signed() -> dict[str, Any]:
    return statement.sign(
        "device", BODY, statement.as_identity("alice", PERSON), statement.as_device("d", DEVICE)
    )


def test_pae_is_the_one_of_the_dsse_protocol() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == expected


def test_both_signatures_are_checked() -> None:
    said = statement.read(signed(), kind="device")
    assert said.body == BODY
    statement.check_device(said, device="d", public_key=DEVICE.public_key)
    statement.check_identity(said, person="alice", public_key=PERSON.identity_key)


def test_another_key_or_name_is_refused() -> None:
    said = statement.read(signed(), kind="device")
    with pytest.raises(errors.BadSignature):
        statement.check_device(said, device="d", public_key=DeviceKey.generate().public_key)
    with pytest.raises(errors.BadSignature):
        statement.check_device(said, device="other", public_key=DEVICE.public_key)
    with pytest.raises(errors.BadSignature):
        statement.check_identity(said, person="chen", public_key=PERSON.identity_key)
    with pytest.raises(errors.BadSignature):
        statement.check_device(said, device="d", public_key=b"\4" + bytes(64))


def test_a_changed_payload_is_refused() -> None:
    changed = signed() | {"payload": base64.b64encode(json.dumps(BODY | {"id": "2"}).encode()).decode()}
    with pytest.raises(errors.BadSignature):
        statement.check_device(
            statement.read(changed, kind="device"), device="d", public_key=DEVICE.public_key
        )


def test_a_statement_relabelled_as_another_kind_is_refused() -> None:
    with pytest.raises(errors.WrongKind):
        statement.read(signed(), kind="release")
    moved = signed() | {"payloadType": dsse.payload_type("release")}
    with pytest.raises(errors.BadSignature):
        statement.check_device(
            statement.read(moved, kind="release"), device="d", public_key=DEVICE.public_key
        )


def _payload(text: bytes) -> dict[str, Any]:
    return {"payload": base64.b64encode(text).decode()}


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "é"},
        {"payload": 5},
        {"payloadType": "text/plain"},
        {"payloadType": None},
        {"signatures": []},
        {"signatures": [{"keyid": "d"}]},
        {"signatures": [{"keyid": "d", "sig": "AAAA"}]},
        {"signatures": [{"keyid": "d", "sig": base64.b64encode(bytes(64)).decode()}] * 2},
        _payload(b'{"id":"1","id":"2"}'),
        _payload(b"[]"),
        _payload(b"\xff"),
    ],
)
def test_what_is_no_statement_is_malformed(change: dict[str, Any]) -> None:
    with pytest.raises(errors.Malformed):
        statement.read(signed() | change, kind="device")
