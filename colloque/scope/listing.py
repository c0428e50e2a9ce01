"""Everyone, untouched persons too, as one table for a spreadsheet or a database: CSV and Parquet.

One row for each person and compartment; and for what the server itself reads, rows whose compartment is `server:` and
a word of the page /what-the-server-reads.
"""

from functools import reduce
from pathlib import Path
from typing import cast

import ibis
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from ibis import Table

from colloque.scope import expressions
from colloque.scope.answer import Answer, wire
from colloque.scope.engine import Engine
from colloque.scope.facts import READABLE, WORLD
from colloque.scope.hypothesis import Hypothesis
from colloque.scope.status import STATUS

COLUMNS = ("person", "compartment", "status", "why", "belief", "first", "last", "lines")
_TOLD = ibis.table(dict.fromkeys(COLUMNS, "string"), name="told")


def everyone(engine: Engine, hypothesis: Hypothesis, answer: Answer) -> pa.Table:
    engine.put("told", _told(answer))
    tables = [_TOLD.select(*COLUMNS), _others(hypothesis), *_server(hypothesis)]
    every = reduce(lambda one, other: one.union(other), tables)
    return engine.run(every.order_by("person", "compartment", "why"))


def write_csv(table: pa.Table, path: Path) -> None:
    with path.open("wb") as file:
        pa_csv.write_csv(table, file)


def write_parquet(table: pa.Table, path: Path, answer: Answer) -> None:
    """The file says in its metadata which answer it lists."""
    told = {"colloque-scope": answer.document["hash"], "colloque-ledger": answer.document["ledger"]["root"]}
    pq.write_table(table.replace_schema_metadata(told), path, compression="zstd")


def _told(answer: Answer) -> pa.Table:
    rows = [
        (r.person, r.compartment, STATUS[r.status], " ".join(r.why), "sure" if r.sure else "suspected",
         wire(r.first), wire(r.last), " ".join(map(str, r.lines)))
        for r in answer.rows
    ]  # fmt: skip
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    return pa.table(
        [list(column) for column in zip(*rows, strict=True)] or [[]] * len(COLUMNS), schema=schema
    )


def _others(hypothesis: Hypothesis) -> Table:
    """Whom no rule names: sealed in a copy, or untouched."""
    before = expressions.bounds_of(hypothesis).sealed_until
    parts = WORLD.parts.anti_join(_TOLD, ["person", "compartment"])
    sealed = parts.since <= (-1 if before is None else before)
    return _plain(parts, sealed.ifelse("sealed", "untouched"), sealed.ifelse("copy", ""))


def _server(hypothesis: Hypothesis) -> list[Table]:
    tables = []
    places = [(f"copied:{c.what}", c.what, c.at) for c in hypothesis.copied]
    places += [(f"held:{h.what}", h.what, h.end) for h in hypothesis.held]
    for why, what, at in places:
        known = WORLD.persons.filter(WORLD.persons.since <= expressions.millis(at))
        for name in READABLE[what]:
            one = known.mutate(compartment=ibis.literal(f"server:{name}"))
            tables.append(_plain(one, ibis.literal("readable"), ibis.literal(why)))
    seen = expressions.readable(WORLD, hypothesis)
    if seen is not None:
        one = seen.mutate(compartment=ibis.literal("server:consultations"))
        tables.append(_plain(one, ibis.literal("readable"), one.hand))
    return tables


def _plain(table: Table, status: object, why: object) -> Table:
    none = ibis.literal("")
    told = table.mutate(status_=status, why_=why)
    return cast(
        "Table",
        told.select(
            person=told.person, compartment=told.compartment, status=told.status_, why=told.why_, belief=none,
            first=none, last=none, lines=none,
        ),
    )  # fmt: skip
