"""What `colloque archive` does with parts alone, on a computer that has nothing else: split, check."""

from collections.abc import Callable, Sequence

from colloque.archive import parts
from colloque.envelope import recovery_code
from colloque.envelope.errors import EnvelopeError

type Say = Callable[[str], None]


def split(typed: str, say: Say) -> int:
    try:
        found = parts.split(recovery_code.decode(typed))
    except EnvelopeError as error:
        say(f"This is not the code of a recovery sheet: {error}")
        return 1
    for number, words in enumerate(found, start=1):
        say(f"Part {number} of {parts.PARTS}; any {parts.NEEDED} make the sheet:\n\n    {words}\n")
    say("Write each on paper of its own, for three people or places. Read two back with `colloque archive check`, then "
        "destroy the whole sheet: with it, nobody needs a second part.")  # fmt: skip
    return 0


def check(typed: Sequence[str], say: Say) -> int:
    """Whether two parts fit, without showing what they make."""
    try:
        parts.combine(typed)
    except parts.WrongParts as error:
        say(str(error))
        return 1
    say("These two parts make a sheet.")
    return 0
