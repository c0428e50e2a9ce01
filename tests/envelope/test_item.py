import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.envelope import errors
from colloque.envelope.item import Author, item_hash, open_item, seal_item, seal_json
from colloque.envelope.keys import ContentKey, DeviceKey, Place, content_key
from colloque.kernel.encoding import b64u_decode, b64u_encode
from tests.examples import examples
from tests.vectors.people import ALICE, AT

PLACE = Place("record", "exchange", 3)
KEY = content_key(PLACE, care_key=b"R" * 32, turn=b"V" * 32)
DEVICE = DeviceKey.generate()
AUTHOR = Author(ALICE, "device")


def seal(data: bytes = b"content", key: ContentKey = KEY, version: int = 1) -> dict[str, str]:
    return seal_item(
        data, key, item="item", version=version, kind="message", author=AUTHOR, device_key=DEVICE, at=AT
    )


def directory(author: Author) -> bytes | None:
    return DEVICE.public_key if author == AUTHOR else None


def resigned(sealed: dict[str, str], device: DeviceKey = DEVICE) -> dict[str, str]:
    """The same item under a good signature: what an author's stolen device could send."""
    from colloque.envelope import item

    signed = item._signed_bytes(sealed["header"].encode(), b64u_decode(sealed["ciphertext"]))
    return sealed | {"signature": b64u_encode(device.sign(signed))}


def with_header(sealed: dict[str, str], **changes: object) -> dict[str, str]:
    return sealed | {"header": json.dumps(json.loads(sealed["header"]) | changes)}


@given(st.binary(max_size=3_000))
@settings(max_examples=examples(60), deadline=None)
def test_what_is_sealed_opens(data: bytes) -> None:
    sealed = seal(data)
    opened = open_item(sealed, KEY, directory, item="item", least_version=1)
    assert opened.data == data
    assert opened.hash == item_hash(sealed)


@given(st.data())
@settings(max_examples=examples(150), deadline=None)
def test_any_flipped_bit_is_refused(data: st.DataObject) -> None:
    sealed = seal()
    part = data.draw(st.sampled_from(["header", "ciphertext", "signature"]))
    raw = bytearray(sealed["header"].encode() if part == "header" else b64u_decode(sealed[part]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    changed = raw.decode() if part == "header" else b64u_encode(bytes(raw))
    with pytest.raises(errors.EnvelopeError):
        open_item(sealed | {part: changed}, KEY, directory)


@pytest.mark.parametrize(
    "place", [Place("other", "exchange", 3), Place("record", "care", 3), Place("record", "exchange", 4)]
)
def test_it_refuses_an_item_of_another_place(place: Place) -> None:
    other = content_key(place, care_key=b"R" * 32, turn=b"V" * 32)
    with pytest.raises(errors.WrongPlace):
        open_item(seal(), other, directory)


def test_an_item_moved_to_another_compartment_is_refused() -> None:
    # The thief rewrites the header and, worse, holds the author's device: the key itself is of another place.
    care = content_key(Place("record", "care", 3), care_key=b"R" * 32, turn=b"V" * 32)
    moved = resigned(with_header(seal(), compartment="care"))
    with pytest.raises(errors.WrongCommitment):
        open_item(moved, care, directory)
    moved = resigned(with_header(moved, commitment=b64u_encode(care.commitment)))
    with pytest.raises(errors.BadTag):
        open_item(moved, care, directory)


def test_it_refuses_another_item_and_an_older_version() -> None:
    with pytest.raises(errors.WrongItem):
        open_item(seal(), KEY, directory, item="other")
    with pytest.raises(errors.WrongItem):
        open_item(seal(version=1), KEY, directory, least_version=2)


def test_suite_comes_before_everything_else() -> None:
    with pytest.raises(errors.WrongSuite):
        open_item(with_header(seal(), suite="colloque/v0", record="other"), KEY, directory)


def test_it_refuses_a_key_that_did_not_seal_this() -> None:
    with pytest.raises(errors.WrongCommitment):
        open_item(seal(), replace(KEY, key=b"K" * 32), directory)


def test_it_refuses_a_device_that_the_directory_does_not_know() -> None:
    with pytest.raises(errors.UnknownAuthor):
        open_item(seal(), KEY, lambda _author: None)


def test_it_refuses_another_author_in_the_header() -> None:
    forged = with_header(seal(), author={"person": "chen", "device": "device"})
    with pytest.raises(errors.UnknownAuthor):
        open_item(forged, KEY, directory)


def test_it_refuses_the_signature_of_another_device() -> None:
    with pytest.raises(errors.BadSignature):
        open_item(resigned(seal(), DeviceKey.generate()), KEY, directory)


def test_it_names_an_altered_ciphertext_under_a_good_signature() -> None:
    sealed = seal()
    raw = bytearray(b64u_decode(sealed["ciphertext"]))
    raw[0] ^= 1
    with pytest.raises(errors.BadTag):
        open_item(resigned(sealed | {"ciphertext": b64u_encode(bytes(raw))}), KEY, directory)


def test_it_refuses_padding_that_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    from colloque.envelope import item

    monkeypatch.setattr(item, "pad", lambda data: data)
    sealed = seal(b"\0\0\0\1xy" + bytes(300))
    with pytest.raises(errors.BadPadding):
        open_item(sealed, KEY, directory)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"header": "{", "ciphertext": "AA", "signature": "AA"},
        {"header": "[]", "ciphertext": "AA", "signature": "AA"},
        {"header": 5, "ciphertext": "AA", "signature": "AA"},
        None,
        [],
    ],
)
def test_what_cannot_be_read_is_malformed(broken: object) -> None:
    with pytest.raises(errors.Malformed):
        open_item(broken, KEY, directory)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [{"epoch": "3"}, {"epoch": -1}, {"epoch": True}, {"nonce": "AA"}, {"author": "alice"}, {"item": None}],
)
def test_a_header_with_an_odd_field_is_malformed(changes: dict[str, Any]) -> None:
    with pytest.raises(errors.Malformed):
        open_item(with_header(seal(), **changes), KEY, directory)


def test_sizes_say_little() -> None:
    lengths = {len(seal(b"x" * n)["ciphertext"]) for n in range(253)}
    assert len(lengths) == 1


def test_content_that_is_not_json_is_malformed() -> None:
    assert open_item(seal_json({"a": "é"}, KEY, **about()), KEY, directory).json() == {"a": "é"}
    with pytest.raises(errors.Malformed):
        open_item(seal(b"\xff"), KEY, directory).json()


def about() -> dict[str, Any]:
    return {"item": "item", "version": 1, "kind": "message", "author": AUTHOR, "device_key": DEVICE, "at": AT}
