"""English is complete: every sentence that the server may say has its translation, with the same places in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

from colloque.detection.sigma import read_rule, rule_files
from colloque.detection.told import OWN_RULES

ROOT = Path(__file__).parents[2] / "colloque"
SAYS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "sentence"}
PLACE = re.compile(r"%\((\w+)\)s|%s|<[^>]*>")


def sentences_of_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            count = 2 if node.func.id == "ngettext" else 1
            for argument in node.args[:count]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


PLURAL = re.compile(r"ngettext\(u?('.*?'|\".*?\"), ?u?('.*?'|\".*?\"), ?count\)", re.DOTALL)


def sentences_of_template(source: str) -> Iterator[str]:
    # Django's own words for xgettext: lines such as `gettext(u'''…''')` among characters that mean nothing.
    told = templatize(source)
    for plural in PLURAL.finditer(told):
        yield from map(ast.literal_eval, plural.groups())
    for found in re.finditer(
        r"gettext\(u?('''.*?'''|\"\"\".*?\"\"\"|'.*?'|\".*?\")\)|_\((\".*?\"|'.*?')\)",
        PLURAL.sub("", told),
        re.DOTALL,
    ):
        yield ast.literal_eval(found[1] or found[2])


def all_sentences() -> dict[str, str]:
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        for text in sentences_of_python(path.read_text()):
            found[text] = str(path.relative_to(ROOT))
    for path in [*ROOT.rglob("templates/**/*.html"), *ROOT.rglob("templates/**/*.txt")]:
        for text in sentences_of_template(path.read_text()):
            found[text] = str(path.relative_to(ROOT))
    # Titles of our own rules, and what they mean, are shown in the officer's pages.
    for path in rule_files(OWN_RULES):
        rule = read_rule(path)
        found |= {rule.title: path.name, rule.description: path.name}
    return {text: path for text, path in found.items() if text.strip()}


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    with (ROOT / "locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalog = read_po(file, locale="en")
    flat: dict[str, str] = {}
    for message in catalog:
        ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        if not message.fuzzy:
            flat.update({id_: text or "" for id_, text in zip(ids, texts, strict=False)})
    return {id_: text for id_, text in flat.items() if id_}


def test_every_sentence_has_its_english(english: dict[str, str]) -> None:
    missing = {text: path for text, path in all_sentences().items() if not english.get(text)}
    assert not missing


def test_translations_keep_the_places(english: dict[str, str]) -> None:
    odd = {
        id_: text
        for id_, text in english.items()
        if sorted(PLACE.findall(id_)) != sorted(PLACE.findall(text))
    }
    assert not odd


def test_the_catalogue_holds_nothing_that_nobody_says(english: dict[str, str]) -> None:
    assert not set(english) - set(all_sentences())


# A sign that French sets apart begins no line. (What goes to a terminal, a letter or a browser is no page of ours: the
# browser's half mends it as it shows it.)
BREAKS = re.compile(r" (?:[:;?!»€]|%(?![(s]))|« ")
NO_PAGE = (
    "letters",
    "accounts/errors",
    "documents/errors",
    "envelope/",
    "kernel/",
    "records/errors",
    "vault/",
    "video/",
)


def test_signs_stay_on_the_line_of_their_word() -> None:
    shown = {text: path for text, path in all_sentences().items() if not any(one in path for one in NO_PAGE)}
    assert not {text: path for text, path in shown.items() if BREAKS.search(text)}
    assert len(shown) > 300


def test_signs_that_stand_between_sentences_of_a_template_stay_too() -> None:
    odd = []
    for path in ROOT.rglob("templates/**/*.html"):
        bare = re.sub(r"\{%.*?%\}|<[^>]*>", "|", path.read_text())
        odd += [
            (path.name, found[0])
            for found in re.finditer(r"\S+ [:;?!»](?=[ |<]|$)[^\n]{0,20}", bare, re.MULTILINE)
        ]
    assert not odd
