"""Whose data, in the officer's pages: a form with its troubles at their rows, the worker's answer over the live ledger."""

import hashlib
import json
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from colloque.cli import cli
from colloque.detection.rule import Hit
from colloque.incidents import answering, findings, scoping, supposing
from colloque.incidents.models import DONE, REFUSED, Finding, Incident, ScopeRun
from colloque.kernel.ids import new_id
from colloque.scope import hypothesis
from colloque.vault import commands
from tests.care import RunningVault
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db

WHEN = {"from": "2026-11-24T00:00", "to": "2030-01-01T00:00", "belief": "sure"}


def row(section: str, number: int, **fields: str) -> dict[str, str]:
    return {f"{section}-{number}-{name.rstrip('_')}": value for name, value in fields.items()}


def account(who: Someone, number: int = 0) -> dict[str, str]:
    return row("named", number, kind="accounts", id=who.person) | row("named", number, **WHEN)


def asked(odile: Someone, fields: dict[str, str]) -> ScopeRun:
    response = odile.client.post("/officer/scope/new", {"zone": "Europe/Paris", **fields})
    assert response.status_code == 302, response.content.decode()
    run = ScopeRun.objects.order_by("-at")[0]
    answering.answer_run(str(run.id))  # the worker's half
    return scoping.get_run(str(run.id))


def page(odile: Someone, run: ScopeRun) -> str:
    return odile.client.get(f"/officer/scope/{run.id}").content.decode()


def test_the_worker_names_whom_the_ledger_shows_and_files_say_the_same(ward: Ward, odile: Someone) -> None:
    taken = ward.taken()
    assert ward.bose.release(taken, "request")[0] == 200
    run = asked(odile, account(ward.bose))
    assert run.state == DONE, run.trouble
    told = scoping.document_of(run)
    assert told["persons"][ward.alice.person]["request"]["status"] == "consulted"
    shown = page(odile, run)
    assert ward.alice.person in shown and told["hash"] in shown
    here = f"/officer/scope/{run.id}"
    assert odile.client.get(f"{here}/json").json() == told
    assert ward.alice.person in odile.client.get(f"{here}/csv").content.decode()
    table = pq.read_table(BytesIO(odile.client.get(f"{here}/parquet").content))
    assert "consulted" in table["status"].to_pylist()
    assert "accounts" in odile.client.get(f"{here}/yaml").content.decode()
    assert odile.client.get(f"{here}/pdf").status_code == 404


def test_anyone_with_the_export_gets_the_same_hash_offline(
    ward: Ward, odile: Someone, care: RunningVault, tmp_path: Path
) -> None:
    ward.bose.release(ward.taken(), "request")
    run = asked(odile, account(ward.bose))
    told = scoping.document_of(run)
    ward.taken()  # the ledger goes on meanwhile
    commands.ledger_export(care.settings, tmp_path / "export")
    (tmp_path / "h.yaml").write_text(run.hypothesis)
    words = [
        "scope",
        "--ledger",
        str(tmp_path / "export"),
        "--hypothesis",
        str(tmp_path / "h.yaml"),
        "--json",
    ]
    again = CliRunner().invoke(cli, [*words, "--unsigned", "--lines", str(told["ledger"]["size"])])
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["hash"] == told["hash"]
    checked = CliRunner().invoke(cli, [*words, "--lines", str(told["ledger"]["size"])])
    assert json.loads(checked.stdout)["counts"] == told["counts"]
    # Where each signature was checked too, the hash is another one: the page says which.
    assert json.loads(checked.stdout)["hash"] == scoping.hash_if_signed(told) != told["hash"]
    assert json.loads(checked.stdout)["hash"] in page(odile, run)
    short = CliRunner().invoke(cli, [*words, "--lines", "999999"])
    assert short.exit_code == 1 and "are asked for" in short.output


def test_a_second_question_says_how_many_more_and_why(ward: Ward, odile: Someone) -> None:
    waiting = ward.waiting(ward.zoe)
    ward.bose.act("take", waiting)
    ward.bose.release(waiting, "request")
    first = asked(odile, account(ward.chen))
    second = asked(odile, account(ward.chen) | account(ward.bose, 1))
    assert second.previous_id == first.id
    assert second.difference["more"] == 1
    assert "1 personne de plus, parce que ouvert par" in page(odile, second)


