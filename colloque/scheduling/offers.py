"""Dates offered to patients: a member offers, she accepts with her own signature or declines, either side takes back.

The practice's word alone relates nobody to a record (docs/adr/0020-appointments.md): the vault takes an appointment from
her device, and the web from her device for a date that was offered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from colloque.accounts.access import get_membership
from colloque.accounts.models import Membership
from colloque.consultations import actions
from colloque.consultations.access import find
from colloque.consultations.models import Consultation
from colloque.kernel.clock import from_wire, now
from colloque.kernel.dsse import MalformedStatement, parse
from colloque.kernel.errors import Malformed, NotFound
from colloque.kernel.ids import is_id
from colloque.kernel.jobs import defer
from colloque.records.access import get_record_for
from colloque.records.asking import Asker
from colloque.records.models import Record
from colloque.scheduling.errors import OfferOver, SlotTaken, TooManyOffers, WrongSpan
from colloque.scheduling.models import Offer

LONGEST = timedelta(hours=12)
MOST_OPEN = 5
OFFERING = ("practitioner", "secretary", "manager")


@dataclass(frozen=True)
class Wish:
    """What a member asks to offer."""

    id: str
    file: str
    practitioner: str
    starts_at: datetime
    ends_at: datetime
    moves: str | None


def open_offers(at: datetime) -> QuerySet[Offer]:
    """Those that can still be accepted. One whose acceptance reached the vault, and not yet its own row, is over."""
    is_new = Q(moves=False) & (Q(consultation=None) | Q(consultation__state="draft"))
    is_move = Q(moves=True, consultation__state="booked") & ~Q(consultation__starts_at=F("starts_at"))
    return Offer.objects.filter(is_new | is_move, outcome="", ends_at__gt=at)


def offer(asker: Asker, practice: str, data: Mapping[str, Any]) -> Offer:
    """Offer a date to the patient of a file that the asker may open now; she is told. The same id again is the same."""
    get_membership(practice, asker.person, *OFFERING)
    wish, at = _read(data), now()
    known = Offer.objects.filter(id=wish.id, practice__id=practice, by__id=asker.person).first()
    if known is not None:
        return known
    file = _file_for(asker.person, wish.file, practice)
    if not (at < wish.starts_at < wish.ends_at <= wish.starts_at + LONGEST):
        raise WrongSpan
    with transaction.atomic():
        # Two who offer the same hour at once meet on the practitioner's row.
        held = Membership.objects.select_for_update().filter(
            practice_id=practice, account_id=wish.practitioner, ended_at=None,
            account__closed_at=None, roles__contains=["practitioner"],
        )  # fmt: skip
        if not held.exclude(confirmed_at=None).exists():
            raise NotFound
        moved = _moved(wish, file)
        if is_taken(wish, but=moved):
            raise SlotTaken
        if open_offers(at).filter(file=file).count() >= MOST_OPEN:
            raise TooManyOffers
        made = Offer.objects.create(
            id=wish.id, practice_id=practice, file=file, patient_id=file.subject_id,
            practitioner_id=wish.practitioner, consultation=moved, moves=moved is not None,
            starts_at=wish.starts_at, ends_at=wish.ends_at, by_id=asker.person,
        )  # fmt: skip
        defer("notifications.notify", person=str(file.subject_id), letter="offer")
        return made


def is_taken(wish: Wish, *, but: Consultation | None) -> bool:
    """Tell whether the practitioner has another appointment, or another date is offered with them, at that hour."""
    at_once = Q(starts_at__lt=wish.ends_at, ends_at__gt=wish.starts_at)
    booked = Consultation.objects.filter(at_once, state="booked", wished__id=wish.practitioner)
    offered = open_offers(now()).filter(at_once, practitioner__id=wish.practitioner)
    if but is not None:
        booked, offered = booked.exclude(id=but.id), offered.exclude(consultation=but)
    return booked.exists() or offered.exists()


def accept(asker: Asker, offer_id: str, consultation_id: object, envelope: object) -> Consultation:
    """Book what was offered, by her own signature over these very times; the practitioner is told.

    A crash after the vault's yes leaves the act written down: asked again, or by the worker, it is completed.
    """
    held = _offer_to(asker.person, offer_id)
    if not is_id(consultation_id):
        raise Malformed("consultation")
    _check_says(envelope, held)
    consultation = find(consultation_id)
    if consultation is None or (consultation.file_id, str(consultation.patient_id)) != (
        held.file_id,
        asker.person,
    ):
        raise NotFound
    with transaction.atomic():
        row = Offer.objects.select_for_update().get(id=held.id)
        is_again = row.outcome == "accepted" and row.consultation_id == consultation.id
        if not is_again and (row.outcome or row.ends_at <= now()):
            raise OfferOver
        if row.consultation_id not in (None, consultation.id):
            raise OfferOver
        row.consultation = consultation
        row.save(update_fields=["consultation"])
    booked = actions.act(asker, consultation_id, "appointment", envelope)
    _end(held, "accepted")
    return booked


def decline(person: str, offer_id: str) -> None:
    """She says no: that only denies, so a session is enough."""
    held = _offer_to(person, offer_id)
    with transaction.atomic():
        if _end(held, "declined"):
            defer("notifications.notify", person=str(held.practitioner_id), letter="agenda")


def withdraw(person: str, offer_id: str) -> None:
    """A member takes an offer back; one that moves an appointment leaves it where it was."""
    held = Offer.objects.filter(id=offer_id).first() if is_id(offer_id) else None
    if held is None:
        raise NotFound
    get_membership(held.practice_id, person, *OFFERING)
    _end(held, "withdrawn")


def withdraw_all(file: Record) -> None:
    """Take back what a practice offered of a file that it handed on."""
    Offer.objects.filter(file=file, outcome="").update(outcome="withdrawn", ended_at=now())


def _end(held: Offer, outcome: str) -> bool:
    return bool(Offer.objects.filter(id=held.id, outcome="").update(outcome=outcome, ended_at=now()))


def _offer_to(person: str, offer_id: str) -> Offer:
    held = Offer.objects.filter(id=offer_id, patient__id=person).first() if is_id(offer_id) else None
    if held is None:
        raise NotFound
    return held


def _file_for(person: str, file: str, practice: str) -> Record:
    """The file of a patient whom this member's care or reception has to do with now."""
    entry = get_record_for(person, file)
    record = entry.record
    if record.kind != "file" or str(record.practice_id) != practice or entry.is_own:
        raise NotFound
    if record.subject.closed_at is not None:
        raise NotFound
    return record


