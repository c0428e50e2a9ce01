from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.envelope import errors
from colloque.envelope.item import Author
from colloque.envelope.keys import DeviceKey, Place
from colloque.envelope.manifest import Manifest, check_manifest, sign_manifest, tree_root
from tests.envelope.vectors import read
from tests.vectors.people import AT

PLACE = Place("record", "exchange")
DEVICE = DeviceKey.generate()
AUTHOR = Author("alice", "d")
HASHES = [bytes([n]) * 32 for n in range(5)]


def signed(counter: int = 7, hashes: list[bytes] = HASHES) -> dict[str, Any]:
    return sign_manifest(PLACE, hashes, counter=counter, author=AUTHOR, device_key=DEVICE, at=AT)


def check(
    envelope: dict[str, Any], hashes: list[bytes] = HASHES, remembered: Manifest | None = None
) -> Manifest:
    return check_manifest(
        envelope, place=PLACE, hashes=hashes, author_key=lambda _: DEVICE.public_key, remembered=remembered
    )


def test_a_whole_compartment_is_accepted_and_remembered() -> None:
    first = check(signed())
    assert (first.counter, first.size) == (7, 5)
    assert check(signed(), remembered=first) == first
    assert check(signed(8, HASHES[:3]), HASHES[:3], remembered=first).counter == 8


def test_a_dropped_item_is_named() -> None:
    with pytest.raises(errors.ItemsMissing):
        check(signed(), HASHES[:-1])
    with pytest.raises(errors.ItemsMissing):
        check(signed(), [*HASHES, bytes(32)])


@given(st.permutations(HASHES))
def test_swapped_items_are_named(hashes: list[bytes]) -> None:
    if hashes == HASHES:
        return
    with pytest.raises(errors.ItemsSwapped):
        check(signed(), hashes)


def test_a_rolled_back_manifest_is_named() -> None:
    with pytest.raises(errors.RolledBack):
        check(signed(6), remembered=check(signed(7)))


def test_two_manifests_with_one_counter_are_named() -> None:
    with pytest.raises(errors.Forked):
        check(signed(7, HASHES[:2]), HASHES[:2], remembered=check(signed(7)))


def test_a_manifest_of_another_place_is_refused() -> None:
    with pytest.raises(errors.WrongPlace):
        check_manifest(
            signed(),
            place=replace(PLACE, compartment="care"),
            hashes=HASHES,
            author_key=lambda _: DEVICE.public_key,
        )


def test_an_unknown_or_another_device_is_refused() -> None:
    with pytest.raises(errors.UnknownAuthor):
        check_manifest(signed(), place=PLACE, hashes=HASHES, author_key=lambda _: None)
    other = DeviceKey.generate().public_key
    with pytest.raises(errors.BadSignature):
        check_manifest(signed(), place=PLACE, hashes=HASHES, author_key=lambda _: other)


def test_the_root_is_rfc_6962_s() -> None:
    vectors = read("merkle.json")
    entries = [bytes.fromhex(entry) for entry in vectors["entries"]]
    for size, root in enumerate(vectors["roots"]):
        assert tree_root(entries[:size]).hex() == root
