"""What a client writes and reads back, and what is nobody else's. What a hostile server tries: tests/attacks/held."""

import pytest

from colloque.client.account import Account
from colloque.client.consultation import Visit
from colloque.client.errors import NotProven, Refused
from colloque.client.ledger import Log
from colloque.client.records import fetch_file, open_compartment, send_file
from colloque.client.vault import release_turns
from colloque.envelope.keys import Place


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


@pytest.mark.parametrize("size", [0, 1, 70_000, (1 << 20) + 1])
def test_a_file_comes_back_as_it_went(visit: Visit, size: int) -> None:
    documents, data = visit.read("documents"), bytes(range(256)) * (size // 256 + 1)
    item = send_file(documents, data[:size], name="é.pdf", type="application/pdf")
    assert fetch_file(documents, item) == ("é.pdf", data[:size])


def test_an_altered_chunk_is_refused(alice: Account, visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = visit.read("documents")
    item = send_file(documents, b"x" * 5000, name="a.pdf", type="application/pdf")
    honest = alice.browser.get_bytes
    monkeypatch.setattr(alice.browser, "get_bytes", lambda path: honest(path)[:-1] + b"\0")
    with pytest.raises(NotProven, match="not the one that was sent"):
        fetch_file(documents, item)


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
