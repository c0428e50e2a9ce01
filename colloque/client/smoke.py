"""`colloque smoke URL`: a whole consultation, from sign-up to "who opened my file", against a running deployment."""

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from colloque.client import call, consultation
from colloque.client.account import (
    Account,
    Practice,
    accept_invitation,
    confirm_member,
    first_manager,
    invite,
    sign_in,
    sign_out,
    sign_up,
)
from colloque.client.directory import directory_of
from colloque.client.errors import ClientError
from colloque.client.lines import ProvenLine, lines_about_me
from colloque.client.live import socket
from colloque.client.mailbox import Mailbox
from colloque.client.records import Compartment, create_record, fetch_file, open_compartment, send_file
from colloque.client.words import Words
from colloque.envelope.errors import EnvelopeError
from colloque.envelope.sealed_key import seal_note
from colloque.kernel.clock import now, to_wire

LINE_SECONDS = 20


@dataclass
class Story:
    """What the steps hand on to one another."""

    url: str
    mailbox: Mailbox
    words: Words
    manager_link: str
    practice: Practice | None = None
    doctor: Account | None = None
    patient: Account | None = None
    file: str = ""
    id: str = ""
    opened: dict[str, Compartment] = field(default_factory=dict)

    @property
    def cabinet(self) -> Practice:
        assert self.practice is not None
        return self.practice

    @property
    def bose(self) -> Account:
        assert self.doctor is not None
        return self.doctor

    @property
    def alice(self) -> Account:
        assert self.patient is not None
        return self.patient


def open_practice(story: Story) -> None:
    """the first manager opens a practice by the operator's link, and its key is made"""
    address = f"manager-{story.words.mark}@smoke.example"
    story.practice = first_manager(
        story.manager_link, address, story.mailbox, given="Manon", family="Essai", profession="Responsable"
    )


def add_practitioner(story: Story) -> None:
    """a practitioner joins by the manager's link and is confirmed"""
    manager, practice = story.cabinet.manager, story.cabinet.id
    who = {"given": "Anil", "family": "Essai", "profession": "Médecin généraliste", "rpps": "10003456786"}
    link = invite(manager, practice, roles=["practitioner"], **who)
    story.doctor = accept_invitation(link, f"doctor-{story.words.mark}@smoke.example", story.mailbox)
    confirm_member(manager, practice, story.doctor.person.id, "practitioner")
    story.doctor.browser.post("/api/duty", {"practice": practice, "on": True})


def sign_up_patient(story: Story) -> None:
    """a patient signs up with a code by e-mail and a passkey, leaves, and comes back"""
    story.patient = sign_up(story.url, story.words.patient, story.mailbox, phone=story.words.phone)
    sign_out(story.patient)
    sign_in(story.patient)


def ask(story: Story) -> None:
    """motive, answers, consents, identity, social-security number and a file are sealed, and the request is sent"""
    alice, practice, words = story.alice.person, story.cabinet.id, story.words
    story.file = create_record(alice, "file", practice)
    identity = {"given": words[2], "family": words[3], "birth_date": "1956-03-14", "sex": "unknown"}
    open_compartment(alice, story.file, "identity", "own").put("identity", identity)
    open_compartment(alice, story.file, "nir", "own").put("nir", {"nir": words.nir})
    story.id = create_record(alice, "consultation", practice, file=story.file)
    request = open_compartment(alice, story.id, "request", "own")
    request.put("motive", {"text": words[0], "place": {"kind": "home", "town": words[1]}})
    request.put("questionnaire-response", _answers(alice, practice, words))
    for purpose in ("care-by-video", "documents-to-practice"):
        request.put("consent", {"purpose": purpose, "given": True, "wording": purpose, "at": to_wire(now())})
    documents = open_compartment(alice, story.id, "documents", "own")
    send_file(documents, words.all_as_one().encode(), name=words[6], type="application/pdf")
    told = consultation.act(alice, "request", story.id, practice=practice)
    _same(told["state"], "waiting", "the consultation's state")


def take(story: Story) -> None:
    """the practitioner sees the request in the live queue, reads it and takes it"""
    bose, words = story.bose.person, story.words
    with socket(bose.browser, f"/ws/queue/{story.cabinet.id}") as queue:
        queue.wait(
            lambda m: m["type"] == "queue" and any(w["id"] == story.id for w in m["waiting"]),
            what="the request in the queue",
        )
    request = open_compartment(bose, story.id, "request", "queue")
    _same(request.find("motive")[0]["text"], words[0], "the motive")
    _same(
        open_compartment(bose, story.file, "identity", "queue").find("identity")[0]["family"],
        words[3],
        "the identity",
    )
    _same(consultation.act(bose, "take", story.id)["state"], "taken", "the consultation's state")
    _same(open_compartment(bose, story.file, "nir", "care").find("nir")[0]["nir"], words.nir, "the number")


