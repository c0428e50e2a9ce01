"""Names of a practice: every kind is decided about, what is masked is put back, and nothing but its opening opens a name."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import is_id
from colloque.ledger.finding import Finding
from colloque.ledger.line import KINDS
from colloque.ledger.pseudonym import (
    CARE,
    OF_ACTOR,
    OF_STATEMENT,
    PLAIN,
    Name,
    Names,
    mask,
    pseudonym_of,
    put_back,
    values_of,
)
from colloque.vault.pseudonyms import Pseudonyms, names_of
from tests.examples import examples

VECTORS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[1] / "vectors/pseudonym.json").read_text("utf-8")
)
IDS = st.uuids(version=4).map(str)
KEY = b"k" * 32


def test_every_kind_is_of_care_or_is_not() -> None:
    assert CARE.keys() | PLAIN == KINDS
    assert not CARE.keys() & PLAIN


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["pseudonym"])
def test_names_are_those_of_the_vectors(vector: dict[str, str]) -> None:
    names = Pseudonyms(bytes.fromhex(vector["vault_key"]))
    practice, value = vector["practice"], vector["value"]
    assert b64u_encode(names.salt(practice, value)) == vector["salt"]
    assert names.derive(practice, value) == vector["pseudonym"]
    assert Name.read(vector).holds


@given(practice=IDS, other=IDS, value=st.text(), salt=st.binary(min_size=32, max_size=32))
@settings(max_examples=examples(100), deadline=None)
def test_a_name_is_an_id_and_opens_to_one_thing(practice: str, other: str, value: str, salt: bytes) -> None:
    name = Name(practice, value, salt, pseudonym_of(practice, salt, value))
    assert is_id(name.pseudonym)
    assert Name.read(name.to_json()) == name
    changes = [
        {"practice": other},
        {"value": value + "x"},
        {"salt": b64u_encode(bytes(32))},
        {"pseudonym": other},
    ]
    for change in changes:
        told = {**name.to_json(), **change}
        if told != name.to_json():
            with pytest.raises(ValueError, match="does not give it"):
                Name.read(told)


def lines() -> st.SearchStrategy[dict[str, Any]]:
    who = st.sampled_from(
        [f"{n}0f0c2f6e"[:8] + "-4c1f-4b1b-8a47-0d9f6e3c9a11" for n in "abc"]
    )  # few: the same in two fields
    return st.fixed_dictionaries(
        {"kind": st.sampled_from(sorted(CARE)), "practice": IDS, "actor": who},
        optional={
            "subject": who, "device": who, "session": st.text(max_size=9), "keyid": who, "target": who, "id": IDS,
            "request": st.text(max_size=9), "sig": st.text(max_size=9), "purpose": st.text(max_size=9),
        },
    )  # fmt: skip


@given(fields=lines(), by_patient=st.booleans(), over_practices=st.booleans())
@settings(max_examples=examples(300), deadline=None)
def test_what_is_masked_is_put_back(fields: dict[str, Any], by_patient: bool, over_practices: bool) -> None:
    vault, given_to = Pseudonyms(KEY), dict[str, str]()

    def name(practice: str, value: str) -> str:
        given_to[value] = vault.derive(practice, value)
        return given_to[value]

    masked = mask({**fields, "v": 2}, name, by_patient=by_patient, over_practices=over_practices)
    names = [vault.name(fields["practice"], value, told) for value, told in given_to.items()]
    assert put_back(masked, values_of(names)) == {**fields, "v": 2}
    hers = by_patient or fields["actor"] == fields.get("subject")
    for field in ("subject", *CARE[fields["kind"]]):
        assert field not in fields or masked[field] == given_to[fields[field]]
    for field in OF_ACTOR:
        assert field not in fields or (masked[field] != fields[field]) == hers
    for field in OF_STATEMENT:
        assert field not in fields or (masked[field] != fields[field]) == (hers and over_practices)
    # The key that signed is hers where it is her device; what the web signs is the web's.
    if "keyid" in fields:
        assert (masked["keyid"] != fields["keyid"]) == (hers and fields["keyid"] == fields.get("device"))


def test_a_person_is_opened_her_own_names_and_what_she_acted_with() -> None:
    vault, practice = Pseudonyms(KEY), "p"
    line = {
        "v": 2, "kind": "release", "practice": practice, "subject": "alice", "actor": "bea", "device": "her device",
    }  # fmt: skip
    names = {
        told: vault.name(practice, value, told)
        for value in ("alice", "bea", "her device")
        for told in [vault.derive(practice, value)]
    }
    masked = mask(line, vault.derive, by_patient=True)
    opened = {who: {one.value for one in names_of(masked, names, who)} for who in ("alice", "bea", "zoe")}
    assert opened == {"alice": {"alice"}, "bea": {"bea", "her device"}, "zoe": set()}


def test_no_more_names_are_remembered_than_there_is_room_for() -> None:
    vault = Pseudonyms(KEY, most=2)
    vault.remember({("p", str(n)): f"name {n}" for n in range(5)})
    assert list(vault.known.values()) == ["name 3", "name 4"]


def row(practice: str, value: str, salt: bytes = b"s" * 32) -> bytes:
    return Name(practice, value, salt, pseudonym_of(practice, salt, value)).to_row().encode()


def test_an_exports_names_are_each_opened_and_nobody_has_two_in_one_practice() -> None:
    names = Names([row("p", "alice"), row("q", "alice"), row("p", "bea")])
    assert names.count == 3
    with pytest.raises(Finding, match="two names in one practice"):
        Names([row("p", "alice"), row("p", "alice", b"t" * 32)])
    told = json.loads(row("p", "alice"))
    bad: list[object] = [
        {**told, "value": "bea"}, {**told, "practice": "q"}, {**told, "salt": "AA"}, {**told, "value": 7},
        {**told, "salt": b64u_encode(b"t" * 32)}, {"practice": "p"}, [], "x",
    ]  # fmt: skip
    for one in bad:
        with pytest.raises(Finding, match="can't be opened"):
            Names([json.dumps(one).encode()])
    assert b64u_decode(told["salt"]) == b"s" * 32


def test_a_line_without_what_opens_its_person_is_found() -> None:
    names = Names([row("p", "alice")])
    alice = pseudonym_of("p", b"s" * 32, "alice")
    line = {"v": 2, "kind": "grant", "practice": "p", "subject": alice, "target": alice, "actor": "bose"}
    assert names.open(7, line) == {**line, "subject": "alice", "target": "alice"}
    for change in ({"subject": "alice"}, {"target": "bea"}, {"practice": "q"}):
        with pytest.raises(Finding, match="line 7: nothing opens the name"):
            names.open(7, {**line, **change})
    for change in ({"kind": "sign-in"}, {"v": 3}, {"v": "2"}):
        with pytest.raises(Finding, match="no names of a practice"):
            names.open(7, {**line, **change})
    plain = {**line, "v": 1, "subject": "alice"}
    assert names.open(7, plain) == plain
