"""Check an exported log: `python -m colloque.ledger.verify DIR [--vkey KEY] [--json]`.

Needs the files, hashes and signatures; no database, no framework, nobody's word. It stops at the first
finding and says where. Give `--vkey` the key that you noted earlier: the one in the folder proves only that
the folder agrees with itself. What others remember goes beside it: `--cosigned` and `--witness`, `--receipts`,
`--tiles`.

A folder with the lines of one practice is checked as far as they go (`practice_lines.py`).
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from colloque.kernel.clock import from_wire
from colloque.ledger import checkpoint, merkle
from colloque.ledger.claims import Claims
from colloque.ledger.erasure import Erased, leaf_of
from colloque.ledger.finding import Finding
from colloque.ledger.gaps import Gap, Gaps
from colloque.ledger.line import check_place, from_bytes, leaf_hash
from colloque.ledger.memory import Memory, Mirror, read_cosigned, read_receipts
from colloque.ledger.practice_lines import Part, is_part, verify_part
from colloque.ledger.pseudonym import NAMES_FILE, Names
from colloque.ledger.signed import Keys, check_signature, learn, read_statements
from colloque.ledger.tiles import Trusted

__all__ = ["Asked", "Finding", "Part", "Report", "main", "read_names", "verify", "verify_tree"]


@dataclass(frozen=True)
class Asked:
    """What to hold an export against, besides itself.

    `cosigned` is a folder of notes that the witness of the vkey `witness` cosigned, `receipts` a file of what clients kept,
    `tiles` a folder of tiles that anyone mirrored (without it, the export's own).
    """

    vkey: str | None = None
    cosigned: Path | None = None
    witness: str | None = None
    receipts: Path | None = None
    tiles: Path | None = None
    most_gap: int | None = None
    explained: Collection[int] = ()


@dataclass(frozen=True)
class Report:
    size: int
    root: str
    releases: int
    signatures: int
    witnessed: int = 0
    receipts: int = 0
    gaps: list[dict[str, Any]] = field(default_factory=list)
    erased: int = 0
    claims: int = 0
    names: int = 0
    contradicted: list[int] = field(default_factory=list)


class Walk:
    """One pass over the lines: each is checked for itself, then against what came before and what others remember."""

    def __init__(self, statements: Mapping[str, Mapping[str, Any]], names: Names, asked: Asked) -> None:
        self.tree, self.keys, self.memory, self.names = merkle.Growing(), Keys(), Memory(), names
        self.gaps = Gaps(asked.most_gap, asked.explained)
        self.mirror: Mirror | None = None
        self.erased, self.claims = Erased(), Claims(statements)
        self.releases = self.signatures = 0
        self._statements, self._last = statements, ""

    def take(self, seq: int, data: bytes) -> None:
        gone = leaf_of(data)
        leaf = gone or leaf_hash(data)
        if self.mirror:
            self.mirror.check(seq, leaf)
        self.memory.check_line(seq, leaf)
        if gone:
            self.erased.take(seq)
        else:
            self._read(seq, data)
        self.tree.add(leaf)
        if seq + 1 in self.memory.heads:
            self.memory.check_head(seq + 1, self.tree.root())
        if self.claims.wants(seq + 1):
            self.claims.passed(seq + 1, self.tree.root())
        if not gone:
            self.memory.check_time(seq, self._last)

    def _read(self, seq: int, data: bytes) -> None:
        fields = _read_line(seq, data, self._last)
        self._last = fields["time"]
        try:
            self._check(seq, fields)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # Whoever holds the vault's key writes what they like: a line that lacks something is found, and stops nobody.
            raise Finding(
                f"it does not say what a line of its kind says ({type(error).__name__}: {error})", seq
            ) from error

    def _check(self, seq: int, written: Mapping[str, Any]) -> None:
        fields = self.names.open(seq, written)
        self.gaps.take(seq, fields)
        self.signatures += check_signature(fields, self._statements, self.keys)
        learn(fields, self.keys)
        self.names.check_subject(seq, fields)
        self.claims.take(seq, fields)
        if fields["kind"] == "lines-erased":
            self.erased.explain(seq, fields)
        self.releases += fields["kind"] == "release"


def verify(folder: Path, vkey: str | None = None, **against: Any) -> Report:
    """Check everything that the export holds, and what others remember of it (`Asked`); raise Finding at the first thing
    that is wrong."""
    asked = Asked(vkey, **against)
    log, head = _read_checkpoint(folder, asked.vkey)
    statements = read_statements(_read_rows(folder / "statements.jsonl"))
    walk = Walk(statements, read_names(folder), asked)
    witnessed, receipts = _remember(walk.memory, asked, log)
    walk.mirror = Mirror(_tiles(asked.tiles or folder / "tile", head))
    for seq, data in enumerate(_read_rows(folder / "lines.jsonl")):
        walk.take(seq, data)
    _check_whole(walk.tree, head)
    walk.memory.check_end(walk.tree.size)
    walk.erased.check()
    walk.gaps.check()
    found = [gap.to_json() for gap in walk.gaps.found]
    return Report(
        walk.tree.size,
        walk.tree.root().hex(),
        walk.releases,
        walk.signatures,
        witnessed,
        receipts,
        found,
        walk.erased.count,
        walk.claims.held,
        walk.names.count,
        walk.claims.contradicted,
    )


def read_names(folder: Path) -> Names:
    """The names of practices in an export; none where it is from before there were any."""
    path = folder / NAMES_FILE
    return Names(_read_rows(path) if path.exists() else ())


def verify_tree(folder: Path, vkey: str | None = None, **against: Any) -> Report:
    """Check only that the lines give the root that the checkpoint signs, and what others remember of it: no order, no
    times, no signatures of statements."""
    asked = Asked(vkey, **against)
    log, head = _read_checkpoint(folder, asked.vkey)
    memory, tree = Memory(), merkle.Growing()
    witnessed, receipts = _remember(memory, asked, log)
    sha256 = hashlib.sha256
    leaves = (leaf_of(data) or sha256(b"\0" + data).digest() for data in _read_rows(folder / "lines.jsonl"))
    tree.extend(_remembered(leaves, memory) if witnessed or receipts else leaves)
    _check_whole(tree, head)
    memory.check_end(tree.size)
    return Report(tree.size, tree.root().hex(), 0, 0, witnessed, receipts)


def _remember(memory: Memory, asked: Asked, log: checkpoint.Verifier) -> tuple[int, int]:
    """Read what a witness cosigned and what clients kept; return how many of each."""
    cosigned, receipts = asked.cosigned, asked.receipts
    witnessed = read_cosigned(memory, cosigned, asked.witness, log) if cosigned and asked.witness else 0
    return witnessed, read_receipts(memory, receipts, log) if receipts else 0


def _remembered(leaves: Iterable[bytes], memory: Memory) -> Iterator[bytes]:
    """The same leaves, each held against what others remember of its place."""
    tree = merkle.Growing()
    for seq, leaf in enumerate(leaves):
        memory.check_line(seq, leaf)
        tree.add(leaf)
        if seq + 1 in memory.heads:
            memory.check_head(seq + 1, tree.root())
        yield leaf


def _check_whole(tree: merkle.Growing, head: checkpoint.Checkpoint) -> None:
    if tree.size != head.size:
        raise Finding(f"the checkpoint counts {head.size} lines, the export has {tree.size}",
                      min(tree.size, head.size))  # fmt: skip
    if tree.root() != head.root:
        raise Finding("the lines do not give the root that the checkpoint signs")


def _tiles(folder: Path, head: checkpoint.Checkpoint) -> Trusted:
    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except OSError:
            return None

    return Trusted(read, head.size, head.root)


def _read_checkpoint(folder: Path, vkey: str | None) -> tuple[checkpoint.Verifier, checkpoint.Checkpoint]:
    try:
        verifier = checkpoint.parse_vkey(vkey or (folder / "vkey").read_text("utf-8"))
        return verifier, checkpoint.read((folder / "checkpoint").read_text("utf-8"), verifier)
    except (OSError, ValueError) as error:
        raise Finding(f"the checkpoint does not hold: {error}") from error


def _read_rows(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            for row in file:
                yield row.removesuffix(b"\n")
    except OSError as error:
        raise Finding(f"{path.name} can't be read") from error


def _read_line(seq: int, data: bytes, last: str) -> dict[str, Any]:
    try:
        fields = from_bytes(data)
        from_wire(fields["time"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Finding(f"not a line: {error}", seq) from error
    check_place(seq, fields, last)
    return fields


def main(arguments: list[str] | None = None) -> int:
    parser = _parser()
    told = parser.parse_args(arguments)
    if (told.cosigned is None) != (told.witness is None):
        parser.error(
            "--cosigned and --witness go together: notes prove nothing without the key they are checked with"
        )
    names = ("cosigned", "witness", "receipts", "tiles", "most_gap", "explained")
    against = {name: getattr(told, name) for name in names}
    one_practice = is_part(told.folder)
    if one_practice and (told.only_tree or any(against.values())):
        parser.error("these are the lines of one practice: only --vkey and --json go with them")
    report: Report | Part
    try:
        if one_practice:
            report = verify_part(told.folder, _read_checkpoint(told.folder, told.vkey)[1])
        else:
            report = (verify_tree if told.only_tree else verify)(told.folder, told.vkey, **against)
    except Finding as finding:
        found = {"ok": False, "finding": finding.what, "line": finding.seq}
        print(json.dumps(found) if told.json else f"Finding: {finding}")
        return 1
    if told.json:
        print(json.dumps({"ok": True, **report.__dict__}))
    else:
        print(report.sentence(_whose(told)) if isinstance(report, Part) else _sentence(report, told))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m colloque.ledger.verify", description="Check an exported ledger."
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--vkey", help="the verifier key that you noted earlier")
    parser.add_argument("--cosigned", type=Path, help="a folder of checkpoints that a witness cosigned")
    parser.add_argument("--witness", help="that witness's key, as you noted it")
    parser.add_argument("--receipts", type=Path, help="receipts that clients kept, as JSON")
    parser.add_argument("--tiles", type=Path, help="a mirror of the ledger's tiles, to place a change by")
    parser.add_argument("--most-gap", type=int, metavar="SECONDS", help="a longer silence is a finding")
    parser.add_argument("--explained", type=int, nargs="*", default=(), metavar="LINE",
                        help="lines before which a silence was explained to you")  # fmt: skip
    parser.add_argument(
        "--only-tree", action="store_true", help="check root, checkpoint and what others remember: quick"
    )
    parser.add_argument("--json", action="store_true")
    return parser


def _whose(told: argparse.Namespace) -> str:
    if told.vkey:
        return "the key you gave"
    return "the key in the folder (give --vkey to check against one you noted)"


def _sentence(report: Report, told: argparse.Namespace) -> str:
    said = [f"{report.size} lines, {report.releases} of them releases; {report.signatures} signatures hold."]
    if told.only_tree:
        said = [f"{report.size} lines; what they say, and who signed it, was not looked at."]
    said.append(f"Their root {report.root} is the one signed by {_whose(told)}.")
    if report.names:
        said.append(
            f"{report.names} names that patients have in the lines of practices open to whom they stand for."
        )
    if report.witnessed:
        said.append(f"{report.witnessed} checkpoints that the witness saw are all in it.")
    if report.receipts:
        said.append(f"{report.receipts} receipts are all in it.")
    if report.claims:
        said.append(f"{report.claims} requests name what their device had seen of it: it is all in it.")
    said += [
        f"Line {seq}: its device signed that it had seen another history, or lines that are gone. The receipts that it "
        "keeps tell whether that is true (--receipts)."
        for seq in report.contradicted
    ]
    if report.erased:
        said.append(f"{report.erased} lines were erased, as later lines say; their hashes stand.")
    said += [f"Silence of {Gap(**gap).sentence()}" for gap in report.gaps]
    return "\n".join(said)


if __name__ == "__main__":
    sys.exit(main())
