"""What letters say: that there is something to see, and where. Never what it is about, nor who it is from.

No motive, no specialty, no practitioner, no practice: its name may say all three. The link is the front door.
"""

from dataclasses import dataclass

from django.utils.translation import gettext, override

from colloque.kernel.errors import sentence

# Of each letter: its subject and its one sentence.
LETTERS: dict[str, tuple[str, str]] = {
    "taken": (
        sentence("On vous attend"),
        sentence("Votre demande est prise en charge : vous êtes attendu en salle de consultation."),
    ),
    "refused": (
        sentence("Une réponse vous attend"),
        sentence("Votre demande a reçu une réponse. Elle vous est donnée après connexion."),
    ),
    "transferred": (
        sentence("Votre demande change de mains"),
        sentence("Votre demande a été confiée à quelqu’un d’autre. Vous gardez votre tour."),
    ),
    "closed": (
        sentence("Votre consultation est terminée"),
        sentence("Ce qui a été convenu est à lire après connexion."),
    ),
    "offer": (
        sentence("Une date vous est proposée"),
        sentence("Une date vous est proposée. Acceptez-la ou refusez-la après connexion."),
    ),
    "agenda": (
        sentence("Votre agenda a changé"),
        sentence(
            "Une date de votre agenda a été acceptée, refusée ou annulée. L’agenda se lit après connexion."
        ),
    ),
    "appointment-cancelled": (
        sentence("Une date est annulée"),
        sentence("Une date qui était convenue est annulée. Ce qui suit se lit après connexion."),
    ),
    "message": (
        sentence("Un message vous attend"),
        sentence("Quelqu’un vous a écrit. Le message se lit après connexion."),
    ),
    "request": (
        sentence("Une demande vous est adressée"),
        sentence("Quelqu’un demande à vous voir. La demande se lit après connexion."),
    ),
    "break-glass": (
        sentence("Une ouverture exceptionnelle a eu lieu"),
        sentence(
            "Un dossier a été ouvert en dehors du suivi habituel, avec un motif écrit. "
            "Qui, quand et pourquoi : c’est à lire après connexion."
        ),
    ),
    "objection": (
        sentence("Une personne conteste une ouverture"),
        sentence("Une ouverture de dossier est contestée dans votre cabinet. Répondez-y après connexion."),
    ),
    "objection-answered": (
        sentence("Une réponse à votre signalement"),
        sentence("Le cabinet a répondu à votre signalement. La réponse se lit après connexion."),
    ),
    "reopening": (
        sentence("Quelqu’un rouvre votre cabinet avec la feuille de secours"),
        sentence(
            "La feuille de secours de votre cabinet a servi à demander d’en devenir responsable. "
            "Si ce n’est pas convenu entre vous, connectez-vous et refusez avant que cela ne prenne effet."
        ),
    ),
    "archive-asked": (
        sentence("L’ouverture de l’archive de votre cabinet est demandée"),
        sentence(
            "La feuille de secours de votre cabinet a servi à demander l’ouverture de tous ses dossiers. "
            "Si ce n’est pas convenu entre vous, connectez-vous et refusez : une seule personne suffit."
        ),
    ),
    "erase-wished": (
        sentence("Une personne demande l’effacement d’un dossier"),
        sentence(
            "Une personne demande que votre cabinet efface un dossier qui la concerne. "
            "Décidez-en après connexion : ce que la loi vous fait conserver se garde, avec un motif."
        ),
    ),
    "erase-asked": (
        sentence("Un dossier va être effacé"),
        sentence(
            "Un dossier qui vous concerne va être effacé pour de bon, et personne ne pourra plus l’ouvrir. "
            "Si ce n’est pas voulu, connectez-vous et retirez la demande avant qu’elle ne prenne effet."
        ),
    ),
    "erase-withdrawn": (
        sentence("Un dossier ne sera pas effacé"),
        sentence(
            "La demande d’effacer un dossier a été retirée. Par qui et pourquoi : c’est à lire après connexion."
        ),
    ),
    "erased": (
        sentence("Un dossier a été effacé"),
        sentence(
            "Un dossier qui vous concernait a été effacé pour de bon. Le journal le dit après connexion."
        ),
    ),
    "custody-proposed": (
        sentence("Un cabinet veut vous confier ses dossiers"),
        sentence(
            "Un cabinet qui s’arrête propose au vôtre de reprendre ses dossiers. "
            "Ce qui est à signer se lit après connexion, et il est possible de refuser."
        ),
    ),
    "custody-asked": (
        sentence("Votre dossier va changer de cabinet"),
        sentence(
            "Un dossier qui vous concerne va être confié à un autre cabinet. "
            "Auquel et quand : c’est à lire après connexion. D’ici là, vous pouvez garder votre dossier en dehors."
        ),
    ),
    "custody-of-practice": (
        sentence("Les dossiers de votre cabinet vont être confiés à un autre"),
        sentence(
            "Deux responsables ont signé pour confier les dossiers de votre cabinet à un autre. "
            "Si ce n’est pas voulu, connectez-vous et arrêtez-le avant que cela ne prenne effet."
        ),
    ),
    "custody-cancelled": (
        sentence("Les dossiers restent où ils sont"),
        sentence(
            "Il n’est plus prévu de confier à un autre cabinet les dossiers dont nous vous avions parlé. "
            "Ce qui suit se lit après connexion."
        ),
    ),
    "custody-moved": (
        sentence("Votre dossier a changé de cabinet"),
        sentence(
            "Un dossier qui vous concerne est désormais tenu par un autre cabinet. "
            "Lequel, et qui l’ouvre : c’est à lire après connexion."
        ),
    ),
    "agreement": (
        sentence("Un accord vous est demandé"),
        sentence(
            "Quelqu’un de votre cabinet vous demande de signer avec lui. "
            "Ce qui est à signer se lit après connexion, et il est possible de refuser."
        ),
    ),
    "grant": (
        sentence("Votre dossier va s’ouvrir à un nouveau compte"),
        sentence(
            "Votre cabinet a préparé l’accès d’un nouveau compte à votre dossier. "
            "Si vous n’avez rien demandé, connectez-vous et annulez-le avant qu’il ne prenne effet."
        ),
    ),
}


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


def write(letter: str, *, language: str, origin: str, name: str) -> Text:
    """Write a letter in the reader's language; KeyError for one that does not exist."""
    subject, said = LETTERS[letter]
    with override(language):
        parts = [
            gettext("Bonjour,"),
            gettext(said),
            f"{origin}/",
            gettext(
                "Ce message ne contient rien de votre santé. Ne répondez pas : personne ne lit cette adresse."
            ),
            name,
        ]
        return Text(f"{gettext(subject)} · {name}", "\n\n".join(parts) + "\n")
