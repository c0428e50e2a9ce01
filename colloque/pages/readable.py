"""What the server can read, and what it can't: one table, drawn as a page and read by whoever measures an intrusion."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Readable:
    """A thing that stands readable on the server, or passes through it readable."""

    name: str  # a word for programs; never changes
    what: Promise
    why: Promise
    how_long: Promise


@dataclass(frozen=True)
class Sealed:
    name: str
    what: Promise
    who: Promise


READABLE = (
    Readable(
        "account",
        _("Que vous avez un compte, depuis quand, et dans quelle langue"),
        _("Pour vous laisser entrer"),
        _("Tant que le compte existe"),
    ),
    Readable(
        "address-index",
        _("Une empreinte de votre adresse e-mail, calculée avec une clé que ce serveur n’a pas"),
        _("Pour vous reconnaître quand vous la tapez. L’adresse elle-même n’est pas gardée en clair"),
        _("Tant que le compte existe"),
    ),
    Readable(
        "address-in-passing",
        _("Votre adresse e-mail, au moment où vous la tapez ou où nous vous écrivons"),
        _("Pour envoyer le message. Elle reste en mémoire, sans être écrite"),
        _("Quelques minutes"),
    ),
    Readable(
        "devices",
        _("Vos appareils : le nom que vous leur donnez, leur clé publique, leur dernière visite"),
        _("Pour que vous puissiez en retirer un"),
        _("Tant que le compte existe"),
    ),
    Readable(
        "consultations",
        _("Avec quel cabinet et quel praticien vous avez une consultation, quand, et où elle en est"),
        _("Pour tenir la file d’attente et vous mettre en relation"),
        _("Aussi longtemps que la consultation est gardée"),
    ),
    Readable(
        "traffic",
        _("Qui écrit, à quelle heure, et environ combien : jamais quoi"),
        _("Parce que ce qui est scellé passe par ici"),
        _("Aussi longtemps que la consultation est gardée"),
    ),
    Readable(
        "calls",
        _("Qu’un appel a lieu, et les adresses réseau qui servent à l’établir. Ni image ni son"),
        _("Pour relier les deux appareils"),
        _("Le temps de l’appel"),
    ),
    Readable(
        "register",
        _("Qui a ouvert quelle partie de quel dossier, quand, et à quel titre"),
        _("Pour que vous puissiez le vérifier"),
        _("Toujours : le registre ne s’efface pas"),
    ),
    Readable(
        "objections",
        _("Que vous avez contesté une ouverture, et pour quel motif de la liste"),
        _("Pour que le cabinet vous réponde"),
        _("Aussi longtemps que la consultation est gardée"),
    ),
    Readable(
        "professionals",
        _("Le nom, la profession et le numéro RPPS des professionnels, et leur cabinet"),
        _("Ce sont des données publiques : vous devez savoir à qui vous parlez"),
        _("Tant que le compte existe"),
    ),
    Readable(
        "network",
        _("Le début de votre adresse réseau, quand vous vous connectez"),
        _("Pour freiner ceux qui essaient beaucoup de mots de passe"),
        _("Une heure ; dans le registre, toujours"),
    ),
)

SEALED = (
    Sealed(
        "request",
        _("Votre motif et vos réponses au questionnaire"),
        _("Vous et le praticien qui prend votre demande"),
    ),
    Sealed("exchange", _("Vos messages"), _("Vous et le praticien de la consultation")),
    Sealed(
        "documents",
        _("Vos photos et vos documents, et leur nom"),
        _("Vous et le praticien de la consultation"),
    ),
    Sealed("care", _("Le compte rendu et le résumé"), _("Vous et le praticien de la consultation")),
    Sealed(
        "identity",
        _("Votre nom, votre date de naissance, votre sexe"),
        _("Vous, le praticien, et l’accueil pendant la consultation"),
    ),
    Sealed("nir", _("Votre numéro de sécurité sociale"), _("Vous et le praticien de la consultation")),
    Sealed("media", _("L’image et le son de l’appel"), _("Vous et le praticien. Rien n’est enregistré")),
    Sealed(
        "contact",
        _("Votre adresse e-mail et votre téléphone"),
        _("Vous, et le service qui vous écrit : chaque lecture est inscrite au registre"),
    ),
)
