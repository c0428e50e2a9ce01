"""What an officer does in the pages: look, stop, make a case, hand it on."""

import hashlib
import json
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from colloque.detection.rule import Hit
from colloque.incidents import exports, findings, queries, sending
from colloque.incidents.models import Event, Evidence, Finding, Incident, Pull
from colloque.kernel.clock import now, to_wire
from colloque.kernel.errors import ColloqueError
from tests.care import RunningVault
from tests.people import Someone, Ward

pytestmark = pytest.mark.django_db


@pytest.fixture
def finding(ward: Ward) -> Finding:
    told = (("actor", ward.bose.person),)
    where = {"person": ward.bose.person, "device": ward.bose.device, "practice": ward.cabinet.id}
    hit = Hit("slow-harvest", "medium", told, "2026-11-24T09:00:00.000Z", 7, 40, (5, 6, 7), **where)
    findings.note([hit], {"slow-harvest": "Beaucoup de dossiers"})
    return Finding.objects.get()


def post(who: Someone, path: str, **data: object) -> int:
    return who.client.post(f"/officer/{path}", data).status_code


def test_one_gesture_freezes_and_care_is_counted_beforehand(
    ward: Ward, odile: Someone, finding: Finding
) -> None:
    open_ = ward.taken()
    ward.waiting(ward.zoe)
    page = odile.client.get(f"/officer/findings/{finding.id}").content.decode()
    assert "sans aller vite" in page, "what the rule means"
    assert "1 consultation ouverte" in page
    assert "1 demande en attente" in page
    assert post(odile, f"levers/person/{ward.bose.person}", finding=str(finding.id)) == 302
    assert ward.bose.release(open_, "request") == (423, "frozen")
    assert post(odile, f"levers/person/{ward.bose.person}") == 302, "again: it is frozen already"
    assert Pull.objects.count() == 1
    assert "gelé" in odile.client.get("/officer").content.decode()


def test_a_case_in_one_gesture_with_its_times(ward: Ward, odile: Someone, finding: Finding) -> None:
    post(odile, f"levers/device/{ward.bose.device}", finding=str(finding.id))
    assert post(odile, f"findings/{finding.id}/incident") == 302
    assert post(odile, f"findings/{finding.id}/incident") == 302
    incident = Incident.objects.get()
    assert incident.events.count() == 2
    here = f"incidents/{incident.id}"
    told = {
        "at": "2026-11-24T03:10",
        "zone": "Europe/Paris",
        "source": "appel du cabinet",
        "text": "premier signalement",
    }
    assert post(odile, f"{here}/event", **told, in_summary="on") == 302
    assert Event.objects.get(source="appel du cabinet").at.isoformat() == "2026-11-24T02:10:00+00:00"
    assert post(odile, f"{here}/event", **{**told, "zone": "Mars/Olympus"}) == 400
    assert post(odile, f"{here}/decision", text="prévenir la CNIL") == 302
    assert post(odile, f"{here}/task", text="notifier", hours="72") == 302
    assert post(odile, f"{here}/task", text="notifier", hours="-1") == 400
    assert (
        post(odile, f"{here}/evidence", file=SimpleUploadedFile("journal.txt", b"abc"), kept="coffre") == 302
    )
    assert Evidence.objects.get().sha256 == hashlib.sha256(b"abc").hexdigest()
    assert post(odile, f"{here}/done", task=str(incident.tasks.get().id)) == 302
    page = odile.client.get(f"/officer/{here}").content.decode()
    assert "premier signalement" in page
    assert f"Appareil {ward.bose.device[:8]}, gelé" in page and "journal, ligne 5" in page
    assert "24 novembre, 03:10:00" in page, "by the clock of whoever told it"
    assert page.count(f"sécurité {odile.person[:8]}") >= 6, "who did what"
    assert "prévenir la CNIL" in page
    assert post(odile, f"{here}/close") == 302
    assert post(odile, f"{here}/decision", text="trop tard") == 409
    iris = odile.client.get(f"/officer/{here}/export/iris").json()
    told = next(one for one in iris["timeline"] if one["event_source"] == "appel du cabinet")
    assert (told["event_date"], told["event_tz"]) == ("2026-11-24T03:10:00.000", "+01:00")
    assert told["event_in_summary"] is True
    assert "done by sécurité" in iris["tasks"][0]["task_description"]
    assert iris["evidences"][0]["file_hash"] == hashlib.sha256(b"abc").hexdigest()
    veris = odile.client.get(f"/officer/{here}/export/veris").json()
    assert veris["timeline"]["containment"]["unit"] == "Minutes"
    for form, key in (("iris", "case_name"), ("veris", "incident_id"), ("misp", "Event")):
        assert key in odile.client.get(f"/officer/{here}/export/{form}").json()
    assert odile.client.get(f"/officer/{here}/export/word").status_code == 404


