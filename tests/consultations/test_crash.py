"""The web dies between the vault's yes and its own commit: nobody is left apart, and nothing is said
twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from colloque.accounts.vault_door import vault
from colloque.consultations.actions import complete_lost, expire_drafts
from colloque.consultations.models import Consultation, Said
from colloque.kernel import clock
from colloque.records.models import Item, Record
from colloque.vault.client import VaultClient
from tests.care import RunningVault
from tests.people import Ward


class CrashError(Exception):
    """The process, at this line."""


@contextmanager
def dying_after_the_vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = VaultClient.state

    def state(self: VaultClient, envelope: Any, *, network: str = "") -> dict[str, Any]:
        real(self, envelope, network=network)
        raise CrashError

    with monkeypatch.context() as patch:
        patch.setattr(VaultClient, "state", state)
        yield


@contextmanager
def later(seconds: float) -> Iterator[None]:
    real = clock._source
    with clock.reading(lambda: real() + timedelta(seconds=seconds)):
        yield


def take_and_die(ward: Ward, consultation: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    said = {"statement": ward.bose.say_act("take", consultation)}
    with dying_after_the_vault(monkeypatch), pytest.raises(CrashError):
        ward.bose.post(f"consultations/{consultation}/take", said)
    assert Consultation.objects.get(id=consultation).state == "waiting"
    return said


def test_the_persons_retry_completes_it(
    own_ward: Ward, own_care: RunningVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = own_ward.waiting()
    said = take_and_die(own_ward, consultation, monkeypatch)
    assert own_ward.bose.ok(f"consultations/{consultation}/take", said)["state"] == "taken"
    assert len(own_care.lines(record=consultation, kind="consultation-taken")) == 1


def test_the_worker_completes_it_within_a_minute(
    own_ward: Ward, own_care: RunningVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = own_ward.waiting()
    take_and_die(own_ward, consultation, monkeypatch)
    assert complete_lost() == 0  # it could still be under way
    with later(20):
        assert complete_lost() == 1
        assert complete_lost() == 0
    held = Consultation.objects.get(id=consultation)
    assert (held.state, str(held.practitioner_id)) == ("taken", own_ward.bose.person)
    assert len(own_care.lines(record=consultation, kind="consultation-taken")) == 1


def test_a_web_that_was_down_for_hours_completes_it(own_ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault answers for a fact that it wrote down, though the statement's own clock is long past."""
    consultation = own_ward.waiting()
    take_and_die(own_ward, consultation, monkeypatch)
    with later(6 * 3600):
        assert complete_lost() == 1
    assert Consultation.objects.get(id=consultation).state == "taken"


def test_the_next_act_on_it_completes_it_first(own_ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    consultation = own_ward.waiting()
    take_and_die(own_ward, consultation, monkeypatch)
    with later(20):
        status, told = own_ward.dan.act("take", consultation)
        assert (status, told["error"]) == (409, "taken")
        assert Consultation.objects.get(id=consultation).state == "taken"


def test_a_vault_that_does_not_answer_changes_nothing_and_is_asked_again(
    own_ward: Ward, own_care: RunningVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    consultation = own_ward.waiting()

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there")

    down = VaultClient(own_care.url, vault().principal, transport=httpx.MockTransport(nobody))
    with monkeypatch.context() as patch:
        patch.setattr("colloque.consultations.actions.vault", lambda: down)
        status, told = own_ward.bose.act("take", consultation)
    assert (status, told["error"]) == (503, "unavailable")
    assert "réessayez" in told["message"].lower()
    assert Consultation.objects.get(id=consultation).state == "waiting"
    with later(20):
        assert complete_lost() == 1
    assert Consultation.objects.get(id=consultation).state == "taken"


def test_an_act_that_is_refused_for_good_is_not_tried_for_ever(own_ward: Ward) -> None:
    consultation = own_ward.taken()
    said = own_ward.bose.say_act("close", consultation)
    held, own_ward.bose.device_key = own_ward.bose.device_key, own_ward.dan.device_key
    forged = own_ward.bose.say_act("close", consultation)
    own_ward.bose.device_key = held
    assert own_ward.bose.post(f"consultations/{consultation}/close", {"statement": forged})[0] == 403
    assert Said.objects.get(envelope=forged).outcome == "signature"
    assert own_ward.bose.post(f"consultations/{consultation}/close", {"statement": said})[0] == 200
    with later(20):
        assert complete_lost() == 0


def test_a_record_whose_answer_was_lost_is_made_by_the_retry(
    own_ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = own_ward.alice.new_record("consultation", own_ward.cabinet, file=own_ward.file)
    with dying_after_the_vault(monkeypatch), pytest.raises(CrashError):
        own_ward.alice.post("consultations", body)
    assert not Consultation.objects.filter(patient=own_ward.alice.person).exists()
    assert own_ward.alice.ok("consultations", body)["state"] == "draft"


def test_a_draft_of_a_week_goes_with_what_was_sealed_in_it(own_ward: Ward) -> None:
    old, waiting = own_ward.draft(), own_ward.waiting()
    own_ward.alice.write(old, "request", ("motive", {"text": "toux"}))
    with later(7 * 86_400 + 1):
        new = own_ward.draft()
        assert expire_drafts() == 1
        assert expire_drafts() == 0
    states = dict(Consultation.objects.values_list("id", "state"))
    assert {str(id_): state for id_, state in states.items()} == {
        old: "expired",
        waiting: "waiting",
        new: "draft",
    }
    assert not Item.objects.filter(compartment__record=old).exists()
    assert Record.objects.get(id=old).erased_at is not None
    assert own_ward.alice.get(f"records/{old}/request")[1]["items"] == []
    assert own_ward.alice.act("request", old, practice=own_ward.cabinet.id)[0] == 409
