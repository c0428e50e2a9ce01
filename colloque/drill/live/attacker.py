"""The thief, in a process of its own: `python -m colloque.drill.live.attacker OUT < loot.json`.

It has what was stolen and nothing else, and writes down what it decrypted itself, item by item, with whose it is as the
text itself says. That file is the truth that everything else is held against.
"""

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from colloque.client.errors import ClientError, Refused
from colloque.client.http import Browser
from colloque.client.person import Person
from colloque.client.records import open_compartment
from colloque.client.vault import release_turns
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.keys import KEY_BYTES, SUITE, DeviceKey, Place, content_key, hkdf, practice_kem_seed
from colloque.envelope.sealed_key import open_key
from colloque.kernel import clock
from colloque.kernel.encoding import b64u_decode, b64u_encode
from colloque.kernel.ids import new_id

OF_VISIT = ("request", "exchange", "care", "documents")
OF_FILE = ("identity", "background", "nir")
SHUT = frozenset({"frozen", "revoked"})
PATIENCE = 3  # times that it is told "frozen" before it gives up
WAIT_SECONDS = 3.0
MOST_SECONDS = 180.0
GUESSES, GUESS_SECONDS = 200, 0.5
_MARK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def loot_of(person: Person, practice: str, way: str = "device", **more: Any) -> dict[str, Any]:
    """What is on an unlocked device: the session, the keys, and the practice's seed; and the `way` it is used."""
    jar = person.browser.cookies
    return {
        "way": way, **more, "url": person.browser.url, "cookies": jar, "person": person.id, "root": b64u_encode(person.root),
        "device": person.device, "scalar": b64u_encode(person.device_key.scalar), "session": person.session,
        "practice": practice, "seed": b64u_encode(person.practice_seed(practice, 0)),
    }  # fmt: skip


def cookie_of(person: Person, practice: str) -> dict[str, Any]:
    """What is stolen with a session alone: no device, no key."""
    return {
        "way": "cookie",
        "url": person.browser.url,
        "cookies": person.browser.cookies,
        "practice": practice,
    }


class Thief:
    def __init__(self, loot: dict[str, Any], file: TextIO) -> None:
        self.loot, self.file = loot, file
        self.me = _person(loot)
        self.shut = 0
        self.until = time.monotonic() + MOST_SECONDS

    def rob(self) -> None:
        """Everyone that the account lists, and then those whom it remembers."""
        for record, file in _targets(self.me.browser, self.loot):
            for place in _places(record, file):
                self._take(*place)
                if self.is_over:
                    return

    def pry(self) -> None:
        """Someone in particular, by a reason that is made up."""
        for record in self.loot["remembered"]:
            for part in OF_VISIT:
                self._take(record, part, "break-glass", reason=self.loot["reason"])

    def guess(self) -> None:
        """Ids that nobody has told: what a refusal says is all there is to learn."""
        words: Counter[str] = Counter()
        for _ in range(GUESSES):
            word = self._ask_anyway(new_id(), "identity")
            words[word] += 1
            self.shut += word in SHUT
            if self.is_over:
                break
            time.sleep(GUESS_SECONDS)
        print(json.dumps(words))

    @property
    def is_over(self) -> bool:
        return self.shut >= PATIENCE or time.monotonic() > self.until

    def _take(self, record: str, part: str, purpose: str = "care", *, reason: str | None = None) -> None:
        """One compartment: as often as it takes, where the answer is "not now"."""
        while time.monotonic() < self.until:
            try:
                opened = open_compartment(self.me, record, part, purpose, reason=reason)
            except Refused as refused:
                word = refused.word if refused.path.startswith("/vault") else self._ask_anyway(record, part)
                if word == "budget":
                    time.sleep(WAIT_SECONDS)
                    continue
                self.shut += word in SHUT
                return
            except ClientError:
                return
            for item in opened.items:
                self._note(record, part, item.header.item, item.json())
            return

    def _ask_anyway(self, record: str, part: str) -> str:
        """The web shows nothing; the vault is asked all the same, by the id that is remembered."""
        try:
            release_turns(self.me, [Place(record, part, 0)], "care")
        except Refused as refused:
            return refused.word
        except ClientError as error:
            return str(error)
        return "allowed"

    def _note(self, record: str, part: str, item: str, text: Any) -> None:
        plain = json.dumps(text, ensure_ascii=False)
        whose = _MARK.search(plain)
        row = {"at": clock.to_wire(clock.now()), "person": whose[0] if whose else "", "record": record,
               "compartment": part, "item": item, "bytes": len(plain.encode())}  # fmt: skip
        self.file.write(json.dumps(row) + "\n")
        self.file.flush()


