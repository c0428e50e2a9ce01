"""What a patient or a practitioner is told while something is frozen: calmly, what is shut and what goes on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from colloque.accounts.models import Practice
from colloque.accounts.queries import current_memberships
from colloque.consultations.models import Consultation
from colloque.incidents.models import Pull
from colloque.vault.ladder import OF_PLATFORM, OF_PRACTICE


@dataclass(frozen=True)
class Told:
    shut: str
    goes_on: str


def told_to(person: str) -> list[Told]:
    """Sentences for this person's pages; none for who has not signed in. One query when nothing is frozen."""
    if not person:
        return []
    of_them = Q(lever__in=OF_PLATFORM | OF_PRACTICE) | Q(lever="person", target=person)
    pulls = list(Pull.objects.filter(of_them, undone_at=None).values_list("lever", "target"))
    if not pulls:
        return []
    own = {membership.practice_id for membership in current_memberships().filter(account_id=person)}
    theirs = own or _practices_of(person)
    seen = [(lever, target) for lever, target in pulls if lever not in OF_PRACTICE or target in theirs]
    levers_seen = {lever for lever, _target in seen}
    if "off" in levers_seen:
        seen = [one for one in seen if one[0] == "off"]  # it says all there is to say
    elif "consult-only" in levers_seen:
        seen = [one for one in seen if one[0] != "history"]
    names = dict(
        Practice.objects.filter(id__in=[target for _lever, target in seen]).values_list("id", "name")
    )
    told = _TO_MEMBERS if own else _TO_PATIENTS
    return [told[lever](names.get(target, "")) for lever, target in seen if lever in told]


def _practices_of(patient: str) -> set[object]:
    """Where a patient has asked for care and awaits something."""
    waits = Consultation.objects.filter(patient__id=patient, state__in=("waiting", "taken"))
    return set(waits.values_list("practice_id", flat=True))


def _own_account(_name: str) -> Told:
    return Told(
        _("Votre accès est gelé par précaution."),
        _(
            "Rien n’est perdu, et un appel en cours continue. Appelez le responsable de votre cabinet, ou l’assistance."
        ),
    )


def _off(_name: str) -> Told:
    return Told(
        _("Tout est fermé par précaution."),
        _("Rien n’est perdu, et un appel en cours continue. En cas d’urgence, appelez le 15 ou le 112."),
    )


def _rights(_name: str) -> Told:
    return Told(
        _("Par précaution, rien ne change pour l’instant aux comptes, aux appareils et aux droits."),
        _("Les consultations et les dossiers continuent comme d’habitude."),
    )


def _history(name: str) -> Told:
    where = _("Les dossiers des consultations terminées sont fermés par précaution.")
    return Told(
        f"{name}\u00a0: {where}" if name else where,
        _("La vidéo, les nouvelles demandes, les consultations ouvertes et les patients du jour continuent."),
    )


def _practice(name: str) -> Told:
    return Told(
        _("%(name)s est fermé par précaution.") % {"name": name},
        _("Les consultations ouvertes continuent jusqu’à leur fin. Aucune autre ne commence."),
    )


def _patients_history(_name: str) -> Told:
    return Told(
        _("Par précaution, les soignants ne relisent pas les consultations terminées pour l’instant."),
        _("Vos consultations, vos nouvelles demandes et vos propres dossiers continuent."),
    )


def _patients_practice(name: str) -> Told:
    return Told(
        _("%(name)s est fermé par précaution.") % {"name": name},
        _(
            "Vous lisez toujours vos dossiers, et une consultation ouverte continue. Pour une nouvelle demande, appelez le "
            "cabinet. En cas d’urgence, appelez le 15 ou le 112."
        ),
    )


_ALL: Mapping[str, Callable[[str], Told]] = {"person": _own_account, "off": _off, "read-only": _rights}
_TO_MEMBERS = {**_ALL, "history": _history, "consult-only": _history, "practice": _practice}
_TO_PATIENTS = {**_ALL, "consult-only": _patients_history, "practice": _patients_practice}
