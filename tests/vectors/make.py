"""Make the vectors that both languages read: `.venv/bin/python -m tests.vectors.make`.

What can be computed is, by the plainest code and not by the rooms under test (labels, HKDF, Merkle trees,
notes). Golden envelopes are sealed by `colloque.envelope` with seeded nonces and salts; HPKE draws its own
randomness, so sealed keys that still open are kept as they are and a second run changes nothing.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors import golden
from tests.vectors.people import content, inputs, secret

HERE = Path(__file__).parent


def main() -> None:
    stream = _Stream()
    setattr(secrets, "token_bytes", stream.read)  # noqa: B010  (mypy refuses the plain assignment)
    _write("inputs.json", inputs())
    _write("label.json", labels())
    _write("keys.json", keys())
    _write("padme.json", [{"length": length, "padded": _padme(length)} for length in _lengths()])
    _write("recovery-code.json", recovery_codes())
    _write("merkle.json", merkle())
    _write("checkpoint.json", checkpoint())
    _write("line.json", lines())
    _write("pseudonym.json", pseudonyms())
    _write("golden-python.json", golden.make(_read("golden-python.json")))


class _Stream:
    """Stands for `secrets.token_bytes` while golden envelopes are made."""

    def __init__(self) -> None:
        self.count = 0

    def read(self, length: int | None = None) -> bytes:
        self.count += 1
        return secret(f"stream {self.count}", length or 32)


def labels() -> dict[str, Any]:
    lists: list[list[str]] = [
        [],
        [""],
        ["", ""],
        ["a", "bc"],
        ["ab", "c"],
        ["colloque/v1", "r", "exchange"],
        ["clé", "🤒"],
        ["x" * 300],
    ]
    keys_ = [b"", secret("a key", 65), secret("kem key", 1216)]
    return {
        "labels": [{"parts": parts, "bytes": _label(*parts).hex()} for parts in lists],
        "u32": [{"number": n, "bytes": n.to_bytes(4, "big").hex()} for n in (0, 1, 256, 2**31, 2**32 - 1)],
        "key_ids": [{"key": k.hex(), "id": hashlib.sha256(k).hexdigest()[:32]} for k in keys_],
        "base64url": [
            {"bytes": b.hex(), "text": base64.urlsafe_b64encode(b).decode().rstrip("=")}
            for b in (b"", b"\0", b"\xff\xfe", b"\xfb\xff\xbf", content(40))
        ],
        "not_base64url": ["A", "AB", "AA==", "A+/A", "A A", "AAB", "\n", "AAAAA"],
    }


def keys() -> dict[str, Any]:
    fixed = inputs()
    root, seed = secret("person root"), secret("practice seed")
    identity_seed = _hkdf(root, _label("colloque/v1/person/identity"))
    return {
        "content_keys": [
            _content_key(fixed["record"], compartment, epoch)
            for compartment, epoch in (("exchange", 0), ("exchange", 3), ("care", 3), ("contact", 0))
        ],
        "person": {
            "root": root.hex(),
            "kem_seed": _hkdf(root, _label("colloque/v1/person/kem")).hex(),
            "identity_seed": identity_seed.hex(),
            "identity_key": _ed25519_public(identity_seed).hex(),
        },
        "practice": {"seed": seed.hex(), "kem_seed": _hkdf(seed, _label("colloque/v1/practice/kem")).hex()},
        "prf_salt": hashlib.sha256(_label("colloque/v1/prf")).hexdigest(),
    }


def recovery_codes() -> list[dict[str, Any]]:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    made = []
    for code in (bytes(16), b"\xff" * 16, secret("recovery code", 16)):
        bits = "".join(f"{byte:08b}" for byte in code) + "00"
        bits += "".join(f"{byte:08b}" for byte in hashlib.sha256(code).digest())[:10]
        text = "".join(alphabet[int(bits[at : at + 5], 2)] for at in range(0, 140, 5))
        shown = "-".join(text[at : at + 4] for at in range(0, 28, 4))
        sign_in = _hkdf(code, _label("colloque/v1/recovery/sign-in"))
        sheet = _ed25519_public(_hkdf(code, _label("colloque/v1/practice-sheet/identity")))
        made.append(
            {"code": code.hex(), "text": shown, "sign_in_secret": sign_in.hex(), "sheet_key": sheet.hex()}
        )
    return made


def merkle() -> dict[str, Any]:
    # The eight entries of Certificate Transparency's own tests, then some more.
    known = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    entries = [bytes.fromhex(e) for e in known] + [secret(f"leaf {n}", 5) for n in range(8, 20)]
    sizes = range(len(entries) + 1)
    return {
        "entries": [e.hex() for e in entries],
        "leaves": [hashlib.sha256(b"\0" + e).hexdigest() for e in entries],
        "roots": [_root(entries[:n]).hex() for n in sizes],
        "inclusion": [
            {"index": i, "size": n, "proof": _hex(_path(i, entries[:n]))} for n in sizes for i in range(n)
        ],
        "consistency": [
            {"from": m, "to": n, "proof": _hex(_consistency(m, entries[:n]))}
            for n in sizes
            for m in range(1, n + 1)
        ],
    }


def checkpoint() -> dict[str, Any]:
    name, seed = "colloque.localhost/ledger", secret("ledger key")
    public = b"\x01" + _ed25519_public(seed)
    key_hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    root = secret("tree root")
    body = f"{name}\n20852163\n{_b64(root)}\n"
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(body.encode())
    other = "— witness.example/w " + _b64(secret("another signature", 76)) + "\n"
    return {
        "seed": seed.hex(),
        "vkey": f"{name}+{key_hash.hex()}+{_b64(public)}",
        "note": f"{body}\n{other}— {name} {_b64(key_hash + signature)}\n",
        "origin": name,
        "size": 20852163,
        "root": root.hex(),
    }


def lines() -> dict[str, Any]:
    objects = [
        {
            "v": 1,
            "seq": 0,
            "time": "2026-11-24T08:30:00.000Z",
            "kind": "release",
            "outcome": "allowed",
            "epoch": 0,
        },
        {
            "v": 1,
            "seq": 1,
            "time": "2026-11-24T08:30:00.001Z",
            "kind": "grant",
            "detail": {"b": 'é\n"\u007f€🤒', "a": 7},
        },
    ]
    written = [json.dumps(o, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for o in objects]
    return {
        "lines": [
            {"text": text, "leaf": hashlib.sha256(b"\0" + text.encode()).hexdigest()} for text in written
        ],
        "not_canonical": [
            json.dumps(objects[0], sort_keys=True, separators=(", ", ":")),
            json.dumps(objects[0], separators=(",", ":")),
            written[0].replace('"v":1', '"v":1.0'),
            written[0].replace('"v":1', '"v":1,"v":1'),
            written[1].replace("é", "\\u00e9"),
            "[]",
            "",
        ],
    }


def pseudonyms() -> list[dict[str, str]]:
    vault_key = secret("vault pseudonym key")
    values = ["5f0c2f6e-4c1f-4b1b-8a47-0d9f6e3c9a11", "a session, é", ""]
    made = []
    for practice in ("9c1f6a52-6d0e-4f0b-9b1e-8f5a3d2c7b64", "0b7d9e1c-2a3f-4c5d-8e6f-1a2b3c4d5e6f"):
        practice_key = _hkdf(vault_key, _label("colloque/v1/pseudonym-key", practice))
        for value in values:
            salt = hmac.digest(practice_key, value.encode(), "sha256")
            text = hashlib.sha256(_label("colloque/v1/pseudonym", practice, salt, value)).hexdigest()[:32]
            variant = "89ab"[int(text[16], 16) % 4]
            text = f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"
            made.append(
                {"vault_key": vault_key.hex(), "practice": practice, "value": value, "salt": _b64u(salt),
                 "pseudonym": text}
            )  # fmt: skip
    return made


def _content_key(record: Any, compartment: str, epoch: int) -> dict[str, Any]:
    record_secret = secret("record secret")
    care_key = b"" if compartment == "contact" else secret("care key")
    turn = _hkdf(record_secret, _label("colloque/v1/vault-turn", compartment, epoch.to_bytes(4, "big")))
    bound = (record, compartment, epoch.to_bytes(4, "big"))
    key = _hkdf(care_key + turn, _label("colloque/v1", *bound))
    return {
        "record": record,
        "compartment": compartment,
        "epoch": epoch,
        "care_key": care_key.hex(),
        "turn": turn.hex(),
        "content_key": key.hex(),
        "commitment": _hkdf(key, _label("colloque/v1/commitment", *bound)).hex(),
    }


def _label(*parts: str | bytes) -> bytes:
    out = b""
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        out += len(data).to_bytes(2, "big") + data
    return out


def _hkdf(ikm: bytes, info: bytes) -> bytes:
    extracted = hmac.digest(bytes(32), ikm, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


def _padme(length: int) -> int:
    """As the paper writes it: E = floor(log2 L), S = floor(log2 E) + 1, round up to a multiple of 2^(E-S)."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low = exponent - (exponent.bit_length() if exponent else 0)
    step = 1 << max(0, low)
    return -(-length // step) * step


def _lengths() -> list[int]:
    return [
        *range(40),
        255,
        256,
        257,
        260,
        1000,
        1023,
        1024,
        1025,
        5_000,
        1 << 20,
        (1 << 20) + 1,
        20_000_000,
        2**40 + 1,
    ]


def _root(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = _split(len(entries))
    return hashlib.sha256(b"\1" + _root(entries[:k]) + _root(entries[k:])).digest()


def _path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 section 2.1.1, word for word."""
    if len(entries) == 1:
        return []
    k = _split(len(entries))
    if m < k:
        return [*_path(m, entries[:k]), _root(entries[k:])]
    return [*_path(m - k, entries[k:]), _root(entries[:k])]


def _consistency(m: int, entries: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 section 2.1.2, word for word."""
    if m == len(entries):
        return [] if whole else [_root(entries)]
    k = _split(len(entries))
    if m <= k:
        return [*_consistency(m, entries[:k], whole), _root(entries[k:])]
    return [*_consistency(m - k, entries[k:], False), _root(entries[:k])]


def _split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def _ed25519_public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _hex(hashes: Sequence[bytes]) -> list[str]:
    return [h.hex() for h in hashes]


def _b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _read(name: str) -> dict[str, Any]:
    path = HERE / name
    return dict(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def _write(name: str, value: Any, echo: Callable[[str], Any] = sys.stdout.write) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    path = HERE / name
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
        echo(f"{name} written\n")


if __name__ == "__main__":
    main()
