"""What a hypothesis reached, as expressions over tables (docs/spec/scope.md, "The rules"). Pure: nothing runs here.

A claim is a row (person, compartment, status, rule, sure, seq, at): this rule says that this was reached at least so
far. Every rule only adds claims, and every bound only grows with its window: a wider hypothesis loses nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, cast

import ibis
from ibis import Table
from ibis.expr.types import BooleanValue, Value

from colloque.scope.facts import OF_SUBJECT, PAGE_HOURS, World
from colloque.scope.hypothesis import NAMES, Held, Hypothesis, Named
from colloque.scope.status import CONSULTED, REACHABLE, SEALED

COLUMN = {"accounts": "actor", "devices": "device", "sessions": "session", "networks": "network"}
OPENED = ("release", "item-written")
TOUCH = (*OPENED, "item-served")
# Lines during which a person's address passed in clear through the web and the vault.
ADDRESS_TYPED = ("sign-in", "unlock", "factors", "person-registered")
ADDRESS_WRITTEN_TO = ("factors", "person-registered")
_EVER = 2**53
# The lines that give a record its practice: made for it, or handed to it by another.
GIVEN_A_PRACTICE = ("record-created", "custody-moved")
DAY = 86_400_000
type Span = tuple[int, int]


def millis(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@dataclass(frozen=True)
class Bounds:
    """When each half of a record was in the wrong hands: spans of time, from beginning to end. None: never."""

    turns: tuple[Span, ...]  # the vault's turn V
    ciphertext: tuple[Span, ...]

    @property
    def sealed_until(self) -> int | None:
        """Up to when a record must have been made for its ciphertext to have been had."""
        return max((end for _, end in self.ciphertext), default=None)


def bounds_of(hypothesis: Hypothesis) -> Bounds:
    vaults = [_span(held) for held in hypothesis.held if held.what == "vault"]
    # Who held the vault may have its key: then copies of its database open too, older and newer.
    copies = {
        c.what: [(millis(e.at),) * 2 for e in hypothesis.copied if e.what == c.what]
        for c in hypothesis.copied
    }
    wrapped = copies.get("vault-database", []) + copies.get("backup", [])
    sealed = copies.get("database", []) + copies.get("backup", [])
    sealed += [_span(held) for held in hypothesis.held if held.what in {"web", "worker"}]
    return Bounds(tuple(vaults + wrapped) if vaults else (), tuple(sealed))


def _span(held: Held) -> Span:
    return millis(held.start), millis(held.end)


def claims(world: World, hypothesis: Hypothesis) -> Table | None:
    """Everything that some rule says was reached, but what a copy holds sealed of everyone."""
    found = [*_by_hands(world, hypothesis), *_by_held(world, hypothesis), *_by_keys(world, hypothesis)]
    return _union(found)


def rows(claimed: Table) -> Table:
    """One row for each person and compartment: the strongest status, the rules that give it, and every line.

    (person, compartment, status, first, last, lines, why, sure); what is listed is in no order, and `lines` may be null.
    """
    place = ("person", "compartment")
    every = claimed.group_by(*place).agg(
        status=claimed.status.max(),
        first=claimed.at.min(),
        last=claimed.at.max(),
        lines=claimed.seq.collect(),
    )
    strongest = claimed.group_by(*place, "status").agg(
        why=claimed.rule.collect(distinct=True), sure=claimed.sure.any()
    )
    return cast("Table", every.join(strongest, (*place, "status")))


def named_lines(world: World, hypothesis: Hypothesis, kind: str) -> Table:
    """Lines of what is named as `kind`, each with the entry in whose window it falls."""
    entries: Sequence[Named] = getattr(hypothesis, kind)
    lines = _between(world.lines, min(e.start for e in entries), max(e.end for e in entries))
    named = world.entries.filter(world.entries.kind == kind)
    joined = lines.join(
        named,
        [lines[COLUMN[kind]] == named.id, lines.at >= named.start, lines.at <= named.end],
        rname="entry_{name}",
    )
    return cast("Table", joined)


def _by_hands(world: World, hypothesis: Hypothesis) -> Iterator[Table]:
    for kind in NAMES:
        if getattr(hypothesis, kind):
            yield _touched(named_lines(world, hypothesis, kind), kind)
    if world.fresh is not None:
        yield _by_fresh_device(world, hypothesis, world.fresh)


def _touched(lines: Table, kind: str) -> Table:
    status = lines.kind.cases(("release", CONSULTED), ("item-written", REACHABLE), else_=SEALED)
    rule: Value = _word(lines) + f":{kind}:" + lines.id
    return _claim(lines, lines.kind.isin(TOUCH), status, rule, lines.sure)


def _word(lines: Table) -> Value:
    return cast("Value", lines.kind.cases(("release", "opened"), ("item-written", "written"), else_="served"))


def fresh_devices(world: World, hypothesis: Hypothesis) -> Table | None:
    """Devices that a holder enrolled in the window: (device, since, hand). Asked first, for mostly there are none."""
    holders = holders_of(world, hypothesis)
    if holders is None:
        return None
    windows = _of_holders(hypothesis)
    acts = world.acts.filter(world.acts.kind == "device-enrolled", world.acts.device.notnull())
    # No more than what is asked of each below, but said as numbers: an engine reads only those days.
    acts = _between(acts, min(w.start for w in windows), max(w.end for w in windows))
    new = acts.join(holders, [acts.actor == holders.person, acts.at >= holders.start, acts.at <= holders.end])
    return cast("Table", new.select(device=acts.device, since=acts.at, hand=holders.hand).distinct())


def _of_holders(hypothesis: Hypothesis) -> list[Named | Held]:
    """The windows in which persons' own keys were in the wrong hands."""
    named: list[Named | Held] = [e for kind in NAMES for e in getattr(hypothesis, kind)]
    return named + [held for held in hypothesis.held if held.what == "web"]


