"""Afterwards: who could not open it, who did, an objection, the letters; then everyone leaves."""

import time

from colloque.client.account import Account
from colloque.client.directory import directory_of
from colloque.client.errors import ClientError, Refused
from colloque.client.ledger import Line
from colloque.client.practice import end_member
from colloque.client.records import open_compartment
from colloque.client.story import Step, Story, same
from colloque.client.vault import read_lines, release_turns
from colloque.envelope.keys import Place, practice_kem_seed
from colloque.envelope.sealed_key import open_note, seal_note

LINES_SECONDS = LETTER_SECONDS = 20
OPENED_BY_PRACTITIONER = frozenset(
    {"request", "exchange", "documents", "care", "identity", "nir", "background"}
)


def be_kept_out(story: Story) -> None:
    """The practice's manager, who treats nobody: neither the web nor the vault gives anything out."""
    manager, place = story.practice.manager.person, Place(story.hers.id, "care")
    for trespass in (
        lambda: open_compartment(manager, place.record, place.compartment, "care"),
        lambda: release_turns(manager, [place], "care"),
        lambda: manager.browser.get(f"/api/consultations/{place.record}"),
    ):
        try:
            trespass()
        except Refused:
            continue
        raise ClientError("Someone who has no part in the consultation was let in.")


def look_who_opened(story: Story) -> None:
    """Each opening has its line, proven; so has the one that was refused."""
    lines = _wait_lines(story)
    known = {story.patient.person.id, story.doctor.person.id}
    strangers = {line.fields["actor"] for line in lines if line.kind == "release"} - known
    services = set(_services(story))
    same(strangers - services, set(), "the list of who opened")
    mine = {line.fields["compartment"] for line in lines if _is_by(line, story.doctor.person.id)}
    same(mine, OPENED_BY_PRACTITIONER, "the list of what the practitioner opened")
    refused = [line for line in lines if line.kind == "refusal"]
    same({line.fields["actor"] for line in refused}, {story.practice.manager.person.id}, "who was refused")
    story.nir_line = next(
        line.seq
        for line in lines
        if _is_by(line, story.doctor.person.id) and line.fields["compartment"] == "nir"
    )


def object_to_it(story: Story) -> None:
    """Her objection reaches the manager, who alone reads its note, and answers."""
    alice, practice, manager = story.patient, story.practice, story.practice.manager
    recipient = directory_of(alice.browser).practice(practice.id)
    note = seal_note(story.write_down("objection"), practice=recipient).to_json()
    body = {"seq": story.nir_line, "record": story.hers.file, "reason": "not-needed", "note": note}
    alice.browser.post("/api/objections", body)
    told = manager.browser.get(f"/api/practices/{practice.id}/objections")
    (found,) = told if isinstance(told, list) else told["objections"]
    same(found["seq"], story.nir_line, "the line that is objected to")
    seed = practice_kem_seed(manager.person.practice_seed(practice.id, recipient.generation))
    story.same_as_written("objection", open_note(found["note"], seed, practice=practice.id))
    manager.browser.post(f"/api/objections/{found['id']}/answer", {"answer": "explained"})


def read_letters(story: Story) -> None:
    """Letters came that say that there is something to see, and nothing of what it is."""
    address = story.words.address("patient")
    until = time.monotonic() + LETTER_SECONDS
    while len(letters := story.mailbox.letters_to(address)) < 2:
        if time.monotonic() > until:
            raise ClientError("No letter says that there is something to see.")
        time.sleep(0.2)
    for letter in letters:
        if any(text in letter for text in (*story.words.texts, story.words.nir, story.words.phone)):
            raise ClientError("A letter holds something of care.")


def leave_practice(story: Story) -> None:
    """The practitioner leaves: the vault releases nothing more, their session ends, nobody is offered the practice."""
    manager, practice, place = story.practice.manager, story.practice.id, Place(story.hers.id, "care")
    release_turns(story.doctor.person, [place], "care")
    end_member(manager, practice, story.doctor.person.id)
    try:
        release_turns(story.doctor.person, [place], "care")
    except Refused:
        offered = {one["id"] for one in story.patient.browser.get("/api/practices")}
        same(practice in offered, False, "the list of practices that can be asked")
    else:
        raise ClientError("Someone who left the practice still opens what was their patient's.")
    _let_in_no_more(story.doctor, "Someone who left their last practice is still let in.")


def sign_out_everywhere(story: Story) -> None:
    for account in (story.patient, story.practice.manager):
        account.browser.post("/api/sign-out/everywhere")
        _let_in_no_more(account, "Someone who signed out is still let in.")


def _let_in_no_more(account: Account, trouble: str) -> None:
    try:
        account.browser.get("/api/records")
    except Refused as refused:
        same(refused.status, 401, "the answer to someone who is signed out")
    else:
        raise ClientError(trouble)
    account.browser.close()


def _wait_lines(story: Story) -> list[Line]:
    """The lines about the patient; those that a worker writes may be on their way."""
    until = time.monotonic() + LINES_SECONDS
    while True:
        lines = read_lines(story.patient.person)
        if any(line.kind == "item-served" for line in lines) or time.monotonic() > until:
            return lines
        time.sleep(0.2)


def _services(story: Story) -> list[str]:
    """The services of the deployment, by their person ids: the mailer opens addresses, and says so."""
    told = story.patient.browser.get("/vault/directory/key")
    return list(told["service_persons"].values())


def _is_by(line: Line, person: str) -> bool:
    return line.kind == "release" and line.fields["actor"] == person


STEPS = (
    Step(
        "be-kept-out",
        "someone of the practice who treats nobody is refused, by the web and by the vault",
        be_kept_out,
        "Stop the deployment: someone reads what is not theirs. Then write to the address in SECURITY.md.",
    ),
    Step(
        "look-who-opened",
        "she sees who opened what, each line proven by the ledger",
        look_who_opened,
        "Run `colloque ledger export DIR` and `python -m colloque.ledger.verify DIR`; look into the worker's log.",
    ),
    Step(
        "object",
        "she objects to one; the manager reads it and answers",
        object_to_it,
        "Look into the web's log.",
    ),
    Step(
        "read-letters",
        "letters came, with no word of care in them",
        read_letters,
        "Look into the worker's log, then into the SMTP server's.",
    ),
    Step(
        "leave-practice",
        "the practitioner leaves, is signed out and opens nothing more; the practice is no longer offered",
        leave_practice,
        "Look into the web's and the vault's logs.",
    ),
    Step(
        "sign-out",
        "the others sign out everywhere, and their sessions are let in no more",
        sign_out_everywhere,
        "Look into the web's log.",
    ),
)