def talk(story: Story) -> None:
    """messages go both ways, live, and are marked read"""
    alice, bose, words = story.alice.person, story.bose.person, story.words
    with (
        socket(alice.browser, f"/ws/consultations/{story.id}") as hers,
        socket(bose.browser, f"/ws/consultations/{story.id}") as his,
    ):
        from_her = open_compartment(alice, story.id, "exchange", "own")
        from_her.put("message", {"text": words[4], "documents": []})
        his.wait(_is_news, what="her message")
        from_him = open_compartment(bose, story.id, "exchange", "care")
        _same(from_him.find("message")[-1]["text"], words[4], "her message")
        consultation.mark_read(bose, story.id, 0)
        hers.wait(lambda m: m["type"] == "read" and m["person"] == bose.id, what="that it was read")
        from_him.put("message", {"text": words[5], "documents": []})
        hers.wait(_is_news, what="his message")
        from_her.refresh()
        _same(from_her.find("message")[-1]["text"], words[5], "his message")


def ring(story: Story) -> None:
    """offer and answer go over the relay, their fingerprints signed by both devices and checked"""
    alice, bose = story.alice.person, story.bose.person
    ice = alice.browser.get(f"/api/consultations/{story.id}/ice")
    if "iceServers" not in ice:
        raise ClientError("No list of relays came.")
    path = f"/ws/consultations/{story.id}/signal"
    with socket(alice.browser, path) as hers, socket(bose.browser, path) as his:
        his.wait(lambda m: m["type"] == "peer" and m["state"] == "here", what="that the patient is there")
        call.exchange(bose, his, alice, hers, story.id)


