"""What a server in hostile hands can do to one browser, and what a refusal must be."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from colloque.client.errors import NotProven
from colloque.client.http import Browser
from colloque.client.trouble import Language

type Alter = Callable[[Any], None]

NEXT_STEP: dict[Language, str] = {
    "fr": r"(?i)(prévenez|rechargez|réessayez|appelez|écrivez|vérifiez|réglez)",
    "en": r"(?i)\b(tell|reload|try|call|write|check)\b",
}
# Ids, keys, sizes, hashes: nothing of a sentence is taken from what came.
RAW = re.compile(r"\d|[A-Za-z_-]{30,}|[<>]")


@contextmanager
def refused(word: str) -> Iterator[None]:
    """The client refuses, by this check, with a sentence in French and in English that says what to do."""
    with pytest.raises(NotProven) as found:
        yield
    assert found.value.word == word, str(found.value)
    told = {found.value.sentence(language) for language in NEXT_STEP}
    assert len(told) == len(NEXT_STEP)
    for language, step in NEXT_STEP.items():
        assert re.search(step, found.value.sentence(language))
        assert not RAW.search(found.value.sentence(language))


class Server:
    """The real server, with a hand in what it answers: a wrapped `get` or `post` of one browser."""

    def __init__(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        self.browser, self.patch = browser, monkeypatch

    def lies(self, method: str, path: str, alter: Alter) -> None:
        honest = getattr(self.browser, method)

        def told(asked: str, *rest: Any) -> Any:
            answer = honest(asked, *rest)
            if path in asked:
                answer = copy.deepcopy(answer)
                alter(answer)
            return answer

        self.patch.setattr(self.browser, method, told)

    def keeps(self, method: str, path: str) -> list[Any]:
        """Answers as they were, to be shown again."""
        kept: list[Any] = []
        self.lies(method, path, lambda told: kept.append(copy.deepcopy(told)))
        return kept