def _by_fresh_device(world: World, hypothesis: Hypothesis, fresh: Table) -> Table:
    """It may be the intruder's, and goes on after the window, until it is revoked: can't be excluded."""
    begun = min(window.start for window in _of_holders(hypothesis))
    lines = world.lines.filter(world.lines.at > millis(begun), world.lines.kind.isin(TOUCH))
    later = lines.join(fresh, [lines.device == fresh.device, lines.at > fresh.since], rname="fresh_{name}")
    status = (later.kind == "item-served").ifelse(SEALED, REACHABLE)
    return _claim(
        later, ibis.literal(True), status, ibis.literal("new-device:") + later.hand, ibis.literal(False)
    )


def _by_held(world: World, hypothesis: Hypothesis) -> Iterator[Table]:
    for held in hypothesis.held:
        lines = _between(world.lines, held.start, held.end)
        sure = ibis.literal(held.belief == "sure")
        if held.what == "web":
            yield from _by_web(world, held, lines, sure)
        if held.what in {"web", "vault"}:
            yield _address(lines, ADDRESS_TYPED, held.what, sure)
        if held.what == "worker":
            by_worker = (lines.kind == "release") & (lines.relation == "service")
            yield _claim(lines, by_worker, REACHABLE, ibis.literal("opened:worker"), sure)
        if held.what == "mail-relay":
            letters = (lines.kind == "release") & (lines.relation == "service")
            yield _claim(lines, letters, REACHABLE, ibis.literal("letter:mail-relay"), sure)
            yield _address(lines, ADDRESS_WRITTEN_TO, held.what, sure)


def _by_web(world: World, held: Held, lines: Table, sure: Value) -> Iterator[Table]:
    """Who holds the web may serve altered scripts: what a browser opened or wrote then may have been read in it."""
    yield _claim(lines, lines.kind.isin(OPENED), REACHABLE, _word(lines) + ":web", sure)
    loaded = lines.filter(lines.device.notnull()).select("device").distinct()
    end = millis(held.end)
    after = world.lines.filter(world.lines.at > end, world.lines.at <= end + PAGE_HOURS * 3_600_000)
    still = after.semi_join(loaded, "device")
    yield _claim(
        still, still.kind.isin(OPENED), REACHABLE, ibis.literal("page-open:web"), ibis.literal(False)
    )


def _address(lines: Table, kinds: Sequence[str], what: str, sure: Value) -> Table:
    told = lines.filter(lines.kind.isin(kinds)).mutate(
        subject=lines.subject.fill_null(lines.actor), compartment=ibis.literal("contact")
    )
    return _claim(told, ibis.literal(True), REACHABLE, ibis.literal(f"address:{what}"), sure)


