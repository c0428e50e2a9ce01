"""What a person is told when something does not hold: the pages' own sentences, by the word of the check.

They are those of web/src/words, as data in trouble.json; `tests/docs/test_hostile_server.py` holds the two together.
A client that shows more than this to its reader shows too much.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Language = Literal["fr", "en"]


@cache
def _told() -> dict[str, Any]:
    return dict(json.loads(Path(__file__).with_name("trouble.json").read_text(encoding="utf-8")))


def sentence_of(word: str, language: Language = "fr") -> str:
    """The sentence of a check that failed; in those of calls, `{name}` is the person opposite. Raises KeyError."""
    told = _told()
    return str(told["sentences"][told["same"].get(word, word)][language])
