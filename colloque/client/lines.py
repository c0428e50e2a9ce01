"""Who opened my file: the ledger's lines about oneself, each proven."""

from dataclasses import dataclass
from typing import Any

from colloque.client.ledger import Log
from colloque.client.person import Person
from colloque.ledger import line as ledger_line


@dataclass(frozen=True)
class ProvenLine:
    seq: int
    kind: str
    fields: dict[str, Any]


def lines_about_me(person: Person) -> list[ProvenLine]:
    """The newest 500. Raises NotProven for the first that is not in the ledger."""
    told = person.browser.post("/vault/lines", person.say("lines", about="self"))
    log = Log.of(person.browser)
    head = log.read(told["checkpoint"])
    found = []
    for entry in told["lines"]:
        text = entry["line"].encode()
        fields = dict(ledger_line.from_bytes(text))
        log.check(ledger_line.leaf_hash(text), fields["seq"], entry["proof"], head)
        found.append(ProvenLine(fields["seq"], fields["kind"], fields))
    return found
