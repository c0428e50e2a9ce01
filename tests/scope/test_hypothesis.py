"""What an officer may write as a hypothesis, and the sentence for each thing that may not be."""

from datetime import UTC, datetime

import pytest

from colloque.scope.errors import BadHypothesis
from colloque.scope.hypothesis import Copied, Held, Named, read

WINDOW = "from: 2026-03-01T10:00:00+01:00, to: 2026-03-01T12:00:00Z"
START, END = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["accounts", "devices", "sessions", "networks"])
def test_each_kind_of_name_has_its_window_in_utc(name: str) -> None:
    found = read(f"{name}: [{{id: 192.0.2.0/24, {WINDOW}, belief: sure}}]")
    assert getattr(found, name) == (Named("192.0.2.0/24", START, END, "sure"),)


def test_copies_and_holds_are_suspected_unless_said() -> None:
    found = read(f"copied: [{{what: backup, at: 2026-03-01T09:00:00Z}}]\nheld: [{{what: web, {WINDOW}}}]")
    assert found.copied == (Copied("backup", START, "suspected"),)
    assert found.held == (Held("web", START, END, "suspected"),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accounts: [", "not YAML at line 1"),
        ("", "the hypothesis: write keys"),
        ("{}", "names nothing"),
        ("acounts: []", "'acounts' is not a key here"),
        ("accounts: alice", "accounts: write a list"),
        ("accounts: [alice]", r"accounts\[0\]: write keys"),
        (f"accounts: [{{id: a b, {WINDOW}}}]", r"accounts\[0\]\.id: 'a b' is not an id"),
        (f"accounts: [{{id: 7, {WINDOW}}}]", r"accounts\[0\]\.id: 7 is not an id"),
        ("accounts: [{id: a, from: 2026-03-01T10:00:00Z}]", r"accounts\[0\]: 'to' is missing"),
        (
            "held: [{what: web, from: 2026-03-02T00:00:00Z, to: 2026-03-01T00:00:00Z}]",
            "ends before it begins",
        ),
        ("copied: [{what: database, at: 2026-03-01T10:00:00}]", r"copied\[0\]\.at: the time zone is missing"),
        ("copied: [{what: database, at: 2026-03-01}]", "time zone is missing"),
        ("copied: [{what: database, at: soon}]", "write a time such as"),
        ("copied: [{what: [web], at: 2026-03-01T10:00:00Z}]", "write one of backup, database"),
        (f"held: [{{what: fridge, {WINDOW}}}]", "write one of mail-relay"),
        (f"held: [{{what: web, {WINDOW}, belief: perhaps}}]", "write sure or suspected"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(BadHypothesis, match=said):
        read(text)
