"""Care keys handed on: sealed anew by who holds them, to the successor alone, and for the record alone."""

import pytest

from colloque.client.custody import reseal
from colloque.envelope import hpke
from colloque.envelope.errors import NotSealedForThis
from colloque.envelope.keys import new_secret, practice_kem_seed
from colloque.envelope.sealed_key import Recipient, open_key, seal_key
from colloque.kernel.ids import new_id

FORMER, SUCCESSOR, ALICE, RECORD = (new_id() for _ in range(4))


def keys() -> tuple[bytes, bytes]:
    seed = practice_kem_seed(new_secret())
    return seed, hpke.public_key(seed)


@pytest.mark.parametrize("holder", [FORMER, ALICE], ids=["the former practice", "the patient"])
def test_the_successor_opens_what_a_holder_sealed_anew(holder: str) -> None:
    (seed, public), (new_seed, new_public) = keys(), keys()
    care_key = new_secret()
    held = seal_key(care_key, purpose="care-key", about=RECORD, to=Recipient(holder, public, 3))
    to = Recipient(SUCCESSOR, new_public, 1)
    anew = reseal(held.to_json(), seed, record=RECORD, holder=holder, successor=to)
    how = {"purpose": "care-key", "about": RECORD, "recipient": SUCCESSOR}
    assert open_key(anew.to_json(), new_seed, **how) == care_key  # type: ignore[arg-type]  # a purpose of the table
    with pytest.raises(NotSealedForThis):
        open_key(anew, seed, **how)  # type: ignore[arg-type]


def test_a_copy_of_another_record_or_holder_is_not_sealed_anew() -> None:
    (seed, public), (_, new_public) = keys(), keys()
    held = seal_key(new_secret(), purpose="care-key", about=RECORD, to=Recipient(FORMER, public))
    to = Recipient(SUCCESSOR, new_public)
    with pytest.raises(NotSealedForThis):
        reseal(held, seed, record=new_id(), holder=FORMER, successor=to)
    with pytest.raises(NotSealedForThis):
        reseal(held, seed, record=RECORD, holder=ALICE, successor=to)
