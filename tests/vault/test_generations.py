"""The vault takes a practice's next key only if it is sealed to who is there, and a record only under the newest."""

import pytest

from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.vault.principal import Principal
from colloque.vault.service import kem_key
from tests.vault.cast import Cast

SHEET = {"kem_key_id": "5" * 32, "signing_key": b64u_encode(b"s" * 32)}
NEXT = kem_key(b"g" * 32)


def next_key(by: Principal, cast: Cast, members: list[dict[str, str]], **more: object) -> dict[str, object]:
    fields = {"practice": cast.practice, "generation": 1, "kem_key": b64u_encode(NEXT)}
    return by.say("generation", **{**fields, "members": members, **more})


def test_it_is_sealed_to_every_member_and_to_nobody_else(cast: Cast) -> None:
    everyone = cast.sealed_to()
    stranger = cast.register("eve", "professional")
    for members in (everyone[:-1], cast.sealed_to(stranger), [*everyone, everyone[0]], []):
        assert cast.error(next_key(cast.bose, cast, members)) == (409, "conflict")
    assert (
        cast.error(next_key(cast.bose, cast, [{**everyone[0], "key_id": "0" * 32}, *everyone[1:]]))[0] == 409
    )
    cast.state(next_key(cast.bose, cast, everyone))


def test_it_is_not_sealed_to_one_who_left_whatever_the_web_showed(cast: Cast) -> None:
    with_chen = cast.sealed_to()
    cast.state(cast.manon.say("member-end", practice=cast.practice, member=cast.chen.person))
    assert cast.error(next_key(cast.bose, cast, with_chen)) == (409, "conflict")
    cast.state(next_key(cast.bose, cast, [one for one in with_chen if one["id"] != cast.chen.person]))
    line = cast.lines("practice-generation")[-1]
    assert (line["practice"], line["detail"]["kem_key"]) == (cast.practice, b64u_encode(NEXT))


@pytest.mark.parametrize("by", ["alice", "chen"])
def test_the_sheet_is_a_managers(cast: Cast, by: str) -> None:
    said = getattr(cast, by).say("sheet", practice=cast.practice, sheet=SHEET)
    assert cast.error(said) == (403, "not-allowed")


def test_the_next_key_is_sealed_to_the_newest_sheet_and_no_other(cast: Cast) -> None:
    cast.state(cast.manon.say("sheet", practice=cast.practice, sheet=SHEET))
    everyone = cast.sealed_to()
    assert cast.error(next_key(cast.bose, cast, everyone)) == (409, "conflict")
    assert cast.error(next_key(cast.bose, cast, everyone, sheet_key_id="4" * 32)) == (409, "conflict")
    cast.state(next_key(cast.bose, cast, everyone, sheet_key_id=SHEET["kem_key_id"]))
    told = cast.http.get(f"/vault/directory/practices/{cast.practice}").json()
    kinds = [one["envelope"]["payloadType"].split(".")[2] for one in told["statements"]]
    assert sorted(kinds) == ["generation", "member", "member", "practice", "sheet"]


def test_a_record_is_sealed_to_the_newest_key_of_the_practice(cast: Cast) -> None:
    """Attack: the web offers a patient the key of a generation whose seed somebody took along."""
    old = key_id(kem_key(cast.manon.kem_seed))
    cast.state(next_key(cast.bose, cast, cast.sealed_to()))
    fields = {"kind": "file", "subject": cast.alice.person, "practice": cast.practice}
    for key, expected in ((old, (409, "old-generation")), (key_id(NEXT), (200, ""))):
        recipients = [{"id": cast.practice, "key_id": key}]
        response = cast.post(
            "statements", cast.alice.say("record", record=new_id(), recipients=recipients, **fields)
        )
        assert (response.status_code, response.json().get("error", "")) == expected
