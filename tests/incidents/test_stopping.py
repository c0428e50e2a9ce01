"""Levers and their lifting, and what everyone is told meanwhile."""

import dataclasses
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from colloque.consultations.models import Consultation
from colloque.incidents.levers import LEVERS, CareNow, preview
from colloque.incidents.models import Event, Incident, Pull
from colloque.kernel import clock
from colloque.vault.ladder import OF_PLATFORM, PLATFORM, SCOPES
from tests.care import RunningVault
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db


def pulled(officer: Someone, lever: str, target: str) -> Pull:
    assert officer.client.post(f"/officer/levers/{lever}/{target}").status_code == 302
    return Pull.objects.get(lever=lever, target=target, undone_at=None)


def half(officer: Someone, pull: Pull, **more: Any) -> dict[str, Any]:
    target = None if pull.lever in OF_PLATFORM else str(pull.target)
    until = clock.to_wire(clock.now() + timedelta(hours=72))
    told = {"scope": pull.lever, "target": target, "until": until, "why": "alerte levée après vérification"}
    return officer.say("unfreeze", **{**told, **more})


def undo(officer: Someone, pull: Pull, statement: object) -> tuple[int, Any]:
    answer = officer.client.post(
        f"/officer/pulls/{pull.id}/undo", json.dumps({"statement": statement}), content_type="application/json",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    return answer.status_code, answer.json()


def page(who: Someone, path: str) -> str:
    answer = who.client.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


@pytest.fixture
def lifted(ward: Ward, odile: Someone, paul: Someone) -> Any:
    """Whatever a test froze is lifted again: the vault is one for all tests."""
    yield
    odile.prove()
    paul.prove()
    for pull in Pull.objects.filter(undone_at=None):
        if pull.undo_statement:
            odile.client.post(f"/officer/pulls/{pull.id}/decline")
        first = half(odile, pull)
        assert undo(odile, pull, first)[0] == 200
        assert undo(paul, pull, paul.agree(first)) == (200, {"lifted": True})


def test_two_officers_sign_and_the_vault_lifts(
    ward: Ward, odile: Someone, paul: Someone, care: RunningVault
) -> None:
    open_ = ward.taken()
    pull = pulled(odile, "person", ward.bose.person)
    first = half(odile, pull)
    assert undo(odile, pull, first)[1]["error"] == "prove-again", "lifting wants a fresh proof of who asks"
    odile.prove()
    paul.prove()
    assert undo(odile, pull, first) == (200, {"lifted": False})
    assert undo(odile, pull, first)[1]["error"] == "same-person"
    assert undo(odile, pull, paul.agree(first))[1]["error"] == "same-person"
    shown = page(paul, f"/officer/pulls/{pull.id}")
    assert "alerte levée après vérification" in shown
    assert "Demandé par" in shown and "Confirmer et lever" in shown
    assert "Confirmer et lever" not in page(odile, f"/officer/pulls/{pull.id}")
    assert undo(paul, pull, odile.agree(first))[1]["error"] == "malformed", "twice the same device"
    assert ward.bose.release(open_, "request") == (423, "frozen")
    assert undo(paul, pull, paul.agree(first)) == (200, {"lifted": True})
    assert ward.bose.release(open_, "request")[0] == 200
    (line,) = care.lines(kind="unfreeze", target=ward.bose.person)
    assert (line["actor"], line["detail"]["agreed"]) == (odile.person, paul.person)
    assert "Levé le" in page(odile, f"/officer/pulls/{pull.id}")
    assert undo(paul, pull, paul.agree(first))[0] == 409


def test_what_is_signed_is_about_this_freeze_and_says_why(
    ward: Ward, odile: Someone, paul: Someone, lifted: None
) -> None:
    pull = pulled(odile, "device", ward.bose.device)
    odile.prove()
    paul.prove()
    past = clock.to_wire(clock.now() - timedelta(seconds=1))
    for more in ({"scope": "person"}, {"target": ward.chen.device}, {"until": past}, {"until": "soon"}):
        assert undo(odile, pull, half(odile, pull, **more))[1]["error"] == "malformed", more
    for why in (None, " ", "x" * 401, 7):
        assert undo(odile, pull, half(odile, pull, why=why))[1]["error"] == "needs-reason", why
    assert undo(paul, pull, half(odile, pull))[1]["error"] == "malformed", "another one's"
    assert undo(odile, pull, half(odile, pull)) == (200, {"lifted": False})
    other = paul.agree(half(odile, pull))
    assert undo(paul, pull, other)[1]["error"] == "conflict", "not what the page showed"


def test_a_request_to_lift_is_declined_and_made_again(
    ward: Ward, odile: Someone, paul: Someone, lifted: None
) -> None:
    pull = pulled(odile, "device", ward.bose.device)
    odile.prove()
    paul.prove()
    assert undo(odile, pull, half(odile, pull))[0] == 200
    assert paul.client.post(f"/officer/pulls/{pull.id}/decline").status_code == 302
    assert paul.client.post(f"/officer/pulls/{pull.id}/decline").status_code == 409
    assert "Demander de lever" in page(paul, f"/officer/pulls/{pull.id}")
    assert undo(paul, pull, half(paul, pull)) == (200, {"lifted": False})


@pytest.mark.parametrize("lever", ["history", "consult-only"])
def test_a_shut_history_is_told_calmly_and_the_day_goes_on(
    ward: Ward, odile: Someone, paul: Someone, lifted: None, lever: str
) -> None:
    open_ = ward.taken()
    pulled(odile, lever, str(ward.cabinet.id) if lever == "history" else PLATFORM)
    assert ward.bose.release(open_, "request")[0] == 200
    assert ward.dan.release(open_, "request", reason="a written reason of some length") == (
        423,
        "history-shut",
    )
    waiting = ward.waiting()
    assert ward.bose.release(waiting, "request")[0] == 200
    assert ward.bose.act("take", waiting)[0] == 200
    desk = page(ward.bose, "/desk")
    assert "sont fermés par précaution" in desk
    assert "les patients du jour continuent" in desk
    assert ("Vos consultations, vos nouvelles demandes" in page(ward.alice, "/home")) == (
        lever == "consult-only"
    )
    assert ("fermés par précaution" in page(ward.chen, "/desk")) == (lever == "consult-only"), (
        "another practice"
    )


def test_a_frozen_practice_is_told_to_those_it_concerns(
    ward: Ward, odile: Someone, paul: Someone, lifted: None
) -> None:
    ward.waiting()
    pulled(odile, "practice", str(ward.cabinet.id))
    assert "appelez le cabinet" in page(ward.alice, "/home").replace("\u00a0", " ")
    assert "est fermé par précaution" not in page(ward.zoe, "/home")
    assert "est fermé par précaution" not in page(ward.chen, "/desk")
    assert "Aucune autre ne commence" in page(ward.bose, "/desk")


def test_off_says_what_to_do_in_an_emergency(ward: Ward, odile: Someone, paul: Someone, lifted: None) -> None:
    pulled(odile, "consult-only", PLATFORM)
    pulled(odile, "off", PLATFORM)
    home = page(ward.alice, "/home")
    assert "Tout est fermé par précaution" in home
    assert "112" in home
    assert home.count("par précaution") == 1, "once, not for each lever"
    assert ward.alice.release(ward.file, "identity") == (423, "off")


def test_every_lever_is_one_the_vault_knows_and_says_what_goes_on_and_what_stops(
    ward: Ward, odile: Someone
) -> None:
    assert set(LEVERS) == SCOPES
    care = CareNow(practitioners=12, calls=3, waiting=2, today=41)
    for lever in LEVERS:
        told = preview(lever, care)
        assert told.goes_on and told.stops, lever
        numbers = " ".join(told.goes_on + told.stops)
        assert "12 praticiens, 41 consultations" in numbers or lever in ("device", "person")
        assert "3 consultations ouvertes" in numbers or lever == "read-only"
        booked = preview(lever, dataclasses.replace(care, booked=5))
        assert ("5 rendez-vous encore prévus" in " ".join(booked.goes_on + booked.stops)) is (
            lever != "device"
        )
    ward.taken()
    shown = page(odile, "/officer/practices")
    for title in ("Garder les seules consultations, partout", "Tout arrêter", "Geler le cabinet"):
        assert title in shown


def test_todays_appointments_and_requests_for_them_are_counted_before_an_account_is_frozen(
    ward: Ward, odile: Someone
) -> None:
    wished = {"wished_id": ward.bose.person}
    at = timezone.localtime(clock.now()).replace(hour=23, minute=30)
    for state, starts_at in (("booked", at), ("booked", at + timedelta(days=1)), ("waiting", None)):
        one = ward.waiting(ward.someone(state + str(starts_at), "patient"))
        Consultation.objects.filter(id=one).update(state=state, starts_at=starts_at, **wished)
    shown = page(odile, f"/officer/practices?q={ward.bose.person}")
    assert "1 rendez-vous encore prévu aujourd’hui n’a pas lieu." in shown
    assert "1 demande en attente reste en attente." in shown


def test_the_case_tells_who_asked_and_who_agreed(ward: Ward, odile: Someone, paul: Someone) -> None:
    incident = Incident.objects.create(title="x", level="high", opened_by_id=odile.person)
    pull = pulled(odile, "device", ward.bose.device)
    Pull.objects.filter(id=pull.id).update(incident=incident)
    odile.prove()
    paul.prove()
    first = half(odile, pull)
    undo(odile, pull, first)
    undo(paul, pull, paul.agree(first))
    told = [
        (e.text.partition(":")[0], str(e.by_id))
        for e in Event.objects.filter(incident=incident).order_by("id")
    ]
    assert told == [("undo asked", odile.person), ("undone", paul.person)]


def test_anyone_stops_their_own_with_a_session_and_a_manager_the_practice(ward: Ward) -> None:
    assert "Geler mon compte" in page(ward.alice, "/stop")
    assert "Geler le cabinet" not in page(ward.alice, "/stop")
    shown = page(ward.marc, "/stop")
    assert "Geler le cabinet" in shown
    assert "bose" in shown.lower()
    assert "chen" not in shown.lower(), "another practice's"
    for who, lever, target in (
        (ward.alice, "person", ward.bose.person),
        (ward.bose, "practice", str(ward.cabinet.id)),
        (ward.marc, "person", ward.chen.person),
        (ward.marc, "consult-only", PLATFORM),
        (ward.zoe, "person", ward.alice.person),
    ):
        assert who.client.post(f"/stop/{lever}/{target}").status_code == 404, (who.name, lever)
    assert not Pull.objects.exists()
    assert ward.alice.client.post(f"/stop/person/{ward.alice.person}").status_code == 302
    assert ward.alice.release(ward.file, "identity") == (423, "frozen")
    assert "Votre accès est gelé par précaution" in page(ward.alice, "/stop")
    assert ward.marc.client.post(f"/stop/person/{ward.bose.person}").status_code == 302
    assert str(Pull.objects.get(target=ward.bose.person).by_id) == ward.marc.person


def test_an_officer_who_was_never_told_to_the_vault_lifts_nothing(ward: Ward, odile: Someone) -> None:
    from colloque.incidents import appointing

    open_, rosa = ward.taken(), ward.someone("rosa", "patient")
    assert "--key" in appointing.appoint(rosa.person, "security")
    pull = pulled(odile, "device", ward.bose.device)
    odile.prove()
    rosa.prove()
    first = half(odile, pull)
    undo(odile, pull, first)
    assert undo(rosa, pull, rosa.agree(first))[1]["error"] == "not-allowed"
    assert ward.bose.release(open_, "request") == (423, "frozen")
