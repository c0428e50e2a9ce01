"""A client believes nobody: what the server alters, drops, swaps or makes up is refused, and named."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from colloque.client.account import Account
from colloque.client.consultation import Visit, begin
from colloque.client.directory import Directory, Known
from colloque.client.errors import NotProven, Refused
from colloque.client.http import Browser
from colloque.client.ledger import Log
from colloque.client.records import create_record, fetch_file, open_compartment, send_file
from colloque.client.vault import read_lines, release_turns
from colloque.envelope.errors import BadFile, BadTag
from colloque.envelope.item import item_hash
from colloque.envelope.keys import Place
from colloque.envelope.manifest import sign_manifest
from colloque.kernel.clock import now, to_wire
from colloque.kernel.encoding import b64u_encode
from tests.deployment import Deployment

type Alter = Callable[[Any], None]


class Server:
    """The real server, with a hand in what it answers: a wrapped `get` or `post` of one browser."""

    def __init__(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        self.browser, self.patch = browser, monkeypatch

    def lies(self, method: str, path: str, alter: Alter) -> None:
        honest = getattr(self.browser, method)

        def told(asked: str, *rest: Any) -> Any:
            answer = honest(asked, *rest)
            if path in asked:
                answer = copy.deepcopy(answer)
                alter(answer)
            return answer

        self.patch.setattr(self.browser, method, told)


@pytest.fixture
def server(alice: Account, monkeypatch: pytest.MonkeyPatch) -> Server:
    return Server(alice.browser, monkeypatch)


@pytest.fixture
def zoe(deployment: Deployment) -> Iterator[Account]:
    account = deployment.patient()
    yield account
    account.browser.close()


@pytest.fixture
def practice(alice: Account) -> str:
    (found,) = (one for one in alice.browser.get("/api/practices") if one["name"] == "Cabinet des Tilleuls")
    return str(found["id"])


@pytest.fixture
def visit(alice: Account, practice: str) -> Visit:
    visit = begin(alice.person, practice)
    for text in ("un", "deux", "trois"):
        visit.write("exchange", "message", {"text": text, "documents": []})
    return visit


# Keys


def test_a_swapped_key_of_a_practice_is_refused(alice: Account, server: Server, practice: str) -> None:
    def swap(told: Any) -> None:
        envelope = told["statements"][0]["envelope"]
        envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="

    server.lies("get", f"directory/practices/{practice}", swap)
    with pytest.raises((NotProven, ValueError)):
        create_record(alice.person, "file", practice)


def test_another_persons_statements_are_refused(alice: Account, server: Server, zoe: Account) -> None:
    zoes = zoe.browser.get(f"/vault/directory/persons/{zoe.person.id}")
    alice.browser.get("/vault/directory/key")
    server.lies("get", f"persons/{alice.person.id}", lambda told: told.update(zoes))
    with pytest.raises(NotProven):
        Directory(alice.browser).person(alice.person.id)


def test_a_key_that_no_line_proves_is_refused(alice: Account, server: Server) -> None:
    def forge(told: Any) -> None:
        for entry in told["statements"]:
            entry["proof"] = [b64u_encode(bytes(32)) for _ in entry["proof"]]

    server.lies("get", "directory/persons", forge)
    with pytest.raises(NotProven, match="not proved"):
        Directory(alice.browser).person(alice.person.id)


def test_a_line_about_something_else_is_refused(alice: Account, server: Server) -> None:
    def swap(told: Any) -> None:
        person, device = told["statements"]
        person["envelope"], device["envelope"] = device["envelope"], person["envelope"]

    server.lies("get", "directory/persons", swap)
    with pytest.raises(NotProven, match="not about the statement"):
        Directory(alice.browser).person(alice.person.id)


def test_another_key_than_the_one_remembered_is_refused(alice: Account, zoe: Account) -> None:
    directory = Directory(alice.browser)
    zoes = directory.person(zoe.person.id)
    directory._people[zoe.person.id] = Known(alice.person.keys.kem_key, zoes.identity_key, {})
    with pytest.raises(NotProven, match="remembered"):
        directory.device_key(zoe.person.author)


def test_another_key_of_a_practice_than_the_one_remembered_is_refused(alice: Account, practice: str) -> None:
    directory = Directory(alice.browser)
    directory._practices[practice] = {0: alice.person.keys.kem_key}
    with pytest.raises(NotProven, match="remembered"):
        directory.practice(practice)


# The ledger


def test_a_checkpoint_of_another_signer_is_refused(alice: Account, server: Server) -> None:
    def unsign(told: Any) -> None:
        note, _, _ = told["checkpoint"].rpartition("— ")
        told["checkpoint"] = f"{note}— colloque.localhost/ledger AAAAAAAA\n"

    server.lies("post", "/vault/lines", unsign)
    with pytest.raises((NotProven, ValueError)):
        read_lines(alice.person)


def test_a_history_that_does_not_continue_the_one_seen_is_refused(
    alice: Account, server: Server, zoe: Account, practice: str
) -> None:
    read_lines(alice.person)
    create_record(zoe.person, "file", practice)  # the ledger grows
    server.lies("get", "/vault/proof/consistency", lambda told: told.update(proof=[b64u_encode(bytes(32))]))
    with pytest.raises(NotProven, match="does not continue"):
        read_lines(alice.person)


def test_an_altered_line_is_refused(alice: Account, server: Server) -> None:
    def hide(told: Any) -> None:
        entry = told["lines"][-1]
        fields = json.loads(entry["line"])
        fields["actor"] = "00000000-0000-4000-8000-000000000000"
        entry["line"] = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    server.lies("post", "/vault/lines", hide)
    with pytest.raises(NotProven, match="not proved"):
        read_lines(alice.person)


def test_a_receipt_for_another_request_is_refused(alice: Account, server: Server, practice: str) -> None:
    record = create_record(alice.person, "file", practice)
    server.lies("post", "/vault/release", lambda told: told["receipt"].update(request="0" * 64))
    with pytest.raises(NotProven, match="another request"):
        release_turns(alice.person, [Place(record, "identity")], "own-record")


def test_a_receipt_without_its_line_is_refused(alice: Account, server: Server, practice: str) -> None:
    record = create_record(alice.person, "file", practice)
    server.lies("post", "/vault/release", lambda told: told["receipt"].update(lines=[]))
    with pytest.raises(NotProven):
        release_turns(alice.person, [Place(record, "identity")], "own-record")


# Items


def test_a_dropped_item_is_refused(visit: Visit, server: Server) -> None:
    server.lies("get", f"{visit.id}/exchange", lambda told: told["items"].pop(1))
    with pytest.raises(NotProven, match="ItemsMissing"):
        visit.read("exchange")


def test_items_in_another_order_are_refused(visit: Visit, server: Server) -> None:
    server.lies("get", f"{visit.id}/exchange", lambda told: told["items"].reverse())
    with pytest.raises(NotProven, match="ItemsSwapped"):
        visit.read("exchange")


def test_an_altered_item_is_refused(visit: Visit, server: Server) -> None:
    def alter(told: Any) -> None:
        item = told["items"][0]
        item["ciphertext"] = item["ciphertext"][:-8] + "AAAAAAAA"

    server.lies("get", f"{visit.id}/exchange", alter)
    with pytest.raises(NotProven, match="BadSignature"):
        visit.read("exchange")


def test_a_list_that_is_gone_is_refused(visit: Visit, server: Server) -> None:
    server.lies("get", f"{visit.id}/exchange", lambda told: told.update(items=[], manifest=None))
    with pytest.raises(NotProven, match="gone"):
        visit.read("exchange")


def test_an_earlier_state_is_refused(alice: Account, visit: Visit, server: Server) -> None:
    earlier = alice.browser.get(f"/api/records/{visit.id}/exchange")
    visit.write_message("quatre")
    server.lies("get", f"{visit.id}/exchange", lambda told: told.update(earlier))
    with pytest.raises(NotProven, match="RolledBack"):
        visit.read("exchange")


def test_a_list_signed_by_someone_who_wrote_nothing_is_refused(
    visit: Visit, server: Server, zoe: Account
) -> None:
    held = visit.read("exchange")

    def sign_as_zoe(told: Any) -> None:
        about = {"author": zoe.person.author, "device_key": zoe.person.device_key, "at": to_wire(now())}
        told["items"].pop()
        hashes = [item_hash(item) for item in told["items"]]
        told["manifest"] = sign_manifest(held.key.place, hashes, counter=9, **about)

    server.lies("get", f"{visit.id}/exchange", sign_as_zoe)
    with pytest.raises(NotProven, match="wrote nothing"):
        visit.read("exchange")


def test_two_who_write_at_once_lose_nothing(alice: Account, visit: Visit) -> None:
    other = open_compartment(alice.person, visit.id, "exchange", "own-record")
    visit.write_message("quatre")
    other.put("message", {"text": "cinq", "documents": []})
    told = [one["text"] for one in visit.read("exchange").find("message")]
    assert told == ["un", "deux", "trois", "quatre", "cinq"]


def test_a_new_version_takes_the_place_of_the_old(visit: Visit) -> None:
    request = visit.read("request")
    item = request.put("motive", {"text": "un"})
    request.put("motive", {"text": "deux"}, item=item)
    assert [one["text"] for one in request.find("motive")] == ["deux"]
    assert request.items[0].header.version == 2


# Files


@pytest.mark.parametrize("size", [0, 1, 70_000, (1 << 20) + 1])
def test_a_file_comes_back_as_it_went(visit: Visit, size: int) -> None:
    documents, data = visit.read("documents"), bytes(range(256)) * (size // 256 + 1)
    item = send_file(documents, data[:size], name="é.pdf", type="application/pdf")
    assert fetch_file(documents, item) == ("é.pdf", data[:size])


def test_an_altered_chunk_is_refused(visit: Visit, server: Server) -> None:
    documents = visit.read("documents")
    item = send_file(documents, b"x" * 5000, name="a.pdf", type="application/pdf")
    honest = server.browser.get_bytes
    server.patch.setattr(server.browser, "get_bytes", lambda path: honest(path)[:-1] + b"\0")
    with pytest.raises((BadFile, BadTag)):
        fetch_file(documents, item)


# Others


def test_another_patient_gets_nothing_of_it(zoe: Account, visit: Visit) -> None:
    for trespass in (
        lambda: open_compartment(zoe.person, visit.id, "exchange", "own-record"),
        lambda: zoe.browser.get(f"/api/consultations/{visit.id}"),
    ):
        with pytest.raises(Refused) as refused:
            trespass()
        assert refused.value.status == 404
    with pytest.raises(Refused) as refused:
        release_turns(zoe.person, [Place(visit.id, "exchange")], "own-record")
    assert refused.value.word == "relation"


def test_each_browser_has_one_view_of_the_ledger(alice: Account, zoe: Account) -> None:
    assert Log.of(alice.browser) is Log.of(alice.browser)
    assert Log.of(alice.browser) is not Log.of(zoe.browser)
