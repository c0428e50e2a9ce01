"""Every `colloque …` that a page tells one to type is a command that there is, with the options that it has."""

import re
from pathlib import Path

import click
import pytest

from colloque.cli import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])
# In a block, or between backticks; up to what the shell takes for something else.
TOLD = re.compile(r"(?:^    (?:\$ )?|`|&& )((?:\S*/)?colloque (?!v1)[^`\n#|&;]+)", re.MULTILINE)


def told_in(page: Path) -> list[str]:
    return TOLD.findall(page.read_text("utf-8"))


def trouble(line: str) -> str:
    """What is wrong with it, or nothing."""
    command: click.Command = cli
    options: list[str] = []
    for word in line.split()[1:]:
        if word.startswith("--"):
            options.append(word.partition("=")[0])
        elif isinstance(command, click.Group) and not options:
            if word not in command.commands:
                return f"{line}: there is no {word}"
            command = command.commands[word]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)} | {"--help"}
    return f"{line}: no {gone[0]}" if (gone := [name for name in options if name not in known]) else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_one_is_told_to_type_is_there(page: Path) -> None:
    assert [said for line in told_in(page) if (said := trouble(line))] == []


def test_a_command_that_is_not_there_is_found() -> None:
    assert "there is no thaw" in trouble("colloque officer thaw PULL-ID --key operator.json")
    assert "no --far" in trouble("colloque scope --ledger DIR --far")
    assert sum(len(told_in(page)) for page in PAGES) > 50
