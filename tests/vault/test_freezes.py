"""Freezes above the account, at a running vault: what is open stays open, the duty goes on, two people lift."""

from dataclasses import replace
from datetime import timedelta

import pytest

from colloque.kernel.clock import to_wire
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.kernel.ids import new_id
from colloque.vault import principal
from colloque.vault.client import VaultClient
from colloque.vault.ladder import OF_PLATFORM, PLATFORM
from colloque.vault.principal import Principal
from colloque.vault.service import kem_key
from colloque.vault.settings import VaultSettings
from tests.vault.cast import Cast, enrolment, running

PAST = timedelta(days=2)
REASON = "a written reason that is long enough"


@pytest.fixture
def officers(cast: Cast) -> tuple[Principal, Principal]:
    """Odile and Paul, appointed long enough ago to count."""
    odile, paul = cast.register("odile", "patient"), cast.register("paul", "patient")
    for one in (odile, paul):
        appoint(cast, one)
    cast.time.at += timedelta(hours=24)
    return odile, paul


def appoint(cast: Cast, who: Principal, what: str = "begin") -> None:
    cast.state(cast.services["operator"].say("officer", target=who.person, what=what))


def lifted(
    cast: Cast, first: Principal, second: Principal | None, scope: str, target: str
) -> tuple[int, str]:
    until = to_wire(cast.time.at + timedelta(hours=1))
    told = {"scope": scope, "target": None if scope in OF_PLATFORM else target, "until": until}
    half = first.say("unfreeze", **told)
    return cast.error(second.agree(half) if second else half)


def two_visits(cast: Cast) -> tuple[str, str]:
    """One that ended two days ago, one that is open now; both Dr Bose's."""
    past = cast.consultation
    cast.request(past)
    cast.take(cast.bose, past)
    cast.state(cast.bose.say("close", record=past))
    cast.time.at += PAST
    current = cast.make_consultation()
    cast.request(current)
    cast.take(cast.bose, current)
    return past, current


@pytest.mark.parametrize("scope", ["history", "consult-only"])
def test_a_shut_history_takes_nothing_from_what_is_open(cast: Cast, scope: str) -> None:
    past, current = two_visits(cast)
    cast.web.freeze(scope, cast.practice)
    assert cast.refused(cast.bose, (past, "care")) == (423, "history-shut")
    assert cast.refused(cast.chen, (current, "care"), reason=REASON) == (423, "history-shut")
    assert cast.open(cast.bose, (current, "care"), (cast.file, "background"), (cast.file, "nir")).turns
    assert len(cast.open(cast.alice, (past, "care"), (current, "care"), (cast.contact, "contact")).turns) == 3
    waiting = cast.make_consultation()
    cast.request(waiting)
    assert cast.open(cast.chen, (waiting, "request")).turns, "the queue goes on"
    cast.take(cast.chen, waiting)
    assert cast.open(cast.chen, (waiting, "exchange")).turns
    cast.state(cast.bose.say("close", record=current))
    assert cast.open(cast.bose, (current, "care")).turns, "a patient of the day goes on"
    assert [line["outcome"] for line in cast.lines("refusal")] == ["history-shut"] * 2


def test_a_frozen_practice_ends_what_it_has_begun_and_begins_nothing(cast: Cast) -> None:
    _, current = two_visits(cast)
    waiting = cast.make_consultation()
    cast.request(waiting)
    cast.state(cast.manon.say("freeze", scope="practice", target=cast.practice))
    assert cast.refused(cast.chen, (waiting, "request")) == (423, "frozen")
    assert cast.error(cast.chen.say("take", record=waiting)) == (423, "frozen")
    again = cast.make_consultation()
    assert cast.error(cast.alice.say("request", record=again, practice=cast.practice)) == (423, "frozen")
    assert cast.open(cast.bose, (current, "care")).turns
    assert cast.open(cast.alice, (current, "care")).turns
    cast.state(cast.bose.say("close", record=current))
    assert cast.refused(cast.bose, (current, "care")) == (423, "frozen")


def test_read_only_lets_no_right_change_and_care_go_on(
    cast: Cast, officers: tuple[Principal, Principal]
) -> None:
    cast.web.freeze("read-only", PLATFORM)
    newcomer = principal.make("new")
    keys = {
        "identity_key": b64u_encode(newcomer.identity_key()),
        "kem_key": b64u_encode(kem_key(newcomer.kem_seed)),
    }
    assert cast.error(newcomer.say_as_identity("person", kind="patient", **keys)) == (423, "rights-shut")
    member = {"practice": cast.practice, "member": cast.bose.person, "roles": ["manager"]}
    said = cast.manon.say("member", kem_key_id=key_id(kem_key(cast.bose.kem_seed)), **member)
    assert cast.error(said) == (423, "rights-shut")
    assert cast.error(enrolment(another_device(cast.bose))) == (423, "rights-shut")
    cast.state(enrolment(another_device(officers[0])))  # or nobody could lift it
    cast.request()
    cast.take(cast.bose)
    assert cast.open(cast.bose, (cast.consultation, "care")).turns
    cast.state(cast.manon.say("member-end", practice=cast.practice, member=cast.chen.person))


