"""The release over HTTP: who is let in, who is not, and what is written down either way."""

import pytest

from tests.vault.cast import Cast, errors_of


def test_alice_opens_her_own_record_and_the_turn_is_always_the_same(cast: Cast) -> None:
    first = cast.open(cast.alice, (cast.file, "identity"), purpose="own-record")
    again = cast.open(cast.alice, (cast.file, "identity"), purpose="own-record")
    assert first.turns == again.turns
    assert [line["relation"] for line in cast.lines("release")] == ["own", "own"]


def test_each_compartment_has_a_turn_of_its_own(cast: Cast) -> None:
    answer = cast.open(cast.alice, (cast.file, "identity"), (cast.file, "nir"), (cast.consultation, "care"))
    assert len({turn["turn"] for turn in answer.turns}) == 3


def test_a_stranger_is_refused_and_the_refusal_is_written_down(cast: Cast) -> None:
    assert cast.refused(cast.chen, (cast.file, "identity")) == (403, "relation")
    (line,) = cast.lines("refusal")
    assert (line["actor"], line["record"], line["outcome"], line["relation"]) == (
        cast.chen.person, cast.file, "relation", "none",
    )  # fmt: skip


def test_the_queue_shows_the_request_and_the_identity_and_nothing_more(cast: Cast) -> None:
    cast.request()
    answer = cast.open(cast.bose, (cast.consultation, "request"), (cast.file, "identity"), (cast.file, "nir"))
    assert [t["compartment"] for t in answer.turns] == ["request", "identity"]
    assert [r["error"] for r in answer.refused] == ["relation"]


