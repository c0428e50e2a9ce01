"""Run the expressions on an engine and fold what comes back into an answer. DuckDB here; any of Ibis's elsewhere."""

import gc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
from colloque.scope.facts import ENTRY, FRESH, READABLE, WORLD, World
from colloque.scope.head import Head
from colloque.scope.hypothesis import NAMES, Held, Hypothesis, Named
from colloque.scope.load import FILES, sorts
from colloque.scope.status import REACHABLE, SEALED, UNTOUCHED

REACHED = ibis.table({"person": "string", "compartment": "string", "status": "int64"}, name="reached")
_REACHED = pa.schema([("person", pa.string()), ("compartment", pa.string()), ("status", pa.int64())])
_ENTRIES = pa.schema(
    [
        (name, {"int64": pa.int64(), "boolean": pa.bool_()}.get(kind, pa.string()))
        for name, kind in ENTRY.items()
    ]
)


type Pending[T] = Callable[[], T]


class Engine:
    """Where tables are put and expressions run: what DuckDB and a distributed engine have in common.

    `start` begins to run an expression and gives what waits for it; an engine that has none runs it there and then.
    """

    def __init__(
        self,
        put: Callable[[str, pa.Table], None],
        run: Callable[[Table], pa.Table],
        start: Callable[[Table], Pending[pa.Table]] | None = None,
    ) -> None:
        self.put, self.run = put, run
        self.start = start or (lambda expression: _ready(run(expression)))


@contextmanager
def duckdb_engine(folder: Path, *, memory: str = "1500MB", threads: int | None = None) -> Iterator[Engine]:
    """Open a loaded folder. Memory is bounded: what does not fit goes to a file beside and comes back.

    An expression becomes SQL in the thread that asks, for Ibis is Python; DuckDB runs it in another, two at a time.
    """
    settings: dict[str, Any] = {"memory_limit": memory, **({"threads": threads} if threads else {})}
    backend = ibis.duckdb.connect(**settings)
    tables = {"sorts": sorts()}

    def execute(sql: str, seen: dict[str, pa.Table], schema: pa.Schema) -> pa.Table:
        # A cursor shares the database and no table that was put: it is told those of the time of asking, and DuckDB
        # reads Arrow's memory as it is.
        with backend.con.cursor() as cursor:
            for name, table in seen.items():
                cursor.register(name, table)
            return cursor.sql(sql).to_arrow_table().cast(schema)

    try:
        for name in FILES:
            path = str(folder / f"{name}.parquet").replace("'", "''")
            backend.raw_sql(f"CREATE VIEW {name} AS FROM read_parquet('{path}')")
        with ThreadPoolExecutor(threads or 2) as pool:

            def start(expression: Table) -> Pending[pa.Table]:
                sql, schema = backend.compile(expression), expression.schema().to_pyarrow()
                return pool.submit(execute, sql, dict(tables), schema).result

            yield Engine(tables.__setitem__, lambda expression: start(expression)(), start)
    finally:
        backend.disconnect()


def compute(engine: Engine, head: Head, hypothesis: Hypothesis) -> Answer:
    """Say what the hypothesis reached; raise BadHypothesis when it names what the ledger has never heard of.

    What waits for nothing is started first, so that the engine works while the next expression is written.
    """
    check_erased(head, hypothesis)
    wide = _widen(hypothesis)
    world, wide_world = _world(engine, hypothesis), _world(engine, wide, "_wide")
    readable = _readable(engine, hypothesis)
    behind = _behind(engine, head, hypothesis)
    check_known(engine, hypothesis)
    claimed = _claims(engine, world(), hypothesis)
    near = _near(engine, wide_world(), wide)
    with _uncollected():
        rows = answer.rows_of(claimed().to_pydict())
    engine.put("reached", _reached(rows))
    counts = _counts(engine, expressions.bounds_of(hypothesis).sealed_until, rows)
    named = {row.person for row in rows if row.status >= REACHABLE}
    doubt = Doubt(
        tuple(sorted(near() - named)), tuple(sorted(behind() - named)), _uncovered_seconds(head, hypothesis)
    )
    with _uncollected():
        return answer.make(head, hypothesis, rows, counts=counts(), readable=readable(), doubt=doubt)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Half a million rows are kept and none is a cycle: a collector that goes through them doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _ready[T](value: T) -> Pending[T]:
    return lambda: value


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
        missing = set(ids) - _known(engine, kind, set(ids)) if ids else set()
        if missing:
            first = next(place for place, one in enumerate(ids) if one in missing)
            raise BadHypothesis(
                f"{kind}[{first}].id : {ids[first]} n’apparaît nulle part dans ce registre. Corrigez l’identifiant, ou "
                "vérifiez que c’est le bon registre.",
                f"{kind}[{first}].id: {ids[first]} appears nowhere in this ledger. Correct the id, or check that it is "
                "the right ledger.",
            )


