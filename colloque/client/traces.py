"""Looks for texts in every file under a folder: in clear, in base64 and in hex. For after a smoke run, and for drills."""

import argparse
import base64
import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PIECE = 1 << 22


@dataclass(frozen=True)
class Trace:
    path: Path
    text: str
    how: str


def forms_of(text: str) -> dict[str, bytes]:
    """How a text may stand in a file, by name; ways of writing that come to the same bytes are named once."""
    data = text.encode()
    forms = {
        "in clear": data,
        "in UTF-16": text.encode("utf-16-le"),
        "in Latin-1": text.encode("latin-1", errors="replace"),
        "escaped as JSON": json.dumps(text)[1:-1].encode(),
        "escaped as a URL": quote(text, safe="").encode(),
        "in hex": data.hex().encode(),
        "in HEX": data.hex().upper().encode(),
    }
    for shift in range(3):
        encoded = _base64_within(data, shift)
        forms[f"in base64, at {shift}"] = encoded
        forms[f"in base64url, at {shift}"] = encoded.translate(bytes.maketrans(b"+/", b"-_"))
    return {how: form for form, how in {form: how for how, form in reversed(forms.items())}.items()}


def _base64_within(data: bytes, shift: int) -> bytes:
    """The characters that are the text's alone when it starts `shift` bytes after a multiple of three."""
    encoded = base64.b64encode(b"\0" * shift + data)
    start = (0, 2, 3)[shift]
    end = len(encoded) - (0, 3, 2)[(shift + len(data)) % 3]
    return encoded[start:end]


def find_traces(folder: Path, texts: Iterable[str], *, leave_out: Iterable[Path] = ()) -> Iterator[Trace]:
    """Each file and form in which one of `texts` (of four bytes or more) stands. Sockets and links are passed over."""
    left_out = {path.resolve() for path in leave_out}
    wanted = [
        (text, how, form) for text in texts if len(text.encode()) >= 4 for how, form in forms_of(text).items()
    ]
    longest = max((len(form) for _, _, form in wanted), default=1)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or left_out & {path.resolve(), *path.resolve().parents}:
            continue
        # A database that runs takes files away while we look.
        with contextlib.suppress(FileNotFoundError):
            yield from _in_file(path, wanted, longest)


def _in_file(path: Path, wanted: list[tuple[str, str, bytes]], longest: int) -> Iterator[Trace]:
    missing = dict.fromkeys(wanted)
    kept = b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            window = kept + piece
            for one in [one for one in missing if one[2] in window]:
                del missing[one]
                yield Trace(path, one[0], one[1])
            kept = window[-longest:]


def main(run: Path, folders: Iterable[Path], leave_out: Iterable[Path]) -> int:
    """Look for everything that a run wrote (`colloque smoke --json`). Returns the exit code."""
    told = json.loads(run.read_text(encoding="utf-8"))
    made_up = told["made_up"]
    sought = {
        **{text: f"text {number}" for number, text in enumerate(told["words"], 1)},
        **dict.fromkeys(made_up["emails"], "an address"),
        made_up["phone"]: "the phone number",
        made_up["nir"]: "the social-security number",
    }
    found = [trace for folder in folders for trace in find_traces(folder, sought, leave_out=leave_out)]
    for trace in found:
        print(f"{trace.path}: {sought[trace.text]} {trace.how}")
    print(f"{len(found) or 'No'} traces of {len(sought)} texts.")
    return 1 if found else 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m colloque.client.traces", description=main.__doc__)
    parser.add_argument("run", type=Path, help="what `colloque smoke --json` printed")
    parser.add_argument("folders", type=Path, nargs="+", help="where to look")
    parser.add_argument(
        "--leave-out", type=Path, action="append", default=[], help="a folder or file to pass over"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    asked = _parse(None)
    sys.exit(main(asked.run, asked.folders, asked.leave_out))