def send_documents(story: Story) -> None:
    """documents go both ways, sealed in chunks"""
    alice, bose, words = story.alice.person, story.bose.person, story.words
    his = open_compartment(bose, story.id, "documents", "care")
    (hers,) = (one.header.item for one in his.items)
    _same(fetch_file(his, hers), (words[6], words.all_as_one().encode()), "her file")
    big = (words[7].encode() + b"\n") * (1 + 2_500_000 // (len(words[7].encode()) + 1))
    sent = send_file(his, big, name=words[6], type="application/pdf")
    _same(fetch_file(open_compartment(alice, story.id, "documents", "own"), sent)[1], big, "his file")


def close(story: Story) -> None:
    """a note, a summary, and the consultation is closed; the patient reads the summary"""
    alice, bose, words = story.alice.person, story.bose.person, story.words
    care = open_compartment(bose, story.id, "care", "care")
    care.put("note", {"text": words[8]})
    care.put("summary", {"text": words[9]})
    _same(consultation.act(bose, "close", story.id)["state"], "closed", "the consultation's state")
    hers = open_compartment(alice, story.id, "care", "own")
    _same(hers.find("summary")[0]["text"], words[9], "the summary")


def look_who_opened(story: Story) -> None:
    """the patient sees who opened what, each line proven by the ledger"""
    found = _openings(story)
    _same(
        {"request", "identity", "exchange", "documents", "care", "nir"} <= set(found),
        True,
        "that every opening has its line",
    )


def object_(story: Story) -> None:
    """the patient objects to a line, and the practice's manager finds it"""
    alice, practice = story.alice, story.cabinet
    line = _openings(story)["nir"]
    recipient = directory_of(alice.browser).practice(practice.id)
    note = seal_note(story.words[1], practice=recipient).to_json()
    body = {"seq": line.seq, "record": story.file, "reason": "not-needed", "note": note}
    alice.browser.post("/api/objections", body)
    told = practice.manager.browser.get(f"/api/practices/{practice.id}/objections")
    listed = told if isinstance(told, list) else told["objections"]
    _same([one["seq"] for one in listed], [line.seq], "the objection")


STEPS: tuple[Callable[[Story], None], ...] = (
    open_practice, add_practitioner, sign_up_patient, ask, take, talk, ring, send_documents, close, look_who_opened, object_,
)  # fmt: skip


@dataclass
class Result:
    step: str
    what: str
    ok: bool
    seconds: float
    trouble: str = ""


def play(story: Story, tell: Callable[[Result], None]) -> list[Result]:
    """Each step in order; the first that fails is the last."""
    results = []
    for step in STEPS:
        began, trouble = time.monotonic(), ""
        try:
            step(story)
        except (ClientError, EnvelopeError) as error:
            trouble = str(error) or type(error).__name__
        name = step.__name__.rstrip("_").replace("_", "-")
        results.append(
            Result(name, step.__doc__ or "", not trouble, round(time.monotonic() - began, 2), trouble)
        )
        tell(results[-1])
        if trouble:
            break
    return results


def main(url: str, *, words: Path | None, as_json: bool, mail: Path | None, manager_link: str | None) -> int:
    """Play it and print it. Returns the exit code: 0 when every step held."""
    try:
        folder = mail or _usual_mail(url)
        link = manager_link or _make_link(url)
    except ClientError as error:
        print(error, file=sys.stderr)
        return 2
    story = Story(url.rstrip("/"), Mailbox(folder), Words.read(words), link)
    results = play(story, (lambda _: None) if as_json else _print_step)
    ok = all(one.ok for one in results)
    if as_json:
        print(json.dumps(_as_json(story, results, ok=ok), ensure_ascii=False, indent=1))
    else:
        took = sum(one.seconds for one in results)
        print(f"\n{'Every step held' if ok else 'It stopped'} after {took:.1f} s.")
    return 0 if ok else 1


def _as_json(story: Story, results: list[Result], *, ok: bool) -> dict[str, Any]:
    words = story.words
    made_up = {"email": words.patient, "phone": words.phone, "nir": words.nir}
    return {
        "ok": ok,
        "url": story.url,
        "steps": [vars(one) for one in results],
        "made_up": made_up,
        "words": list(words.texts),
    }


def _print_step(one: Result) -> None:
    print(f"{'ok  ' if one.ok else 'FAIL'} {one.seconds:6.2f} s  {one.step:18} {one.what}", flush=True)
    if one.trouble:
        print(f"     {one.trouble}", flush=True)


def _openings(story: Story) -> dict[str, ProvenLine]:
    """The practitioner's openings by compartment; waits for lines that are on their way."""
    until = time.monotonic() + LINE_SECONDS
    while True:
        mine = lines_about_me(story.alice.person)
        found = {
            str(line.fields.get("compartment")): line
            for line in mine
            if line.kind == "release" and line.fields.get("actor") == story.bose.person.id
        }
        if "care" in found or time.monotonic() > until:
            return found
        time.sleep(0.5)


def _is_news(message: dict[str, Any]) -> bool:
    return message["type"] == "record" and message["compartment"] == "exchange"


def _same(found: object, wanted: object, what: str) -> None:
    # Neither is told: it may be a text of care.
    if found != wanted:
        raise ClientError(f"Something else than {what} came out of what went in.")


def _usual_mail(url: str) -> Path:
    folder = Path(os.environ.get("COLLOQUE_HOME") or ".colloque").expanduser() / "mail"
    if urlsplit(url).hostname in ("localhost", "127.0.0.1") and folder.is_dir():
        return folder
    raise ClientError("Where do the letters go? Name the folder of caught mail with --mail DIR.")


def _make_link(url: str) -> str:
    """As `colloque first-manager` makes it, where this machine has the deployment's settings."""
    if "COLLOQUE_DATABASE_URL" not in os.environ or os.environ.get("COLLOQUE_ORIGIN", "").rstrip(
        "/"
    ) != url.rstrip("/"):
        raise ClientError(
            "A practice must be opened first, and the settings of this deployment are not at hand. "
            "Run `colloque first-manager --practice Essai --city Essai` there, and give its link with --manager-link."
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "colloque.config.settings.web")
    import django  # noqa: PLC0415 – only where the settings are

    django.setup()
    from colloque.accounts.actions import invite_first_manager  # noqa: PLC0415

    return invite_first_manager("Cabinet d’essai", "Essai")


def _answers(person: Any, practice: str, words: Words) -> dict[str, Any]:
    """A QuestionnaireResponse to the practice's own questionnaire: each text question gets a text."""
    questionnaire = person.browser.get(f"/api/practices/{practice}/questionnaire")
    asked = list(_text_items(questionnaire.get("item", [])))
    items = [
        {"linkId": one["linkId"], "text": one.get("text", ""), "answer": [{"valueString": words[n]}]}
        for n, one in enumerate(asked)
    ]
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": questionnaire.get("url", ""),
        "authored": to_wire(now()),
        "item": items or [{"linkId": "free", "answer": [{"valueString": words.all_as_one()}]}],
    }


def _text_items(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for one in items:
        if one.get("type") in ("text", "string"):
            found.append(one)
        found += _text_items(one.get("item", []))
    return found
