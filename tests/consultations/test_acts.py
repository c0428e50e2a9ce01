"""A consultation through its states, with real statements at a real vault; who may see it at each."""

import json
from collections.abc import Callable

import pytest

from colloque.consultations.models import Consultation
from colloque.kernel.ids import new_id
from colloque.ledger.verify import Report
from colloque.records.access import doors_now
from tests.care import RunningVault
from tests.people import Someone, Ward

MOTIVE = {"text": "toux depuis trois jours", "place": "Lyon 3e"}


def state(who: Someone, consultation: str) -> str:
    status, told = who.get(f"consultations/{consultation}")
    return str(told["state"]) if status == 200 else str(status)


def test_a_consultation_from_draft_to_closed(
    ward: Ward, care: RunningVault, check_log: Callable[[], Report]
) -> None:
    alice, bose = ward.alice, ward.bose
    consultation = ward.draft()
    assert state(alice, consultation) == "draft"
    alice.write(consultation, "request", ("motive", MOTIVE))
    assert alice.act("request", consultation, practice=ward.cabinet.id)[1]["state"] == "waiting"
    assert bose.read(consultation, "request") == [MOTIVE]
    assert bose.act("take", consultation)[1]["state"] == "taken"
    bose.write(consultation, "exchange", ("message", {"text": "bonjour", "documents": []}))
    assert alice.read(consultation, "exchange")[0]["text"] == "bonjour"
    bose.write(consultation, "care", ("note", {"text": "bronchite"}), ("summary", {"text": "repos"}))
    status, told = bose.act("close", consultation)
    assert (status, told["state"], told["practitioner"]["person"]) == (200, "closed", bose.person)
    assert [item.get("text") for item in alice.read(consultation, "care")] == ["bronchite", "repos"]
    kinds = [
        line["kind"] for line in care.lines(record=consultation) if line["kind"].startswith("consultation-")
    ]
    assert kinds == ["consultation-requested", "consultation-taken", "consultation-closed"]
    check_log()


def test_a_refusal_says_why_in_a_sealed_word(ward: Ward) -> None:
    consultation = ward.waiting()
    ward.bose.write(consultation, "request", ("refusal", {"text": "il faut vous examiner, venez au cabinet"}))
    assert ward.bose.act("refuse", consultation)[1]["state"] == "refused"
    assert ward.alice.read(consultation, "request") == [{"text": "il faut vous examiner, venez au cabinet"}]
    assert state(ward.bose, consultation) == "404"
    assert not doors_now().filter(cause=consultation).exists()


def test_a_cancelled_one_is_gone_from_the_queue_and_its_doors_shut(ward: Ward) -> None:
    consultation = ward.waiting()
    assert ward.alice.act("cancel", consultation)[1]["state"] == "cancelled"
    assert ward.bose.get(f"queue?practice={ward.cabinet.id}") == (200, [])
    assert ward.bose.get(f"records/{consultation}/request")[0] == 404
    status, told = ward.bose.act("take", consultation)
    assert (status, told["error"]) == (409, "passed")


def test_a_transfer_waits_again_with_its_turn_kept(ward: Ward) -> None:
    consultation = ward.taken()
    asked_at = Consultation.objects.get(id=consultation).requested_at
    ward.bose.write(consultation, "request", ("transfer", {"text": "avis de dermatologie"}))
    status, told = ward.bose.act("transfer", consultation, to=ward.dan.person)
    assert (status, told["state"], told["wished"]["person"]) == (200, "waiting", ward.dan.person)
    assert Consultation.objects.get(id=consultation).requested_at == asked_at
    assert ward.bose.get(f"consultations/{consultation}")[0] == 404
    assert [w["for_me"] for w in ward.dan.get(f"queue?practice={ward.cabinet.id}")[1]] == [True]
    assert ward.bose.get(f"queue?practice={ward.cabinet.id}") == (200, [])
    assert ward.dan.act("take", consultation)[1]["practitioner"]["person"] == ward.dan.person
    assert ward.dan.read(consultation, "request") == [{"text": "avis de dermatologie"}]
    assert ward.bose.get(f"records/{consultation}/request")[0] == 404


def test_a_request_for_one_practitioner_is_hidden_from_the_others(ward: Ward) -> None:
    consultation = ward.waiting(wished=ward.bose)
    assert state(ward.dan, consultation) == "404"
    assert ward.dan.get(f"records/{consultation}/request")[0] == 404
    status, told = ward.dan.act("take", consultation)
    assert (status, told["error"]) == (409, "for-another")
    assert ward.bose.act("take", consultation)[0] == 200


def test_the_same_statement_again_gets_the_same_answer(ward: Ward, care: RunningVault) -> None:
    consultation = ward.waiting()
    said = {"statement": ward.bose.say_act("take", consultation)}
    first = ward.bose.ok(f"consultations/{consultation}/take", said)
    again = ward.bose.ok(f"consultations/{consultation}/take", said)
    assert first["taken_at"] == again["taken_at"]
    assert len(care.lines(record=consultation, kind="consultation-taken")) == 1


