"""A practice that nobody can get into is opened again with its sheet: later, in lines, and not against who is there."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from colloque.envelope import statement
from colloque.envelope.keys import DeviceKey
from colloque.envelope.recovery_code import SheetKey
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.vault import store
from colloque.vault.principal import Principal
from colloque.vault.service import kem_key
from tests.vault.cast import Cast

CODE, OTHER = b"c" * 16, b"o" * 16


def published(code: bytes) -> dict[str, str]:
    return {"kem_key_id": "5" * 32, "signing_key": b64u_encode(SheetKey.from_code(code).public_key)}


@pytest.fixture
def odile(cast: Cast) -> Principal:
    """She finds the sheet in the safe."""
    cast.state(cast.manon.say("sheet", practice=cast.practice, sheet=published(CODE)))
    return cast.register("odile", "professional")


def say(cast: Cast, who: Principal, step: str, code: bytes = CODE, *, hours: float = 73) -> dict[str, Any]:
    at = clock.now()
    body = {"id": new_id(), "at": clock.to_wire(at), "person": who.person, "device": who.device}
    body |= {
        "practice": cast.practice,
        "step": step,
        "not_before": clock.to_wire(at + timedelta(hours=hours)),
    }
    device = DeviceKey(who.device_key.private_numbers().private_value.to_bytes(32, "big"))
    sheet = statement.as_sheet(SheetKey.from_code(code))
    return statement.sign("reopen", body, statement.as_device(who.device, device), sheet)


def manages(cast: Cast, who: Principal) -> bool:
    said = who.say("sheet", practice=cast.practice, sheet=published(OTHER))
    return cast.post("statements", said).status_code == 200


def test_the_sheet_makes_a_manager_after_the_delay_and_leaves_lines(
    cast: Cast, odile: Principal, tmp_path: Path
) -> None:
    cast.state(say(cast, odile, "ask"))
    assert cast.error(say(cast, odile, "enter")) == (403, "too-soon")
    assert not manages(cast, odile)
    cast.time.at += timedelta(hours=74)
    cast.state(say(cast, odile, "enter"))
    cast.state(say(cast, odile, "enter"))  # its answer was lost
    told = cast.http.get(f"/vault/directory/practices/{cast.practice}").json()
    assert odile.person in told["members"]
    asked, entered, _ = [x for x in cast.lines() if "reopen" in x["kind"]]
    assert (asked["kind"], asked["target"], asked["practice"]) == (
        "reopening-asked",
        odile.person,
        cast.practice,
    )
    assert entered["detail"] == {"roles": "manager", "kem_key_id": key_id(kem_key(odile.kem_seed))}
    export(cast.settings.database_url, tmp_path / "log", *store.read_export_keys(cast.settings))
    verify(tmp_path / "log")
    assert manages(cast, odile)


def test_whoever_is_still_there_says_no(cast: Cast, odile: Principal) -> None:
    cast.state(say(cast, odile, "ask"))
    stop = {"practice": cast.practice, "target": odile.person}
    assert cast.error(cast.alice.say("reopen-cancel", **stop)) == (403, "not-allowed")
    cast.state(cast.bose.say("reopen-cancel", **stop))
    cast.time.at += timedelta(hours=74)
    assert cast.error(say(cast, odile, "enter")) == (404, "not-found")
    assert [x["kind"] for x in cast.lines() if "reopening" in x["kind"]] == [
        "reopening-asked",
        "reopening-cancelled",
    ]


def test_nobody_shortens_the_delay(cast: Cast, odile: Principal) -> None:
    assert cast.error(say(cast, odile, "ask", hours=71)) == (403, "too-soon")
    cast.state(say(cast, odile, "ask", hours=200))
    cast.state(say(cast, odile, "ask"))
    cast.time.at += timedelta(hours=74)
    assert cast.error(say(cast, odile, "enter")) == (403, "too-soon")


def test_neither_a_device_alone_nor_an_old_sheet_nor_a_patient_opens_it(cast: Cast, odile: Principal) -> None:
    alone = odile.say("reopen", practice=cast.practice, step="ask", not_before=clock.to_wire(clock.now()))
    assert cast.error(alone) == (403, "signature")
    assert cast.error(say(cast, odile, "ask", OTHER)) == (403, "signature")
    assert cast.error(say(cast, cast.alice, "ask")) == (403, "not-allowed")
    cast.state(cast.manon.say("sheet", practice=cast.practice, sheet=published(OTHER)))
    assert cast.error(say(cast, odile, "ask")) == (403, "signature")
    cast.state(cast.manon.say("freeze", scope="practice", target=cast.practice))
    assert cast.error(say(cast, odile, "ask", OTHER)) == (423, "frozen")
