"""Small random worlds: lines of every kind that the scope reads, and hypotheses about them. Seeded, unsigned."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from colloque.ledger import merkle
from colloque.ledger.checkpoint import Signer
from colloque.ledger.line import leaf_hash, to_bytes
from colloque.scope import facts, load
from colloque.scope.answer import wire
from colloque.scope.hypothesis import Copied, Held, Hypothesis, Named

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
SPAN = timedelta(hours=20)
OF_SORT = facts.COMPARTMENTS


def lines_of(seed: int, *, count: int = 140) -> list[dict[str, Any]]:
    """Rows of the columns that the scope reads. Practices, members who leave, new devices, visits, letters."""
    rng = random.Random(seed)
    made = sorted(rng.sample(range(int(SPAN.total_seconds() * 1000)), count))
    begin = load.millis(BEGIN)
    return [
        {**dict.fromkeys(facts.LINE), **line, "seq": seq, "at": begin + made[seq]}
        for seq, line in zip(range(count), _acts(rng), strict=False)
    ]


def _acts(rng: random.Random) -> Iterator[dict[str, Any]]:  # noqa: PLR0912  one branch for each sort of line
    doctors, patients = [f"doctor{n}" for n in range(4)], [f"patient{n}" for n in range(8)]
    devices: dict[str, list[str]] = {}
    practices = ["north", "south"]
    records: list[tuple[str, str, str | None, str]] = []
    registered: list[str] = []
    erased: set[str] = set()
    for person in ("web", "mailer"):
        yield {"kind": "person-registered", "actor": person, "subject": person, "sort": "service"}
        devices[person] = [f"{person}-device"]
    for person in doctors[:2]:
        yield {"kind": "person-registered", "actor": person, "subject": person, "sort": "professional"}
        registered.append(person)
    for practice, founder in zip(practices, doctors, strict=False):
        yield {"kind": "practice-created", "actor": founder, "practice": practice, "target": founder}
    waiting = doctors[2:] + patients
    rng.shuffle(waiting)
    while True:
        common = {"session": f"s{rng.randrange(6)}", "network": f"n{rng.randrange(4)}"}
        roll = rng.random()
        if roll < 0.12 and waiting:
            person = waiting.pop()
            sort = "professional" if person in doctors else "patient"
            yield {"kind": "person-registered", "actor": person, "subject": person, "sort": sort, **common}
            registered.append(person)
        elif roll < 0.2:
            person = rng.choice(registered)
            device = f"{person}-{len(devices.get(person, []))}"
            devices.setdefault(person, []).append(device)
            yield {"kind": "device-enrolled", "actor": person, "device": device, "subject": person, **common}
        elif roll < 0.26:
            kind = rng.choice(["member-joined", "member-left", "practice-generation"])
            target = rng.choice(doctors) if kind != "practice-generation" else None
            yield {
                "kind": kind,
                "actor": rng.choice(doctors),
                "practice": rng.choice(practices),
                "target": target,
            }
        elif roll < 0.38 or not records:
            sort = rng.choice(list(OF_SORT))
            practice = rng.choice(practices) if sort != "person" else None
            record = (f"r{len(records)}", rng.choice(patients), practice, sort)
            records.append(record)
            yield {"kind": "record-created", "actor": record[1], "record": record[0], "subject": record[1],
                   "practice": practice, "sort": sort, **common}  # fmt: skip
        elif roll < 0.42:
            record = rng.choice(records)
            yield {"kind": "grant", "actor": rng.choice(doctors), "record": record[0], "subject": record[1],
                   "practice": record[2], "target": rng.choice(patients)}  # fmt: skip
        elif roll < 0.5:
            kind = rng.choice(["sign-in", "unlock", "factors"])
            yield {"kind": kind, "actor": "web", "device": "web-device", "subject": rng.choice(registered),
                   "network": common["network"]}  # fmt: skip
        elif roll < 0.51:
            gone = [record for record in records if record[3] != "person" and record[0] not in erased]
            if gone:
                record = rng.choice(gone)
                erased.add(record[0])
                yield {"kind": "record-erased", "actor": "web", "device": "web-device", "record": record[0],
                       "subject": record[1], "practice": record[2]}  # fmt: skip
        elif roll < 0.515:
            held = [place for place, record in enumerate(records) if record[2] is not None]
            if held:
                place = rng.choice(held)
                name, subject, former, sort = records[place]
                to = practices[1 - practices.index(str(former))]
                records[place] = (name, subject, to, sort)
                yield {"kind": "custody-moved", "actor": "web", "device": "web-device", "record": name,
                       "subject": subject, "practice": to, "sort": sort}  # fmt: skip
        elif roll < 0.52:
            yield {"kind": "lookup", "actor": "web", "device": "web-device", "network": common["network"]}
        else:
            record = rng.choice(records)
            actor = rng.choice([*registered, "mailer"])
            known = devices.get(actor, [])
            relation = "service" if actor == "mailer" else rng.choice(["own", "assigned", "linked"])
            kind = rng.choices(["release", "refusal", "item-served", "item-written"], [6, 1, 2, 2])[0]
            # A release that does not know its record leaves no subject, as a refusal may.
            yield {"kind": kind, "actor": actor, "device": rng.choice(known) if known else None,
                   "record": record[0], "subject": record[1] if rng.random() < 0.95 else None,
                   "practice": record[2], "relation": relation,
                   "compartment": rng.choice(OF_SORT[record[3]]),
                   "outcome": "allowed" if kind == "release" else "relation", **common}  # fmt: skip


def hypothesis_of(seed: int, lines: list[dict[str, Any]]) -> Hypothesis:
    """Suppose something about what is in these lines."""
    rng = random.Random(seed)
    names: dict[str, tuple[Named, ...]] = {}
    for kind, column in (
        ("accounts", "actor"),
        ("devices", "device"),
        ("sessions", "session"),
        ("networks", "network"),
    ):
        ids = sorted({line[column] for line in lines if line[column]})
        chosen = rng.choices(ids, k=rng.choice([0, 0, 1, 2])) if ids else []
        names[kind] = tuple(Named(one, *_window(rng), _belief(rng)) for one in chosen)
    copied = tuple(
        Copied(what, _moment(rng), _belief(rng))
        for what in ("database", "vault-database", "backup")
        if rng.random() < 0.25
    )
    held = tuple(
        Held(what, *_window(rng), _belief(rng))
        for what in ("web", "vault", "worker", "mail-relay")
        if rng.random() < 0.3
    )
    return Hypothesis(**names, copied=copied, held=held, clock_seconds=rng.choice([0, 120, 900]),
                      erased_days=rng.choice([0, 0, 31]))  # fmt: skip


def widen(seed: int, narrow: Hypothesis, lines: list[dict[str, Any]]) -> Hypothesis:
    """Suppose all that the narrow one does, for longer, and more beside."""
    rng = random.Random(seed)
    more = hypothesis_of(seed + 1, lines)

    def stretched(entry: Any) -> Any:
        by = timedelta(minutes=rng.choice([0, 0, 7, 90]))
        if isinstance(entry, Copied):  # a later one instead of it lacks what was erased in between
            return entry
        key = entry.id if isinstance(entry, Named) else entry.what
        return type(entry)(key, entry.start - by, entry.end + by, entry.belief)

    return Hypothesis(**{
        name: tuple(map(stretched, getattr(narrow, name))) + (getattr(more, name) if rng.random() < 0.5 else ())
        for name in ("accounts", "devices", "sessions", "networks", "copied", "held")
    }, clock_seconds=0, erased_days=narrow.erased_days)  # fmt: skip


def _moment(rng: random.Random) -> datetime:
    # Up to two hours after the last line: windows may go on where the ledger has ended.
    return BEGIN + timedelta(seconds=rng.randrange(int(SPAN.total_seconds()) + 7200))


def _window(rng: random.Random) -> tuple[datetime, datetime]:
    start = _moment(rng)
    return start, start + timedelta(seconds=rng.choice([600, 3600, 18_000]))


def _belief(rng: random.Random) -> str:
    return rng.choice(["sure", "suspected"])


def write(folder: Path, lines: list[dict[str, Any]]) -> load.Loaded:
    """Load lines that no export stands behind, as the benchmark does; the answer says that nobody checked them."""
    head = load.Head(
        "test/ledger", len(lines), "00" * 32, signed=False, first=lines[0]["at"], last=lines[-1]["at"]
    )
    schema = pa.schema([(n, pa.int64() if k == "int64" else pa.string()) for n, k in facts.LINE.items()],
                       metadata={load.MARK: head.mark.encode()})  # fmt: skip
    pq.write_table(pa.Table.from_pylist(lines, schema=schema), folder / "lines.parquet")
    load.write_tables(folder, head)
    return load.reopen(folder)


def export(folder: Path, lines: list[dict[str, Any]], *, origin: str = "test.example/ledger") -> Path:
    """Write these lines as `colloque ledger export` does, with a signed checkpoint; but nobody signed the lines."""
    folder.mkdir(exist_ok=True)
    signer = Signer(origin, Ed25519PrivateKey.generate())
    rows = [to_bytes(_fields(line)) for line in lines]
    root = merkle.root_of(leaf_hash(row) for row in rows)
    (folder / "lines.jsonl").write_bytes(b"".join(row + b"\n" for row in rows))
    (folder / "statements.jsonl").write_text("")
    (folder / "checkpoint").write_text(signer.sign(size=len(rows), root=root), encoding="utf-8")
    (folder / "vkey").write_text(signer.verifier().to_vkey() + "\n")
    return folder


def _fields(line: dict[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in line.items() if value is not None and key not in {"at", "sort"}}
    detail = {"detail": {"kind": line["sort"]}} if line["sort"] else {}
    return {"v": 1, "id": str(line["seq"]), "time": wire(line["at"]), **told, **detail}


def plain(rows: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows of an answer, to set beside another's."""
    return {(row.person, row.compartment): asdict(row) for row in rows}
