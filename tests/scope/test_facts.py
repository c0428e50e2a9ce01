"""Words that the scope shares with rooms that it may not import."""

from django.conf import settings

from colloque.pages.readable import READABLE
from colloque.records import kinds
from colloque.scope import facts, telling
from colloque.vault.facts import COMPARTMENTS


def test_compartments_are_those_of_the_vault_and_of_the_records() -> None:
    assert {sort: frozenset(names) for sort, names in facts.COMPARTMENTS.items()} == COMPARTMENTS
    assert facts.COMPARTMENTS == kinds.COMPARTMENTS


def test_what_a_place_shows_is_on_the_page_of_what_the_server_reads() -> None:
    words = {one.name for one in READABLE}
    assert {name for names in facts.READABLE.values() for name in names} <= words


def test_a_page_stays_open_no_longer_than_a_session() -> None:
    assert facts.PAGE_HOURS * 3600 == settings.SESSION_COOKIE_AGE


def test_both_languages_say_the_same_things() -> None:
    for table in (telling.WORDS, telling.STATUSES, telling.RULES):
        assert table["fr"].keys() == table["en"].keys()
