"""From an exported ledger to Parquet, checked line by line; and a folder of Parquet opened again, checked as a whole.

A loaded folder has `loaded.json` (which ledger, how far, whether signatures were checked, size and SHA-256 of each
file) and lines, acts, parts, persons as Parquet, each of which says in its own metadata which ledger it is of.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from itertools import batched, islice
from pathlib import Path
from typing import Any, cast

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import Table

from colloque.kernel.clock import from_wire
from colloque.ledger import checkpoint, merkle, verify
from colloque.ledger.erasure import leaf_of
from colloque.ledger.line import MalformedLine, from_bytes, leaf_hash
from colloque.ledger.practice_lines import is_part
from colloque.ledger.pseudonym import Names
from colloque.scope import facts
from colloque.scope.errors import BadLedger
from colloque.scope.expressions import millis
from colloque.scope.french import reason
from colloque.scope.head import Head

MANIFEST = "loaded.json"
REHEARSAL = "simulation.json"  # stands beside lines that a replay made up
FILES = ("lines", "acts", "parts", "persons")
MARK = b"colloque-ledger"
_ROWS = 100_000
_SCHEMA = pa.schema(
    [(name, pa.int64() if kind == "int64" else pa.string()) for name, kind in facts.LINE.items()]
)


@dataclass(frozen=True)
class Loaded:
    folder: Path
    head: Head
    roots: Mapping[int, str] = field(
        default_factory=dict
    )  # of shorter trees, by the sizes that were asked for


def load(
    export: Path, into: Path, *, signed: bool = True, sizes: Iterable[int] = (), first: int | None = None
) -> Loaded:
    """Check an export and write it as Parquet; raise BadLedger, and leave nothing to read, when something is wrong.

    With `first`, the whole is checked and only its first so many lines are written: the ledger as it was then.
    """
    for name in ("lines.jsonl", "checkpoint", "vkey"):
        if not (export / name).is_file():
            raise BadLedger(
                f"{export} : il manque {name}. Donnez un dossier écrit par `colloque ledger export`.",
                f"{export}: {name} is missing. Give a folder that `colloque ledger export` wrote.",
            )
    if is_part(export):
        raise BadLedger(
            f"{export} : ce sont les lignes d’un seul cabinet, qui ne disent pas de qui elles parlent. Donnez l’export "
            "entier, écrit par `colloque ledger export` sans --practice.",
            f"{export}: these are the lines of one practice, which do not say whom they are about. Give the whole export, "
            "which `colloque ledger export` writes without --practice.",
        )
    if signed and _is_rehearsal(export):
        raise BadLedger(
            f"{export} : c’est le registre d’un exercice, que personne n’a signé. Dites --unsigned : la réponse le "
            "dira aussi.",
            f"{export}: this is the ledger of a rehearsal, which nobody signed. Say --unsigned: the answer says it too.",
        )
    try:
        if signed:
            verify.verify(export)
        cut = _cut(export, first) if first is not None else None
        path, wanted = into / "lines.parquet", frozenset(sizes)
        names = verify.read_names(export)
        head, roots = _write_lines(export, path, names, signed=signed, sizes=wanted, cut=cut)
    except (verify.Finding, checkpoint.MalformedCheckpoint, OSError, pa.ArrowException) as error:
        raise BadLedger(
            f"{export} : le registre ne se vérifie pas ({reason(error)}). Rien n’est calculé : exportez-le de nouveau, "
            "et si cela persiste traitez-le comme une atteinte au registre.",
            f"{export}: the ledger does not verify ({error}). Nothing is computed: export it again, and if it "
            "persists treat it as an attack on the ledger.",
        ) from error
    write_tables(into, head)
    return Loaded(into, head, roots)


def _is_rehearsal(export: Path) -> bool:
    """Whether a replay says of its lines that nobody signed them. It only makes the sentence clearer: none is answered."""
    try:
        return json.loads((export / REHEARSAL).read_text("utf-8")).get("signed") is False
    except (OSError, ValueError, AttributeError):
        return False


def _cut(export: Path, first: int) -> tuple[int, str]:
    """The ledger when it had so many lines: their number, and their root."""
    tree = merkle.Growing()
    with (export / "lines.jsonl").open("rb") as file:
        tree.extend(leaf for leaf, _ in islice(_read(file), first))
    if tree.size != first:
        raise verify.Finding(f"it has {tree.size} lines, and {first} are asked for")
    return first, tree.root().hex()


def _write_lines(
    export: Path,
    path: Path,
    names: Names,
    *,
    signed: bool,
    sizes: frozenset[int],
    cut: tuple[int, str] | None = None,
) -> tuple[Head, dict[int, str]]:
    """Write what was read, and only if what was read gives the signed root: the file may change while we read."""
    verifier = checkpoint.parse_vkey((export / "vkey").read_text("utf-8"))
    note = checkpoint.read((export / "checkpoint").read_text("utf-8"), verifier)
    tree, roots, times, erased = merkle.Growing(), {0: merkle.EMPTY_ROOT.hex()}, [0, 0], 0
    size, root = cut or (note.size, note.root.hex())
    schema = _SCHEMA.with_metadata({MARK: f"{note.origin} {size} {root}".encode()})
    with (
        (export / "lines.jsonl").open("rb") as file,
        pq.ParquetWriter(path, schema, compression="zstd") as writer,
    ):
        for rows in batched(_read(file, names), _ROWS):
            lines = [line for _, line in rows[: max(0, size - tree.size)]]
            for at in sorted(one - tree.size for one in sizes if tree.size < one <= tree.size + len(rows)):
                roots[tree.size + at] = _root_with(tree, [leaf for leaf, _ in rows[:at]])
            tree.extend(leaf for leaf, _ in rows)
            for line in lines:
                if line is None:
                    erased = -1  # no later than the next line that has its text
                elif erased < 0:
                    erased = line["at"]
            told = [line for line in lines if line is not None]
            if told:
                times = [times[0] or told[0]["at"], told[-1]["at"]]
            columns = {name: [line.get(name) for line in told] for name in facts.LINE}
            writer.write_table(pa.table(columns, schema=schema))
    if erased < 0 or (tree.size, tree.root()) != (note.size, note.root):
        path.unlink()
        raise verify.Finding(
            f"the checkpoint signs {note.size} lines, and the {tree.size} lines of lines.jsonl are not those: "
            "it is cut short, or two ledgers are mixed"
        )
    head = Head(note.origin, size, root, signed, times[0], times[1], erased)
    return head, {**roots, size: root}


def _root_with(tree: merkle.Growing, leaves: Sequence[bytes]) -> str:
    """The root when these had been added, and no more."""
    grown = deepcopy(tree)
    grown.extend(leaves)
    return grown.root().hex()


def _read(file: Iterable[bytes], names: Names | None = None) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    """Each line's leaf hash, and what it says, with `at` and `sort` beside: nothing where its text was erased. With `names`,
    those of practices are put back: a person is one, whatever a practice's lines call her."""
    last = 0
    for seq, row in enumerate(file):
        data = row.removesuffix(b"\n")
        if leaf := leaf_of(data):
            yield leaf, None
            continue
        try:
            fields = from_bytes(data)
            at = millis(from_wire(fields["time"]))
        except (MalformedLine, ValueError, KeyError, TypeError) as error:
            raise verify.Finding(f"not a line, or cut short: {error}", seq) from error
        if fields.get("seq") != seq or at < last:
            raise verify.Finding("it is out of order", seq)
        told = dict(names.open(seq, fields)) if names and fields.get("v") != 1 else fields
        last = told["at"] = at
        if "detail" in told:
            told["sort"] = told["detail"].get("kind")
        yield leaf_hash(data), told