def test_a_finding_is_dismissed_with_a_reason_only(odile: Someone, finding: Finding) -> None:
    assert post(odile, f"findings/{finding.id}/dismiss", reason=" ") == 400
    assert post(odile, f"findings/{finding.id}/confirm") == 302
    assert post(odile, f"findings/{finding.id}/dismiss", reason="remplacement") == 302
    assert post(odile, f"findings/{finding.id}/confirm") == 409
    assert "Rien à regarder" in odile.client.get("/officer").content.decode()


def test_an_officer_who_ended_is_told_that_there_is_nothing(odile: Someone) -> None:
    from colloque.incidents import appointing

    appointing.end(odile.person)
    assert odile.client.get("/officer").status_code == 404


def test_whoever_has_a_role_in_a_practice_is_no_officer(ward: Ward) -> None:
    from colloque.incidents import appointing

    with pytest.raises(ColloqueError):
        appointing.appoint(ward.bose.person, "security")


def test_ocsf_goes_to_a_file_a_syslog_and_a_webhook(
    finding: Finding, care: RunningVault, tmp_path: Path
) -> None:
    objects = [exports.ocsf_finding(one) for one in queries.findings_told()]
    objects += [exports.ocsf_line(line) for line in care.lines()[:20]]
    for one in objects:
        assert one["type_uid"] == one["class_uid"] * 100 + one["activity_id"]
    assert sending.send(objects, str(tmp_path / "o.jsonl")) == len(objects)
    assert [json.loads(text) for text in (tmp_path / "o.jsonl").read_text().splitlines()] == objects
    assert syslog_hears(objects).count(b"<110>1 ") == len(objects)
    heard, token = webhook_hears(objects)
    assert heard == objects and token == "Bearer abc"
    for away in ("syslog://127.0.0.1:1", "syslog://127.0.0.1:x", "ftp://a", str(tmp_path / "no/o.jsonl")):
        with pytest.raises(ColloqueError):
            sending.send(objects, away)
    with pytest.raises(ColloqueError) as refused:
        sending.send(objects, "http://user:secret@127.0.0.1:1/")
    assert "secret" not in str(refused.value)


def test_an_export_of_lines_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    for first, numbers in ((0, (0, 1, 3)), (4, (4, 7))):
        mark = sending.Mark(path)
        assert mark.next == first
        assert list(mark.follow({"seq": n} for n in numbers))
        mark.keep()
    broken = sending.Mark(path)
    next(broken.follow([{"seq": 8}, {"seq": 9}]))
    assert broken.next == 8, "what was not seen to arrive is sent again"
    path.write_text("eight")
    with pytest.raises(ColloqueError, match="a line's number"):
        sending.Mark(path)


def syslog_hears(objects: list[dict[str, object]]) -> bytes:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[bytes] = []

        def listen() -> None:
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(65536):
                    heard.append(data)

        thread = threading.Thread(target=listen)
        thread.start()
        sending.send(objects, f"syslog://127.0.0.1:{server.getsockname()[1]}")
        thread.join(10)
    return b"".join(heard)


