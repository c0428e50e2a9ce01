"""From a line of the ledger to a finding and a freeze, through the real vault."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from colloque.accounts.models import Account
from colloque.accounts.vault_door import vault
from colloque.detection.rule import Hit
from colloque.incidents import appointing, findings, planting, tail
from colloque.incidents.models import Finding, Pull, Tail
from colloque.incidents.tail import Watch
from colloque.kernel.encoding import b64u_encode
from colloque.kernel.errors import ColloqueError
from colloque.kernel.ids import new_id
from colloque.vault.client import VaultClient, load
from colloque.vault.errors import NotAllowed, VaultError
from tests.care import RunningVault
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db


def test_who_tries_refusals_is_found_and_frozen(ward: Ward, watch: Watch) -> None:
    for _ in range(8):
        assert ward.chen.release(ward.taken(), "request")[0] == 403
    findings.sweep(watch)
    finding = Finding.objects.get(rule="refusals-without-relation")
    assert (finding.device, finding.person, len(finding.lines)) == (ward.chen.device, ward.chen.person, 8)
    assert Pull.objects.get().lever == "device"
    assert ward.chen.release(ward.taken(), "request") == (423, "frozen")
    assert ward.bose.release(ward.taken(), "request")[0] == 200, "the others go on"


def test_a_line_is_read_once_whoever_reads(ward: Ward, watch: Watch) -> None:
    ward.taken()
    assert findings.sweep(watch) > 0
    assert findings.sweep(watch) == 0
    assert findings.sweep(Watch()) == 0, "a worker that starts anew fills its windows and finds nothing twice"


def test_windows_survive_a_restart(ward: Ward, watch: Watch) -> None:
    records = [ward.taken() for _ in range(8)]
    for record in records[:3]:
        ward.chen.release(record, "request")
    findings.sweep(watch)
    for record in records[3:]:
        ward.chen.release(record, "request")
    findings.sweep(Watch())
    assert Finding.objects.filter(rule="refusals-without-relation").count() == 1


def test_one_touch_of_a_canary_freezes(ward: Ward, watch: Watch) -> None:
    fictitious = ward.someone("fictitious", "patient")
    appointing.add_canary(fictitious.person, "patient", "bait one")
    record = ward.waiting(fictitious)
    assert ward.chen.release(record, "request")[0] == 403
    findings.sweep(watch)
    assert Finding.objects.get(rule="canary-touched").person == ward.chen.person
    assert ward.chen.release(ward.taken(), "request") == (423, "frozen")


def test_who_tries_what_a_planted_backup_says_is_found(
    ward: Ward, odile: Someone, watch: Watch, tmp_path: Path
) -> None:
    bait, address = ward.someone("bait", "patient"), "secours@exemple.fr"
    index = vault().blind_index(address, network="192.0.2.0/24")
    Account.objects.filter(id=bait.person).update(address_index=index)
    appointing.add_canary(bait.person, "backup", "beside the true ones")
    assert "beside the true ones" in appointing.canaries_told()[0]
    planting.plant(tmp_path / "sauvegarde", address, "https://colloque.exemple")
    found = (tmp_path / "sauvegarde" / "LISEZMOI.txt").read_text("utf-8")
    assert "https://colloque.exemple/sign-in" in found
    told = [line.strip() for line in found.splitlines() if line.startswith("    ")]
    assert told[0] == address
    with pytest.raises(ColloqueError):
        planting.plant(tmp_path / "sauvegarde", address, "")
    # What the thief does with it: the passphrase was never anybody's, and asking is enough.
    thief = Client()
    asked = thief.post("/api/sign-in/salt", {"email": told[0]}, content_type="application/json").json()
    body = {
        "email": told[0],
        "method": asked["method"],
        "sign_in_secret": b64u_encode(bytes(32)),
        "totp": "123456",
    }
    assert thief.post("/api/sign-in/passphrase", body, content_type="application/json").status_code == 403
    findings.sweep(watch)
    finding = Finding.objects.get(rule="canary-touched")
    assert finding.person == bait.person
    # The line is the web's: its own device is not offered, for to freeze it would stop everyone.
    page = odile.client.get(f"/officer/findings/{finding.id}").content.decode()
    assert "beside the true ones" in page and f"/officer/findings/{finding.id}/dismiss" in page
    assert finding.device and f"/officer/levers/device/{finding.device}" not in page


def test_a_shorter_ledger_is_a_finding(ward: Ward, watch: Watch) -> None:
    findings.sweep(watch)
    Tail.objects.update(next=tail.size() + 40)
    findings.sweep(Watch())
    assert Finding.objects.get(rule="ledger-gap").level == "critical"


def test_only_the_officers_service_reads_lines_and_it_opens_nothing(
    ward: Ward, service: Callable[[str], VaultClient]
) -> None:
    taken = ward.taken()
    for name in ("web", "mailer", "operator"):
        with pytest.raises(NotAllowed):
            service(name).feed(0)
    reads = service("officer")
    lines, size = reads.feed(0)
    assert lines[0]["seq"] == 0
    assert size >= len(lines)
    contact = next(line["record"] for line in lines if line["kind"] == "record-created")
    for record, compartments in (
        (taken, ("request", "exchange", "documents", "care")),
        (ward.file, ("identity", "nir", "background")),
        (contact, ("contact", "identity")),
    ):
        for compartment in compartments:
            for purpose in ("care", "notify"):
                with pytest.raises(VaultError) as refused:
                    reads.release(
                        [{"record": record, "compartment": compartment, "epoch": 0}], purpose=purpose
                    )
                assert refused.value.status in (403, 429), (compartment, purpose)


def test_an_officer_is_given_no_key_and_released_nothing(ward: Ward, odile: Someone) -> None:
    taken = ward.taken()
    assert odile.get(f"practices/{ward.cabinet.id}/seeds")[0] == 404
    assert odile.get(f"records/{taken}")[0] == 404
    for record, compartment in ((taken, "request"), (taken, "care"), (ward.file, "identity")):
        assert odile.release(record, compartment) == (403, "relation")
        assert odile.release(record, compartment, reason="I am the security officer here") == (
            403,
            "relation",
        )


def test_a_flood_is_a_handful_of_rows(ward: Ward) -> None:
    many = 100_000
    at = "2026-11-24T09:00:00.000Z"
    hits = [Hit("budget-exhausted", "medium", (("actor", f"a{n}"),), at, n, 1, (n,)) for n in range(many)]
    findings.note(hits[:50_000], {})
    findings.note(hits[50_000:], {})
    assert Finding.objects.count() == findings.MOST_OPEN + 1
    assert sum(Finding.objects.values_list("hits", flat=True)) == many
    assert len(Finding.objects.get(group="…").lines) == findings.MOST_LINES


def test_a_bad_rule_of_ones_own_is_told_and_the_others_run(
    ward: Ward, watch: Watch, settings: object, tmp_path: object
) -> None:
    (tmp_path / "broken.yml").write_text("title: [")
    settings.COLLOQUE_RULES = str(tmp_path)
    for _ in range(8):
        ward.chen.release(ward.taken(), "request")
    findings.sweep(watch)
    assert "broken.yml, line" in Tail.objects.get().trouble
    assert Finding.objects.filter(rule="refusals-without-relation").exists()


def test_the_web_is_not_frozen_by_what_it_tells(ward: Ward, care: RunningVault) -> None:
    web = load(care.keys / "web.json")
    hit = Hit(
        "canary-touched", "critical", (), "2026-11-24T09:00:00.000Z", 1, 1, (1,), "person", web.person, "", ""
    )
    findings.note([hit], {})
    assert not Pull.objects.exists()
    hit = Hit("leaver-asks", "high", (), "2026-11-24T09:00:00.000Z", 1, 1, (1,), "person", new_id(), "", "")
    findings.note([hit], {})
    assert not Pull.objects.exists(), "the vault refuses what nobody is"
    assert "not-allowed" in Finding.objects.get(rule="leaver-asks").why


def test_a_broken_glass_is_told_from_the_vaults_line_whatever_the_web_was_asked(
    ward: Ward, watch: Watch
) -> None:
    record = ward.taken()
    reason = "unconscious in the waiting room"
    assert ward.dan.release(record, "care", reason=reason)[0] == 200
    findings.sweep(watch)
    letters = [job.args for job in ProcrastinateJob.objects.all() if job.args.get("letter") == "break-glass"]
    assert {letter["person"] for letter in letters} == {ward.alice.person, ward.marc.person}
    assert {letter["consultation"] for letter in letters} == {record}
