"""What a rule says of itself in words, read from its file without running it: for pages, which have no use for the rest."""

from collections.abc import Iterable
from pathlib import Path

import yaml

OWN_RULES = Path(__file__).parent / "rules"


def description_of(name: str, folders: Iterable[Path]) -> str:
    """The description of a rule of this name, the last folder's; nothing where there is none, or it can't be read."""
    found = [path for folder in folders if (path := folder / f"{name}.yml").is_file()]
    if not found:
        return ""
    try:
        head = next(yaml.safe_load_all(found[-1].read_text("utf-8")))
        return str(head.get("description") or "")
    except (OSError, ValueError, yaml.YAMLError, StopIteration, AttributeError):
        return ""