def _known(engine: Engine, kind: str, ids: set[str]) -> set[str]:
    column = expressions.COLUMN[kind]
    named = WORLD.entries.filter(WORLD.entries.kind == kind).select("id").distinct()
    found: set[str] = set()
    # Who and what was enrolled is in the small tables; the long one is read only for the rest.
    for table in (WORLD.persons.rename(actor="person"), WORLD.acts, WORLD.lines):
        if column in table.columns and ids - found:
            there = named.semi_join(table, named.id == table[column])
            found |= set(engine.run(there)["id"].to_pylist())
    return found


def entries_of(hypothesis: Hypothesis) -> pa.Table:
    rows = [
        {"kind": kind, "id": e.id, "start": expressions.millis(e.start), "end": expressions.millis(e.end),
         "sure": e.belief == "sure"}
        for kind in NAMES for e in getattr(hypothesis, kind)
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_ENTRIES)


def _world(engine: Engine, hypothesis: Hypothesis, name: str = "") -> Pending[World]:
    """Put what belongs to this hypothesis beside the ledger's tables, under names of its own."""
    engine.put(f"entries{name}", entries_of(hypothesis))
    world = replace(WORLD, entries=ibis.table(ENTRY, name=f"entries{name}"))
    asked = expressions.fresh_devices(world, hypothesis)
    if asked is None:
        return _ready(world)
    found = engine.start(asked)

    def with_fresh() -> World:
        if not found():
            return world
        engine.put(f"fresh{name}", found())
        return replace(world, fresh=ibis.table(FRESH, name=f"fresh{name}"))

    return with_fresh


def _claims(engine: Engine, world: World, hypothesis: Hypothesis) -> Pending[pa.Table]:
    claimed = expressions.claims(world, hypothesis)
    return engine.start(expressions.rows(claimed)) if claimed is not None else _ready(pa.table({}))


def _reached(rows: list[Row]) -> pa.Table:
    told = {name: [getattr(row, name) for row in rows] for name in _REACHED.names}
    return pa.Table.from_pydict(told, schema=_REACHED)


def _counts(engine: Engine, before: int | None, rows: list[Row]) -> Pending[answer.Counts]:
    """How many persons, and compartments, at each status: of those that no rule names, from the small tables."""
    people = REACHED.select("person").distinct()
    parts = WORLD.parts.anti_join(REACHED, ["person", "compartment"])
    others = WORLD.persons.anti_join(people, "person")
    of_parts = _tally(engine, parts, parts.since, before)
    of_persons = _tally(engine, others, others.part_since, before)
    return lambda: answer.count(rows, of_persons(), of_parts())


def _tally(engine: Engine, table: Table, since: Any, before: int | None) -> Pending[dict[int, int]]:
    sealed = (since <= (-1 if before is None else before)).fill_null(False)
    status = sealed.ifelse(SEALED, UNTOUCHED)
    grouped = table.mutate(status=status.cast("int64")).group_by("status").agg(n=ibis._.count())
    found = engine.start(grouped)
    return lambda: {row["status"]: row["n"] for row in found().to_pylist()}


