"""Run the expressions on an engine and fold what comes back into an answer. DuckDB here; any of Ibis's elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis import Table

from colloque.scope import answer, expressions
from colloque.scope.answer import Answer, Doubt, Row
from colloque.scope.errors import BadHypothesis
from colloque.scope.facts import ENTRY, FRESH, PART, READABLE, WORLD, World
from colloque.scope.head import Head
from colloque.scope.hypothesis import NAMES, Held, Hypothesis, Named
from colloque.scope.load import FILES, sorts
from colloque.scope.status import REACHABLE, SEALED, UNTOUCHED

REACHED = ibis.table({**PART, "status": "int64"}, name="reached").select("person", "compartment", "status")
_REACHED = pa.schema(
    [("person", pa.string()), ("compartment", pa.string()), ("since", pa.int64()), ("status", pa.int64())]
)
_ENTRIES = pa.schema(
    [
        (name, {"int64": pa.int64(), "boolean": pa.bool_()}.get(kind, pa.string()))
        for name, kind in ENTRY.items()
    ]
)


class Engine:
    """Where tables are put and expressions run: what DuckDB and a distributed engine have in common."""

    def __init__(self, put: Callable[[str, pa.Table], None], run: Callable[[Table], pa.Table]) -> None:
        self.put, self.run = put, run


@contextmanager
def duckdb_engine(folder: Path, *, memory: str = "1500MB", threads: int | None = None) -> Iterator[Engine]:
    """Open a loaded folder. Memory is bounded: what does not fit goes to a file beside and comes back."""
    settings: dict[str, Any] = {"memory_limit": memory, **({"threads": threads} if threads else {})}
    backend = ibis.duckdb.connect(**settings)

    def put(name: str, table: pa.Table) -> None:
        # DuckDB reads Arrow's memory as it is; nothing is copied.
        backend.con.register(name, table)

    try:
        for name in FILES:
            backend.create_view(name, backend.read_parquet(folder / f"{name}.parquet"))
        put("sorts", sorts())
        yield Engine(put, backend.to_pyarrow)
    finally:
        backend.disconnect()


def compute(engine: Engine, head: Head, hypothesis: Hypothesis) -> Answer:
    """Say what the hypothesis reached; raise BadHypothesis when it names what the ledger has never heard of."""
    check_erased(head, hypothesis)
    check_known(engine, hypothesis)
    rows = _rows(engine, _world(engine, hypothesis), hypothesis)
    engine.put("reached", _reached(rows))
    counts = _counts(engine, expressions.bounds_of(hypothesis).sealed_until, rows)
    doubt = _doubt(engine, head, hypothesis, rows)
    return answer.make(
        head, hypothesis, rows, counts=counts, readable=_readable(engine, hypothesis), doubt=doubt
    )


def check_erased(head: Head, hypothesis: Hypothesis) -> None:
    """What was done in a time whose lines were erased can't be said. (What exists, and whose it is, is never erased.)"""
    for kind in (*NAMES, "held"):
        for place, entry in enumerate(getattr(hypothesis, kind)):
            if (
                head.erased
                and expressions.millis(entry.start) - hypothesis.clock_seconds * 1000 <= head.erased
            ):
                until = answer.wire(head.erased)
                raise BadHypothesis(
                    f"{kind}[{place}].from : des lignes du registre antérieures au {until} ont été effacées ; ce qui s’est "
                    "passé alors ne peut plus être dit. Donnez un export fait avant l’effacement.",
                    f"{kind}[{place}].from: lines of the ledger before {until} were erased, and what happened then can't be "
                    "said any more. Give an export made before they were.",
                )


def check_known(engine: Engine, hypothesis: Hypothesis) -> None:
    for kind in NAMES:
        ids = [e.id for e in getattr(hypothesis, kind)]
        missing = set(ids) - _known(engine, kind, sorted(set(ids))) if ids else set()
        if missing:
            first = next(place for place, one in enumerate(ids) if one in missing)
            raise BadHypothesis(
                f"{kind}[{first}].id : {ids[first]} n’apparaît nulle part dans ce registre. Corrigez l’identifiant, ou "
                "vérifiez que c’est le bon registre.",
                f"{kind}[{first}].id: {ids[first]} appears nowhere in this ledger. Correct the id, or check that it is "
                "the right ledger.",
            )


def _known(engine: Engine, kind: str, ids: list[str]) -> set[str]:
    column = expressions.COLUMN[kind]
    found: set[str] = set()
    # Who and what was enrolled is in the small tables; the long one is read only for the rest.
    for table in (WORLD.persons.rename(actor="person"), WORLD.acts, WORLD.lines):
        if column in table.columns and (rest := sorted(set(ids) - found)):
            listed = table.filter(table[column].isin(rest)).select(column).distinct()
            found |= set(engine.run(listed)[column].to_pylist())
    return found


def entries_of(hypothesis: Hypothesis) -> pa.Table:
    rows = [
        {"kind": kind, "id": e.id, "start": expressions.millis(e.start), "end": expressions.millis(e.end),
         "sure": e.belief == "sure"}
        for kind in NAMES for e in getattr(hypothesis, kind)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_ENTRIES)


def _world(engine: Engine, hypothesis: Hypothesis, name: str = "") -> World:
    """Put what belongs to this hypothesis beside the ledger's tables, under names of its own."""
    engine.put(f"entries{name}", entries_of(hypothesis))
    world = replace(WORLD, entries=ibis.table(ENTRY, name=f"entries{name}"))
    asked = expressions.fresh_devices(world, hypothesis)
    found = engine.run(asked) if asked is not None else None
    if not found:
        return world
    engine.put(f"fresh{name}", found)
    return replace(world, fresh=ibis.table(FRESH, name=f"fresh{name}"))