def try_copy(loot: dict[str, Any], file: TextIO) -> None:
    """A copy of the web's database, and the practitioner's own keys: R is unsealed, and V is not to be had."""
    copy = Path(loot["copy"])
    records = {row["id"]: row for row in _rows(copy / "records_record")}
    compartments = {row["id"]: row for row in _rows(copy / "records_compartment")}
    care_keys = dict(_care_keys(loot, copy, records))
    tries = Tries(file)
    for item in _rows(copy / "records_item"):
        part = compartments[item["compartment_id"]]
        place = Place(part["record_id"], part["name"], part["epoch"])
        care_key = care_keys.get(place.record, b"" if part["name"] == "contact" else bytes(KEY_BYTES))
        tries.open(place, care_key, item, person=records[place.record]["subject_id"])
    print(json.dumps({"records": len(records), "care_keys": len(care_keys), **tries.told}))


def try_cookie(loot: dict[str, Any], file: TextIO) -> None:
    """A session and no key: the web hands over what is sealed, and the vault is not even asked."""
    browser, tries, fetched = Browser(loot["url"]), Tries(file), 0
    browser.take_cookies(loot["cookies"])
    for record, about in _targets(browser, loot):
        for where, part in _places(record, about):
            try:
                told = browser.get(f"/api/records/{where}/{part}")
            except ClientError:
                continue
            for item in told["items"]:
                fetched += 1
                tries.open(Place(where, part, told["epoch"]), bytes(KEY_BYTES), item)
    print(json.dumps({"fetched": fetched, **tries.told}))


class Tries:
    """Keys that one may guess at, tried on what is sealed. What opens is written down."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.told = file, {"tried": 0, "opened": 0}

    def open(self, place: Place, care_key: bytes, item: dict[str, Any], *, person: str = "") -> None:
        header = json.loads(item["header"])
        half = care_key or bytes(KEY_BYTES)
        for turn in (bytes(KEY_BYTES), half, hkdf(care_key, place.label("guess"))):
            self.told["tried"] += 1
            key = content_key(place, care_key=care_key, turn=turn)
            if b64u_encode(key.commitment) == header["commitment"]:
                self.told["opened"] += 1
                row = {"at": clock.to_wire(clock.now()), "person": person or place.record, "record": place.record,
                       "compartment": place.compartment, "item": header["item"]}  # fmt: skip
                self.file.write(json.dumps(row) + "\n")


def _targets(browser: Browser, loot: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Consultations and files that are listed for this account, and those that are remembered."""
    seen = set()
    for query in ("", f"?practice={loot['practice']}"):
        try:
            listed = browser.get(f"/api/consultations{query}")
        except ClientError:
            continue
        for one in listed:
            if one["id"] not in seen:
                seen.add(one["id"])
                yield one["id"], one.get("file", "")
    for record in loot.get("remembered", ()):
        if record not in seen:
            yield record, ""


def _places(record: str, file: str) -> list[tuple[str, str]]:
    return [(record, part) for part in OF_VISIT] + [(file, part) for part in OF_FILE if file]


def _care_keys(loot: dict[str, Any], copy: Path, records: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    seed = practice_kem_seed(b64u_decode(loot["seed"]))
    for row in _rows(copy / "records_sealedkey"):
        if row["recipient"] != loot["practice"]:
            continue
        sealed = {"suite": SUITE, "purpose": "care-key", "about": row["record_id"], "recipient": row["recipient"],
                  "key_id": row["key_id"], "generation": row["generation"],
                  "sealed": b64u_encode(bytes.fromhex(row["sealed"][2:]))}  # fmt: skip
        try:
            yield (
                row["record_id"],
                open_key(
                    sealed, seed, purpose="care-key", about=row["record_id"], recipient=row["recipient"]
                ),
            )
        except EnvelopeError:
            continue


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    for text in path.with_suffix(".jsonl").read_text("utf-8").splitlines():
        yield json.loads(text)


def _person(loot: dict[str, Any]) -> Person:
    browser = Browser(loot["url"])
    browser.take_cookies(loot["cookies"])
    key = DeviceKey(b64u_decode(loot["scalar"]))
    return Person(browser, "professional", id=loot["person"], root=b64u_decode(loot["root"]), device=loot["device"],
                  device_key=key, session=loot["session"])  # fmt: skip


WAYS: dict[str, Callable[[dict[str, Any], TextIO], None]] = {
    "device": lambda loot, file: Thief(loot, file).rob(),
    "reason": lambda loot, file: Thief(loot, file).pry(),
    "ids": lambda loot, file: Thief(loot, file).guess(),
    "cookie": try_cookie,
    "copy": try_copy,
}


def main() -> None:
    loot = json.load(sys.stdin)
    with Path(sys.argv[1]).open("a", encoding="utf-8") as file:
        WAYS[loot["way"]](loot, file)


if __name__ == "__main__":
    main()
