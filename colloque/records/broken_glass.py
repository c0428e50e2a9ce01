"""Who is told at once that a glass was broken: the patient, and the managers of the practice.

Told when the sealed part is fetched here, and again from the vault's own line: a browser that asks the vault alone,
or a web process that keeps silent, is told of by the line. Letters about one record within half an hour are one.
"""

from colloque.accounts.queries import managers_of
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer


def tell_broken_glass(*, record: str, subject: str, practice: str, actor: str) -> None:
    for person in {subject, *managers_of(practice)} - {actor}:
        if is_id(person):
            once = f"break-glass:{record}:{actor}:{person}"
            defer("notifications.notify", once=once, person=person, letter="break-glass", consultation=record)