def holders_of(world: World, hypothesis: Hypothesis) -> Table | None:
    """Whose own keys were in the wrong hands, and when: (person, start, end, hand, sure)."""
    found = []
    if hypothesis.accounts:
        e = world.entries.filter(world.entries.kind == "accounts")
        found.append(_holder(e, e.id, "accounts"))
    if hypothesis.devices:
        e = world.entries.filter(world.entries.kind == "devices")
        acts = world.acts.filter(world.acts.kind == "device-enrolled")
        owned = e.join(acts, e.id == acts.device, rname="act_{name}")
        found.append(_holder(owned, owned.actor, "devices"))
    for kind in ("sessions", "networks"):
        if getattr(hypothesis, kind):
            lines = named_lines(world, hypothesis, kind)
            found.append(_holder(lines, _who(lines), kind).distinct())
    for held in hypothesis.held:
        if held.what == "web":
            lines = _between(world.lines, held.start, held.end)
            found.append(
                lines.select(
                    person=_who(lines), start=ibis.literal(millis(held.start)), end=ibis.literal(millis(held.end)),
                    hand=ibis.literal("web"), sure=ibis.literal(False),
                ).distinct()
            )  # fmt: skip
    return _union(found)


def _holder(table: Table, person: Value, kind: str) -> Table:
    return table.select(
        person=person, start=table.start, end=table.end, hand=ibis.literal(f"{kind}:") + table.id, sure=table.sure
    )  # fmt: skip


def _who(lines: Table) -> Value:
    return lines.kind.isin(OF_SUBJECT).ifelse(lines.subject, lines.actor)


def places_of(world: World, holders: Table) -> Table:
    """The practices that each holder had joined: (practice, person, hand, end), `end` cut where the holder left."""
    acts = world.acts
    joined = acts.filter(acts.kind.isin(("practice-created", "member-joined", "practice-reopened"))).select(
        "practice", "target", "at"
    )
    left = acts.filter(acts.kind == "member-left").select("practice", "target", left=acts.at)
    spans = joined.left_join(
        left, [joined.practice == left.practice, joined.target == left.target, left.left >= joined.at],
        rname="left_{name}",
    )  # fmt: skip
    spans = spans.group_by("practice", "target", "at").agg(left=spans.left.min())
    held = holders.join(spans, [holders.person == spans.target, spans.at <= holders.end])
    return cast(
        "Table",
        held.select("practice", "hand", end=ibis.least(held.end, held.left.fill_null(_EVER))).distinct(),
    )


def care_keys(world: World, holders: Table) -> Table:
    """Records whose care key R the holders' keys unseal: (record, person, sort, since, hand).

    A practice's key opens all that is sealed to it until a new generation, made when someone has left.
    """
    acts = world.acts
    records = acts.filter(acts.kind.isin(GIVEN_A_PRACTICE), acts.subject.notnull()).select(
        "record", "practice", "sort", person=acts.subject, since=acts.at
    )
    places = places_of(world, holders)
    newer = acts.filter(acts.kind == "practice-generation").select("practice", renewed=acts.at)
    until = places.left_join(
        newer, [places.practice == newer.practice, newer.renewed > places.end], rname="new_{name}"
    )
    until = until.group_by("practice", "hand", "end").agg(until=until.renewed.min().fill_null(_EVER))
    # Who came and went has several ends: the latest opens all that the others do.
    until = until.group_by("practice", "hand").agg(until=until.until.max())
    shared = records.join(until, [records.practice == until.practice, records.since < until.until])
    hands = holders.select(holder=holders.person, hand=holders.hand)
    own = records.join(hands, [records.person == hands.holder])
    grants = acts.filter(acts.kind == "grant").select("target", granted=acts.record)
    given = records.join(grants, records.record == grants.granted)
    given = given.join(hands, given.target == hands.holder)
    columns = ("record", "person", "sort", "since", "hand")
    return cast("Table", _union([t.select(*columns) for t in (shared, own, given)])).distinct()


def _by_keys(world: World, hypothesis: Hypothesis) -> Iterator[Table]:
    """Both keys in the same hands, and the ciphertext: read without a line."""
    bounds = bounds_of(hypothesis)
    if not bounds.turns:
        return
    served = _served(world, hypothesis)
    holders = holders_of(world, hypothesis)
    linger = hypothesis.erased_days * DAY
    if holders is not None:
        keys = _until_erased(world, care_keys(world, holders), linger)
        yield from _open(world, keys, "both-keys:", bounds, served)
    acts = world.acts
    people = acts.filter(acts.kind == "record-created", acts.sort == "person", acts.subject.notnull()).select(
        "record", "sort", person=acts.subject, since=acts.at, hand=ibis.literal("vault")
    )
    # `contact` has one key, the vault's, because the server must write to people.
    yield from _open(world, _until_erased(world, people, linger), "one-key:", bounds, served)


def _until_erased(world: World, keys: Table, linger: int) -> Table:
    """Beside each record, until when its halves can be had: pages and logs keep what was erased for a while."""
    acts = world.acts
    erased = (
        acts.filter(acts.kind == "record-erased")
        .group_by(erased=acts.record)
        .agg(gone=acts.at.min() + linger)
    )
    joined = keys.left_join(erased, keys.record == erased.erased)
    return cast("Table", joined.select(*keys.columns, gone=erased.gone.fill_null(_EVER)))


