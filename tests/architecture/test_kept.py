"""Formats that are kept for ever: each has its sample, which opens as it did when it was made."""

from typing import Any

import pytest

from colloque.archive import parts
from colloque.envelope import statement, unlock
from colloque.envelope.item import open_item
from colloque.envelope.manifest import check_manifest
from colloque.envelope.sealed_key import open_key, open_note
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode
from colloque.ledger import checkpoint, line, merkle
from colloque.ledger.pseudonym import Name, put_back, values_of
from colloque.vault import turn
from colloque.vault.data_keys import DataKey, DataKeys
from colloque.vault.kek import FileKek
from tests.vectors import golden, kept
from tests.vectors.people import ALICE, DEVICE, ITEM, PRACTICE, RECORD, inputs, secret

KEPT = kept.read()


def test_every_format_has_a_sample_and_none_has_changed() -> None:
    missing = {
        f"{part}: {name}"
        for part, wanted in kept.WANTED.items()
        for name in wanted
        if name not in KEPT.get(part, {})
    }
    assert not missing, "a format is new: run `.venv/bin/python -m tests.vectors.kept`, and keep what it adds"
    assert kept.make_missing(KEPT) == KEPT


@pytest.mark.parametrize("kind", sorted(KEPT["statements"]))
def test_its_signatures_hold(kind: str) -> None:
    envelope = KEPT["statements"][kind]
    said = statement.read(envelope, kind=kind)
    for signature in said.signatures:
        if signature.keyid == DEVICE:
            statement.check_device(said, device=DEVICE, public_key=golden.DEVICE_KEY.public_key)
        elif signature.keyid == kept.SECOND_DEVICE:
            statement.check_device(said, device=kept.SECOND_DEVICE, public_key=kept.SECOND_KEY.public_key)
        elif signature.keyid.startswith("sheet:"):
            assert said.is_signed_by_identity(signature.keyid, kept.SHEET.public_key)
        else:
            statement.check_identity(said, person=ALICE, public_key=kept.PERSON.identity_key)
    assert {name: said.body[name] for name in kept.BODIES.get(kind, {})} == kept.BODIES.get(kind, {})


def test_its_sealed_keys_open() -> None:
    sealed, seed = KEPT["sealed_keys"], kept.PERSON.kem_seed
    opened = {
        "care-key": open_key(sealed["care-key"], seed, purpose="care-key", about=RECORD, recipient=ALICE),
        "practice-seed": open_key(
            sealed["practice-seed"], seed, purpose="practice-seed", about=PRACTICE, recipient=ALICE
        ),
        "past-practice-seed": open_key(
            sealed["past-practice-seed"], golden.PRACTICE_SEED,
            purpose="past-practice-seed", about=PRACTICE, recipient=PRACTICE,
        ),
    }  # fmt: skip
    by = unlock.by_recovery(secret("recovery code", 16))
    opened["person-root"] = unlock.open_method(sealed["person-root"], by, owner=ALICE)
    how: Any = {"owner": PRACTICE, "purpose": "practice-recovery"}
    opened["practice-recovery"] = unlock.open_method(sealed["practice-recovery"], by, **how)
    assert opened == {name: secret(name) for name in opened}
    assert open_note(sealed["note"], golden.PRACTICE_SEED, practice=PRACTICE) == inputs()["note"]


def test_its_item_and_the_list_of_it_open() -> None:
    held = KEPT["items"]["message"]
    opened = open_item(held["item"], golden.key(), golden.author_key, item=ITEM)
    assert opened.json() == inputs()["message"]
    how: Any = {"place": golden.PLACE, "author_key": golden.author_key}
    assert check_manifest(held["manifest"], hashes=[opened.hash], **how).counter == 7


@pytest.mark.parametrize("kind", sorted(KEPT["lines"]))
def test_its_line_hashes_as_it_did(kind: str) -> None:
    data = KEPT["lines"][kind]["text"].encode()
    assert line.from_bytes(data)["kind"] == kind
    assert line.leaf_hash(data).hex() == KEPT["lines"][kind]["leaf"]


def test_its_names_open() -> None:
    held = KEPT["names"]["of-a-patient"]
    data, names = held["text"].encode(), [Name.read(one) for one in held["names"]]
    assert line.leaf_hash(data).hex() == held["leaf"]
    opened = put_back(line.from_bytes(data), values_of(names))
    assert opened["subject"] == opened["actor"] == held["person"]
    assert opened["keyid"] == opened["device"] == held["device"]


def test_its_receipt_proves_its_line() -> None:
    receipt = KEPT["receipts"]["release"]
    head = checkpoint.read(receipt["checkpoint"], checkpoint.parse_vkey(receipt["vkey"]))
    (told,) = receipt["lines"]
    proof = [b64u_decode(one) for one in told["proof"]]
    leaf = b64u_decode(told["leaf"])
    assert merkle.is_included(leaf, index=told["seq"], size=head.size, proof=proof, root=head.root)


class Keeper:
    """Gives one data key back, as a key file or OpenBao would."""

    name, can_leave = "kept", False

    def wrap(self, key: bytes, generation: int) -> bytes:
        return key

    def unwrap(self, wrapped: bytes, generation: int) -> bytes:
        return wrapped

    def close(self) -> None: ...


def test_its_wrapped_secrets_open() -> None:
    context, held = turn.secret_context(RECORD), KEPT["vault_secrets"]
    assert FileKek(secret("kek")).unwrap(b64u_decode(held["key-file"]), context) == secret("record secret")
    keys = DataKeys(Keeper(), lease=60)
    keys.read([DataKey(3, "kept", secret("data key"), clock.now())])
    assert keys.unwrap(b64u_decode(held["data-key"]), context) == secret("record secret")


def test_two_of_its_three_parts_make_the_sheet() -> None:
    first, _, third = KEPT["sheets"]["in-three-parts"]
    assert parts.combine([third, first]) == secret("recovery code", 16)
