"""What the steps of a smoke run hand on to one another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from colloque.client.account import Account
from colloque.client.consultation import Visit
from colloque.client.errors import ClientError
from colloque.client.mailbox import Mailbox
from colloque.client.practice import Practice
from colloque.client.words import Words


@dataclass
class Story:
    url: str
    mailbox: Mailbox
    words: Words
    manager_link: str
    with_media: bool = True
    # Filled in by the steps, in this order.
    practice: Practice = field(init=False)
    doctor: Account = field(init=False)
    patient: Account = field(init=False)
    hers: Visit = field(init=False)
    his: Visit = field(init=False)
    nir_line: int = field(init=False)
    # What was written, to be compared with what is read on the other side.
    written: dict[str, str] = field(default_factory=dict)

    def write_down(self, name: str) -> str:
        """Take the next text, and remember it under a name."""
        self.written[name] = self.words.deal()
        return self.written[name]

    def same_as_written(self, name: str, found: object) -> None:
        same(found, self.written[name], f"the {name}")


@dataclass(frozen=True)
class Step:
    name: str
    what: str
    # Returns what is worth telling besides that it held.
    play: Callable[[Story], str | None]
    # Where an operator looks first when it fails.
    look: str


def same(found: object, wanted: object, what: str) -> None:
    # Neither is told: it may be a text of care.
    if found != wanted:
        raise ClientError(f"What came out is not what went in: {what}.")


def is_state(state: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a socket's message tells that the consultation is in a state."""
    return lambda message: message["type"] == "consultation" and message["state"] == state
