"""Facts: who may say them, and what a bad one gets."""

import base64
from datetime import timedelta

import pytest

from colloque.kernel.clock import to_wire
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.vault import principal
from colloque.vault.service import kem_key
from tests.vault.cast import Cast, enrolment


def _register(person: principal.Principal, kind: str) -> dict[str, object]:
    keys = {
        "identity_key": b64u_encode(person.identity_key()),
        "kem_key": b64u_encode(kem_key(person.kem_seed)),
    }
    return person.say_as_identity("person", kind=kind, **keys)


def test_no_account_replaces_anothers_key(cast: Cast) -> None:
    from dataclasses import replace

    thief = replace(principal.make("thief"), person=cast.alice.person)
    assert cast.error(_register(thief, "patient")) == (409, "exists")
    assert cast.error(enrolment(thief)) == (403, "signature")


def test_a_service_is_never_made_over_http(cast: Cast) -> None:
    assert cast.error(_register(principal.make("web"), "service")) == (400, "malformed")


def test_a_device_needs_both_signatures(cast: Cast) -> None:
    person = principal.make("someone")
    cast.state(_register(person, "patient"))
    key = b64u_encode(person.public_key())
    only_identity = person.say_as_identity("device", new_device=person.device, public_key=key)
    only_device = person.say("device", new_device=person.device, public_key=key)
    assert cast.error(only_identity)[0] in (400, 403)
    assert cast.error(only_device) == (403, "signature")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"payload": 1}', b"[" * 5000])
def test_what_is_not_a_statement_is_malformed(cast: Cast, body: bytes) -> None:
    response = cast.http.post("/vault/statements", content=body)
    assert (response.status_code, response.json()["error"]) == (400, "malformed")


def test_a_kind_of_another_door_is_malformed(cast: Cast) -> None:
    assert cast.error(cast.alice.say("manifest")) == (400, "malformed")
    assert cast.error(cast.alice.say("release", openings=[])) == (400, "malformed")
    assert cast.error(cast.alice.say("release", openings=[]), "release") == (400, "malformed")


def test_only_a_manager_makes_members_and_checks_their_key(cast: Cast) -> None:
    newcomer = cast.register("new", "professional")
    kem = key_id(kem_key(newcomer.kem_seed))
    fields = {"practice": cast.practice, "member": newcomer.person, "roles": ["practitioner"]}
    assert cast.error(cast.bose.say("member", kem_key_id=kem, **fields)) == (403, "not-allowed")
    assert cast.error(cast.manon.say("member", kem_key_id="0" * 32, **fields)) == (409, "conflict")
    assert cast.error(cast.manon.say("member", kem_key_id=kem, **{**fields, "roles": ["boss"]})) == (
        400,
        "malformed",
    )
    cast.state(cast.manon.say("member", kem_key_id=kem, **fields))


def test_the_last_manager_stays(cast: Cast) -> None:
    said = cast.manon.say("member-end", practice=cast.practice, member=cast.manon.person)
    assert cast.error(said) == (409, "last-manager")


def test_generations_follow_one_another(cast: Cast) -> None:
    kem = b64u_encode(kem_key(b"g" * 32))
    fields = {"practice": cast.practice, "kem_key": kem, "members": cast.sealed_to()}
    assert cast.error(cast.bose.say("generation", generation=2, **fields)) == (409, "conflict")
    assert cast.error(cast.alice.say("generation", generation=1, **fields)) == (403, "not-allowed")
    cast.state(cast.bose.say("generation", generation=1, **fields))
    assert cast.error(cast.manon.say("generation", generation=1, **fields)) == (409, "conflict")


def test_a_record_is_the_subjects_or_of_a_practitioner_of_the_practice(cast: Cast) -> None:
    fields = {"record": new_id(), "kind": "file", "subject": cast.alice.person, "recipients": []}
    assert cast.error(cast.manon.say("record", practice=cast.practice, **fields)) == (403, "not-allowed")
    assert cast.error(cast.bose.say("record", practice=new_id(), **fields)) == (403, "not-allowed")
    assert cast.error(cast.bose.say("record", **fields)) == (400, "malformed")
    cast.state(cast.bose.say("record", practice=cast.practice, **fields))
    assert cast.error(cast.bose.say("record", practice=cast.practice, **fields)) == (409, "exists")


def test_a_consultation_goes_its_way_and_no_other(cast: Cast) -> None:
    assert cast.error(cast.bose.say("take", record=cast.consultation)) == (409, "conflict")
    cast.request()
    assert cast.error(cast.manon.say("take", record=cast.consultation)) == (403, "not-allowed")
    cast.take(cast.bose)
    assert cast.error(cast.chen.say("take", record=cast.consultation)) == (409, "conflict")
    assert cast.error(cast.chen.say("close", record=cast.consultation)) == (403, "not-allowed")
    cast.state(cast.bose.say("transfer", record=cast.consultation, to=cast.chen.person))
    assert cast.error(cast.bose.say("take", record=cast.consultation)) == (403, "not-allowed")
    cast.take(cast.chen)
    cast.state(cast.chen.say("close", record=cast.consultation))
    assert cast.error(cast.alice.say("cancel", record=cast.consultation)) == (409, "conflict")


def test_a_refused_or_cancelled_request_may_be_made_again(cast: Cast) -> None:
    cast.request()
    cast.state(cast.chen.say("refuse", record=cast.consultation))
    cast.request()
    cast.state(cast.alice.say("cancel", record=cast.consultation))
    cast.request()
    assert cast.error(cast.chen.say("cancel", record=cast.consultation)) == (403, "not-allowed")


