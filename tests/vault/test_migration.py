"""A migration meets a database with data: what it makes of old records and old openings."""

from datetime import timedelta

import psycopg
import pytest

from colloque.vault import store
from tests.conftest import Postgres
from tests.vault.cast import Cast

REASON = "a reason long enough to be one"


def test_old_records_get_the_age_of_their_line(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Played on the tables as they were before, with a line for one record and an erased one for another."""
    name = postgres.create()
    conninfo, every = postgres.url(name), store.migrations()
    monkeypatch.setattr(store, "migrations", lambda: [one for one in every if "/0051" not in one[0]])
    store.migrate(conninfo)
    with psycopg.connect(conninfo) as db:
        person = "INSERT INTO person VALUES (gen_random_uuid(), 'patient', '', '', 0) RETURNING id"
        (alice,) = db.execute(person).fetchone() or ()
        db.execute("INSERT INTO ledger_head VALUES (true, 2, '', '2026-11-24T09:00Z', '')")
        db.execute("INSERT INTO ledger_line VALUES (0, '', '{\"time\":\"2024-01-02T03:04:05.000Z\"}')")
        db.execute("INSERT INTO ledger_line VALUES (1, '', NULL)")
        for seq in (0, 1):
            db.execute(
                "INSERT INTO record (id, kind, subject, secret, seq) VALUES (gen_random_uuid(), 'person', %s, 's', %s)",
                (alice, seq),
            )
    monkeypatch.undo()
    assert store.migrate(conninfo) == [one for one, _ in every if "/0051" in one]
    with psycopg.connect(conninfo) as db:
        rows = db.execute("SELECT made_at AT TIME ZONE 'UTC' FROM record ORDER BY seq").fetchall()
    assert [f"{at:%Y-%m-%d}" for (at,) in rows] == ["2024-01-02", "2026-11-24"]
    postgres.drop(name)


def test_what_was_opened_before_there_were_meters_goes_on_counting(cast: Cast) -> None:
    files = cast.many_files(3)
    assert cast.open(cast.bose, (files[0], "identity"), reason=REASON).turns
    with psycopg.connect(cast.settings.database_url) as db:
        db.execute("UPDATE spent SET device = NULL")
        db.execute("TRUNCATE meter")
    cast.time.at += timedelta(seconds=5)
    assert cast.open(cast.bose, (files[1], "identity"), reason=REASON).turns
    assert cast.refused(cast.bose, (files[2], "identity"), reason=REASON) == (429, "budget")
    assert cast.lines("refusal")[-1]["detail"]["level"] == "person"
