"""Reasons inside French refusals are French: each sentence that the verifier raises is known, and none has gone."""

import ast
import errno
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from colloque.scope.french import SENTENCES, in_french, reason

ROOT = Path(__file__).parents[2] / "colloque"
# The rest of memory.py compares with what witnesses and clients kept, which the scope is not given.
SAID = {
    "ledger/verify.py": None, "ledger/signed.py": None, "ledger/erasure.py": None, "ledger/gaps.py": None,
    "ledger/line.py": None, "ledger/checkpoint.py": None, "ledger/memory.py": "Mirror", "scope/load.py": None,
    "kernel/clock.py": "from_wire", "ledger/pseudonym.py": None,
}  # fmt: skip
RAISED = {"Finding", "MalformedCheckpoint", "MalformedLine", "ValueError"}
# `Mirror` ends one sentence in two ways.
ENDS = {"it is not the line that was written here{}": ("{}, but line {}: lines were taken out, or put in another order",
                                                       "{}: its text was changed, or a line was put in")}  # fmt: skip


def sentences() -> Iterator[str]:
    for name, within in SAID.items():
        tree: ast.AST = ast.parse((ROOT / name).read_text())
        if within:
            tree = next(node for node in ast.walk(tree) if getattr(node, "name", "") == within)
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                called = node.exc.func
                if (
                    called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
                ) in RAISED:
                    template = _template(node.exc.args[0])
                    for end in ENDS.get(template, ("{}",)):
                        yield template.replace("{}", "") + end[2:] if template in ENDS else template


def _template(text: ast.expr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    assert isinstance(text, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values)


@pytest.mark.parametrize("template", sorted(set(sentences())))
def test_each_sentence_of_the_verifier_is_known(template: str) -> None:
    english = template.format(*(f"X{n}" for n in range(template.count("{}"))))
    french = in_french(english)
    assert french != english
    assert all(f"X{n}" in french for n in range(template.count("{}")))
    placed = in_french(f"line 7: {english}")
    assert placed == f"ligne 7 : {french}"


def test_nothing_is_translated_that_nobody_says() -> None:
    said = {*sentences(), "line {}: {}"}
    encoding = {text for text in SENTENCES if text.startswith("This ")}
    source = (ROOT / "kernel/encoding.py").read_text()
    assert all(text in source for text in encoding)
    assert SENTENCES.keys() - encoding <= said


def test_what_varies_may_be_a_sentence_itself() -> None:
    found = in_french("line 12: not a line, or cut short: unknown fields: a, b")
    assert (
        found == "ligne 12 : ce n’est pas une ligne, ou elle est tronquée : des champs sont inconnus : a, b"
    )
    assert in_french("KeyError: 'x'") == "KeyError: 'x'"


def test_the_machine_and_the_network_speak_french_too() -> None:
    request = httpx.Request("GET", "https://archive.example/checkpoint")
    assert reason(OSError(errno.ENOSPC, "No space left on device")) == "le disque est plein"
    assert reason(OSError(errno.EMFILE, "Too many open files")) == "erreur EMFILE du système"
    assert reason(httpx.ConnectError("refused", request=request)) == "la connexion ne s’établit pas"
    answered = httpx.Response(503, request=request)
    assert reason(httpx.HTTPStatusError("503", request=request, response=answered)) == "réponse 503"
