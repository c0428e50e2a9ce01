"""What a log publishes about someone, said as one: a signed note (docs/spec/ledger.md, "Published"). Pure.

<origin>/published
<persons/… or practices/…>
<size in decimal>
line <number>       of each statement, ascending
member <id>         sorted
revoked <id>        sorted

A proof shows that a line is there; nothing in a tree shows that none is missing. Here the log's own key says that none
is, as of a size: who passes the answer on can't leave out a revocation, a device or a generation, nor keep an old answer.
"""

from collections.abc import Iterable, Mapping


def describe(
    origin: str, about: str, size: int, lines: Iterable[int], named: Mapping[str, Iterable[str]]
) -> str:
    """Write the text that is signed. `named` has `members` or `revoked`, as the answer has them."""
    words = {"members": "member", "revoked": "revoked"}
    rows = [f"line {seq}" for seq in sorted(lines)]
    rows += [f"{words[name]} {one}" for name in sorted(named) for one in sorted(named[name])]
    return "".join(f"{row}\n" for row in (f"{origin}/published", about, str(size), *rows))
