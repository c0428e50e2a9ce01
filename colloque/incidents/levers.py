"""What each lever stops and what goes on, in numbers and words. Pure: counts in, sentences out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# The ladder, from the one device to all there is. Rules pull the first three at most, and what they pull is reversible.
LEVERS = ("device", "person", "history", "practice", "read-only", "consult-only", "off")


@dataclass(frozen=True)
class CareNow:
    """What is under way where the lever would be pulled."""

    practitioners: int = 0
    calls: int = 0
    waiting: int = 0
    today: int = 0
    booked: int = 0  # of today's, appointments whose patients have not come yet


@dataclass(frozen=True)
class Preview:
    lever: str
    title: str
    goes_on: tuple[str, ...]
    stops: tuple[str, ...]


def preview(lever: str, care: CareNow) -> Preview:
    """Say what pulling `lever` would cost in care now."""
    title, goes_on, stops = _TOLD[lever](care)
    return Preview(lever, title, tuple(goes_on), tuple(stops))


type _Told = tuple[str, list[str], list[str]]


def _device(care: CareNow) -> _Told:
    return (
        _("Geler cet appareil"),
        [_("La même personne continue sur un autre appareil."), *_calls_go_on(care)],
        [_("Cet appareil n’ouvre plus aucun dossier.")],
    )


def _person(care: CareNow) -> _Told:
    return (
        _("Geler ce compte"),
        [_("Ses collègues continuent, et peuvent reprendre ses patients."), *_calls_go_on(care)],
        [_("Cette personne n’ouvre plus rien, sur aucun appareil."), *_waits(care), *_are_lost(care)],
    )


def _history(care: CareNow) -> _Told:
    return (
        _("Fermer l’historique, garder les consultations"),
        [
            _("La vidéo, les nouvelles demandes et les patients du jour continuent."),
            *_who(care),
            *_are_kept(care),
            *_calls_go_on(care),
        ],
        [_("Les dossiers des consultations terminées restent fermés, même par un motif écrit.")],
    )


def _practice(care: CareNow) -> _Told:
    return (
        _("Geler le cabinet"),
        [_("Les patients lisent leurs propres dossiers."), *_calls_go_on(care)],
        [
            _("Personne du cabinet n’ouvre d’autre dossier ni ne prend de demande."),
            *_who(care),
            *_waits(care),
            *_are_lost(care),
        ],
    )


def _read_only(care: CareNow) -> _Told:
    return (
        _("Figer les comptes, les appareils et les droits"),
        [
            _("Les consultations, les nouvelles demandes et la lecture des dossiers continuent."),
            *_who(care),
            *_are_kept(care),
        ],
        [
            _("Personne ne s’inscrit ni ne se connecte sur un nouvel appareil."),
            _("Aucun membre, aucun droit, aucune clé ne change."),
        ],
    )


def _consult_only(care: CareNow) -> _Told:
    return (
        _("Garder les seules consultations, partout"),
        [
            _("La vidéo, les nouvelles demandes et les patients du jour continuent."),
            *_who(care),
            *_are_kept(care),
            *_calls_go_on(care),
            *_waits(care),
        ],
        [
            _(
                "Dans tous les cabinets, les dossiers des consultations terminées se ferment, même par un motif écrit."
            )
        ],
    )


def _off(care: CareNow) -> _Told:
    return (
        _("Tout arrêter"),
        _calls_go_on(care) or [_("Rien ne se perd.")],
        [
            _("Plus personne n’ouvre rien, ni patients ni praticiens, et aucune demande n’arrive."),
            *_who(care),
            *_waits(care),
            *_are_lost(care),
        ],
    )


_TOLD: Mapping[str, Callable[[CareNow], _Told]] = {
    "device": _device,
    "person": _person,
    "history": _history,
    "practice": _practice,
    "read-only": _read_only,
    "consult-only": _consult_only,
    "off": _off,
}


def _counted(count: int, told: str) -> list[str]:
    """The sentence with its number; of none, nothing is said."""
    return [told % {"count": count}] if count else []


def _calls_go_on(care: CareNow) -> list[str]:
    """Media goes from browser to browser: a freeze does not cut a call that has begun."""
    told = ngettext(
        "%(count)s consultation ouverte : l’image et le son continuent.",
        "%(count)s consultations ouvertes : l’image et le son continuent.",
        care.calls,
    )
    return _counted(care.calls, told)


def _who(care: CareNow) -> list[str]:
    who = ngettext("%(count)s praticien", "%(count)s praticiens", care.practitioners) % {
        "count": care.practitioners
    }
    today = ngettext(
        "%(count)s consultation aujourd’hui.", "%(count)s consultations aujourd’hui.", care.today
    ) % {"count": care.today}
    return [f"{who}, {today}"]


def _waits(care: CareNow) -> list[str]:
    told = ngettext(
        "%(count)s demande en attente reste en attente.",
        "%(count)s demandes en attente restent en attente.",
        care.waiting,
    )
    return _counted(care.waiting, told)


def _are_kept(care: CareNow) -> list[str]:
    told = ngettext(
        "%(count)s rendez-vous encore prévu aujourd’hui a lieu.",
        "%(count)s rendez-vous encore prévus aujourd’hui ont lieu.",
        care.booked,
    )
    return _counted(care.booked, told)


def _are_lost(care: CareNow) -> list[str]:
    told = ngettext(
        "%(count)s rendez-vous encore prévu aujourd’hui n’a pas lieu.",
        "%(count)s rendez-vous encore prévus aujourd’hui n’ont pas lieu.",
        care.booked,
    )
    return _counted(care.booked, told)