def test_a_double_click_with_two_statements_takes_once(ward: Ward) -> None:
    consultation = ward.taken()
    status, told = ward.bose.act("take", consultation)
    assert (status, told["error"]) == (409, "taken")
    assert state(ward.bose, consultation) == "taken"


def test_who_comes_second_is_told_that_it_is_taken(ward: Ward) -> None:
    consultation = ward.taken()
    status, told = ward.dan.act("take", consultation)
    assert (status, told["error"]) == (409, "taken")
    assert "praticien" in told["message"]


@pytest.mark.parametrize("what", ["request", "cancel", "take", "refuse", "transfer", "close"])
@pytest.mark.parametrize("at", ["draft", "waiting", "taken"])
def test_outsiders_move_nothing(ward: Ward, what: str, at: str) -> None:
    consultation = {"draft": ward.draft, "waiting": ward.waiting, "taken": ward.taken}[at]()
    for who in (ward.chen, ward.zoe, ward.sam, ward.marc):
        assert who.act(what, consultation, practice=ward.cabinet.id)[0] == 404, who.name
    assert state(ward.alice, consultation) == at


def test_outsiders_see_nothing_in_any_state(ward: Ward) -> None:
    consultation = ward.draft()
    steps: list[tuple[Someone | None, str]] = [
        (None, ""),
        (ward.alice, "request"),
        (ward.bose, "take"),
        (ward.bose, "close"),
    ]
    for who, what in steps:
        if who is not None:
            assert who.act(what, consultation, practice=ward.cabinet.id)[0] == 200
        for outsider in ward.outsiders():
            if outsider is ward.dan and what == "request":
                continue  # waiting for anyone, it is in his queue too
            for path in (
                f"consultations/{consultation}",
                f"records/{consultation}",
                f"records/{consultation}/request",
            ):
                assert outsider.get(path)[0] == 404, (outsider.name, path, what)
            listed = outsider.get(f"consultations?practice={ward.cabinet.id}")[1]
            assert consultation not in [one["id"] for one in listed]


def test_the_secretary_sees_the_name_of_the_moment_and_nothing_clinical(ward: Ward) -> None:
    ward.alice.write(ward.file, "identity", ("identity", {"given": "Alice"}))
    assert ward.sam.get(f"records/{ward.file}/identity")[0] == 404
    consultation = ward.waiting()
    assert ward.sam.read(ward.file, "identity") == [{"given": "Alice"}]
    for path in (
        f"records/{ward.file}/background",
        f"records/{ward.file}/nir",
        f"records/{consultation}/request",
    ):
        assert ward.sam.get(path)[0] == 404, path


def test_a_member_who_left_finds_nothing_from_that_moment(ward: Ward) -> None:
    from colloque.accounts.models import Membership
    from colloque.kernel.clock import now

    consultation = ward.taken()
    Membership.objects.filter(account=ward.bose.person).update(ended_at=now())
    for path in (
        f"consultations/{consultation}",
        f"records/{consultation}/request",
        f"queue?practice={ward.cabinet.id}",
    ):
        assert ward.bose.get(path)[0] == 404, path
    assert ward.bose.act("close", consultation)[0] == 404


def test_a_forged_act_is_refused_by_the_vault_and_changes_nothing(ward: Ward) -> None:
    consultation = ward.waiting()
    bose = ward.bose
    held, bose.device_key = bose.device_key, ward.chen.device_key
    status, told = bose.act("take", consultation)
    bose.device_key = held
    assert (status, told["error"]) == (403, "signature")
    assert state(ward.alice, consultation) == "waiting"
    assert bose.act("take", consultation)[0] == 200


def test_an_act_is_about_the_consultation_of_its_address(ward: Ward) -> None:
    mine, other = ward.waiting(), ward.waiting(ward.zoe)
    said = {"statement": ward.bose.say_act("take", other)}
    assert ward.bose.post(f"consultations/{mine}/take", said)[0] == 400
    close = {"statement": ward.bose.say_act("close", mine)}
    assert ward.bose.post(f"consultations/{mine}/take", close)[0] == 400


def test_anothers_statement_is_not_for_me_to_send(ward: Ward) -> None:
    consultation = ward.waiting()
    said = {"statement": ward.bose.say_act("take", consultation)}
    assert ward.dan.post(f"consultations/{consultation}/take", said)[0] == 400
    ward.bose.ok(f"consultations/{consultation}/take", said)
    assert ward.dan.post(f"consultations/{consultation}/take", said)[0] == 400


def test_the_vaults_clock_is_told_in_a_sentence(ward: Ward) -> None:
    consultation = ward.waiting()
    said = {"statement": ward.bose.say_act("take", consultation, at="2020-01-01T00:00:00.000Z")}
    status, told = ward.bose.post(f"consultations/{consultation}/take", said)
    assert (status, told["error"]) == (403, "clock")
    assert "heure" in told["message"]


def test_a_transfer_to_someone_elsewhere_is_refused(ward: Ward) -> None:
    consultation = ward.taken()
    assert ward.bose.act("transfer", consultation, to=ward.chen.person)[0] == 404
    assert ward.bose.act("transfer", consultation, to=ward.bose.person)[0] == 400
    assert ward.bose.act("transfer", consultation, to=new_id())[0] == 404
    assert state(ward.alice, consultation) == "taken"