def write_tables(folder: Path, head: Head) -> None:
    """Make the small tables from lines.parquet, and the manifest. The benchmark brings lines of its own here."""
    engine = ibis.duckdb.connect()
    world = facts.WORLD
    engine.create_view("lines", engine.read_parquet(folder / "lines.parquet"))
    engine.con.register("sorts", sorts())
    made: dict[str, Table] = {
        # In the order in which they are asked for: an engine then reads the few groups of rows that can match.
        "acts": facts.acts_of(world.lines).order_by("kind", "practice", "seq"),
        "parts": facts.parts_of(world).order_by("person", "compartment"),
        "persons": facts.persons_of(world),
    }
    for name, expression in made.items():
        path = folder / f"{name}.parquet"
        # KV_METADATA takes no parameter; an origin is the ledger's own name, and quotes in it are doubled.
        mark = head.mark.replace("'", "''")
        engine.raw_sql(
            f"COPY ({engine.compile(expression)}) TO '{str(path).replace("'", "''")}' "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{'{MARK.decode()}': '{mark}'}})"
        )
        engine.create_view(name, engine.read_parquet(path))
    engine.disconnect()
    files = {name: _fingerprint(folder / f"{name}.parquet") for name in FILES}
    manifest = {"format": 1, "head": asdict(head), "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def sorts() -> pa.Table:
    pairs = [(sort, name) for sort, names in facts.COMPARTMENTS.items() for name in names]
    return pa.table({"sort": [sort for sort, _ in pairs], "compartment": [name for _, name in pairs]})


def is_loaded(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def reopen(folder: Path) -> Loaded:
    """Open a folder that `load` wrote; raise BadLedger unless each file is whole, unchanged and of the same ledger."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        head, files = Head(**manifest["head"]), {name: manifest["files"][name] for name in FILES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadLedger(
            f"{folder / MANIFEST} : illisible ({reason(error)}). Chargez le registre de nouveau.",
            f"{folder / MANIFEST}: can't be read ({error}). Load the ledger again.",
        ) from error
    for name, noted in files.items():
        _check_file(folder / f"{name}.parquet", head, noted)
    return Loaded(folder, head, {head.size: head.root})


def _check_file(path: Path, head: Head, noted: Mapping[str, Any]) -> None:
    try:
        mark = (pq.read_metadata(path).metadata or {}).get(MARK, b"").decode()
    except (OSError, pa.ArrowException) as error:
        raise BadLedger(
            f"{path} : le fichier Parquet est tronqué ou illisible. Chargez le registre de nouveau.",
            f"{path}: the Parquet file is truncated or can't be read. Load the ledger again.",
        ) from error
    if mark != head.mark:
        raise BadLedger(
            f"{path} : ce fichier est du registre « {mark} », le dossier de « {head.mark} » : deux registres sont mêlés.",
            f"{path}: this file is of the ledger '{mark}', the folder of '{head.mark}': two ledgers are mixed.",
        )
    if _fingerprint(path) != noted:
        raise BadLedger(
            f"{path} : le fichier a changé depuis qu’il a été chargé. Chargez le registre de nouveau.",
            f"{path}: the file has changed since it was loaded. Load the ledger again.",
        )


def _fingerprint(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(cast("Any", file), "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