def test_off_is_off_and_two_officers_turn_it_on(cast: Cast, officers: tuple[Principal, Principal]) -> None:
    odile, paul = officers
    cast.request()
    cast.state(odile.say("freeze", scope="off"))
    assert cast.refused(cast.alice, (cast.file, "identity")) == (423, "off")
    assert cast.error(cast.bose.say("take", record=cast.consultation)) == (423, "off")
    cast.web.sign_in(odile.person)
    assert lifted(cast, odile, None, "off", PLATFORM) == (403, "needs-second")
    assert lifted(cast, odile, cast.manon, "off", PLATFORM) == (403, "not-allowed")
    assert lifted(cast, odile, paul, "off", PLATFORM)[0] == 200
    cast.take(cast.bose)
    (line,) = cast.lines("unfreeze")
    assert line["detail"] == {"scope": "off", "agreed": paul.person}


@pytest.mark.parametrize("scope", ["history", "practice"])
def test_what_officers_froze_its_managers_alone_do_not_lift(
    cast: Cast, officers: tuple[Principal, Principal], scope: str
) -> None:
    paula = cast.register("paula", "professional")
    cast.join(paula, "manager")
    cast.state(cast.manon.say("freeze", scope=scope, target=cast.practice))
    assert lifted(cast, cast.manon, paula, scope, cast.practice)[0] == 200, "their own, two of them lift"
    cast.state(cast.manon.say("freeze", scope=scope, target=cast.practice))
    cast.web.freeze(scope, cast.practice)
    assert lifted(cast, cast.manon, paula, scope, cast.practice) == (403, "not-allowed")
    assert lifted(cast, cast.manon, None, scope, cast.practice) == (403, "not-allowed")
    assert lifted(cast, cast.manon, officers[0], scope, cast.practice)[0] == 200


def test_an_account_is_lifted_by_its_manager_or_by_two_officers(
    cast: Cast, officers: tuple[Principal, Principal]
) -> None:
    cast.web.freeze("person", cast.alice.person)
    assert lifted(cast, cast.manon, None, "person", cast.alice.person) == (403, "not-allowed")
    assert lifted(cast, officers[0], None, "person", cast.alice.person) == (403, "needs-second")
    assert lifted(cast, *officers, "person", cast.alice.person)[0] == 200
    cast.web.freeze("person", officers[0].person)
    assert lifted(cast, *officers, "person", officers[0].person) == (423, "frozen"), "nobody lifts their own"


def test_who_holds_the_operators_key_lifts_nothing_for_a_day(cast: Cast) -> None:
    fake, other = cast.register("fake", "patient"), cast.register("other", "patient")
    cast.web.freeze("consult-only", PLATFORM)
    for one in (fake, other):
        appoint(cast, one)
    assert lifted(cast, cast.services["operator"], cast.services["web"], "consult-only", "") == (
        403,
        "not-allowed",
    )
    assert lifted(cast, fake, other, "consult-only", "") == (403, "not-allowed")
    assert [line["target"] for line in cast.lines("officer-appointed")] == [fake.person, other.person]
    appoint(cast, fake, "end")
    cast.time.at += timedelta(hours=25)
    assert lifted(cast, fake, other, "consult-only", "") == (403, "not-allowed")


def test_an_officer_has_no_role_and_no_member_is_an_officer(cast: Cast) -> None:
    odile = cast.register("odile", "professional")
    assert cast.error(cast.manon.say("officer", target=odile.person, what="begin")) == (403, "not-allowed")
    assert (
        cast.error(cast.services["operator"].say("officer", target=cast.bose.person, what="begin"))[0] == 409
    )
    appoint(cast, odile)
    member = {"practice": cast.practice, "member": odile.person, "roles": ["practitioner"]}
    said = cast.manon.say("member", kem_key_id=key_id(kem_key(odile.kem_seed)), **member)
    assert cast.error(said) == (409, "conflict")


def test_nobody_freezes_what_is_not_theirs_or_is_not_there(cast: Cast) -> None:
    for scope in ("consult-only", "read-only", "off"):
        assert cast.error(cast.manon.say("freeze", scope=scope)) == (403, "not-allowed")
    for scope in ("history", "practice"):
        assert cast.error(cast.bose.say("freeze", scope=scope, target=cast.practice)) == (403, "not-allowed")
        said = cast.services["web"].say("freeze", scope=scope, target=new_id())
        assert cast.error(said) == (403, "not-allowed")


def test_a_freeze_told_to_one_vault_holds_at_once_in_another(cast: Cast, settings: VaultSettings) -> None:
    past, _ = two_visits(cast)
    with running(settings) as second:
        cast.open(cast.bose, (past, "care"))
        other = VaultClient(second, cast.services["web"])
        other.freeze("history", cast.practice)
        other.close()
        assert cast.refused(cast.bose, (past, "care")) == (423, "history-shut")


def another_device(person: Principal) -> Principal:
    made = principal.make(person.name)
    return replace(made, person=person.person, identity_seed=person.identity_seed, kem_seed=person.kem_seed)
