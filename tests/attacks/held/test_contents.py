"""Attacks on what is kept (docs/hostile-server.md): a test for each row, by its name.

The TypeScript ones: web/tests/hostile/contents.test.ts.
"""

import json
from typing import Any

import pytest

from colloque.client.account import Account
from colloque.client.consultation import Visit, begin
from colloque.client.records import create_record, fetch_file, open_compartment, send_file
from colloque.envelope.item import item_hash
from colloque.envelope.manifest import sign_manifest
from colloque.kernel.clock import now, to_wire
from tests.attacks.held.server import Server, refused

CHUNK = 1 << 20


def alter_header(told: Any, **fields: Any) -> None:
    item = told["items"][0]
    item["header"] = json.dumps(
        {**json.loads(item["header"]), **fields}, separators=(",", ":"), sort_keys=True
    )


def read_bent(server: Server, visit: Visit, alter: Any, word: str) -> None:
    server.lies("get", f"{visit.id}/exchange", alter)
    with refused(word):
        visit.read("exchange")


def test_an_altered_item(visit: Visit, server: Server) -> None:
    def alter(told: Any) -> None:
        item = told["items"][0]
        item["ciphertext"] = item["ciphertext"][:-8] + "AAAAAAAA"

    read_bent(server, visit, alter, "signature")


def test_an_item_under_another_authors_name(visit: Visit, server: Server, zoe: Account) -> None:
    author = {"person": zoe.person.id, "device": zoe.person.device}
    read_bent(server, visit, lambda told: alter_header(told, author=author), "signature")


def test_an_item_moved_to_another_compartment(alice: Account, visit: Visit, server: Server) -> None:
    visit.write("request", "motive", {"text": "un"})
    other = alice.browser.get(f"/api/records/{visit.id}/request")["items"]
    read_bent(server, visit, lambda told: told.update(items=other), "place")


def test_an_item_moved_to_another_record(alice: Account, visit: Visit, server: Server, practice: str) -> None:
    other = begin(alice.person, practice)
    other.write_message("autre")
    items = alice.browser.get(f"/api/records/{other.id}/exchange")["items"]
    read_bent(server, visit, lambda told: told["items"].__setitem__(slice(0, 1), items), "place")


def test_an_item_dropped(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: told["items"].pop(1), "manifest-size")


def test_items_in_another_order(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: told["items"].reverse(), "manifest-root")


def test_an_item_served_twice(visit: Visit, server: Server) -> None:
    def repeat(told: Any) -> None:
        told["items"][1] = told["items"][0]

    read_bent(server, visit, repeat, "manifest-root")


def test_a_dropped_manifest(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: told.update(manifest=None), "missing")


def test_an_emptied_compartment(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: told.update(items=[], manifest=None), "missing")


def test_a_manifest_rolled_back(alice: Account, visit: Visit, server: Server) -> None:
    earlier = alice.browser.get(f"/api/records/{visit.id}/exchange")
    visit.write_message("quatre")
    read_bent(server, visit, lambda told: told.update(earlier), "rolled-back")


def signed_by(account: Account, visit: Visit, told: Any, *, size: int, counter: int) -> None:
    """A shorter list, as this person's device signs it."""
    place = visit.read("exchange").key.place
    del told["items"][size:]
    hashes = [item_hash(item) for item in told["items"]]
    about = {
        "author": account.person.author,
        "device_key": account.person.device_key,
        "at": to_wire(now()),
    }
    told["manifest"] = sign_manifest(place, hashes, counter=counter, **about)


def test_two_manifests_of_one_counter(alice: Account, visit: Visit, server: Server) -> None:
    told = alice.browser.get(f"/api/records/{visit.id}/exchange")
    signed_by(alice, visit, told, size=2, counter=3)
    read_bent(server, visit, lambda served: served.update(told), "forked")


def test_a_manifest_by_someone_who_wrote_nothing(
    alice: Account, visit: Visit, server: Server, zoe: Account
) -> None:
    told = alice.browser.get(f"/api/records/{visit.id}/exchange")
    signed_by(zoe, visit, told, size=1, counter=9)
    read_bent(server, visit, lambda served: served.update(told), "manifest-author")


def test_an_epoch_to_come(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: told.update(epoch=1), "epoch")


def test_a_lower_suite(visit: Visit, server: Server) -> None:
    read_bent(server, visit, lambda told: alter_header(told, suite="colloque/v0"), "suite")


@pytest.fixture
def file(alice: Account, practice: str) -> str:
    return create_record(alice.person, "file", practice)


def open_bent(alice: Account, server: Server, file: str, alter: Any, word: str) -> None:
    server.lies("get", f"/api/records/{file}", alter)
    with refused(word):
        open_compartment(alice.person, file, "identity", "own-record")


def test_a_lower_suite_of_a_sealed_key(alice: Account, server: Server, file: str) -> None:
    def lower(told: Any) -> None:
        for key in told["sealed_keys"]:
            key["suite"] = "colloque/v0"

    open_bent(alice, server, file, lower, "suite")


def test_the_care_key_of_another_record(alice: Account, server: Server, visit: Visit) -> None:
    other = alice.browser.get(f"/api/records/{visit.id}")
    open_bent(alice, server, visit.file, lambda told: told.update(sealed_keys=other["sealed_keys"]), "sealed")


def test_a_sealed_key_under_another_recipients_name(
    alice: Account, server: Server, practice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored: list[Any] = []
    honest = alice.browser.post

    def stores(path: str, body: Any = None) -> Any:
        stored.extend(body["sealed_keys"])
        return honest(path, body)

    with monkeypatch.context() as patch:
        patch.setattr(alice.browser, "post", stores)
        file = create_record(alice.person, "file", practice)
    renamed = [{**key, "recipient": alice.person.id} for key in stored if key["recipient"] == practice]
    assert len(renamed) == 1
    open_bent(alice, server, file, lambda told: told.update(sealed_keys=renamed), "sealed")


def fetch_bent(server: Server, visit: Visit, chunk_for: Any, word: str) -> None:
    documents = visit.read("documents")
    item = send_file(documents, b"x" * (2 * CHUNK + 5), name="a.pdf", type="application/pdf")
    honest = server.browser.get_bytes
    server.patch.setattr(server.browser, "get_bytes", lambda path: honest(chunk_for(path)))
    with refused(word):
        fetch_file(documents, item)


def test_a_truncated_document(visit: Visit, server: Server) -> None:
    fetch_bent(server, visit, lambda path: path.removesuffix("/2") + "/1" * path.endswith("/2"), "file")


def test_a_document_with_its_chunks_swapped(visit: Visit, server: Server) -> None:
    swapped = {"0": "1", "1": "0"}

    def other(path: str) -> str:
        blob, _, number = path.rpartition("/")
        return f"{blob}/{swapped.get(number, number)}"

    fetch_bent(server, visit, other, "tag")
