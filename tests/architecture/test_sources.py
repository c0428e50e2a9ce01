"""What the sources must not hold, in Python and in TypeScript."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = sorted(path for path in (ROOT / "colloque").rglob("*.py") if "migrations" not in path.parts)
TYPESCRIPT = sorted((ROOT / "web" / "src").rglob("*.ts"))
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("timezone", "now"),
}
SIGNALS = {"receiver", "Signal"}


def calls(path: Path) -> Iterator[tuple[str, str, int]]:
    """(object, name, line) of each call; the object is empty for a bare name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            match node.func:
                case (
                    ast.Attribute(value=ast.Name(id=owner), attr=name)
                    | ast.Attribute(value=ast.Attribute(attr=owner), attr=name)
                ):
                    yield owner, name, node.lineno
                case ast.Name(id=name):
                    yield "", name, node.lineno


def test_one_module_reads_the_clock() -> None:
    readers = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in PYTHON
        for owner, name, line in calls(path)
        if (owner, name) in CLOCKS and path.relative_to(ROOT).as_posix() != "colloque/kernel/clock.py"
    ]
    assert readers == []


def test_nothing_happens_by_signal() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in PYTHON
        for owner, name, line in calls(path)
        if name in SIGNALS or (name == "connect" and owner.startswith(("pre_", "post_", "request_")))
    ]
    assert found == []


# What would run text as code, or take media down. Comments may speak of it.
FORBIDDEN = {
    "markup from text": r"\.(innerHTML|outerHTML)\b|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser",
    "code from text": r"\beval\(|new Function\(|setTimeout\(\s*['\"`]",
    "style from text": r"setAttribute\(\s*['\"]style|style:\s*['\"`]",
    "recording": r"MediaRecorder|captureStream|recordAudio|getDisplayMedia",
    "anything but a sound's switch where every script reads it": r"localStorage(?!\.(get|set)Item\(KEPT_AS\b)",
    "an address elsewhere": r"['\"`]https?://(?!localhost)",
}  # fmt: skip


def code_of(path: Path) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//.*$", "", text)


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_browsers_half_has_none_of(what: str) -> None:
    # Names of standards look like addresses, and are fetched by nobody.
    names = re.compile(
        r"http://(www\.w3\.org/2000/svg|hl7\.org|loinc\.org|unitsofmeasure\.org|snomed\.info|terminology\.hl7\.org)"
    )
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in TYPESCRIPT
        for line in code_of(path).splitlines()
        if re.search(FORBIDDEN[what], names.sub("", line))
    ]
    assert found == []


def test_no_template_holds_a_script_a_style_or_a_handler() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE
    )
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for path in (ROOT / "colloque").rglob("templates/**/*.html")
        for hit in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
