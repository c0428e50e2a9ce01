"""A secretary's or a manager's device, and an account that has left: names of the moment, and nothing clinical."""

import pytest

from tests.people import Ward

pytestmark = [pytest.mark.django_db, pytest.mark.attack]
CLINICAL = ("request", "exchange", "documents", "care")


@pytest.mark.parametrize("who", ["sam", "marc"])
def test_reception_reads_who_comes_and_nothing_of_why(ward: Ward, who: str) -> None:
    taken = ward.taken()
    person = getattr(ward, who)
    assert person.release(ward.file, "identity")[0] == 200
    for compartment in CLINICAL:
        assert person.release(taken, compartment) == (403, "relation")
        assert person.release(taken, compartment, reason="Urgence : le patient ne peut pas répondre.") == (
            403,
            "relation",
        )
        assert person.get(f"records/{taken}/{compartment}")[0] == 404
    for compartment in ("background", "nir"):
        assert person.release(ward.file, compartment) == (403, "relation")


def test_who_left_opens_nothing_and_fetches_nothing(ward: Ward) -> None:
    taken = ward.taken()
    assert ward.bose.release(taken, "request")[0] == 200
    said = ward.marc.say("member-end", practice=ward.cabinet.id, member=ward.bose.person)
    ward.marc.ok(f"practices/{ward.cabinet.id}/members/end", {"statement": said})
    for compartment in CLINICAL:
        assert ward.bose.release(taken, compartment)[0] == 403
        assert ward.bose.get(f"records/{taken}/{compartment}")[0] == 401
    assert ward.bose.release(ward.file, "identity")[0] == 403
    assert ward.bose.get(f"consultations/{taken}")[0] == 401
    assert ward.bose.get(f"queue?practice={ward.cabinet.id}")[0] == 401
    assert ward.bose.get(f"practices/{ward.cabinet.id}/seeds")[0] == 401


def test_another_patient_finds_nothing_of_it(ward: Ward) -> None:
    taken = ward.taken()
    for compartment in CLINICAL:
        assert ward.zoe.release(taken, compartment) == (403, "relation")
        assert ward.zoe.get(f"records/{taken}/{compartment}")[0] == 404
    assert ward.zoe.get(f"consultations/{taken}")[0] == 404
