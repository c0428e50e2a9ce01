"""People come: the site answers, a practice opens, a practitioner joins, a patient signs up."""

from colloque.client.account import accept_invitation, sign_in, sign_out, sign_up
from colloque.client.http import Browser
from colloque.client.practice import confirm_member, first_manager, invite
from colloque.client.story import Step, Story

# Invented; the number has a valid key.
PRACTITIONER = {
    "given": "Anil",
    "family": "Essai",
    "profession": "Médecin généraliste",
    "rpps": "10003456786",
}


def answer(story: Story) -> None:
    browser = Browser(story.url)
    browser.get("/health")
    browser.close()


def open_practice(story: Story) -> None:
    address = story.words.address("manager")
    story.practice = first_manager(
        story.manager_link, address, story.mailbox, given="Manon", family="Essai", profession="Responsable"
    )


def add_practitioner(story: Story) -> None:
    manager, practice = story.practice.manager, story.practice.id
    link = invite(manager, practice, roles=["practitioner"], **PRACTITIONER)
    story.doctor = accept_invitation(link, story.words.address("doctor"), story.mailbox)
    confirm_member(manager, practice, story.doctor.person.id, "practitioner")
    story.doctor.browser.post("/api/duty", {"practice": practice, "on": True})


def sign_up_patient(story: Story) -> None:
    address = story.words.address("patient")
    story.patient = sign_up(story.url, address, story.mailbox, phone=story.words.phone)


def come_back(story: Story) -> None:
    sign_out(story.patient)
    sign_in(story.patient)


STEPS = (
    Step(
        "answer",
        "the site answers, and says that its parts do",
        answer,
        "Open URL/health: it names the part that does not answer.",
    ),
    Step(
        "open-practice",
        "a manager opens a practice by the operator's link; its key is made",
        open_practice,
        "The link is for one use within its time: make another with `colloque first-manager`.",
    ),
    Step(
        "add-practitioner",
        "a practitioner joins by the manager's link and is confirmed",
        add_practitioner,
        "Look into the worker's log (letters) and the vault's (statements).",
    ),
    Step(
        "sign-up-patient",
        "a patient signs up with a code by e-mail and a passkey",
        sign_up_patient,
        "Look whether the letter with the code left: the worker's log, then the SMTP server's.",
    ),
    Step(
        "come-back",
        "she signs out, and in again: one touch signs in and unlocks",
        come_back,
        "Look whether COLLOQUE_ORIGIN is the very address that people type.",
    ),
)
