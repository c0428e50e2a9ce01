"""The fixed inputs of the vectors: Alice's keys, a practice, a device. Secrets of nobody."""

import hashlib

ALICE = "3f0a6f0e-5b7c-4f7e-9a51-0c8f5f1d2a01"
DEVICE = "a4c1d6de-1111-4c4f-8d57-5f2f7a3b9c02"
PRACTICE = "77b3c8a1-2222-4a3b-b0a4-6d1e8e4f7b03"
RECORD = "c2d9e5f4-3333-4d5c-a1b5-7e2f9f5a8c04"
ITEM = "e8f1a2b3-4444-4e6d-92c6-8f3a0a6b9d05"
METHODS = {
    "passkey": "11aa22bb-5555-4f7e-83d7-904b1b7cae06",
    "passphrase": "22bb33cc-6666-4a8f-94e8-a15c2c8dbf07",
    "recovery": "33cc44dd-7777-4b90-a5f9-b26d3d9ec008",
}
REQUEST = "44dd55ee-8888-4ca1-b60a-c37e4eafd109"
AT = "2026-11-24T08:30:00.000Z"
PASSPHRASE = "ﬁer cheval à bascule"  # its first letter is a ligature: NFKC makes two letters of it


def secret(name: str, length: int = 32) -> bytes:
    """Bytes that everybody can make again: SHAKE256 of a name."""
    return hashlib.shake_256(b"colloque vectors: " + name.encode()).digest(length)


def content(size: int) -> bytes:
    """The content of a test file: byte n is (7n + 3) mod 251."""
    return bytes((7 * n + 3) % 251 for n in range(size))


def inputs() -> dict[str, object]:
    """What both languages need to make and to open golden envelopes."""
    return {
        "person": ALICE,
        "device": DEVICE,
        "practice": PRACTICE,
        "record": RECORD,
        "compartment": "exchange",
        "epoch": 3,
        "item": ITEM,
        "methods": METHODS,
        "request": REQUEST,
        "at": AT,
        "passphrase": PASSPHRASE,
        "salt": secret("argon2 salt", 16).hex(),
        "unlock_share": secret("unlock share").hex(),
        "prf_output": secret("prf output").hex(),
        "recovery_code": secret("recovery code", 16).hex(),
        "care_key": secret("care key").hex(),
        "record_secret": secret("record secret").hex(),
        "person_root": secret("person root").hex(),
        "practice_seed": secret("practice seed").hex(),
        "device_scalar": secret("device scalar").hex(),
        "reply_secret": secret("reply secret").hex(),
        "message": {"text": "Bonjour, j’ai mal à la gorge 🤒", "documents": []},
        "note": "À vérifier : la clé du patient a changé.",
        "file_size": 700,
        "long_file_size": (1 << 20) + 5_000,
        "long_file_salt": secret("file salt", 16).hex(),
    }
