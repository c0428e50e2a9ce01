"""Files: sealed a chunk at a time, sent as they are sealed, described by a `document` item at the end."""

from collections.abc import Iterator

from colloque.client.records import Compartment
from colloque.envelope import file
from colloque.envelope.item import OpenedItem
from colloque.kernel.ids import new_id


def send_file(documents: Compartment, data: bytes, *, name: str, type: str) -> OpenedItem:  # noqa: A002 – the field's name
    browser, item = documents.person.browser, new_id()
    place = documents.key.place
    announced = {"chunks": file.chunk_count(len(data)), "size": file.sealed_size(len(data))}
    asked = {"record": place.record, "compartment": place.compartment, **announced}
    blob = str(browser.post("/api/blobs", asked)["blob"])
    sealer = file.FileSealer(data, documents.key, item=item)
    for number, chunk in enumerate(sealer.chunks()):
        browser.put_bytes(f"/api/blobs/{blob}/{number}", chunk)
    browser.post(f"/api/blobs/{blob}/complete")
    description = sealer.description(name=name, type=type, blob=blob)
    return documents.put("document", description.to_json(), item)


def fetch_file(documents: Compartment, document: OpenedItem) -> tuple[file.Description, bytes]:
    """The file's description and its content, nothing before the last chunk was checked."""
    told = file.Description.from_json(document.json())

    def chunks() -> Iterator[bytes]:
        for number in range(told.chunks):
            yield documents.person.browser.get_bytes(f"/api/blobs/{told.blob}/{number}")

    opened = file.open_file(chunks(), documents.key, told, item=document.header.item)
    return told, b"".join(opened)
