"""Reads tests/vectors."""

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent.parent / "vectors"
LANGUAGES = ["golden-python.json", "golden-typescript.json"]


def read(name: str) -> Any:
    return json.loads((_FOLDER / name).read_text("utf-8"))