def _moved(wish: Wish, file: Record) -> Consultation | None:
    if wish.moves is None:
        return None
    found = Consultation.objects.filter(id=wish.moves, file=file, state="booked").first()
    if found is None:
        raise NotFound
    # One new date at a time for one appointment.
    Offer.objects.filter(consultation=found, outcome="").update(outcome="withdrawn", ended_at=now())
    return found


def _check_says(envelope: object, held: Offer) -> None:
    try:
        body = parse(envelope).body
        span = from_wire(str(body.get("starts_at"))), from_wire(str(body.get("ends_at")))
    except (MalformedStatement, ValueError) as error:
        raise Malformed("statement") from error
    if span != (held.starts_at, held.ends_at) or body.get("practitioner") != str(held.practitioner_id):
        raise Malformed("another date than was offered")


def _read(data: Mapping[str, Any]) -> Wish:
    id_, file, practitioner, moves = (data.get(name) for name in ("offer", "file", "practitioner", "moves"))
    if not (is_id(id_) and is_id(file) and is_id(practitioner) and (moves is None or is_id(moves))):
        raise Malformed("offer")
    try:
        starts_at, ends_at = from_wire(str(data.get("starts_at"))), from_wire(str(data.get("ends_at")))
    except ValueError as error:
        raise Malformed("starts_at or ends_at") from error
    return Wish(id_, file, practitioner, starts_at, ends_at, moves)
