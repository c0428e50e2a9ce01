"""The thief, in a process of its own: `python -m colloque.drill.live.attacker OUT < loot.json`.

It has what was stolen and nothing else, and writes down what it decrypted itself, item by item, with whose it is as the
text itself says. That file is the truth that everything else is held against.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
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

OF_VISIT = ("request", "exchange", "care", "documents")
OF_FILE = ("identity", "background", "nir")
PATIENCE = 3  # times that it is told "frozen" before it gives up
WAIT_SECONDS = 3.0
MOST_SECONDS = 180.0
_MARK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def loot_of(person: Person, practice: str) -> dict[str, Any]:
    """What is on an unlocked device: the session, the keys, and the practice's seed."""
    jar = person.browser.cookies
    return {
        "url": person.browser.url, "cookies": jar, "person": person.id, "root": b64u_encode(person.root),
        "device": person.device, "scalar": b64u_encode(person.device_key.scalar), "session": person.session,
        "practice": practice, "seed": b64u_encode(person.practice_seed(practice, 0)),
    }  # fmt: skip


class Thief:
    def __init__(self, loot: dict[str, Any], file: TextIO) -> None:
        self.loot, self.file = loot, file
        self.me = _person(loot)
        self.shut = 0
        self.until = time.monotonic() + MOST_SECONDS

    def rob(self) -> None:
        """Everyone that the account lists, and then those whom it remembers."""
        for record, file in self._targets():
            places = [(record, part) for part in OF_VISIT] + [(file, part) for part in OF_FILE if file]
            for place in places:
                self._take(*place)
                if self.shut >= PATIENCE or time.monotonic() > self.until:
                    return

    def _targets(self) -> Iterator[tuple[str, str]]:
        seen = set()
        for query in ("", f"?practice={self.loot['practice']}"):
            try:
                listed = self.me.browser.get(f"/api/consultations{query}")
            except ClientError:
                continue
            for one in listed:
                if one["id"] not in seen:
                    seen.add(one["id"])
                    yield one["id"], one.get("file", "")
        for record in self.loot.get("remembered", ()):
            if record not in seen:
                yield record, ""

    def _take(self, record: str, part: str) -> None:
        """One compartment: as often as it takes, where the answer is "not now"."""
        while time.monotonic() < self.until:
            try:
                opened = open_compartment(self.me, record, part, "care")
            except Refused as refused:
                word = refused.word if refused.path.startswith("/vault") else self._ask_anyway(record, part)
                if word == "budget":
                    time.sleep(WAIT_SECONDS)
                    continue
                self.shut += word in ("frozen", "revoked")
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
    tried = opened = 0
    for item in _rows(copy / "records_item"):
        part = compartments[item["compartment_id"]]
        header = json.loads(item["header"])
        place = Place(part["record_id"], part["name"], part["epoch"])
        care_key = care_keys.get(place.record, b"" if part["name"] == "contact" else bytes(KEY_BYTES))
        for turn in (bytes(KEY_BYTES), (care_key or bytes(KEY_BYTES)), hkdf(care_key, place.label("guess"))):
            tried += 1
            key = content_key(place, care_key=care_key, turn=turn)
            if b64u_encode(key.commitment) == header["commitment"]:
                opened += 1
                row = {"at": clock.to_wire(clock.now()), "person": records[place.record]["subject_id"],
                       "record": place.record, "compartment": place.compartment, "item": item["item"]}  # fmt: skip
                file.write(json.dumps(row) + "\n")
    print(
        json.dumps({"records": len(records), "care_keys": len(care_keys), "tried": tried, "opened": opened})
    )


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


def main() -> None:
    loot = json.load(sys.stdin)
    with Path(sys.argv[1]).open("a", encoding="utf-8") as file:
        if "copy" in loot:
            try_copy(loot, file)
        else:
            Thief(loot, file).rob()


if __name__ == "__main__":
    main()
