"""A practice that ends hands its records on: the statements, and each care key sealed anew (docs/adr/0021-custody.md)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from colloque.client.person import Person
from colloque.envelope.sealed_key import Recipient, SealedKey, open_key, seal_key
from colloque.kernel import clock

# The vault's default, and an hour; and how long the successor's manager has to sign.
LEAST_DELAY = timedelta(hours=721)
TO_SIGN = timedelta(hours=71)


def ask(manager: Person, practice: str, successor: str, *, delay: timedelta = LEAST_DELAY) -> dict[str, Any]:
    """What a manager signs first. Handed to one of the successor's, who agrees and says it to the vault."""
    at = clock.now()
    return manager.say(
        "custody", practice=practice, to=successor, step="ask",
        not_before=clock.to_wire(at + delay), until=clock.to_wire(at + TO_SIGN),
    )  # fmt: skip


def carry_out(manager: Person, practice: str) -> dict[str, Any]:
    """Said to the vault again until its receipt has no line: each moves what is due, up to a hundred files."""
    return manager.say("custody", practice=practice, step="carry-out")


def cancel(member: Person, practice: str) -> dict[str, Any]:
    return member.say("custody-cancel", practice=practice)


def refuse(patient: Person, file: str) -> dict[str, Any]:
    """Her word: this file of hers stays where it is."""
    return patient.say("custody-refuse", record=file)


def reseal(
    sealed: SealedKey | Mapping[str, Any], kem_seed: bytes, *, record: str, holder: str, successor: Recipient
) -> SealedKey:
    """Seal a record's care key to the successor, by who can open a copy: the former practice, or the patient herself.

    `kem_seed` is the X-Wing seed of `holder`, whom the copy is sealed to. The successor's key is the ledger's word, never
    the server's: it comes from the directory. Raises NotSealedForThis for a copy that is another record's or another's.
    """
    care_key = open_key(sealed, kem_seed, purpose="care-key", about=record, recipient=holder)
    return seal_key(care_key, purpose="care-key", about=record, to=successor)