def test_what_the_ledger_has_never_heard_of_is_refused_and_nothing_is_shown(
    ward: Ward, odile: Someone
) -> None:
    unknown = row("named", 0, kind="accounts", id=new_id()) | row("named", 0, **WHEN)
    run = asked(odile, unknown)
    assert run.state == REFUSED and run.document is None
    shown = page(odile, run)
    assert "n’apparaît nulle part" in shown and "Rien n’a été calculé" in shown
    assert odile.client.get(f"/officer/scope/{run.id}/csv").status_code == 404
    refilled = odile.client.get(f"/officer/scope/new?again={run.id}").content.decode()
    assert unknown["named-0-id"] in refilled


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "ne nomme rien"),
        (
            row("named", 0, kind="accounts", id="x", **{"from": "2026-11-24T10:00", "to": "2026-11-24T09:00"}),
            "finit avant de commencer",
        ),
        (row("named", 0, kind="accounts", id="x", **{"from": "2026-11-24T10:00"}), "l’heure de fin"),
        (row("named", 0, kind="accounts", id="x", to="2026-11-24T10:00"), "heure de début"),
        (row("named", 0, kind="accounts", id="not an id!", **WHEN), "n’est pas un identifiant"),
        (row("held", 0, what="moon", **WHEN), "Écrivez l’un de"),
        (row("numbers", 0, clock_seconds="an hour"), "Écrivez un nombre de secondes de 0 à 86400"),
        (row("numbers", 0, erased_days="-1"), "Écrivez un nombre de jours de 0 à 36500"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_row_and_what_was_typed_stays(
    odile: Someone, fields: dict[str, str], said: str
) -> None:
    response = odile.client.post("/officer/scope/new", {"zone": "Europe/Paris", **fields})
    assert response.status_code == 400
    shown = response.content.decode()
    assert said in shown and "À corriger" in shown
    assert all(value in shown for name, value in fields.items() if name.endswith("-id") and "!" not in value)
    assert not ScopeRun.objects.exists()


def test_times_are_in_the_zone_that_was_chosen_and_every_row_is_looked_at() -> None:
    told = row("named", 0, kind="accounts", id="a", **WHEN) | row(
        "named", 1, kind="devices", id="d", **{"from": "?"}
    )
    read = supposing.read({**told, "zone": "Indian/Reunion"})
    assert "2026-11-24T00:00:00+04:00" in read.text
    assert [bool(one.trouble) for one in read.of("named")] == [False, True]
    assert supposing.read({**told, "zone": "Mars/Olympus"}).zone == "Europe/Paris"


def test_clocks_and_what_was_erased_are_asked_with_what_is_usual_filled_in(odile: Someone) -> None:
    shown = odile.client.get("/officer/scope/new").content.decode()
    assert 'name="numbers-0-clock_seconds" value="120"' in shown
    assert 'name="numbers-0-erased_days" value="31"' in shown
    told = row("named", 0, kind="accounts", id="a", **WHEN)
    usual = hypothesis.read(supposing.read(told).text)
    assert (usual.clock_seconds, usual.erased_days) == (120, 31)
    read = supposing.read(told | row("numbers", 0, clock_seconds="900", erased_days="0"))
    other = hypothesis.read(read.text)
    assert (other.clock_seconds, other.erased_days) == (900, 0)
    again = supposing.blank(read.to_json())
    assert again.numbers.fields == {"clock_seconds": "900", "erased_days": "0"}


def test_a_finding_fills_the_form_in_and_a_row_can_be_added(ward: Ward, odile: Someone) -> None:
    where = {"person": ward.bose.person, "device": ward.bose.device}
    hit = Hit("slow-harvest", "medium", (), "2026-11-24T09:00:00.000Z", 7, 40, (5,), **where)
    findings.note([hit], {})
    finding = Finding.objects.get()
    filled = odile.client.get(f"/officer/scope/new?finding={finding.id}").content.decode()
    assert ward.bose.device in filled and ward.bose.person in filled and "2026-11-24T09:00" in filled
    wider = odile.client.post("/officer/scope/new", {**account(ward.bose), "more": "named"}).content.decode()
    assert 'id="named-2"' in wider and ward.bose.person in wider


def test_english_is_complete(ward: Ward, odile: Someone) -> None:
    ward.bose.release(ward.taken(), "request")
    run = asked(odile, account(ward.bose))
    odile.client.post("/language", {"language": "en", "next": "/officer"})
    shown = page(odile, run)
    assert "consulted: a line proves it" in shown and "reason and questionnaire" in shown


def test_an_answer_goes_into_the_case_as_evidence_in_one_gesture(ward: Ward, odile: Someone) -> None:
    ward.bose.release(ward.taken(), "request")
    odile.client.post("/officer/incidents", {"title": "appel du cabinet", "level": "high"})
    incident = Incident.objects.get()
    case = f"/officer/incidents/{incident.id}"
    assert f"/officer/scope/new?incident={incident.id}" in odile.client.get(case).content.decode()
    run = asked(odile, account(ward.bose) | {"incident": str(incident.id)})
    assert run.incident == incident
    here = f"/officer/scope/{run.id}"
    assert "Verser au dossier" in page(odile, run)
    for _ in range(2):
        assert odile.client.post(f"{here}/keep", {"incident": str(incident.id)}).status_code == 302
    (kept,) = incident.evidence.all()
    assert kept.sha256 == hashlib.sha256(odile.client.get(f"{here}/json").content).hexdigest()
    assert "consulted 1" in incident.events.get(source="scope").text
    assert "Versée au dossier" in page(odile, run)
    shown = odile.client.get(case).content.decode()
    assert here in shown and kept.sha256 in shown
    for wrong in (new_id(), "x", ""):
        assert odile.client.post(f"{here}/keep", {"incident": wrong}).status_code == 404
