"""`colloque scope`: read a hypothesis, check a ledger, answer, and write the files that were asked for."""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from colloque.scope import answer, hypothesis, listing, telling
from colloque.scope.engine import compute, duckdb_engine
from colloque.scope.errors import BadHypothesis, BadLedger, BadPlace
from colloque.scope.french import reason
from colloque.scope.load import Loaded, is_loaded, load, reopen
from colloque.scope.remote import fetch


@dataclass(frozen=True)
class Asked:
    """`ledger` is a folder; or, written as text, an address of one."""

    ledger: Path | str
    hypothesis: Path
    as_json: bool = False
    csv: Path | None = None
    parquet: Path | None = None
    against: Path | None = None
    keep: Path | None = None
    signed: bool = True
    first: int | None = None
    lang: str = "en"


def run(asked: Asked, say: Callable[[str], None]) -> dict[str, Any]:
    """Answer; raise ScopeRefused, before anything is written or said, when something is wrong."""
    supposed = _read_hypothesis(asked.hypothesis)
    old = answer.read_old(_text(asked.against), str(asked.against)) if asked.against else None
    with tempfile.TemporaryDirectory(prefix="colloque-scope-") as folder:
        loaded = _ledger(asked, Path(folder), old)
        if old:
            answer.check_same_ledger(old, loaded.head, loaded.roots, str(asked.against))
        with duckdb_engine(loaded.folder) as engine:
            with _placed(asked.hypothesis):
                found = compute(engine, loaded.head, supposed)
            if asked.csv or asked.parquet:
                everyone = listing.everyone(engine, supposed, found)
                if asked.csv:
                    with _whole(asked.csv) as path:
                        listing.write_csv(everyone, path)
                if asked.parquet:
                    with _whole(asked.parquet) as path:
                        listing.write_parquet(everyone, path, found)
    document = dict(found.document)
    changed = answer.compare(old, document) if old else None
    if changed:
        document["difference"] = {
            "more": list(changed.more), "fewer": list(changed.fewer), "risen": list(changed.risen),
            "because": [{"rule": rule, "persons": n} for rule, n in changed.because],
        }  # fmt: skip
    if asked.as_json:
        say(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True))
        return document
    for sentence in telling.sentences(document, asked.lang):
        say(sentence)
    if changed:
        say(telling.difference(changed, str(asked.against), asked.lang))
    return document


def _ledger(asked: Asked, folder: Path, old: dict[str, Any] | None) -> Loaded:
    ledger = asked.ledger
    if isinstance(ledger, str):
        fetched = folder / "fetched"
        fetched.mkdir()
        fetch(ledger, fetched)
        ledger = fetched
    if is_loaded(ledger):
        if asked.first is not None:
            raise BadLedger(
                f"{asked.ledger} : --lines veut l’export lui-même, dont l’arbre se recalcule jusqu’à une ligne.",
                f"{asked.ledger}: --lines wants the export itself, whose tree is computed again up to a line.",
            )
        loaded = reopen(ledger)
        if asked.signed and not loaded.head.signed:
            raise BadLedger(
                f"{asked.ledger} : ce registre a été chargé sans que ses signatures soient vérifiées. Rechargez-le "
                "depuis son export, ou dites --unsigned.",
                f"{asked.ledger}: this ledger was loaded without its signatures being checked. Load it again from its "
                "export, or say --unsigned.",
            )
        return loaded
    into = asked.keep or folder
    with _written(into):
        into.mkdir(parents=True, exist_ok=True)
    sizes = [old["ledger"]["size"]] if old else []
    return load(ledger, into, signed=asked.signed, sizes=sizes, first=asked.first)


def _read_hypothesis(path: Path) -> hypothesis.Hypothesis:
    text = _text(path)
    with _placed(path):
        return hypothesis.read(text)


@contextmanager
def _placed(path: Path) -> Iterator[None]:
    """Say of which file it is what is wrong in a hypothesis."""
    try:
        yield
    except BadHypothesis as error:
        raise BadHypothesis(f"{path} : {error.public}", f"{path}: {error.english}") from error


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside it, which takes its name once it is whole: half a list of persons is never found under that name."""
    if path.exists() and not path.is_file():  # a pipe, or a terminal
        with _written(path):
            yield path
        return
    part = path.with_name(f"{path.name}.part")
    with _written(path):
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise BadPlace(
            f"{path} : impossible d’écrire ici ({reason(error)}). Rien n’y est : choisissez un autre endroit, puis "
            "relancez.",
            f"{path}: can't be written ({why}). Nothing is there: choose another place, and run again.",
        ) from error


def _text(path: Path) -> str:
    if not path.is_file():
        raise BadHypothesis(
            f"{path} : il n’y a pas de fichier de ce nom. Vérifiez le chemin.",
            f"{path}: there is no file of that name. Check the path.",
        )
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadHypothesis(
            f"{path} : le fichier ne se lit pas comme du texte UTF-8.",
            f"{path}: the file does not read as UTF-8 text.",
        ) from error