def webhook_hears(objects: list[dict[str, object]]) -> tuple[list[object], str]:
    heard: list[object] = []
    tokens: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.extend(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            tokens.append(str(self.headers["Authorization"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        sending.send(objects, f"http://127.0.0.1:{server.server_port}/", "Authorization: Bearer abc")
        thread.join(10)
    return heard, tokens[0]


def test_a_case_is_opened_by_hand_and_other_findings_are_put_into_it(
    odile: Someone, finding: Finding
) -> None:
    assert post(odile, "incidents", title=" ", level="high") == 400
    assert post(odile, "incidents", title="sauvegarde perdue", level="terrible") == 400
    assert not Incident.objects.exists()
    assert post(odile, "incidents", title="sauvegarde perdue", level="critical") == 302
    incident = Incident.objects.get()
    assert incident.events.get().text == "sauvegarde perdue"
    page = odile.client.get(f"/officer/findings/{finding.id}").content.decode()
    assert "sauvegarde perdue" in page, "it can be put into the one that is open"
    assert post(odile, f"findings/{finding.id}/incident", incident=str(incident.id)) == 302
    assert Incident.objects.count() == 1
    assert list(incident.findings.values_list("id", flat=True)) == [finding.id]
    page = odile.client.get(f"/officer/incidents/{incident.id}").content.decode()
    assert f"/officer/findings/{finding.id}" in page
    assert post(odile, f"incidents/{incident.id}/close") == 302
    assert (
        Incident.objects.get().title
        not in odile.client.get(f"/officer/findings/{finding.id}").content.decode()
    )


def test_a_closed_case_takes_no_finding(odile: Someone, finding: Finding) -> None:
    post(odile, "incidents", title="ancien", level="low")
    incident = Incident.objects.get()
    post(odile, f"incidents/{incident.id}/close")
    assert post(odile, f"findings/{finding.id}/incident", incident=str(incident.id)) == 409
    assert Finding.objects.get().incident is None


def test_what_was_decided_can_be_read_again_and_by_whom(odile: Someone, finding: Finding) -> None:
    assert post(odile, f"findings/{finding.id}/confirm") == 302
    assert f"/officer/findings/{finding.id}" in odile.client.get("/officer").content.decode(), (
        "still to be answered"
    )
    assert post(odile, f"findings/{finding.id}/dismiss", reason="remplacement prévu") == 302
    assert f"/officer/findings/{finding.id}" not in odile.client.get("/officer").content.decode()
    page = odile.client.get("/officer/findings?state=dismissed").content.decode()
    assert "remplacement prévu" in page and odile.person[:8] in page
    page = odile.client.get(f"/officer/findings/{finding.id}").content.decode()
    assert "remplacement prévu" in page and odile.person[:8] in page
    assert odile.client.get("/officer/findings?state=none&page=99").status_code == 200


def test_a_flood_is_seen_page_by_page_and_dismissed_together_but_for_what_came_since(odile: Someone) -> None:
    def flood(numbers: range, at: str) -> None:
        findings.note(
            [Hit("r", "high", (("device", f"d{n}"),), at, n, 1, (n,)) for n in numbers], {"r": "Des refus"}
        )

    flood(range(60), "2026-11-24T09:00:00.000Z")
    assert "/officer/findings?rule=r" in odile.client.get("/officer").content.decode()
    page = odile.client.get("/officer/findings?rule=r").content.decode()
    assert page.count("appareil d") == 50 and "page=2" in page
    assert odile.client.get("/officer/findings?rule=r&page=2").content.decode().count("appareil d") == 10
    upto = re.search(r'name="upto" value="([^"]+)"', page)
    assert upto
    flood(range(60, 63), "2026-11-24T09:05:00.000Z")
    assert post(odile, "findings/dismiss", rule="r", upto=upto[1], reason="") == 400
    assert post(odile, "findings/dismiss", rule="r", upto="hier", reason="essai de charge") == 400
    assert post(odile, "findings/dismiss", rule="r", upto=upto[1], reason="essai de charge") == 302
    assert Finding.objects.filter(state="open").count() == 3
    assert set(Finding.objects.filter(state="dismissed").values_list("reason", flat=True)) == {
        "essai de charge"
    }


def test_an_account_or_a_device_is_stopped_without_a_finding(ward: Ward, odile: Someone) -> None:
    def looked(text: str) -> str:
        return odile.client.get("/officer/practices", {"q": text}).content.decode()

    lever = f'action="/officer/levers/person/{ward.bose.person}"'
    for text in ("bose", ward.bose.person, ward.bose.device, "  BOSE "):
        assert lever in looked(text), text
        assert f'action="/officer/levers/device/{ward.bose.device}"' in looked(text), text
    assert f'action="/officer/levers/practice/{ward.cabinet.id}"' in looked(ward.cabinet.name[:6])
    # A patient has no name here, and is found by the id that the ledger writes.
    assert f'action="/officer/levers/person/{ward.alice.person}"' in looked(ward.alice.person)
    assert "Rien de ce nom" in looked("zzz") and "Tout arrêter" not in looked("zzz")
    assert post(odile, f"levers/device/{ward.bose.device}") == 302
    assert "Fait le" in looked("bose")


def test_a_hundred_thousand_findings_are_counted_and_read_page_by_page(ward: Ward, odile: Someone) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO incidents_finding (id, rule, title, level, "group", person, device, practice, why, first_at,'
            " last_at, hits, lines, state, reason) SELECT gen_random_uuid(), 'slow-harvest', 'Beaucoup', 'medium',"
            " 'actor=' || n, '', '', '', '', now(), now() - n * interval '1 second', 1, '[]', 'open', ''"
            " FROM generate_series(1, 100000) n"
        )
    overview = odile.client.get("/officer").content.decode()
    assert "99995 autres" in overview, "how many there are"
    assert overview.count("/officer/findings/") < 50, "and no flood"
    first = odile.client.get("/officer/findings?rule=slow-harvest").content.decode()
    last = odile.client.get("/officer/findings?rule=slow-harvest&page=999999").content.decode()
    assert "compte 1<" in first and "compte 100000<" in last
    assert (
        post(odile, "findings/dismiss", rule="slow-harvest", upto=to_wire(now()), reason="essai de charge")
        == 302
    )
    assert not Finding.objects.filter(state="open").exists()