def _open(world: World, keys: Table, word: str, bounds: Bounds, served: Table | None) -> Iterator[Table]:
    parts = keys.filter(_there(keys, bounds.turns)).join(world.sorts, "sort")
    rule = ibis.literal(word) + parts.hand
    if bounds.ciphertext:
        yield _unwritten(parts.filter(_there(parts, bounds.ciphertext)), rule)
    if served is not None:
        yield _unwritten(parts.semi_join(served, ["record", "compartment"]), rule)


def _there(records: Table, spans: Sequence[Span]) -> BooleanValue:
    """Made before the end of a span, and not yet gone when it began."""
    each = [(records.since <= end) & (records.gone >= start) for start, end in spans]
    return reduce(lambda one, other: one | other, each)


def _served(world: World, hypothesis: Hypothesis) -> Table | None:
    """Which ciphertext the named hands were given."""
    found = []
    for kind in NAMES:
        if getattr(hypothesis, kind):
            lines = named_lines(world, hypothesis, kind)
            given = lines.filter(lines.kind.isin(TOUCH), lines.record.notnull(), lines.compartment.notnull())
            found.append(given.select("record", "compartment"))
    return _union(found)


def readable(world: World, hypothesis: Hypothesis) -> Table | None:
    """Whom the named hands could see to have a consultation with a practice of theirs: (person, hand)."""
    found = _seen_from(world, hypothesis)
    return _seen(*found).select("person", "hand").distinct() if found else None


def count_readable(world: World, hypothesis: Hypothesis) -> Table | None:
    """How many persons that is for each hand: (hand, persons).

    Hundreds of hands of one practice see the same tens of thousands: those are counted once, not once for each.
    """
    found = _seen_from(world, hypothesis)
    if not found:
        return None
    records, places = found
    each = places.group_by("hand").agg(places=places.count())
    alone = places.semi_join(each.filter(each.places == 1), "hand")
    several = _seen(records, places.semi_join(each.filter(each.places > 1), "hand"))
    ends = alone.select("practice", "end").distinct()
    counted = _seen(records, ends).group_by("practice", "end").agg(persons=ibis._.count())
    ones = alone.join(counted, ["practice", "end"]).select("hand", "persons")
    return ones.union(several.group_by("hand").agg(persons=several.person.nunique()))


def _seen_from(world: World, hypothesis: Hypothesis) -> tuple[Table, Table] | None:
    """Who has records in which practice, and since when; where each hand is, and until when."""
    named = Hypothesis(*(getattr(hypothesis, kind) for kind in NAMES))
    holders = holders_of(world, named)
    if holders is None:
        return None
    acts = world.acts
    records = acts.filter(acts.kind.isin(GIVEN_A_PRACTICE), acts.subject.notnull(), acts.practice.notnull())
    places = places_of(world, holders)
    records = records.semi_join(places, "practice")
    records = records.group_by("practice", person=records.subject).agg(since=records.at.min())
    return records, places.group_by("practice", "hand").agg(end=places.end.max())


def _seen(records: Table, places: Table) -> Table:
    return cast(
        "Table", records.join(places, [records.practice == places.practice, records.since <= places.end])
    )


def _between(lines: Table, start: datetime, end: datetime) -> Table:
    return lines.filter(lines.at >= millis(start), lines.at <= millis(end))


def _claim(lines: Table, which: BooleanValue, status: Any, rule: Value, sure: Value) -> Table:
    told = lines.mutate(status_=status, rule_=rule, sure_=sure)
    kept = told.filter(which, told.subject.notnull(), told.compartment.notnull())
    return kept.select(
        person=kept.subject, compartment=kept.compartment, status=kept.status_.cast("int64"), rule=kept.rule_,
        sure=kept.sure_, seq=kept.seq, at=kept.at,
    )  # fmt: skip


def _unwritten(parts: Table, rule: Value) -> Table:
    """A claim that no line shows. It is never sure: what proves the one half says nothing of the other."""
    return parts.select(
        person=parts.person, compartment=parts.compartment, status=ibis.literal(REACHABLE).cast("int64"), rule=rule,
        sure=ibis.literal(False), seq=ibis.null("int64"), at=ibis.null("int64"),
    )  # fmt: skip


def _union(tables: Sequence[Table]) -> Table | None:
    return reduce(lambda one, other: one.union(other), tables) if tables else None
