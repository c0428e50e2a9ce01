"""Two parts of a practice's sheet open its records with no member and no service: later, in lines, and nothing else does."""

import json
from pathlib import Path
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.accounts.models import Practice, SealedSeed
from colloque.archive import commands, parts, parts_at_hand
from colloque.archive.ceremony import Sheet
from colloque.envelope import recovery_code
from colloque.incidents import findings
from colloque.incidents.tail import Watch
from colloque.kernel.clock import from_wire, now, to_wire
from colloque.kernel.encoding import b64u_encode, key_id
from colloque.ledger.export import export
from colloque.ledger.verify import verify
from colloque.vault import store
from tests.accounts.practice import PracticeKeys
from tests.care import RunningVault
from tests.documents.test_blobs import upload
from tests.people import Someone, Ward
from tests.records.test_grants import days_later


class Paper:
    """The cabinet's sheet, printed and in three parts."""

    def __init__(self, ward: Ward) -> None:
        self.keys = PracticeKeys(ward.cabinet.id, [ward.cabinet.seed])
        self.said = self.keys.sheet()
        ward.marc.tell_vault(ward.marc.say("sheet", practice=ward.cabinet.id, sheet=self.said))
        Practice.objects.filter(id=ward.cabinet.id).update(recovery=self.keys.recovery)
        self.parts = parts.split(self.keys.code)

    def renew(self, ward: Ward) -> None:
        """The practice's next key, as a browser makes it: what was sealed before opens down the chain."""
        told, members = self.keys.renew(), (ward.marc, ward.bose, ward.dan, ward.sam)
        said = ward.marc.say(
            "generation", practice=self.keys.id, generation=1, kem_key=b64u_encode(self.keys.kem_key),
            members=[{"id": one.person, "key_id": key_id(one.keys.kem_key)} for one in members],
            sheet_key_id=self.said["kem_key_id"],
        )  # fmt: skip
        ward.marc.tell_vault(said)
        Practice.objects.filter(id=self.keys.id).update(recovery=self.keys.recovery)
        SealedSeed.objects.create(
            practice_id=self.keys.id, purpose="past-practice-seed", recipient=self.keys.id, generation=1,
            wire=told["past"],
        )  # fmt: skip


def test_two_parts_of_three_and_no_fewer() -> None:
    code = recovery_code.new_code()
    first, second, third = parts.split(code)
    assert {parts.combine(two) for two in ((first, second), (first, third), (third, second))} == {code}
    typo = first.replace(first.split()[5], "academic" if first.split()[5] != "academic" else "acid")
    other = parts.split(code)[1]
    for wrong in ([], [first], [first, first], [typo, second], [first, other]):
        with pytest.raises(parts.WrongParts):
            parts.combine(wrong)
    said: list[str] = []
    assert parts_at_hand.split(recovery_code.encode(code), said.append) == 0
    assert sum("Part" in one for one in said) == 3 and recovery_code.encode(code) not in " ".join(said)
    assert parts_at_hand.split("not a code", said.append) == 1
    assert parts_at_hand.check([first, third], said.append) == 0
    assert parts_at_hand.check([first, other], said.append) == 1


