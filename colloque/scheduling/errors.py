"""What this room refuses."""

from colloque.kernel.errors import Conflict, sentence


class SlotTaken(Conflict):
    word = "slot-taken"
    public = sentence("Ce praticien a déjà une date à cette heure. Choisissez-en une autre.")


class OfferOver(Conflict):
    word = "offer-over"
    public = sentence("Cette date n’est plus proposée. Rechargez la page pour voir celles qui le sont.")


class TooManyOffers(Conflict):
    word = "too-many-offers"
    public = sentence(
        "Plusieurs dates sont déjà proposées à cette personne. Attendez sa réponse, ou retirez-en une."
    )


class WrongSpan(Conflict):
    word = "span"
    public = sentence(
        "Cette date est passée, ou trop longue. Choisissez une heure à venir, pour douze heures au plus."
    )
