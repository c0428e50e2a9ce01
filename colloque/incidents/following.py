"""What the web does after a line of the vault's, whoever said it there: the ledger is how the two agree in the end."""

from collections.abc import Callable, Mapping
from typing import Any

from colloque.accounts.telling import tell_members
from colloque.consultations import custody as of_consultations
from colloque.records import custody
from colloque.records.broken_glass import tell_broken_glass
from colloque.scheduling.offers import withdraw_all

type Line = Mapping[str, Any]


def is_followed(line: Line) -> bool:
    return line["kind"] in FOLLOWED and (line["kind"] != "release" or line.get("relation") == "break-glass")


def follow(line: Line) -> None:
    """In the transaction that moves the cursor: each line is followed once, and what was done already is left."""
    FOLLOWED[line["kind"]](line)


def _broken_glass(line: Line) -> None:
    tell_broken_glass(
        record=line["record"], subject=line["subject"], practice=line["practice"], actor=line["actor"]
    )


def _archive_asked(line: Line) -> None:
    """Of a ceremony beside the vault's database: nobody asked the web."""
    tell_members(line["practice"], "archive-asked")


def _moved(line: Line) -> None:
    record = custody.follow_move(line)
    if record is not None:
        of_consultations.follow(record)
        withdraw_all(record)


FOLLOWED: dict[str, Callable[[Line], None]] = {
    "release": _broken_glass,
    "archive-asked": _archive_asked,
    "custody-asked": custody.follow_ask,
    "custody-cancelled": custody.follow_cancel,
    "custody-refused": custody.follow_refusal,
    "custody-moved": _moved,
}
