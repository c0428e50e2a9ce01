"""What takes two people: neither one alone, nor one with two devices, nor one who may say nothing now."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.kernel.clock import to_wire
from colloque.vault import agreement, principal
from colloque.vault.agreement import Signer
from colloque.vault.errors import DeviceRevoked, Frozen, NeedsSecond
from colloque.vault.principal import Principal
from colloque.vault.statements import LASTS
from tests.vault.cast import Cast, enrolment

people, devices = st.sampled_from("abc"), st.sampled_from("123456")


@given(st.lists(st.builds(Signer, people, devices), min_size=1, max_size=4))
def test_two_are_two_persons_and_not_two_devices(signers: list[Signer]) -> None:
    if len({signer.person for signer in signers}) > 1:
        agreement.check_two(signers)
    else:
        with pytest.raises(NeedsSecond):
            agreement.check_two(signers)


@given(st.lists(st.builds(Signer, people, devices, st.booleans(), st.booleans()), min_size=1, max_size=3))
def test_an_agreement_is_as_good_as_the_worse_of_its_signers(signers: list[Signer]) -> None:
    if any(signer.is_revoked or signer.is_frozen for signer in signers):
        with pytest.raises((DeviceRevoked, Frozen)):
            agreement.check_signers(signers)
    else:
        agreement.check_signers(signers)


@pytest.fixture
def paula(cast: Cast) -> Principal:
    """A second manager."""
    paula = cast.register("paula", "professional")
    cast.join(paula, "manager")
    return paula


@pytest.fixture
def frozen(cast: Cast, paula: Principal) -> Cast:
    cast.state(cast.manon.say("freeze", scope="practice", target=cast.practice))
    return cast


def asked(cast: Cast, by: Principal, lasts: timedelta = LASTS, **more: Any) -> dict[str, Any]:
    until = to_wire(cast.time.at + lasts)
    return by.say("unfreeze", **{"scope": "practice", "target": cast.practice, "until": until, **more})


def test_two_people_lift_what_one_does_not(frozen: Cast, paula: Principal) -> None:
    half = asked(frozen, frozen.manon)
    assert frozen.error(half) == (403, "needs-second")
    frozen.time.at += timedelta(hours=71)
    frozen.state(paula.agree(half))
    (line,) = frozen.lines("unfreeze")
    assert (line["actor"], line["detail"]["agreed"]) == (frozen.manon.person, paula.person)
    frozen.request()


def test_one_person_with_two_devices_is_one(frozen: Cast) -> None:
    other = replace(
        principal.make("other"), person=frozen.manon.person, identity_seed=frozen.manon.identity_seed
    )
    frozen.state(enrolment(other))
    assert frozen.error(other.agree(asked(frozen, frozen.manon))) == (403, "needs-second")


def test_an_agreement_ends_and_cannot_be_made_to_last(frozen: Cast, paula: Principal) -> None:
    half = asked(frozen, frozen.manon)
    assert frozen.error(paula.agree(asked(frozen, frozen.manon, LASTS + timedelta(seconds=1)))) == (
        403,
        "expired",
    )
    frozen.time.at += LASTS + timedelta(seconds=1)
    assert frozen.error(paula.agree(half)) == (403, "expired")
    assert frozen.error(paula.agree(frozen.manon.say("unfreeze", scope="practice", target=frozen.practice))) == (
        400, "malformed",
    )  # fmt: skip


def test_who_is_frozen_or_revoked_since_they_signed_agrees_to_nothing(frozen: Cast, paula: Principal) -> None:
    half = asked(frozen, frozen.manon)
    frozen.web.freeze("device", paula.device)
    assert frozen.error(paula.agree(half)) == (423, "frozen")
    frozen.state(paula.say_as_identity("device-revoke", target=paula.device))
    assert frozen.error(paula.agree(half)) == (403, "revoked")
    frozen.web.freeze("person", frozen.manon.person)
    assert frozen.error(half)[1] == "frozen"


def test_a_second_signature_is_checked_and_counts_nowhere_else(frozen: Cast, paula: Principal) -> None:
    half = asked(frozen, frozen.manon)
    forged = replace(frozen.bose, device=paula.device).agree(half)
    assert frozen.error(forged) == (403, "signature")
    assert frozen.error(frozen.chen.agree(half)) == (403, "not-allowed"), "another one than who manages"
    assert frozen.error(principal.make("nobody").agree(half)) == (403, "unknown-device")
    agreed = paula.agree(half)
    swapped = {**agreed, "signatures": agreed["signatures"][::-1]}
    assert frozen.error(swapped) == (403, "signature"), "the line carries the author's"
    thirds = frozen.chen.agree(agreed)
    assert frozen.error(thirds) == (403, "signature")
    request = frozen.alice.say("request", record=frozen.consultation, practice=frozen.practice)
    assert frozen.error(paula.agree(request)) == (403, "signature")


def test_an_agreement_counts_once(frozen: Cast, paula: Principal) -> None:
    agreed = paula.agree(asked(frozen, frozen.manon))
    (written,) = frozen.state(agreed)["lines"]
    frozen.state(frozen.manon.say("freeze", scope="practice", target=frozen.practice))
    assert frozen.state(agreed)["lines"][0]["seq"] == written["seq"], "the first time's answer"
    assert frozen.error(frozen.alice.say("request", record=frozen.consultation, practice=frozen.practice)) == (
        423, "frozen",
    )  # fmt: skip
