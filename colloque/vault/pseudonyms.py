"""Names that lines of care have for patients: derived from a key of the vault's own, and read back from its table.

    key of a practice = HKDF-SHA256(the vault's pseudonym key, no salt, label("colloque/v1/pseudonym-key", practice))
    salt of a value   = HMAC-SHA256(key of the practice, value)

Without the key nobody tests a guess; one salt opens one name, and says nothing of the next.
"""

import hmac
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from colloque.kernel.encoding import label
from colloque.kernel.ids import is_id
from colloque.ledger.append import Cursor
from colloque.ledger.pseudonym import OF_ACTOR, OF_STATEMENT, Name, names_in, pseudonym_of

# A name takes some 300 bytes of memory; what is forgotten is derived once more, and found to be there.
MOST_KNOWN = 50_000
_NO_SALT = bytes(32)
_OF_ACT = frozenset({*OF_ACTOR, *OF_STATEMENT, "keyid"})


class Pseudonyms:
    """Gives names, and remembers which of them the database has: for those there is nothing to write."""

    def __init__(self, key: bytes, *, most: int = MOST_KNOWN) -> None:
        self._pseudorandom = hmac.digest(_NO_SALT, key, "sha256")
        self._most = most
        self._keys: dict[str, bytes] = {}
        self.known: OrderedDict[tuple[str, str], str] = OrderedDict()

    def salt(self, practice: str, value: str) -> bytes:
        key = self._keys.get(practice)
        if key is None:
            # RFC 5869 section 2.3, one block.
            info = label("colloque/v1/pseudonym-key", practice) + b"\x01"
            key = self._keys[practice] = hmac.digest(self._pseudorandom, info, "sha256")
        return hmac.digest(key, value.encode(), "sha256")

    def derive(self, practice: str, value: str) -> str:
        return pseudonym_of(practice, self.salt(practice, value), value)

    def remember(self, names: Mapping[tuple[str, str], str]) -> None:
        """Once they are committed: what a transaction lost is written with the next line that has it."""
        self.known.update(names)
        while len(self.known) > self._most:
            self.known.popitem(last=False)

    def name(self, practice: str, value: str, pseudonym: str) -> Name:
        return Name(practice, value, self.salt(practice, value), pseudonym)


async def read_names(
    cursor: Cursor, pseudonyms: Pseudonyms, lines: Iterable[Mapping[str, Any]]
) -> dict[str, Name]:
    """What the names in these lines stand for, by name, with what opens each."""
    asked = {name for line in lines for _, name in names_in(line) if is_id(name)}
    if not asked:
        return {}
    await cursor.execute(
        "SELECT pseudonym::text, practice::text, value FROM pseudonym WHERE pseudonym = ANY(%s::uuid[])",
        (list(asked),),
    )
    return {name: pseudonyms.name(practice, value, name) for name, practice, value in await cursor.fetchall()}


def names_of(line: Mapping[str, Any], names: Mapping[str, Name], person: str) -> Iterator[Name]:
    """Those of the names in a line that are this person's own: theirs, and where they acted, what they acted with. Pure."""
    found = {field: names[told] for field, told in names_in(line) if told in names}
    acted = "actor" in found and found["actor"].value == person
    for field, name in found.items():
        if name.value == person or (acted and field in _OF_ACT):
            yield name