def _readable(engine: Engine, hypothesis: Hypothesis) -> Pending[list[dict[str, Any]]]:
    places = [(f"copied:{c.what}", c.what, c.at) for c in hypothesis.copied]
    places += [(f"held:{h.what}", h.what, h.end) for h in hypothesis.held]
    places = [place for place in places if READABLE[place[1]]]
    since = WORLD.persons.since
    known = {
        f"place{n}": WORLD.persons.count(where=since <= expressions.millis(at))
        for n, (_, _, at) in enumerate(places)
    }
    counted = engine.start(WORLD.persons.agg(**known)) if known else _ready(pa.table({}))
    asked = expressions.count_readable(WORLD, hypothesis)
    seen = engine.start(asked) if asked is not None else _ready(pa.table({}))

    def told() -> list[dict[str, Any]]:
        by_server = [
            {"why": why, "fields": list(READABLE[what]), "persons": counted()[f"place{n}"][0].as_py()}
            for n, (why, what, _) in enumerate(places)
        ]
        by_hands = [
            {"why": row["hand"], "fields": ["consultations"], "persons": row["persons"]}
            for row in seen().to_pylist()
        ]
        return sorted(by_server + by_hands, key=lambda one: (one["why"], one["persons"]))

    return told


def _near(engine: Engine, world: World, hypothesis: Hypothesis) -> Pending[set[str]]:
    """Who is reached by a hypothesis as wide as clocks may be apart."""
    claimed = expressions.claims(world, hypothesis)
    if claimed is None:
        return _ready(set[str]())
    return _persons(engine, claimed.filter(claimed.status >= REACHABLE))


def _persons(engine: Engine, table: Table) -> Pending[set[str]]:
    found = engine.start(table.select("person").distinct())
    return lambda: set(found()["person"].to_pylist())


def _widen(hypothesis: Hypothesis) -> Hypothesis:
    """As if the vault's clock and the one that the windows were read from were apart by so many seconds."""
    by = timedelta(seconds=hypothesis.clock_seconds)

    def widened[T: (Named, Held)](entry: T) -> T:
        return replace(entry, start=entry.start - by, end=entry.end + by)

    names: dict[str, Any] = {kind: tuple(map(widened, getattr(hypothesis, kind))) for kind in NAMES}
    # Earlier as well: what had been erased by the time that was written down may have been there still.
    copied = tuple(replace(c, at=at) for c in hypothesis.copied for at in (c.at - by, c.at + by))
    return replace(hypothesis, **names, copied=copied, held=tuple(map(widened, hypothesis.held)))


def _behind(engine: Engine, head: Head, hypothesis: Hypothesis) -> Pending[set[str]]:
    """Whose records the named hands had the care key of, where a window goes on after the ledger's last line."""
    late: dict[str, Any] = {
        kind: tuple(e for e in getattr(hypothesis, kind) if expressions.millis(e.end) > head.last)
        for kind in NAMES
    }
    if not any(late.values()):
        return _ready(set[str]())
    engine.put("entries_late", entries_of(Hypothesis(**late)))
    world: World = replace(WORLD, entries=ibis.table(ENTRY, name="entries_late"))
    holders = expressions.holders_of(world, Hypothesis(**late))
    if holders is None:
        return _ready(set[str]())
    # By whose hand does not matter here, and hundreds of them hold the same keys.
    anyone = holders.mutate(hand=ibis.literal("late"))
    return _persons(engine, expressions.care_keys(world, anyone))


def _uncovered_seconds(head: Head, hypothesis: Hypothesis) -> int:
    """The longest stretch of a window that the ledger's lines do not reach."""
    windows = [e for kind in NAMES for e in getattr(hypothesis, kind)] + list(hypothesis.held)
    after = [expressions.millis(w.end) - max(head.last, expressions.millis(w.start)) for w in windows]
    after += [expressions.millis(c.at) - head.last for c in hypothesis.copied]
    return max([0, *after]) // 1000