def _rows(engine: Engine, world: World, hypothesis: Hypothesis) -> list[Row]:
    claimed = expressions.claims(world, hypothesis)
    return answer.fold(engine.run(expressions.reasons(claimed)).to_pylist()) if claimed is not None else []


def _reached(rows: list[Row]) -> pa.Table:
    told = [{"person": r.person, "compartment": r.compartment, "status": r.status} for r in rows]
    return pa.Table.from_pylist(told, schema=_REACHED)


def _counts(engine: Engine, before: int | None, rows: list[Row]) -> answer.Counts:
    """How many persons, and compartments, at each status: of those that no rule names, from the small tables."""
    people = REACHED.select("person").distinct()
    parts = WORLD.parts.anti_join(REACHED, ["person", "compartment"])
    others = WORLD.persons.anti_join(people, "person")
    return answer.count(
        rows, _tally(engine, others, others.part_since, before), _tally(engine, parts, parts.since, before)
    )


def _tally(engine: Engine, table: Table, since: Any, before: int | None) -> dict[int, int]:
    sealed = (since <= (-1 if before is None else before)).fill_null(False)
    status = sealed.ifelse(SEALED, UNTOUCHED)
    grouped = table.mutate(status=status.cast("int64")).group_by("status").agg(n=ibis._.count())
    return {row["status"]: row["n"] for row in engine.run(grouped).to_pylist()}


def _readable(engine: Engine, hypothesis: Hypothesis) -> list[dict[str, Any]]:
    told = []
    places = [("copied", c.what, c.at) for c in hypothesis.copied]
    places += [("held", h.what, h.end) for h in hypothesis.held]
    for word, what, at in places:
        if READABLE[what]:
            known = WORLD.persons.filter(WORLD.persons.since <= expressions.millis(at))
            number = engine.run(known.agg(n=known.count()))["n"][0].as_py()
            told.append({"why": f"{word}:{what}", "fields": list(READABLE[what]), "persons": number})
    seen = expressions.count_readable(WORLD, hypothesis)
    if seen is not None:
        told += [
            {"why": row["hand"], "fields": ["consultations"], "persons": row["persons"]}
            for row in engine.run(seen).to_pylist()
        ]
    return sorted(told, key=lambda one: (one["why"], one["persons"]))


def _doubt(engine: Engine, head: Head, hypothesis: Hypothesis, rows: list[Row]) -> Doubt:
    named = {row.person for row in rows if row.status >= REACHABLE}
    by_clock = _by_clock(engine, hypothesis) - named if hypothesis.clock_seconds else set()
    behind = _behind(engine, head, hypothesis) - named
    return Doubt(tuple(sorted(by_clock)), tuple(sorted(behind)), _uncovered_seconds(head, hypothesis))


def _by_clock(engine: Engine, hypothesis: Hypothesis) -> set[str]:
    wide = _widen(hypothesis)
    claimed = expressions.claims(_world(engine, wide, "_wide"), wide)
    if claimed is None:
        return set()
    near = claimed.filter(claimed.status >= REACHABLE).select("person").distinct()
    return set(engine.run(near)["person"].to_pylist())


def _widen(hypothesis: Hypothesis) -> Hypothesis:
    """As if the vault's clock and the one that the windows were read from were apart by so many seconds."""
    by = timedelta(seconds=hypothesis.clock_seconds)

    def widened[T: (Named, Held)](entry: T) -> T:
        return replace(entry, start=entry.start - by, end=entry.end + by)

    names: dict[str, Any] = {kind: tuple(map(widened, getattr(hypothesis, kind))) for kind in NAMES}
    # Earlier as well: what had been erased by the time that was written down may have been there still.
    copied = tuple(replace(c, at=at) for c in hypothesis.copied for at in (c.at - by, c.at + by))
    return replace(hypothesis, **names, copied=copied, held=tuple(map(widened, hypothesis.held)))


def _behind(engine: Engine, head: Head, hypothesis: Hypothesis) -> set[str]:
    """Whose records the named hands had the care key of, where a window goes on after the ledger's last line."""
    late: dict[str, Any] = {
        kind: tuple(e for e in getattr(hypothesis, kind) if expressions.millis(e.end) > head.last)
        for kind in NAMES
    }
    if not any(late.values()):
        return set()
    engine.put("entries_late", entries_of(Hypothesis(**late)))
    world: World = replace(WORLD, entries=ibis.table(ENTRY, name="entries_late"))
    holders = expressions.holders_of(world, Hypothesis(**late))
    if holders is None:
        return set()
    # By whose hand does not matter here, and hundreds of them hold the same keys.
    anyone = holders.mutate(hand=ibis.literal("late"))
    persons = expressions.care_keys(world, anyone).select("person").distinct()
    return set(engine.run(persons)["person"].to_pylist())


def _uncovered_seconds(head: Head, hypothesis: Hypothesis) -> int:
    """The longest stretch of a window that the ledger's lines do not reach."""
    windows = [e for kind in NAMES for e in getattr(hypothesis, kind)] + list(hypothesis.held)
    after = [expressions.millis(w.end) - max(head.last, expressions.millis(w.start)) for w in windows]
    after += [expressions.millis(c.at) - head.last for c in hypothesis.copied]
    return max([0, *after]) // 1000
