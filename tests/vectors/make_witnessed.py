"""Vectors of cosigned notes and of asset manifests, by the plainest code.

Run: `.venv/bin/python -m tests.vectors.make_witnessed`.
"""

import base64
import hashlib
import json
import struct
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = Path(__file__).parent
AT = 1_795_000_000


def main() -> None:
    _write("cosignature.json", cosignatures())
    _write("assets.json", assets())


def cosignatures() -> dict[str, Any]:
    log, one, two = (Ed25519PrivateKey.from_private_bytes(letter * 32) for letter in (b"l", b"1", b"2"))
    body = f"example.com/log\n7\n{base64.b64encode(b'r' * 32).decode()}\n"
    note = (
        f"{body}\n{_line('example.com/log', log, _hash('example.com/log', log, 1), log.sign(body.encode()))}"
    )
    first, second = _cosign("witness.one", one, body), _cosign("witness.two", two, body)
    return {
        "log": _vkey("example.com/log", log, 1),
        "witnesses": [_vkey("witness.one", one, 4), _vkey("witness.two", two, 4)],
        "time": AT,
        "notes": [
            {"note": note, "signed_by": []},
            {"note": note + first, "signed_by": ["witness.one"]},
            {"note": note + second + first, "signed_by": ["witness.one", "witness.two"]},
            {"note": note + second.replace("witness.two", "witness.one"), "signed_by": []},
            {"note": note.replace("\n7\n", "\n8\n") + first, "signed_by": []},
            {"note": note + first[:-10] + "AAAAAAA==\n", "signed_by": []},
        ],
    }


def assets() -> list[dict[str, Any]]:
    one = f"sha384-{base64.b64encode(hashlib.sha384(b'one').digest()).decode()}"
    whole = {"v": 1, "version": "1.2.3", "files": {"/static/built/a-1.js": one, "/static/built/main.css": one},
             "policies": ["connect-src 'self' {sockets}"], "templates": {"pages/templates/base.html": one}}  # fmt: skip
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return [
        {"manifest": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "files": whole["files"]},
        {"manifest": json.dumps(whole, sort_keys=True), "sha256": None, "why": "blanks"},
        {"manifest": json.dumps(whole, separators=(",", ":")), "sha256": None, "why": "keys not in order"},
        {"manifest": text.replace(one, "sha384-AAAA", 1), "sha256": None, "why": "not a hash"},
        {"manifest": text.replace('"v":1', '"v":2'), "sha256": None, "why": "another version of the format"},
        {"manifest": text[:-1] + ',"x":1}', "sha256": None, "why": "a field that is none"},
        {"manifest": "[]", "sha256": None, "why": "not an object"},
    ]


def _hash(name: str, key: Ed25519PrivateKey, kind: int) -> bytes:
    return hashlib.sha256(
        f"{name}\n".encode() + bytes([kind]) + key.public_key().public_bytes_raw()
    ).digest()[:4]


def _vkey(name: str, key: Ed25519PrivateKey, kind: int) -> str:
    encoded = base64.b64encode(bytes([kind]) + key.public_key().public_bytes_raw()).decode()
    return f"{name}+{_hash(name, key, kind).hex()}+{encoded}"


def _line(name: str, key: Ed25519PrivateKey, key_hash: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(key_hash + signature).decode()}\n"


def _cosign(name: str, key: Ed25519PrivateKey, body: str) -> str:
    signature = key.sign(f"cosignature/v1\ntime {AT}\n{body}".encode())
    return _line(name, key, _hash(name, key, 4), struct.pack(">Q", AT) + signature)


def _write(name: str, told: Any) -> None:
    (HERE / name).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
