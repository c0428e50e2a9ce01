"""How Alice asks for a consultation, step by step."""

from typing import Any

from playwright.sync_api import Page

from tests.journeys.steps import heading, press

MOTIVE = "Mal de gorge et fièvre depuis trois jours."
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001049444154789c63d8626303440c"
    "100a0022be04b10306182d0000000049454e44ae426082"
)


def go_on(page: Page) -> None:
    press(page, "Continuer")


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check()


def ask_up_to_motive(page: Page, *, motive: str = MOTIVE) -> None:
    page.get_by_role("link", name="Demander une consultation").click()
    heading(page, "Quel cabinet voulez-vous consulter\u00a0?")
    page.get_by_label("Cabinet des Lilas").check()
    go_on(page)
    heading(page, "Qui voulez-vous voir\u00a0?")
    page.get_by_label("Dès que possible").check()
    go_on(page)
    heading(page, "Où êtes-vous en ce moment\u00a0?")
    choose(page, "À mon domicile")
    page.get_by_label("Dans quelle ville\u00a0?").fill("Lyon")
    go_on(page)
    heading(page, "Qu’est-ce qui vous amène\u00a0?")
    page.get_by_label("Qu’est-ce qui vous amène\u00a0?").fill(motive)


def answer_now(page: Page) -> None:
    heading(page, "Ce qui vous amène")
    choose(page, "De la fièvre")
    page.get_by_label("Depuis quel jour environ\u00a0?").fill("2026-11-20")
    go_on(page)


def answer_signs(page: Page) -> None:
    heading(page, "Vos mesures")
    page.get_by_role("group", name="Avez-vous eu de la fièvre").get_by_label("Oui").check()
    page.get_by_label("La plus haute température").fill("38,5")
    page.get_by_role("group", name="Avez-vous du mal à respirer").get_by_label("Non").check()
    go_on(page)


def answer_questions(page: Page) -> None:
    answer_now(page)
    answer_signs(page)
    heading(page, "Vos antécédents")
    page.get_by_role("group", name="Avez-vous des allergies").get_by_label("Non").check()
    choose(page, "Aucune")
    go_on(page)
    heading(page, "Pour finir")
    go_on(page)
    heading(page, "Voulez-vous joindre des photos ou des documents\u00a0?")


def add_files(page: Page, *files: tuple[str, str, bytes]) -> None:
    chosen: list[Any] = [{"name": name, "mimeType": type_, "buffer": data} for name, type_, data in files]
    page.get_by_label("Ajouter un document").set_input_files(chosen)


def identify(page: Page) -> None:
    heading(page, "Qui êtes-vous\u00a0?")
    page.get_by_label("Prénom").fill("Alice")
    page.get_by_label("Nom de naissance").fill("Martin")
    page.get_by_label("Date de naissance").fill("1956-03-14")
    choose(page, "Féminin")
    go_on(page)


def agree(page: Page) -> None:
    heading(page, "Vos accords")
    for group in page.get_by_role("group").all():
        group.get_by_label("Oui, j’accepte").check()
    go_on(page)


def send(page: Page) -> str:
    """From the check of the answers to the waiting room, without trying the camera; return the consultation."""
    heading(page, "Vérifiez vos réponses")
    press(page, "C’est juste, continuer")
    heading(page, "Vérifions votre appareil")
    go_on(page)
    heading(page, "Envoyer votre demande")
    press(page, "Envoyer ma demande")
    heading(page, "Salle d’attente")
    return page.url.rsplit("/", 1)[-1]


def ask(page: Page) -> str:
    """The whole of it, from the home page; return the consultation."""
    ask_up_to_motive(page)
    go_on(page)
    answer_questions(page)
    go_on(page)
    identify(page)
    agree(page)
    return send(page)


def ask_again(page: Page) -> str:
    """Ask once more, known to the practice by now."""
    ask_up_to_motive(page)
    go_on(page)
    answer_questions(page)
    go_on(page)
    agree(page)
    return send(page)
