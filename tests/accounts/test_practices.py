"""Practices: opened once, joined by invitation and a manager's word, left in one transaction with the vault."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from colloque.accounts.actions import invite_first_manager
from colloque.accounts.models import Account, Invitation, Membership, Practice
from colloque.envelope import hpke, recovery_code, unlock
from colloque.envelope.keys import practice_kem_seed
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode, key_id
from colloque.kernel.ids import new_id
from tests.accounts.person import Person
from tests.accounts.practice import (
    RPPS,
    PracticeKeys,
    add_member,
    confirmation,
    invite,
    join,
    open_practice,
    opening,
    token_of,
)

CodeOf = Callable[[str], str]


@pytest.fixture
def house(code_of: CodeOf) -> tuple[Person, PracticeKeys]:
    return open_practice(code_of)


def test_the_first_manager_opens_the_practice(code_of: CodeOf, lines: Any, check_log: Any) -> None:
    manon, keys = open_practice(code_of)
    assert manon.get("session")[1]["memberships"][0] == {
        "practice": keys.id, "name": "Les Tilleuls", "roles": ["manager"], "confirmed": True, "on_duty": False,
        "needs_generation": False, "is_asked_for": False, "erasures_to_sign": 0,
    }  # fmt: skip
    assert manon.get("practices")[1] == [], "nobody practises there yet"
    assert keys.open_for(manon, manon.get(f"practices/{keys.id}/seeds")[1]) == keys.seeds
    assert Practice.objects.get().kem_key_id == key_id(keys.kem_key)
    assert lines(manon.person)[-1] == "practice-created"
    check_log()


def test_the_recovery_sheet_opens_the_seed(house: tuple[Person, PracticeKeys]) -> None:
    manon, keys = house
    kept = manon.get(f"practices/{keys.id}/members")[1]["recovery"]
    by = unlock.by_recovery(keys.code)
    assert unlock.open_method(kept, by, owner=keys.id, purpose="practice-recovery") == keys.seeds[0]


def test_a_link_opens_one_practice_once(house: tuple[Person, PracticeKeys], code_of: CodeOf) -> None:
    manon, _ = house
    token = token_of(invite_first_manager("Autre", "Lyon"))
    practice = str(Practice.objects.get(name="Autre").id)
    status, answer = manon.post("practices", opening(token, manon, PracticeKeys(practice)))
    assert (status, answer["error"]) == (404, "link-ended")  # not accepted by her yet
    manon.ok(f"invitations/{token}/accept")
    keys = PracticeKeys(practice)
    sent = opening(token, manon, keys)
    manon.ok("practices", sent)
    # The same again, after a lost answer, is the same practice; another sheet would not be the one that opens it.
    again = {**sent, "practice_statement": opening(token, manon, keys)["practice_statement"]}
    assert manon.ok("practices", again) == {"practice": practice}
    assert manon.post("practices", opening(token, manon, keys))[1]["error"] == "link-ended"
    assert manon.get(f"invitations/{token}")[0] == 404


def test_only_the_hash_of_a_token_is_kept(house: tuple[Person, PracticeKeys]) -> None:
    token = invite(*house)
    assert not [one for one in Invitation.objects.values_list("token_hash", flat=True) if token in one]


def test_an_invited_practitioner_waits_then_is_confirmed(house: Any, code_of: CodeOf, lines: Any) -> None:
    manon, keys = house
    bose = join(invite(manon, keys), code_of)
    assert bose.get("session")[1]["memberships"][0]["confirmed"] is False
    assert bose.get(f"practices/{keys.id}/seeds")[0] == 404
    waiting = manon.get(f"practices/{keys.id}/members")[1]["waiting"]
    assert [(one["person"], one["rpps"], one["kem_key"]) for one in waiting] == [
        (bose.person, RPPS, b64u_encode(bose.keys.kem_key))
    ]
    manon.ok(f"practices/{keys.id}/members/confirm", confirmation(manon, keys, bose))
    assert keys.open_for(bose, bose.get(f"practices/{keys.id}/seeds")[1]) == keys.seeds
    assert lines(bose.person)[-1] == "member-joined"
    assert bose.get(f"practices/{keys.id}")[1]["practitioners"] == [
        {
            "person": bose.person,
            "given": "Anil",
            "family": "Bose",
            "profession": "Médecin",
            "rpps": RPPS,
            "on_duty": False,
        }
    ]


def test_a_member_is_not_confirmed_under_another_key(house: Any, code_of: CodeOf) -> None:
    """Attack: the server shows the manager a key of its own. The vault knows the one that was registered."""
    manon, keys = house
    bose = join(invite(manon, keys), code_of)
    fields = {"practice": keys.id, "member": bose.person, "kem_key_id": key_id(b"another")}
    body = {"statement": manon.say("member", **fields, roles=["practitioner"]), "seed": keys.seed_for(bose)}
    assert manon.post(f"practices/{keys.id}/members/confirm", body)[0] == 409
    assert Membership.objects.get(account_id=bose.person).confirmed_at is None


def test_an_invitation_is_used_once_and_ends(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    token = invite(manon, keys)
    join(token, code_of)
    assert manon.get(f"invitations/{token}")[1]["error"] == "link-ended"
    late = invite(manon, keys)
    at = clock.now()
    with clock.reading(lambda: at + timedelta(days=7, minutes=1)):
        assert Person().get(f"invitations/{late}")[1]["error"] == "link-ended"
    assert Person().get("invitations/nothing")[1]["error"] == "link-ended"


def test_an_invitation_whose_answer_was_lost_is_asked_for_again(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    one = new_id()
    lost, found = invite(manon, keys, id=one), invite(manon, keys, id=one, given="Anita")
    assert Person().get(f"invitations/{lost}")[1]["error"] == "link-ended"
    assert Person().get(f"invitations/{found}")[1]["given"] == "Anita"
    assert [each["id"] for each in manon.get(f"practices/{keys.id}/members")[1]["invited"]] == [one]
    join(found, code_of)
    again = {"id": one, "roles": ["manager"], "given": "Anil", "family": "Bose"}
    assert manon.post(f"practices/{keys.id}/invitations", again)[1]["error"] == "malformed"
    # Another manager's id is not to be guessed, and would give nothing.
    other, theirs = open_practice(code_of)
    taken = new_id()
    kept = invite(manon, keys, id=taken)
    assert other.post(f"practices/{theirs.id}/invitations", {**again, "id": taken})[1]["error"] == "malformed"
    assert Person().get(f"invitations/{kept}")[0] == 200


def test_a_withdrawn_invitation_ends(house: Any) -> None:
    manon, keys = house
    token = invite(manon, keys)
    invited = manon.get(f"practices/{keys.id}/members")[1]["invited"]
    manon.ok(f"practices/{keys.id}/invitations/withdraw", {"invitation": invited[0]["id"]})
    assert Person().get(f"invitations/{token}")[0] == 404


def test_a_patients_account_joins_no_practice(house: Any, alice: Person) -> None:
    token = invite(*house)
    assert alice.post(f"invitations/{token}/accept")[1]["error"] == "wrong-person"


def test_a_patients_keys_make_no_professional(house: Any, code_of: CodeOf) -> None:
    token = invite(*house)
    patient = Person()
    patient.verify_address(code_of)
    assert patient.post(f"invitations/{token}/accept", patient.registration())[1]["error"] == "wrong-person"
    assert not Account.objects.filter(id=patient.person).exists()


def test_a_professionals_address_is_not_taken_by_a_patient(house: Any, code_of: CodeOf) -> None:
    manon, _ = house
    thief = Person(manon.email)
    thief.verify_address(code_of)
    status, answer = thief.post("sign-up/finish", {**thief.registration(), "start_again": True})
    assert (status, answer["error"]) == (409, "other-kind")
    assert manon.get("session")[0] == 200


@pytest.mark.parametrize("rpps", ["10003456785", "1000345678", "abcdefghijk", "1" * 11, "٠" * 11])
def test_a_wrong_rpps_is_refused(house: Any, rpps: str) -> None:
    manon, keys = house
    body = {"roles": ["practitioner"], "given": "A", "family": "B", "rpps": rpps}
    assert manon.post(f"practices/{keys.id}/invitations", body)[1]["error"] == "wrong-rpps"


def test_a_practitioner_needs_an_rpps_and_a_secretary_does_not(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    practitioner = Person(kind="professional")
    practitioner.verify_address(code_of)
    token = invite(manon, keys, rpps="")
    body = practitioner.registration()
    assert practitioner.post(f"invitations/{token}/accept", body)[1]["error"] == "wrong-rpps"
    practitioner.ok(f"invitations/{token}/accept", {**body, "rpps": RPPS})
    join(invite(manon, keys, roles=["secretary"], rpps=""), code_of)


def test_outsiders_and_other_members_do_not_manage(house: Any, code_of: CodeOf, alice: Person) -> None:
    manon, keys = house
    bose, chen = add_member(manon, keys, code_of), Person(kind="professional")
    chen.verify_address(code_of)
    token = token_of(invite_first_manager("Ailleurs", "Lyon"))
    chen.ok(f"invitations/{token}/accept", {**chen.registration(), "given": "Li", "family": "Chen"})
    for person in (alice, chen, bose):
        assert person.get(f"practices/{keys.id}/members")[0] == 404
        body = {"roles": ["manager"], "given": "A", "family": "B"}
        assert person.post(f"practices/{keys.id}/invitations", body)[0] == 404
        said = person.say("member", practice=keys.id, member=person.person, roles=["manager"], kem_key_id="x")
        assert person.post(f"practices/{keys.id}/members/confirm", {"statement": said})[0] == 404
        said = person.say("member-end", practice=keys.id, member=manon.person)
        assert person.post(f"practices/{keys.id}/members/end", {"statement": said})[0] == 404
    for person in (alice, chen):
        assert person.get(f"practices/{keys.id}/seeds")[0] == 404
        assert person.post("duty", {"practice": keys.id, "on": True})[0] == 404


def test_who_leaves_loses_seeds_and_roles_in_the_vault_too(
    house: Any, code_of: CodeOf, vault: Any, lines: Any
) -> None:
    manon, keys = house
    bose = add_member(manon, keys, code_of)
    bose.ok("duty", {"practice": keys.id, "on": True})
    path, ends = (
        f"practices/{keys.id}/members/end",
        manon.say("member-end", practice=keys.id, member=bose.person),
    )
    manon.ok(path, {"statement": ends})
    # Its answer was lost, and it is pressed again; or another manager's page was a moment behind.
    manon.ok(path, {"statement": ends})
    manon.ok(path, {"statement": manon.say("member-end", practice=keys.id, member=bose.person)})
    assert lines(bose.person).count("member-left") == 1
    assert bose.get(f"practices/{keys.id}/seeds")[0] == 401, "who is a member nowhere is signed out"
    assert vault.practice(keys.id)["members"] == [manon.person]
    assert lines(bose.person)[-1] == "member-left"
    assert manon.get("practices")[1] == [], "nobody practises there any more"
    assert manon.get("session")[1]["memberships"][0]["needs_generation"] is True


def test_the_last_manager_stays(house: Any) -> None:
    manon, keys = house
    said = manon.say("member-end", practice=keys.id, member=manon.person)
    assert manon.post(f"practices/{keys.id}/members/end", {"statement": said})[1]["error"] == "last-manager"
    assert Membership.objects.get(account=manon.person).ended_at is None


def generation(person: Person, keys: PracticeKeys, members: list[Person]) -> dict[str, Any]:
    more = keys.renew()
    kem = b64u_encode(hpke.public_key(practice_kem_seed(keys.seeds[-1])))
    seeds = [keys.seed_for(one) for one in members]
    said = person.say(
        "generation",
        practice=keys.id,
        generation=keys.generation,
        kem_key=kem,
        members=[{"id": one["recipient"], "key_id": one["key_id"]} for one in seeds],
        sheet_key_id=key_id(b64u_decode(keys.recovery["public_key"])),
    )
    return {"statement": said, "seeds": seeds, **more}


def test_a_new_generation_reaches_who_is_there_and_opens_what_was(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    bose = add_member(manon, keys, code_of)
    leaver = add_member(manon, keys, code_of)
    manon.ok(
        f"practices/{keys.id}/members/end",
        {"statement": manon.say("member-end", practice=keys.id, member=leaver.person)},
    )
    assert bose.ok(f"practices/{keys.id}/generations", generation(bose, keys, [manon, bose])) == {
        "generation": 1
    }
    for person in (manon, bose):
        assert keys.open_for(person, person.get(f"practices/{keys.id}/seeds")[1]) == keys.seeds
    assert Practice.objects.get().kem_key_id == key_id(keys.kem_key)
    kept = manon.get(f"practices/{keys.id}/members")[1]
    opened = unlock.open_method(
        kept["recovery"], unlock.by_recovery(keys.code), owner=keys.id, purpose="practice-recovery"
    )
    assert opened == keys.seeds[1] and kept["needs_generation"] is False
    new = add_member(manon, keys, code_of)
    assert keys.open_for(new, new.get(f"practices/{keys.id}/seeds")[1]) == keys.seeds


def test_a_generation_that_forgets_a_member_or_adds_one_is_refused(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    bose, stranger = add_member(manon, keys, code_of), Person()
    for members in ([manon], [manon, bose, stranger], [manon, bose, bose]):
        body = generation(manon, keys, members)
        keys.seeds.pop()
        assert manon.post(f"practices/{keys.id}/generations", body)[0] in (400, 409)
    assert Practice.objects.get(id=keys.id).generation == 0


def test_a_manager_becomes_a_practitioner_as_well(house: Any) -> None:
    manon, keys = house
    body = confirmation(manon, keys, manon, "manager", "practitioner")
    assert manon.post(f"practices/{keys.id}/members/confirm", body)[1]["error"] == "wrong-rpps"
    body = confirmation(manon, keys, manon, "manager", "practitioner")
    manon.ok(f"practices/{keys.id}/members/confirm", {**body, "rpps": RPPS})
    manon.ok("duty", {"practice": keys.id, "on": True})
    assert manon.get("practices")[1] == [
        {"id": keys.id, "name": "Les Tilleuls", "city": "Tours", "on_duty": 1}
    ]


def test_names_of_professionals_are_given_and_those_of_patients_are_not(house: Any, alice: Person) -> None:
    manon, keys = house
    status, told = alice.get(f"people?ids={manon.person},{alice.person}")
    assert (status, [one["person"] for one in told]) == (200, [manon.person])
    assert told[0]["practice"] == "Les Tilleuls" and told[0]["practice_id"] == keys.id
    assert alice.get("people?ids=x")[0] == 400


def test_a_practice_without_a_key_is_not_listed(alice: Person) -> None:
    invite_first_manager("Pas encore", "Tours")
    assert alice.get("practices")[1] == []
    assert alice.get(f"practices/{Practice.objects.get().id}")[0] == 404


def test_another_sheet_takes_the_place_of_the_one_before(house: Any, lines: Any) -> None:
    manon, keys = house
    keys.code = recovery_code.new_code()
    said = manon.say("sheet", practice=keys.id, sheet=keys.sheet())
    manon.ok(f"practices/{keys.id}/sheet", {"statement": said, "recovery": keys.recovery})
    kept = manon.get(f"practices/{keys.id}/generations")[1]["recovery"]
    by = unlock.by_recovery(keys.code)
    assert unlock.open_method(kept, by, owner=keys.id, purpose="practice-recovery") == keys.seeds[0]
    assert lines(manon.person)[-1] == "practice-sheet"


def test_a_sheet_is_kept_under_the_key_that_was_said(house: Any, code_of: CodeOf) -> None:
    manon, keys = house
    before, said = keys.recovery, keys.sheet()
    body = {"statement": manon.say("sheet", practice=keys.id, sheet=said), "recovery": before}
    assert manon.post(f"practices/{keys.id}/sheet", body)[0] == 400
    bose = add_member(manon, keys, code_of)
    assert bose.get(f"practices/{keys.id}/generations")[0] == 200, "who may make the next key needs the sheet"
    assert bose.post(f"practices/{keys.id}/sheet", body)[0] == 404