def test_the_patient_writes_no_more_after_a_cancellation(ward: Ward) -> None:
    consultation = ward.waiting()
    body = ward.alice.prepare(consultation, "exchange", ("message", {"text": "?", "documents": []}))
    ward.alice.act("cancel", consultation)
    status, told = ward.alice.post(f"records/{consultation}/exchange", body)
    assert (status, told["error"]) == (409, "closed")


def test_after_closing_both_still_write_and_the_queue_does_not_read(ward: Ward) -> None:
    consultation = ward.taken()
    ward.bose.act("close", consultation)
    ward.alice.write(consultation, "exchange", ("message", {"text": "merci", "documents": []}))
    ward.bose.write(consultation, "exchange", ("message", {"text": "de rien", "documents": []}))
    assert [m["text"] for m in ward.alice.read(consultation, "exchange")] == ["merci", "de rien"]
    assert ward.dan.get(f"records/{consultation}/exchange")[0] == 404


def test_drafts_are_the_same_by_retry_and_bounded(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    body = ward.alice.new_record("consultation", ward.cabinet, file=ward.file)
    first = ward.alice.ok("consultations", body)
    assert ward.alice.ok("consultations", body)["id"] == first["id"]
    monkeypatch.setattr("colloque.consultations.actions.MOST_DRAFTS", 1)
    status, told = ward.alice.post(
        "consultations", ward.alice.new_record("consultation", ward.cabinet, file=ward.file)
    )
    assert (status, told["error"]) == (409, "too-many-drafts")


def test_a_consultation_is_of_ones_own_file(ward: Ward) -> None:
    body = ward.zoe.new_record("consultation", ward.cabinet, file=ward.file)
    assert ward.zoe.post("consultations", body)[0] == 404


def test_breaking_the_glass_takes_a_practitioner_of_the_practice_and_is_told(
    ward: Ward, care: RunningVault
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from colloque.records.outbox import flush_lines

    consultation = ward.draft()
    ward.alice.write(consultation, "request", ("motive", MOTIVE))
    assert ward.dan.get(f"records/{consultation}/request?purpose=break-glass")[0] == 404
    ward.alice.act("request", consultation, practice=ward.cabinet.id)
    ward.bose.act("take", consultation)
    reason = "urgence : le confrère ne répond plus"
    assert ward.dan.read(consultation, "request", purpose="break-glass", reason=reason) == [MOTIVE]
    for outsider in (ward.chen, ward.zoe, ward.sam, ward.marc):
        assert outsider.get(f"records/{consultation}/request?purpose=break-glass")[0] == 404
    jobs = ProcrastinateJob.objects.filter(task_name="notifications.notify")
    told = {job.args["person"] for job in jobs if job.args["letter"] == "break-glass"}
    assert told == {ward.alice.person, ward.marc.person}
    flush_lines()
    served = care.lines(record=consultation, kind="item-served", actor=ward.dan.person)
    assert [line["purpose"] for line in served] == ["break-glass"]


@pytest.mark.parametrize("ended", ["refuse", "cancel"])
def test_the_glass_breaks_on_what_was_shown_once_though_it_came_to_nothing(ward: Ward, ended: str) -> None:
    """As the vault has it: whatever became of the request, the practice was given the file."""
    identity = {"given": "Alice", "family": "Martin"}
    ward.alice.write(ward.file, "identity", ("identity", identity))
    consultation = ward.draft()
    how = {"purpose": "break-glass", "reason": "urgence : le confrère ne répond plus"}
    for record, part in ((ward.file, "identity"), (consultation, "request")):
        assert ward.dan.get(f"records/{record}/{part}?purpose=break-glass")[0] == 404, "never shown yet"
        assert ward.dan.release(record, part, reason=how["reason"]) == (403, "relation"), "nor by the vault"
    ward.alice.act("request", consultation, practice=ward.cabinet.id)
    assert (ward.bose if ended == "refuse" else ward.alice).act(ended, consultation)[0] == 200
    assert ward.dan.get(f"records/{ward.file}/identity")[0] == 404
    assert ward.dan.read(ward.file, "identity", **how) == [identity]
    assert ward.dan.read(consultation, "request", **how) == []
    for outsider in (ward.chen, ward.zoe, ward.sam, ward.marc):
        for record in (ward.file, consultation):
            assert outsider.get(f"records/{record}?purpose=break-glass")[0] == 404, outsider.name


def test_jobs_hold_ids_and_words_only(ward: Ward) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    consultation = ward.taken()
    ward.bose.write(consultation, "exchange", ("message", {"text": "prenez rendez-vous", "documents": []}))
    ward.bose.act("close", consultation)
    jobs = list(ProcrastinateJob.objects.all())
    assert {job.task_name for job in jobs} >= {
        "notifications.notify",
        "messaging.tell_of_writing",
        "records.flush_lines",
    }
    assert "rendez-vous" not in json.dumps([job.args for job in jobs])
