"""Golden envelopes: one of each kind, to be opened by both languages. `open_all` is the Python reader."""

from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from colloque.envelope import hpke, statement, unlock, words
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.file import Description, FileSealer, open_file
from colloque.envelope.item import Author, item_hash, open_item, seal_json
from colloque.envelope.keys import (
    ContentKey,
    DeviceKey,
    PersonKeys,
    Place,
    content_key,
    practice_kem_seed,
    vault_turn,
)
from colloque.envelope.manifest import check_manifest, sign_manifest
from colloque.envelope.sealed_key import Recipient, open_key, open_note, seal_key, seal_note
from colloque.kernel.encoding import b64u_decode, b64u_encode
from tests.vectors.people import (
    ALICE,
    AT,
    DEVICE,
    ITEM,
    METHODS,
    PASSPHRASE,
    PRACTICE,
    RECORD,
    REQUEST,
    content,
    inputs,
    secret,
)

PLACE = Place(RECORD, "exchange", 3)
AUTHOR = Author(ALICE, DEVICE)
PERSON = PersonKeys.from_root(secret("person root"))
PRACTICE_SEED = practice_kem_seed(secret("practice seed"))
DEVICE_KEY = DeviceKey(secret("device scalar"))


def key() -> ContentKey:
    turn = vault_turn(secret("record secret"), compartment=PLACE.compartment, epoch=PLACE.epoch)
    return content_key(PLACE, care_key=secret("care key"), turn=turn)


def author_key(author: Author) -> bytes | None:
    return DEVICE_KEY.public_key if author == AUTHOR else None


def make(kept: Mapping[str, Any]) -> dict[str, Any]:
    item = seal_json(
        inputs()["message"],
        key(),
        item=ITEM,
        version=2,
        kind="message",
        author=AUTHOR,
        device_key=DEVICE_KEY,
        at=AT,
    )
    fresh = {
        "item": item,
        "item_hash": b64u_encode(item_hash(item)),
        "manifest": sign_manifest(
            PLACE, [item_hash(item)], counter=7, author=AUTHOR, device_key=DEVICE_KEY, at=AT
        ),
        "statement": statement.sign(
            "device",
            {"id": REQUEST, "at": AT, "person": ALICE, "device": DEVICE, "note": "é"},
            statement.as_identity(ALICE, PERSON),
            statement.as_device(DEVICE, DEVICE_KEY),
        ),
        "file": _file(),
        "long_file_sha256": _long_file_sha256(),
        "device_key": b64u_encode(DEVICE_KEY.public_key),
        "kem_key": b64u_encode(PERSON.kem_key),
        "words": list(words.fingerprint(PERSON.identity_key)),
        "stretched": _stretched(),
    }
    sealed = _kept(kept) or _sealed()
    return fresh | sealed


def open_all(made: Mapping[str, Any]) -> dict[str, Any]:
    """Open one of each and return what was inside, raising whatever check fails."""
    opened = open_item(made["item"], key(), author_key, item=ITEM, least_version=2)
    check_manifest(made["manifest"], place=PLACE, hashes=[opened.hash], author_key=author_key)
    said = statement.read(made["statement"], kind="device")
    statement.check_device(said, device=DEVICE, public_key=DEVICE_KEY.public_key)
    statement.check_identity(said, person=ALICE, public_key=PERSON.identity_key)
    description = Description.from_json(made["file"]["description"])
    pieces = [b64u_decode(chunk) for chunk in made["file"]["chunks"]]
    return {
        "message": opened.json(),
        "item_hash": b64u_encode(opened.hash),
        "said": dict(said.body),
        "file": b"".join(open_file(pieces, key(), description, item=ITEM)),
        **open_sealed(made),
    }


def open_sealed(made: Mapping[str, Any]) -> dict[str, Any]:
    care_key = open_key(made["care_key"], PERSON.kem_seed, purpose="care-key", about=RECORD, recipient=ALICE)
    reply = hpke.open_reply(secret("reply secret"), REQUEST, b64u_decode(made["reply"]))
    return {
        "care_key": care_key,
        "note": open_note(made["note"], PRACTICE_SEED, practice=PRACTICE),
        "roots": [
            unlock.open_method(made["methods"][kind], by, owner=ALICE) for kind, by in unlockers().items()
        ],
        "reply": reply,
    }


def unlockers() -> dict[str, unlock.Unlocker]:
    stretched = unlock.stretch(PASSPHRASE, secret("argon2 salt", 16))
    return {
        "passkey": unlock.by_passkey(secret("prf output")),
        "passphrase": unlock.by_passphrase(stretched.unlock_secret, secret("unlock share")),
        "recovery": unlock.by_recovery(secret("recovery code", 16)),
    }


def _kept(kept: Mapping[str, Any]) -> dict[str, Any] | None:
    try:
        open_sealed(kept)
    except (KeyError, EnvelopeError):
        return None
    return {name: kept[name] for name in ("care_key", "note", "methods", "reply")}


def _sealed() -> dict[str, Any]:
    root = secret("person root")
    to_practice = Recipient(PRACTICE, hpke.public_key(PRACTICE_SEED), 1)
    reply_key = X25519PrivateKey.from_private_bytes(secret("reply secret")).public_key().public_bytes_raw()
    return {
        "care_key": seal_key(
            secret("care key"), purpose="care-key", about=RECORD, to=Recipient(ALICE, PERSON.kem_key)
        ).to_json(),
        "note": seal_note(str(inputs()["note"]), practice=to_practice).to_json(),
        "methods": {kind: _method(root, kind, by).to_json() for kind, by in unlockers().items()},
        "reply": b64u_encode(hpke.seal_reply(reply_key, REQUEST, b'{"turns":[],"refused":[]}')),
    }


def _method(root: bytes, kind: str, by: unlock.Unlocker) -> unlock.Method:
    salt = secret("argon2 salt", 16) if kind == "passphrase" else None
    argon2 = unlock.FLOOR if kind == "passphrase" else None
    return unlock.make_method(root, by, owner=ALICE, method_id=METHODS[kind], salt=salt, argon2=argon2)


def _file() -> dict[str, Any]:
    sealer = FileSealer(content(cast("int", inputs()["file_size"])), key(), item=ITEM)
    chunks = [b64u_encode(chunk) for chunk in sealer.chunks()]
    description = sealer.description(name="gorge.jpg", type="image/jpeg", blob=REQUEST)
    return {"description": description.to_json(), "chunks": chunks}


def _long_file_sha256() -> str:
    """A file of two chunks, too large to keep: only the digest of its ciphertext under a fixed salt."""
    return b64u_encode(long_file(secret("file salt", 16)).sha256)


def long_file(salt: bytes) -> Description:
    sealer = FileSealer(content(cast("int", inputs()["long_file_size"])), key(), item=ITEM, salt=salt)
    for _ in sealer.chunks():
        pass
    return sealer.description(name="long", type="text/plain", blob=REQUEST)


def _stretched() -> dict[str, str]:
    stretched = unlock.stretch(PASSPHRASE, secret("argon2 salt", 16))
    return {"sign_in_secret": stretched.sign_in_secret.hex(), "unlock_secret": stretched.unlock_secret.hex()}
