"""The meeting: the call, messages and documents both ways, a note, a summary, the end."""

import importlib
from contextlib import closing, suppress
from types import ModuleType
from typing import Any

from colloque.client import call
from colloque.client.consultation import Visit
from colloque.client.errors import ClientError
from colloque.client.records import fetch_file, send_file
from colloque.client.story import Step, Story, is_state, same

MORE_THAN_TWO_CHUNKS = 2_500_000
PDF = "application/pdf"


def ring(story: Story) -> str:
    """Offer and answer, signed by both devices and checked; with sound and picture where aiortc is there."""
    ice = story.patient.browser.get(f"/api/consultations/{story.hers.id}/ice")
    if not isinstance(ice.get("iceServers"), list):
        raise ClientError("No list of relays came.")
    with closing(story.hers.open_seat()) as hers, closing(story.his.open_seat()) as his:
        callee = call.Seat(story.hers.person, story.hers.id, story.his.person.id, hers)
        caller = call.Seat(story.his.person, story.hers.id, story.hers.person.id, his)
        media = _media() if story.with_media else None
        told = "signalling alone; with `colloque[media]` sound and picture are tried too"
        if media is None:
            call.exchange(caller, callee)
        else:
            told = f"sound and picture on both sides {media.connect(caller, callee):.1f} s after the offer"
        caller.say_goodbye()
        callee.wait_goodbye()
    return told


def talk(story: Story) -> None:
    """A message each way; each side is told that there is one, and she is told that hers was read."""
    with closing(story.hers.open_page()) as hers, closing(story.his.open_page()) as his:
        story.hers.write_message(story.write_down("her message"))
        his.wait(_is_message, what="that she wrote", seconds=10)
        story.same_as_written("her message", _last_message(story.his))
        position = story.his.mark_read()
        hers.wait(
            lambda m: m["type"] == "read" and m["position"] == position, what="that it was read", seconds=10
        )
        hers.forget()
        story.his.write_message(story.write_down("his message"))
        hers.wait(_is_message, what="that he wrote", seconds=10)
        story.same_as_written("his message", _last_message(story.hers))


def send_documents(story: Story) -> None:
    small = story.words.all_as_one().encode()
    line = story.words.deal().encode() + b"\n"
    large = line * (1 + MORE_THAN_TWO_CHUNKS // len(line))
    for writer, reader, data in ((story.hers, story.his, small), (story.his, story.hers, large)):
        name = story.words.deal()
        item = send_file(writer.read("documents"), data, name=name, type=PDF)
        same(fetch_file(reader.read("documents"), item), (name, data), "a document")


def close(story: Story) -> None:
    care = story.his.read("care")
    care.put("note", {"text": story.words.deal()})
    care.put("summary", {"text": story.write_down("summary")})
    with closing(story.hers.open_page()) as page:
        same(story.his.act("close"), "closed", "the state after closing")
        page.wait(is_state("closed"), what="that it is closed", seconds=10)
    story.same_as_written("summary", story.hers.read("care").find("summary")[0]["text"])


def _media() -> ModuleType | None:
    """The module that speaks WebRTC, where the extra is installed."""
    with suppress(ImportError):
        return importlib.import_module("colloque.client.media")
    return None


def _is_message(message: dict[str, Any]) -> bool:
    return (message["type"], message.get("compartment")) == ("record", "exchange")


def _last_message(visit: Visit) -> object:
    return visit.read("exchange").find("message")[-1]["text"]


STEPS = (
    Step(
        "ring",
        "they call each other: descriptions signed by both devices, and checked",
        ring,
        "Look whether sockets pass the proxy, and whether TURN answers from outside (UDP 3478).",
    ),
    Step(
        "talk",
        "messages go both ways, live, and are marked read",
        talk,
        "With several web processes COLLOQUE_VALKEY_URL must be set; look into the web's log.",
    ),
    Step(
        "send-documents",
        "documents go both ways, sealed in chunks",
        send_documents,
        "Look whether COLLOQUE_BLOBS can be written, has room, and is one folder for all web processes; "
        "whether the proxy lets 2 MiB pass.",
    ),
    Step(
        "close",
        "a note, a summary; the consultation is closed, and she reads the summary",
        close,
        "Look into the web's and the vault's logs.",
    ),
)
