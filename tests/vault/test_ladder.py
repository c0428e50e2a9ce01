"""What each freeze shuts: deny by default, and never what is open now."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colloque.vault import ladder
from colloque.vault.acts import FACTS
from colloque.vault.errors import NotAllowed
from colloque.vault.ladder import OF_ONE, OF_PLATFORM, OF_PRACTICE, SCOPES, Lifter

SCOPE = st.sampled_from(sorted(SCOPES))
WHY = st.sampled_from([*sorted(ladder.PRESENT | ladder.RECENT), "break-glass", "a relation of tomorrow"])
LIFTER = st.builds(Lifter, st.booleans(), st.booleans(), st.booleans())


@given(st.frozensets(SCOPE), SCOPE, WHY, st.booleans())
def test_more_frozen_never_opens_more(scopes: frozenset[str], another: str, why: str, is_today: bool) -> None:
    if ladder.refuse_opening(scopes, why, is_today=is_today):
        assert ladder.refuse_opening(scopes | {another}, why, is_today=is_today)


@given(st.frozensets(SCOPE), st.sampled_from(sorted(ladder.UNDER_WAY)), st.booleans())
def test_an_open_consultation_and_ones_own_go_on_until_all_is_off(
    scopes: frozenset[str], why: str, is_today: bool
) -> None:
    refused = ladder.refuse_opening(scopes, why, is_today=is_today)
    assert (refused is not None) == ("off" in scopes)


@pytest.mark.parametrize("scope", ["history", "consult-only"])
def test_a_shut_history_is_shut_even_for_a_reason_and_the_day_goes_on(scope: str) -> None:
    def word(why: str, is_today: bool) -> str:
        refused = ladder.refuse_opening({scope}, why, is_today=is_today)
        return refused.word if refused else "open"

    assert word("break-glass", True) == word("linked", False) == word("reception", False) == "history-shut"
    assert word("a relation of tomorrow", True) == "history-shut"
    assert word("queue", False) == word("linked", True) == word("reception", True) == "open"


@given(st.frozensets(SCOPE), st.sampled_from(sorted(FACTS)))
def test_what_denies_or_lifts_is_always_said(scopes: frozenset[str], kind: str) -> None:
    refused = ladder.refuse_statement(scopes, kind)
    if kind in {"freeze", "unfreeze", "device-revoke", "member-end"}:
        assert refused is None
    elif "off" in scopes and kind in {"request", "take", "grant", "member"}:
        assert refused


def test_rights_stand_still_while_care_goes_on() -> None:
    refused = {kind for kind in FACTS if ladder.refuse_statement({"read-only"}, kind)}
    assert {"person", "device", "practice", "generation", "member", "grant", "factors"} <= refused
    assert not refused & {"record", "request", "take", "transfer", "refuse", "close", "cancel"}
    assert not ladder.refuse_statement({"read-only", "off"}, "device", is_officer=True)
    assert not any(ladder.refuse_statement({"consult-only"}, kind) for kind in FACTS)


@given(SCOPE, st.lists(LIFTER, min_size=1, max_size=2), st.booleans())
def test_nobody_lifts_their_own_nor_alone_above_an_account(
    scope: str, lifters: list[Lifter], needs_officer: bool
) -> None:
    try:
        ladder.check_lifters(scope, lifters, needs_officer=needs_officer)
    except NotAllowed:
        return
    assert not any(one.is_target for one in lifters)
    assert ladder.takes_two(scope, lifters) or scope in OF_ONE
    if scope in OF_PRACTICE and needs_officer:
        assert any(one.is_officer for one in lifters)
    if scope in OF_PLATFORM:
        assert ladder.takes_two(scope, lifters)
