"""Make the service principals: the web, the mailer, the officer, the operator.

Run beside the database, never over HTTP."""

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from colloque.kernel.encoding import b64u_encode
from colloque.vault import principal
from colloque.vault.errors import Exists
from colloque.vault.principal import Principal
from colloque.vault.settings import VaultSettings, Witnessing
from colloque.vault.vault import Vault

NAMES = ("web", "mailer", "officer", "operator")


def enrol(settings: VaultSettings, name: str, key_file: Path) -> Principal:
    """Register a service person and its device, writing its key file first; done again, it changes nothing.

    Stopped halfway, the key file is there and the next call registers what is missing.
    """
    if name not in NAMES:
        raise ValueError(f"a service is one of {', '.join(NAMES)}")
    if not key_file.exists():
        principal.save(principal.make(name), key_file)
    held = principal.load(key_file)
    asyncio.run(_register(settings, held))
    return held


async def _register(settings: VaultSettings, held: Principal) -> None:
    vault = Vault(replace(settings, witnessing=Witnessing()))  # it releases nothing, and asks nobody
    vault.local_kinds = frozenset({"service"})
    await vault.start()
    try:
        await _say(
            vault,
            held.say_as_identity(
                "person",
                kind="service",
                identity_key=b64u_encode(held.identity_key()),
                kem_key=b64u_encode(kem_key(held.kem_seed)),
            ),
        )
        await _say(
            vault,
            held.say_as_identity(
                "device", with_device=True, new_device=held.device, public_key=b64u_encode(held.public_key())
            ),
        )
        async with vault.pool.connection() as connection:
            await connection.execute(
                "INSERT INTO service (person, name) VALUES (%s, %s) ON CONFLICT (person) DO NOTHING",
                (held.person, held.name),
            )
    finally:
        await vault.stop()


async def _say(vault: Vault, envelope: object) -> None:
    try:
        await vault.say(vault.read(envelope, ""))
    except Exists:
        return


def kem_key(seed: bytes) -> bytes:
    """The X-Wing public key of a seed: nothing is sealed to a service yet, but every person publishes one."""
    expanded = hashlib.shake_256(seed).digest(96)
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
    x25519 = X25519PrivateKey.from_private_bytes(expanded[64:])
    return ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