def test_who_took_it_opens_it_and_the_other_clinician_no_longer_does(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    answer = cast.open(
        cast.bose, *((cast.consultation, c) for c in ("request", "exchange", "documents", "care"))
    )
    assert len(answer.turns) == 4
    assert cast.refused(cast.chen, (cast.consultation, "request")) == (403, "relation")


def test_a_request_for_dr_bose_is_not_in_dr_chens_queue(cast: Cast) -> None:
    cast.request(practitioner=cast.bose.person)
    assert cast.refused(cast.chen, (cast.consultation, "request")) == (403, "relation")
    assert cast.error(cast.chen.say("take", record=cast.consultation)) == (403, "not-allowed")
    assert cast.open(cast.bose, (cast.consultation, "request")).turns


def test_break_glass_needs_a_reason_and_is_written_as_such(cast: Cast) -> None:
    cast.show(cast.consultation)
    assert cast.refused(cast.chen, (cast.file, "background"), reason="too short") == (403, "relation")
    assert cast.open(cast.chen, (cast.file, "background"), reason="unconscious in the waiting room").turns
    assert [line["relation"] for line in cast.lines("release")] == ["break-glass"]
    told = cast.post("lines", cast.alice.say("lines", about="self")).json()["lines"]
    assert [entry["reason"] for entry in told if "reason" in entry] == ["unconscious in the waiting room"]


def test_a_member_who_left_is_refused_at_once(cast: Cast) -> None:
    cast.request()
    cast.take(cast.bose)
    assert cast.open(cast.bose, (cast.consultation, "care")).turns
    cast.state(cast.manon.say("member-end", practice=cast.practice, member=cast.bose.person))
    reason = "I was the clinician in charge of this"
    assert cast.refused(cast.bose, (cast.consultation, "care"), reason=reason) == (403, "revoked")


def test_the_link_ends_thirty_days_after_closing(cast: Cast) -> None:
    from datetime import timedelta

    cast.request()
    cast.take(cast.bose)
    cast.state(cast.bose.say("close", record=cast.consultation))
    cast.time.at += timedelta(days=29)
    cast.open(cast.bose, (cast.consultation, "care"))
    assert cast.lines("release")[-1]["relation"] == "linked"
    cast.time.at += timedelta(days=2)
    assert cast.refused(cast.bose, (cast.consultation, "care")) == (403, "relation")


def test_only_the_mailer_opens_addresses_and_only_to_notify(cast: Cast) -> None:
    mailer = cast.services["mailer"]
    assert cast.open(mailer, (cast.contact, "contact"), purpose="notify").turns
    assert cast.refused(mailer, (cast.contact, "contact"), purpose="care") == (403, "relation")
    assert cast.refused(cast.services["web"], (cast.contact, "contact"), purpose="notify") == (
        403,
        "relation",
    )
    assert cast.refused(mailer, (cast.file, "identity"), purpose="notify") == (403, "relation")


def test_reception_sees_the_identity_while_there_is_a_consultation(cast: Cast) -> None:
    assert cast.refused(cast.manon, (cast.file, "identity")) == (403, "relation")
    cast.request()
    assert cast.open(cast.manon, (cast.file, "identity")).turns
    assert cast.refused(cast.manon, (cast.consultation, "request")) == (403, "relation")
    assert cast.refused(cast.manon, (cast.file, "background")) == (403, "relation")


def test_an_epoch_that_is_not_yet_is_refused(cast: Cast) -> None:
    asked = cast.ask(cast.alice, (cast.file, "identity"))
    said = cast.alice.say(
        "release", openings=[{"record": cast.file, "compartment": "identity", "epoch": 1}], purpose="care",
        reply_key=_reply_key(asked.envelope),
    )  # fmt: skip
    assert cast.error(said, "release") == (403, "unknown-compartment")
    assert cast.refused(cast.alice, (cast.file, "exchange")) == (403, "unknown-compartment")


@pytest.mark.parametrize("scope", ["device", "person"])
def test_a_frozen_device_or_person_is_refused_until_another_thaws_it(cast: Cast, scope: str) -> None:
    cast.request()
    cast.take(cast.bose)
    target = getattr(cast.bose, scope)
    cast.web.freeze(scope, target)
    assert cast.refused(cast.bose, (cast.consultation, "care")) == (423, "frozen")
    assert cast.error(cast.bose.say("close", record=cast.consultation)) == (423, "frozen")
    assert cast.error(cast.bose.say("unfreeze", scope=scope, target=target)) == (423, "frozen")
    for service in ("web", "operator"):
        said = cast.services[service].say("unfreeze", scope=scope, target=target)
        assert cast.error(said) == (403, "not-allowed"), service
    cast.state(cast.manon.say("unfreeze", scope=scope, target=target))
    assert cast.open(cast.bose, (cast.consultation, "care")).turns


def test_a_revoked_device_is_refused_and_that_is_written_down(cast: Cast) -> None:
    cast.state(cast.alice.say_as_identity("device-revoke", target=cast.alice.device))
    assert cast.refused(cast.alice, (cast.file, "identity")) == (403, "revoked")
    assert cast.lines("refusal")[-1]["outcome"] == "revoked"


def test_a_retry_gets_the_same_turn_and_adds_no_line(cast: Cast) -> None:
    asked = cast.ask(cast.alice, (cast.file, "identity"), (cast.contact, "contact"))
    first = asked.answer()
    before = len(cast.lines())
    again = asked.answer()
    assert (first.turns, first.receipt) == (again.turns, again.receipt)
    assert len(cast.lines()) == before


def test_a_retry_of_a_refusal_is_refused_alike_and_adds_no_line(cast: Cast) -> None:
    asked = cast.ask(cast.chen, (cast.file, "identity"))
    answers = [cast.post("release", asked.envelope) for _ in range(3)]
    assert errors_of(answers) == ["relation"] * 3
    assert len(cast.lines("refusal")) == 1


def test_a_used_id_with_another_payload_is_refused(cast: Cast) -> None:
    asked = cast.ask(cast.alice, (cast.file, "identity"))
    asked.answer()
    other = cast.alice.say(
        "release", id=asked.request, openings=[{"record": cast.file, "compartment": "nir", "epoch": 0}],
        purpose="care", reply_key=_reply_key(asked.envelope),
    )  # fmt: skip
    assert cast.error(other, "release") == (409, "replayed")


def test_a_clock_off_by_an_hour_is_told_the_time_and_leaves_no_line(cast: Cast) -> None:
    from datetime import timedelta

    asked = cast.ask(cast.alice, (cast.file, "identity"))
    before = len(cast.lines())
    cast.time.at += timedelta(hours=1)
    body = cast.post("release", asked.envelope).json()
    assert (body["error"], body["now"]) == ("clock", "2026-11-24T10:00:00.000Z")
    assert len(cast.lines()) == before


def test_an_altered_request_is_refused(cast: Cast) -> None:
    import base64

    envelope = cast.ask(cast.alice, (cast.file, "identity")).envelope
    payload = base64.b64decode(envelope["payload"]).replace(b"identity", b"nir")
    altered = {**envelope, "payload": base64.b64encode(payload).decode()}
    assert cast.error(altered, "release") == (403, "signature")


def test_one_person_cant_speak_with_anothers_device(cast: Cast) -> None:
    from dataclasses import replace

    chen_as_bose = replace(cast.chen, person=cast.bose.person)
    assert cast.refused(chen_as_bose, (cast.file, "identity")) == (403, "signature")


def test_the_receipt_proves_that_the_line_is_in_the_signed_tree(cast: Cast) -> None:
    from colloque.kernel.encoding import b64u_decode
    from colloque.ledger import checkpoint, merkle

    receipt = cast.open(cast.alice, (cast.file, "identity"), (cast.file, "nir")).receipt
    head = checkpoint.read(receipt["checkpoint"], checkpoint.parse_vkey(cast.web.key()["vkey"]))
    for line in receipt["lines"]:
        proof = [b64u_decode(h) for h in line["proof"]]
        leaf = b64u_decode(line["leaf"])
        assert merkle.is_included(leaf, index=line["seq"], size=head.size, proof=proof, root=head.root)


def _reply_key(envelope: dict[str, str]) -> str:
    import base64
    import json

    return str(json.loads(base64.b64decode(envelope["payload"]))["reply_key"])


def test_a_record_that_nobody_touched_for_long_costs_twice(cast: Cast) -> None:
    from datetime import timedelta

    files = cast.many_files(2)
    cast.time.at += timedelta(days=600)
    reason = "unconscious in the waiting room"
    assert cast.open(cast.bose, (files[0], "identity"), reason=reason).turns
    assert cast.refused(cast.bose, (files[1], "identity"), reason=reason) == (429, "budget")
    assert cast.lines("refusal")[-1]["detail"] == {"level": "device", "window": "minute"}
