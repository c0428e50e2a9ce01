"""What the expressions stand on: the columns of a line, the small tables made from them, and words of the vault.

Times are whole milliseconds since 1970 in UTC, as lines count them: every engine compares numbers alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
from ibis import Table

# Which compartments a record of each kind has: the vault's table, which the tower does not let us import.
COMPARTMENTS: Mapping[str, tuple[str, ...]] = {
    "person": ("contact",),
    "file": ("identity", "nir", "background"),
    "consultation": ("request", "exchange", "documents", "care"),
}
# Lines that say who is who and what exists; the others say what happened to it, and are most of a ledger.
ACTS = (
    "person-registered", "device-enrolled", "practice-created", "practice-generation", "member-joined", "practice-reopened",
    "member-left", "grant", "record-created", "custody-moved", "record-erased",
)  # fmt: skip
# By whom they were said is the web or the vault; whom they are about is their subject.
OF_SUBJECT = ("sign-in", "unlock", "factors")
# A session's longest life (the web's setting): how long a page that was loaded may stay open and altered.
PAGE_HOURS = 12

# What is readable in each place, by the words of the page /what-the-server-reads.
_DATABASE = ("account", "address-index", "consultations", "devices", "objections", "professionals", "traffic")
READABLE: Mapping[str, tuple[str, ...]] = {
    "database": _DATABASE,
    "backup": (*_DATABASE, "network", "register"),
    "vault-database": ("network", "register"),
    "web": (*_DATABASE, "calls", "network", "register"),
    "vault": ("network", "register"),
    "worker": (*_DATABASE, "network", "register"),
    "mail-relay": (),
}

_TEXT = ("kind", "actor", "device", "session", "network", "practice", "record", "subject", "compartment",
         "relation", "outcome", "target", "sort")  # fmt: skip
LINE = {"seq": "int64", "at": "int64", **dict.fromkeys(_TEXT, "string")}
_OF_ACT = ("seq", "at", "kind", "actor", "device", "practice", "record", "subject", "target", "sort")
ACT = {name: LINE[name] for name in _OF_ACT}
PART = {"person": "string", "compartment": "string", "since": "int64"}
PERSON = {"person": "string", "since": "int64", "part_since": "int64"}
ENTRY = {"kind": "string", "id": "string", "start": "int64", "end": "int64", "sure": "boolean"}
FRESH = {"device": "string", "since": "int64", "hand": "string"}
SORT = {"sort": "string", "compartment": "string"}


@dataclass(frozen=True)
class World:
    """Tables by name, bound to no engine: an expression over them runs wherever tables of these names are."""

    lines: Table
    acts: Table
    parts: Table
    persons: Table
    entries: Table  # of the hypothesis: what is named, and when
    fresh: Table | None  # devices enrolled in the wrong hands, where there are any
    sorts: Table


WORLD = World(
    lines=ibis.table(LINE, name="lines"),
    acts=ibis.table(ACT, name="acts"),
    parts=ibis.table(PART, name="parts"),
    persons=ibis.table(PERSON, name="persons"),
    entries=ibis.table(ENTRY, name="entries"),
    fresh=None,
    sorts=ibis.table(SORT, name="sorts"),
)


def acts_of(lines: Table) -> Table:
    return lines.filter(lines.kind.isin(ACTS)).select(*ACT)


def parts_of(world: World) -> Table:
    """Each person's compartments, and since when: from the records made for them, and from any line about one."""
    made = world.acts.filter(world.acts.kind == "record-created", world.acts.subject.notnull())
    each = made.join(world.sorts, made.sort == world.sorts.sort)
    told = world.lines.filter(world.lines.subject.notnull(), world.lines.compartment.notnull())
    every = each.select(person=each.subject, compartment=each.compartment, since=each.at).union(
        told.select(person=told.subject, compartment=told.compartment, since=told.at)
    )
    return every.group_by("person", "compartment").agg(since=every.since.min())


def persons_of(world: World) -> Table:
    """Everyone whose data there is: registered (but services, which are ours), or the subject of a record."""
    acts = world.acts.filter(
        world.acts.kind == "person-registered", world.acts.sort.fill_null("") != "service"
    )
    registered = acts.select(person=acts.actor, since=acts.at, part_since=ibis.null("int64"))
    subjects = world.parts.select(
        person=world.parts.person, since=world.parts.since, part_since=world.parts.since
    )
    every = registered.union(subjects)
    return every.group_by("person").agg(since=every.since.min(), part_since=every.part_since.min())