def test_the_sheets_open_what_was_sealed_after_the_wait_and_leave_lines(
    own_ward: Ward, own_care: RunningVault, tmp_path: Path
) -> None:
    ward, alice = own_ward, own_ward.alice
    paper = Paper(ward)
    alice.write(ward.file, "background", ("background", {"text": "asthme"}))
    held = ward.taken()
    photo = b"\xff\xd8 a photo of a rash" * 999
    upload(alice, held, photo)
    paper.renew(ward)  # a member has left since: the sheet holds the newer key, and leads to the older one
    settings, practice, two = own_care.settings, ward.cabinet.id, paper.parts[1:]
    said: list[str] = []

    def opened(folder: str, *, typed: Any = two, wanted: Any = ()) -> int:
        return commands.open_records(
            settings, practice, typed, tmp_path / folder, wanted=wanted, say=said.append
        )

    assert opened("never-asked") == 1
    assert commands.ask(settings, practice, two, said.append) == 0
    assert opened("too-soon") == 1 and "Not before" in said[-1]
    with days_later(7.1):
        assert opened("other", typed=parts.split(recovery_code.new_code())[:2]) == 1
        assert not list(tmp_path.glob("*/*/record.json"))
        assert opened("open") == 0, said
        told = json.loads((tmp_path / "open" / ward.file / "record.json").read_text())
        assert [one["content"] for one in told["items"]["background"]] == [{"text": "asthme"}]
        assert [file.read_bytes() for file in (tmp_path / "open" / held).glob("*.bin")] == [photo]
        assert told["troubles"] == []
        # Somebody is there after all.
        ward.bose.tell_vault(ward.bose.say("archive-cancel", practice=practice))
        assert opened("cancelled", wanted=[ward.file]) == 1
        assert archive_told(ward.bose, practice) == (200, {"archive": None})
    lines = own_care.lines(actor=practice)
    assert lines[0]["kind"] == "archive-asked"
    assert {(x["kind"], x["relation"], x["outcome"]) for x in lines[1:]} == {
        ("release", "archive", "allowed")
    }
    assert {(x["record"], x["compartment"]) for x in lines[1:] if x["record"] == ward.file} == {
        (ward.file, name) for name in ("identity", "nir", "background")
    }
    export(settings.database_url, tmp_path / "log", *store.read_export_keys(settings))
    verify(tmp_path / "log")


def archive_told(who: Someone, practice: str) -> tuple[int, Any]:
    answer = who.vault.post("/vault/archive", json=who.say("archive-waiting", practice=practice))
    return answer.status_code, answer.json()


def test_who_may_end_it_is_told_of_it_by_letter_and_on_their_page_also_frozen(
    own_ward: Ward, own_care: RunningVault
) -> None:
    ward, practice = own_ward, own_ward.cabinet.id
    paper, watch = Paper(ward), Watch()
    assert archive_told(ward.marc, practice) == (200, {"archive": None})
    findings.sweep(watch)
    assert commands.ask(own_care.settings, practice, paper.parts[:2], [].append) == 0
    findings.sweep(watch)
    jobs = [job.args for job in ProcrastinateJob.objects.all() if job.args.get("letter") == "archive-asked"]
    assert {job["person"] for job in jobs} >= {ward.marc.person, ward.bose.person}
    assert all(set(job) == {"person", "letter"} for job in jobs), "nothing of what it is about"
    asked = from_wire(archive_told(ward.bose, practice)[1]["archive"]["asked_at"])
    assert own_care.lines(kind="archive-asked")[0]["time"] == to_wire(asked)
    for who in (ward.sam, ward.alice, ward.chen):
        assert archive_told(who, practice)[1]["error"] == "not-allowed", who.name
    assert ward.chen.vault.post(
        "/vault/statements", json=ward.chen.say("archive-cancel", practice=practice)
    ).json()["error"] == "not-allowed"  # fmt: skip
    # Frozen, and the practice with them: it only denies.
    ward.marc.tell_vault(ward.marc.say("freeze", scope="practice", target=practice))
    ward.marc.tell_vault(ward.marc.say("freeze", scope="person", target=ward.bose.person))
    not_before = from_wire(archive_told(ward.bose, practice)[1]["archive"]["not_before"])
    assert not_before > asked + own_care.settings.archive_delay
    ward.bose.tell_vault(ward.bose.say("archive-cancel", practice=practice))
    assert archive_told(ward.marc, practice) == (200, {"archive": None})


def test_a_sheet_alone_says_nothing_over_http_and_an_old_one_nothing_at_all(
    ward: Ward, care: RunningVault
) -> None:
    old = Paper(ward)
    new = Paper(ward)
    said = Sheet(ward.cabinet.id, new.keys.code).say("archive", step="ask", not_before=to_wire(now()))
    for path in ("statements", "release"):
        answer = ward.vault.post(f"/vault/{path}", json=said)
        assert answer.json()["error"] in ("signature", "malformed"), path
    told: list[str] = []
    assert commands.ask(care.settings, ward.cabinet.id, old.parts[:2], told.append) == 1
    assert commands.ask(care.settings, ward.other_cabinet.id, new.parts[:2], told.append) == 1
    assert care.lines(kind="archive-asked", actor=ward.cabinet.id) == []
