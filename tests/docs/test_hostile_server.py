"""The table of a hostile server's attacks is the two suites, row by row, and its sentences are those that people read."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/hostile-server.md").read_text(encoding="utf-8")
# Both languages show that what looks like one of the attacks, and is none, is let through.
NO_ATTACK = {"a member who was let in may announce a key"}
PLACES = re.findall(
    r"^TypeScript: `(web/tests/hostile/\w+\.test\.ts)`\. Python: `([\w/]+\.py)`\.$", PAGE, re.MULTILINE
)


def rows(place: str) -> list[list[str]]:
    section = PAGE.split(f"`{place}`")[1].split("\n## ")[0]
    return [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in section.splitlines()
        if row.startswith("| ") and not row.startswith(("| attack", "| ---"))
    ]


def slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "_", name.lower().replace("'s", "s"))


def test_the_page_has_every_file_of_both_suites() -> None:
    on_disk = {p.relative_to(ROOT).as_posix() for p in (ROOT / "web/tests/hostile").glob("*.test.ts")}
    on_disk |= {p.relative_to(ROOT).as_posix() for p in (ROOT / "tests/attacks/held").glob("test_*.py")}
    assert {one for pair in PLACES for one in pair} == on_disk


@pytest.mark.parametrize(("typescript", "python"), PLACES)
def test_each_attack_is_a_test_in_each_language_and_each_test_an_attack(typescript: str, python: str) -> None:
    attacks = [row[0] for row in rows(typescript)]
    told = [name.removesuffix(" (TypeScript)") for name in attacks]
    written = re.findall(r'^test\("([^"]+)"', (ROOT / typescript).read_text("utf-8"), re.MULTILINE)
    assert set(written) - NO_ATTACK == set(told)
    in_both = {slug(name) for name in attacks if not name.endswith("(TypeScript)")}
    named = re.findall(r"^def test_(\w+)\(", (ROOT / python).read_text("utf-8"), re.MULTILINE)
    assert set(named) - {slug(name) for name in NO_ATTACK} == in_both


@pytest.mark.parametrize(("typescript", "python"), PLACES)
def test_each_attack_is_refused_as_the_page_says(typescript: str, python: str) -> None:
    for name, _, _, word in rows(typescript):
        told = word.strip("`")
        attack = name.removesuffix(" (TypeScript)")
        block = (ROOT / typescript).read_text("utf-8").split(f'test("{attack}"')[1].split("\ntest(")[0]
        assert f'"{told}"' in block, attack
        if attack == name:
            block = (ROOT / python).read_text("utf-8").split(f"def test_{slug(name)}(")[1].split("\ndef ")[0]
            assert f'"{told}"' in block, name


def web_sentences(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for file, prefix, ours in (("trouble", "trouble.", ""), ("video", "video.refused.", "call.")):
        text = (ROOT / f"web/src/words/{file}.{language}.ts").read_text("utf-8")
        pairs = re.findall(rf'"{re.escape(prefix)}([a-z-]+)": ("(?:[^"\\]|\\.)*")', text)
        found |= {ours + word: json.loads(sentence) for word, sentence in pairs}
    return found


SAME = dict(
    re.findall(
        r'^  "?([a-z-]+)"?: "trouble\.([a-z-]+)",$',
        (ROOT / "web/src/words/trouble.fr.ts").read_text("utf-8"),
        re.MULTILINE,
    )
)


def test_each_word_has_the_sentence_that_the_pages_show() -> None:
    french, english = web_sentences("fr"), web_sentences("en")
    listed = {row[0].strip("`"): row[1:] for row in rows_of_sentences()}
    assert set(listed) == {row[3].strip("`") for typescript, _ in PLACES for row in rows(typescript)}
    for word, told in listed.items():
        name = SAME.get(word, word)
        assert told == [french[name], english[name]], word


def rows_of_sentences() -> list[list[str]]:
    section = PAGE.split("## Sentences")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip(" \n") for cell in line.strip("|").split("|")] for line in lines]


def test_the_python_client_says_what_the_pages_say() -> None:
    told = json.loads((ROOT / "colloque/client/trouble.json").read_text("utf-8"))
    french, english = web_sentences("fr"), web_sentences("en")
    assert told["sentences"] == {
        word: {"fr": french[word], "en": english[word]} for word in told["sentences"]
    }
    assert told["same"] == SAME
