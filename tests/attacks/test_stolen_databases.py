"""Someone copies the databases, then also the vault's key (threat model: the first three rows)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from colloque.envelope.errors import EnvelopeError
from colloque.envelope.item import open_item
from colloque.envelope.keys import ContentKey, Place, content_key
from colloque.envelope.sealed_key import open_key
from colloque.records.models import Item, SealedKey
from colloque.records.sealed_items import to_json
from colloque.vault import kek, turn
from colloque.vault.data_keys import DataKey, DataKeys
from colloque.vault.keeper import FileKeeper
from tests.care import RunningVault
from tests.people import Ward

pytestmark = [pytest.mark.django_db, pytest.mark.attack]

MOTIVE, ADDRESS = "vertiges à-la-vendange", "alice.martin@exemple.fr"


@pytest.fixture
def consultation(ward: Ward) -> str:
    taken = ward.taken()
    ward.alice.write(taken, "request", ("motive", {"text": MOTIVE, "place": {}}))
    contact = ward.alice.make_record("person")
    ward.alice.write(contact, "contact", ("contact", {"email": ADDRESS}))
    return taken


def rows(cursor: Any, tables: list[str]) -> Iterator[Any]:
    for table in tables:
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            yield from row


def of_the_web() -> list[Any]:
    with connection.cursor() as cursor:
        return list(rows(cursor, connection.introspection.table_names(cursor)))


def of_the_vault(care: RunningVault) -> list[Any]:
    with psycopg.connect(care.settings.database_url) as vault, vault.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return list(rows(cursor, [name for (name,) in cursor.fetchall()]))


def as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def secrets_in(values: list[Any]) -> set[bytes]:
    """Everything of 32 bytes that stands in a dump, as bytes, hex or base64url: what an attacker would try as a key."""
    found: set[bytes] = set()
    for value in values:
        data = as_bytes(value)
        if len(data) == 32:
            found.add(data)
        found |= {bytes.fromhex(hit.decode()) for hit in re.findall(rb"\b[0-9a-f]{64}\b", data)}
    return found


def test_neither_dump_holds_a_word_of_care_or_an_address(
    consultation: str, ward: Ward, care: RunningVault
) -> None:
    dump = [as_bytes(value) for value in (*of_the_web(), *of_the_vault(care))]
    assert len(dump) > 200
    for text in (MOTIVE, ADDRESS):
        assert not [
            value for value in dump if text.encode() in value or text.encode().hex().encode() in value
        ]


def test_both_databases_and_the_vaults_key_open_no_care(
    consultation: str, ward: Ward, care: RunningVault
) -> None:
    thief = secrets_in([*of_the_web(), *of_the_vault(care)]) | set(record_secrets(care).values())
    thief |= {turn.derive(secret, "request", 0) for secret in record_secrets(care).values()}
    sealed = [
        {"suite": "colloque/v1", "purpose": "care-key", "about": str(one.record_id), "recipient": str(one.recipient),
         "key_id": one.key_id, "generation": one.generation, "sealed": bytes(one.sealed)}
        for one in SealedKey.objects.filter(record__id=consultation)
    ]  # fmt: skip
    assert sealed
    for one in sealed:
        for seed in thief:
            with pytest.raises(EnvelopeError):
                open_key(one, seed, purpose="care-key", about=one["about"], recipient=one["recipient"])
    place = Place(consultation, "request", 0)
    v = turn.derive(record_secrets(care)[consultation], "request", 0)
    for care_key in thief:
        assert not opens(content_key(place, care_key=care_key, turn=v), consultation, "request")


def test_with_the_vaults_key_addresses_are_open_as_we_say(
    consultation: str, ward: Ward, care: RunningVault
) -> None:
    """Not a success but the truth: `contact` has one key, so that the server can write to people."""
    item = Item.objects.get(kind="contact", compartment__record__subject__id=ward.alice.person)
    place = Place(str(item.compartment.record_id), "contact", 0)
    v = turn.derive(record_secrets(care)[place.record], "contact", 0)
    key = content_key(place, care_key=b"", turn=v)
    opened = open_item(
        to_json(item.header, bytes(item.ciphertext), bytes(item.signature)), key, ward.alice.author_key
    )
    assert opened.json() == {"email": ADDRESS}


def test_the_vaults_database_without_its_key_gives_no_secret(
    consultation: str, ward: Ward, care: RunningVault, tmp_path: Path
) -> None:
    kek.make_key_file(tmp_path / "another")
    with pytest.raises(kek.WrongKek):
        data_keys(care, tmp_path / "another")
    with psycopg.connect(care.settings.database_url) as vault:
        wrapped = vault.execute("SELECT secret FROM record WHERE id = %s", (consultation,)).fetchone()
    assert wrapped is not None
    for key_file in (tmp_path / "another", care.settings.kek_file):
        assert key_file
        with pytest.raises(kek.WrongKek):  # the key of the host wraps data keys, and no secret by itself
            kek.open_key_file(key_file).unwrap(bytes(wrapped[0]), turn.secret_context(consultation))


def data_keys(care: RunningVault, key_file: Path) -> DataKeys:
    """What a thief of the vault's database and of a key file has."""
    keys = DataKeys(FileKeeper(key_file), lease=60)
    with psycopg.connect(care.settings.database_url) as vault:
        rows = vault.execute("SELECT generation, keeper, wrapped, used_from FROM data_key").fetchall()
    keys.read([DataKey(generation, name, bytes(wrapped), at) for generation, name, wrapped, at in rows])
    return keys


def record_secrets(care: RunningVault) -> dict[str, bytes]:
    assert care.settings.kek_file
    key = data_keys(care, care.settings.kek_file)
    with psycopg.connect(care.settings.database_url) as vault:
        told = vault.execute("SELECT id::text, secret FROM record").fetchall()
    return {record: key.unwrap(bytes(secret), turn.secret_context(record)) for record, secret in told}


def opens(key: ContentKey, consultation: str, compartment: str) -> bool:
    item = Item.objects.filter(compartment__record__id=consultation, compartment__name=compartment).first()
    assert item is not None
    try:
        open_item(
            to_json(item.header, bytes(item.ciphertext), bytes(item.signature)), key, lambda _: b"\x04" * 65
        )
    except EnvelopeError:
        return False
    return True