def test_a_grant_waits_and_then_opens(cast: Cast) -> None:
    again = cast.register("alice again", "patient")
    soon, late = cast.time.at + timedelta(hours=1), cast.time.at + timedelta(hours=73)
    fields = {"record": cast.file, "to": again.person}
    assert cast.error(cast.bose.say("grant", not_before=to_wire(soon), **fields)) == (403, "too-soon")
    assert cast.error(cast.alice.say("grant", not_before=to_wire(late), **fields)) == (403, "not-allowed")
    cast.state(cast.bose.say("grant", not_before=to_wire(late), **fields))
    assert cast.refused(again, (cast.file, "identity")) == (403, "relation")
    cast.time.at = late
    assert cast.open(again, (cast.file, "identity")).turns


def test_a_stranger_freezes_nobody_and_one_freezes_oneself(cast: Cast) -> None:
    assert cast.error(cast.chen.say("freeze", scope="person", target=cast.alice.person)) == (
        403,
        "not-allowed",
    )
    cast.state(cast.alice.say("freeze", scope="device", target=cast.alice.device))
    assert cast.refused(cast.alice, (cast.file, "identity")) == (423, "frozen")
    assert cast.error(cast.manon.say("unfreeze", scope="device", target=cast.alice.device)) == (
        403,
        "not-allowed",
    )


def test_a_retry_of_a_fact_has_the_same_receipt_and_one_line(cast: Cast) -> None:
    said = cast.alice.say("request", record=cast.consultation, practice=cast.practice)
    assert cast.state(said) == cast.state(said)
    assert len(cast.lines("consultation-requested")) == 1


def test_lines_about_me_come_with_proofs_and_are_mine_alone(cast: Cast) -> None:
    from colloque.kernel.encoding import b64u_decode
    from colloque.ledger import checkpoint, line, merkle
    from colloque.ledger.pseudonym import Name, put_back, values_of

    cast.refused(cast.chen, (cast.file, "identity"))
    body = cast.post("lines", cast.alice.say("lines", about="self")).json()
    head = checkpoint.read(body["checkpoint"], checkpoint.parse_vkey(cast.web.key()["vkey"]))
    names = values_of(Name.read(one) for one in body["names"])
    for entry in body["lines"]:
        fields = line.from_bytes(entry["line"].encode())
        assert put_back(fields, names)["subject"] == cast.alice.person
        proof = [b64u_decode(h) for h in entry["proof"]]
        leaf = line.leaf_hash(entry["line"].encode())
        assert merkle.is_included(leaf, index=fields["seq"], size=head.size, proof=proof, root=head.root)
    assert '"refusal"' in body["lines"][-1]["line"]
    assert cast.error(cast.chen.say("lines", about=cast.file), "lines") == (403, "not-allowed")
    last = line.from_bytes(body["lines"][-1]["line"].encode())["seq"]
    assert cast.post("lines", cast.alice.say("lines", about=cast.file, after=last)).json()["lines"] == []


def test_the_directory_publishes_keys_as_they_were_signed(cast: Cast) -> None:
    from colloque.kernel import dsse

    answer = cast.web.person(cast.alice.person)
    person, device = (dsse.parse(s["envelope"]) for s in answer["statements"])
    assert person.is_signed_by_identity(f"identity:{cast.alice.person}", cast.alice.identity_key())
    assert device.is_signed_by_device(cast.alice.device, cast.alice.public_key())
    assert answer["revoked"] == []
    kinds = [dsse.parse(s["envelope"]).kind for s in cast.web.practice(cast.practice)["statements"]]
    assert kinds == ["practice", "member", "member"]
    assert cast.http.get(f"/vault/directory/persons/{new_id()}").status_code == 404


def test_proofs_between_any_two_checkpoints_hold(cast: Cast) -> None:
    from colloque.kernel.encoding import b64u_decode
    from colloque.ledger import checkpoint, merkle

    verifier = checkpoint.parse_vkey(cast.web.key()["vkey"])
    old = checkpoint.read(cast.web.checkpoint(), verifier)
    cast.many_files(5)
    new = checkpoint.read(cast.web.checkpoint(), verifier)
    proof = cast.http.get(f"/vault/proof/consistency?from={old.size}&to={new.size}").json()["proof"]
    hashes = [b64u_decode(h) for h in proof]
    assert merkle.is_consistent(
        old=old.size, old_root=old.root, new=new.size, new_root=new.root, proof=hashes
    )
    assert cast.http.get(f"/vault/proof/inclusion?index=0&size={new.size + 1}").status_code == 400


def test_an_overlong_statement_is_refused(cast: Cast) -> None:
    payload = base64.b64encode(b" " * 600_000).decode()
    assert cast.error({"payload": payload}) == (413, "too-large")


def test_a_signature_that_nobody_asked_for_is_refused(cast: Cast) -> None:
    envelope = cast.alice.say("request", record=cast.consultation, practice=cast.practice)
    junk = {"keyid": "junk", "sig": base64.b64encode(b"j" * 64).decode()}
    for signatures in ([junk, *envelope["signatures"]], [*envelope["signatures"], junk]):
        assert cast.error({**envelope, "signatures": signatures}) == (403, "signature")


def test_a_number_too_long_to_read_is_malformed(cast: Cast) -> None:
    payload = base64.b64encode(b'{"id": ' + b"9" * 5000 + b"}").decode()
    envelope = {**cast.alice.say("request"), "payload": payload}
    assert cast.error(envelope) == (400, "malformed")
