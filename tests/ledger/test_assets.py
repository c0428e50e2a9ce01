"""Asset manifests have one form, and their hash is of its bytes; cosigned notes read as in the browser."""

import json
from pathlib import Path
from typing import Any

import pytest

from colloque.ledger import assets, checkpoint
from colloque.ledger.cosignature import parse_witness_vkey
from colloque.ledger.witnessing import cosigners

VECTORS = Path(__file__).parents[1] / "vectors"
CASES = json.loads((VECTORS / "assets.json").read_text("utf-8"))
NOTES = json.loads((VECTORS / "cosignature.json").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES)
def test_a_manifest_is_read_in_its_canonical_form_alone(case: dict[str, Any]) -> None:
    data = case["manifest"].encode()
    if case["sha256"] is None:
        with pytest.raises(assets.MalformedManifest):
            assets.read(data)
        return
    manifest = assets.read(data)
    assert (assets.digest(data), assets.to_bytes(manifest), manifest.files) == (
        case["sha256"],
        data,
        case["files"],
    )


@pytest.mark.parametrize("case", NOTES["notes"])
def test_a_note_names_those_witnesses_whose_signature_holds(case: dict[str, Any]) -> None:
    keys = [parse_witness_vkey(one) for one in NOTES["witnesses"]]
    found = cosigners(case["note"], keys)
    assert sorted(key.name for key in found) == case["signed_by"]
    assert set(found.values()) <= {NOTES["time"]}


def test_what_the_log_signed_reads_below_any_number_of_cosignatures() -> None:
    log = checkpoint.parse_vkey(NOTES["log"])
    assert {
        checkpoint.read(case["note"], log).size for case in NOTES["notes"] if "\n7\n" in case["note"]
    } == {7}
