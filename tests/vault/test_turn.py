"""The vault's turn, and the reply around it, beside the other half's and the library's."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from colloque.kernel.encoding import label, u32
from colloque.vault import turn

EPOCHS = st.integers(0, 2**32 - 1)


@given(st.binary(min_size=32, max_size=32), st.text(max_size=40), EPOCHS)
def test_it_is_hkdf_as_the_library_has_it(secret: bytes, compartment: str, epoch: int) -> None:
    info = label("colloque/v1/vault-turn", compartment, u32(epoch))
    assert turn.derive(secret, compartment, epoch) == HKDF(hashes.SHA256(), 32, None, info).derive(secret)
