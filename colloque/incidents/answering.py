"""The worker's half of whose data: it exports the live ledger, asks the scope, and keeps the answer."""

import json
import tempfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from colloque.incidents.models import DONE, REFUSED, WAITING, ScopeRun
from colloque.incidents.scoping import document_of, get_run
from colloque.incidents.tail import feed, pages_from
from colloque.kernel.clock import now
from colloque.ledger.pseudonym import NAMES_FILE, Name
from colloque.scope import answer, hypothesis, listing
from colloque.scope.engine import compute, duckdb_engine
from colloque.scope.errors import BadComparison, BadLedger, ScopeRefused
from colloque.scope.load import Loaded, load
from colloque.vault.errors import VaultError


def answer_run(run_id: str) -> None:
    """A refusal is an answer too, and is kept in both languages; half an answer is not."""
    run = get_run(run_id)
    if run.state != WAITING:
        return
    try:
        told = _answer(run)
    except ScopeRefused as error:
        told = {"state": REFUSED, "trouble": {"fr": error.public, "en": error.english}}
    except VaultError as error:
        told = {"state": REFUSED, "trouble": {
            "fr": f"Le coffre ne donne pas son journal ({error.word}). Vérifiez qu’il tourne, puis relancez.",
            "en": f"The vault does not give its ledger ({error.word}). Check that it runs, then run again."}}  # fmt: skip
    ScopeRun.objects.filter(id=run.id, state=WAITING).update(**told, done_at=now())


def _answer(run: ScopeRun) -> dict[str, Any]:
    supposed = hypothesis.read(run.hypothesis)
    old = document_of(run.previous) if run.previous else None
    with tempfile.TemporaryDirectory(prefix="colloque-scope-") as name:
        folder = Path(name)
        export_live(folder / "export")
        into = folder / "loaded"
        into.mkdir()
        loaded = load(folder / "export", into, signed=False, sizes=[old["ledger"]["size"]] if old else [])
        with duckdb_engine(into, memory="700MB", threads=1) as engine:
            found = compute(engine, loaded.head, supposed)
            table = listing.everyone(engine, supposed, found)
    packed = BytesIO()
    pq.write_table(table, packed, compression="zstd")
    return {
        "state": DONE,
        "document": zlib.compress(json.dumps(found.document).encode()),
        "everyone": packed.getvalue(),
        "difference": _difference(old, found.document, loaded) if old else None,
    }


def export_live(folder: Path) -> int:
    """The ledger's lines up to its newest checkpoint, as they stand; their statements stay with the vault."""
    folder.mkdir(parents=True)
    client = feed()
    note = client.checkpoint()
    size, written = int(note.split("\n")[1]), 0
    (folder / "checkpoint").write_text(note, encoding="utf-8")
    (folder / "vkey").write_text(client.key()["vkey"] + "\n", encoding="utf-8")
    names: set[Name] = set()
    with (folder / "lines.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for page in pages_from(0):
            names.update(page.names)
            for line in page.lines[: size - written]:
                if json.loads(line)["seq"] != written:
                    raise BadLedger(
                        "Des lignes du registre ont été effacées (conservation) : cette page ne peut plus le "
                        "vérifier. Exportez-le près du coffre et lancez `colloque scope`.",
                        "Lines of the ledger were erased (retention): this page can't check it any more. Export it "
                        "beside the vault and run `colloque scope`.",
                    )
                file.write(line + "\n")
                written += 1
            if written == size:
                break
    (folder / NAMES_FILE).write_text("".join(one.to_row() for one in names), encoding="utf-8")
    return written


def _difference(old: dict[str, Any], new: Any, loaded: Loaded) -> dict[str, Any] | None:
    try:
        answer.check_same_ledger(old, loaded.head, loaded.roots, "")
    except BadComparison:
        return None  # another ledger, or another history: there is nothing to set it against
    found = answer.compare(old, new)
    return {"more": len(found.more), "fewer": len(found.fewer), "risen": len(found.risen),
            "because": [[why, count] for why, count in found.because]}  # fmt: skip
