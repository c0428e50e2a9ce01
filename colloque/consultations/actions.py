"""What moves a consultation: one transaction, the row locked, the pure decision, the vault's yes, the commit.

The signed act is written down (`Said`) before it is sent. The vault may have agreed when this process dies:
then the web is behind the vault, and only by acts that are written down. Sent again, by the person or by the
worker, the same statement is answered as the first time, and the act is completed. No other order of failures
leaves them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from colloque.accounts.rota import standing_of
from colloque.accounts.vault_door import vault
from colloque.consultations import announce
from colloque.consultations.access import find
from colloque.consultations.doors import DoorPlan, plan_doors, subject_writes
from colloque.consultations.errors import (
    AlreadyTaken,
    ForAnother,
    NotAssigned,
    OffDuty,
    Passed,
    TooManyDrafts,
)
from colloque.consultations.models import Consultation, Said, Seen, Taking
from colloque.consultations.state import (
    ACTS,
    DRAFT_LIFE,
    STATES,
    Act,
    Actor,
    Encounter,
    Refused,
    State,
    Step,
    decide,
    is_of_day,
)
from colloque.kernel.clock import from_wire, now
from colloque.kernel.errors import ColloqueError, Malformed, NotFound, Unavailable
from colloque.kernel.ids import is_id
from colloque.records.access import roles_in
from colloque.records.actions import erase_content, let_subject_write, open_doors
from colloque.records.asking import Asker
from colloque.records.create import create_record, read_statement
from colloque.records.models import Door
from colloque.vault.errors import TooSoon
from colloque.vault.errors import Unavailable as VaultUnavailable

MOST_DRAFTS = 20
# A statement that old and still unanswered belongs to no request that is under way.
LOST_AFTER = timedelta(seconds=15)
WHOM: Mapping[str, str] = {"appointment": "practitioner", "request": "practitioner", "transfer": "to"}
ASKED_OF_A_PRACTICE = frozenset({"appointment", "request"})
REFUSALS: Mapping[str, type[ColloqueError]] = {
    "stranger": NotFound,
    "for-another": ForAnother,
    "not-assigned": NotAssigned,
    "passed": Passed,
    "taken": AlreadyTaken,
    "too-soon": TooSoon,
    "off-duty": OffDuty,
}


@dataclass(frozen=True)
class Wish:
    """What a signed act says: its id, and whom it names."""

    id: str
    to: str | None
    practice: str | None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def create_consultation(
    asker: Asker, envelope: object, sealed_keys: object, practitioner: object
) -> Consultation:
    """Make a draft with its record; a retry with the same statement returns the first."""
    with transaction.atomic():
        record = create_record(asker, envelope, sealed_keys, kinds=("consultation",))
        known = Consultation.objects.filter(id=record.id).first()
        if known is not None:
            return known
        if Consultation.objects.filter(patient__id=asker.person, state="draft").count() >= MOST_DRAFTS:
            raise TooManyDrafts
        if record.practice_id is None or record.file_id is None:
            raise Malformed("practice or file")
        wished = None if practitioner is None else _practitioner(practitioner, record.practice_id)
        return Consultation.objects.create(
            id=record.id,
            record=record,
            patient_id=asker.person,
            practice_id=record.practice_id,
            file_id=record.file_id,
            wished_id=wished,
            created_at=now(),
        )


def act(asker: Asker, consultation_id: str, what: Act, envelope: object) -> Consultation:
    """Do what a signed statement says; raise why not. The same statement again completes or repeats the
    answer."""
    wish = _read_wish(asker, consultation_id, what, envelope)
    consultation = find(consultation_id)
    if consultation is None:
        raise NotFound
    said = Said.objects.filter(id=wish.id).first()
    if said is None:
        if complete_lost(consultation):
            consultation.refresh_from_db()
        _decide(consultation, what, asker.person, wish)
        said, _ = Said.objects.get_or_create(
            id=wish.id,
            defaults={
                "consultation": consultation,
                "person_id": asker.person,
                "act": what,
                "envelope": envelope,
            },
        )
    if (str(said.consultation_id), str(said.person_id), said.envelope) != (
        consultation_id,
        asker.person,
        envelope,
    ):
        raise Malformed("the id of another statement")
    return complete(said, network=asker.network)


def complete(said: Said, *, network: str = "") -> Consultation:
    """Carry out a statement that is written down. Concurrent acts on one consultation queue on its row."""
    asker = Asker(str(said.person_id), network=network)
    wish = _read_wish(asker, str(said.consultation_id), _act_of(said), said.envelope)
    try:
        with transaction.atomic():
            locked = Consultation.objects.select_for_update(of=("self",)).select_related("record")
            consultation = locked.get(id=said.consultation_id)
            if Said.objects.filter(id=said.id, outcome="done").exists():
                return consultation
            step = _decide(consultation, _act_of(said), asker.person, wish)
            _apply(consultation, _act_of(said), step, wish, asker.person)
            # Crash here: nothing happened. Crash after the next line: the vault knows, `said` is unanswered,
            # and whoever sends it again (the person's page, or the worker within a minute) completes it.
            vault().state(said.envelope, network=network)
            Said.objects.filter(id=said.id).update(outcome="done")
            return consultation
    except (Unavailable, VaultUnavailable):
        raise  # whether the vault heard it is unknown: it stays unanswered, and is sent again
    except ColloqueError as error:
        Said.objects.filter(id=said.id, outcome="").update(outcome=error.word[:24])
        raise


def complete_lost(consultation: Consultation | None = None) -> int:
    """Complete the acts whose answer was lost, of one consultation or of all; return how many were."""
    lost = Said.objects.filter(outcome="", at__lt=now() - LOST_AFTER).order_by("at")
    if consultation is not None:
        lost = lost.filter(consultation=consultation)
    completed = 0
    for said in lost[:200]:
        try:
            complete(said)
            completed += 1
        except ColloqueError:
            continue  # refused for good and written down, or to be tried again at the next sweep
    return completed


def expire_drafts() -> int:
    """Let drafts of a week ago go, and appointments to which nobody came, with what was sealed in them."""
    before = now() - DRAFT_LIFE
    due = Q(state="draft", created_at__lte=before) | Q(state="booked", ends_at__lte=before)
    expired = 0
    for id_ in Consultation.objects.filter(due).values_list("id", flat=True)[:500]:
        with transaction.atomic():
            draft = Consultation.objects.select_for_update().filter(due, id=id_).first()
            if draft is not None:
                draft.state = "expired"
                draft.save(update_fields=["state"])
                erase_content(draft.record)
                open_doors(draft.record, [])
                announce.changed(draft)
                expired += 1
    return expired


def encounter_of(consultation: Consultation) -> Encounter:
    return Encounter(
        state=_state_of(consultation),
        patient=str(consultation.patient_id),
        practitioner=_text(consultation.practitioner_id),
        wished=_text(consultation.wished_id),
        is_of_day=is_of_day(consultation.starts_at, consultation.ends_at, now()),
    )


def _decide(consultation: Consultation, what: Act, person: str, wish: Wish) -> Step:
    roles = roles_in(person, consultation.practice_id)
    standing = standing_of(consultation.practice_id, person)
    actor = Actor(
        person,
        practises="practitioner" in roles,
        receives=bool(roles),
        answers_for=standing.answers_for(person),
        is_off_duty=standing.is_absent or standing.is_off_duty,
    )
    decision = decide(encounter_of(consultation), what, actor, to=wish.to)
    if isinstance(decision, Refused):
        raise REFUSALS[decision.reason]
    if wish.practice is not None and wish.practice != str(consultation.practice_id):
        raise Malformed("practice")
    if wish.to is not None:
        _practitioner(wish.to, consultation.practice_id)
    return decision


def _apply(consultation: Consultation, what: Act, step: Step, wish: Wish, by: str) -> None:
    at, before = now(), _text(consultation.practitioner_id)
    consultation.state = step.state
    consultation.practitioner_id = step.practitioner and UUID(step.practitioner)
    consultation.wished_id = step.wished and UUID(step.wished)
    if what == "appointment":
        consultation.starts_at, consultation.ends_at = wish.starts_at, wish.ends_at
    elif what == "request":
        consultation.requested_at = at
    elif what == "take" and step.practitioner is not None:
        consultation.taken_at = at
        Taking.objects.create(consultation=consultation, practitioner_id=step.practitioner, taken_at=at)
    elif what in ("transfer", "close"):
        consultation.takings.filter(left_at=None).update(left_at=at)
        consultation.taken_at = None if what == "transfer" else consultation.taken_at
        consultation.closed_at = at if what == "close" else None
    if before != step.practitioner:
        # Whoever sits on the practitioner's side now has not been heard yet.
        Seen.objects.filter(consultation=consultation, role="practitioner").delete()
    consultation.save()
    _open_doors(consultation)
    announce.changed(consultation)
    announce.write_letters(consultation, what, by=by)


def _open_doors(consultation: Consultation) -> None:
    takers = [str(t) for t in consultation.takings.values_list("practitioner_id", flat=True)]
    plans = plan_doors(
        _state_of(consultation),
        practitioner=_text(consultation.practitioner_id),
        wished=_text(consultation.wished_id),
        takers=takers,
        closed_at=consultation.closed_at,
        starts_at=consultation.starts_at,
        ends_at=consultation.ends_at,
    )
    open_doors(consultation.record, [_door(consultation, plan) for plan in plans])
    let_subject_write(consultation.record, subject_writes(_state_of(consultation)))


def _door(consultation: Consultation, plan: DoorPlan) -> Door:
    return Door(
        record_id=consultation.record_id if plan.on == "consultation" else consultation.file_id,
        cause_id=consultation.record_id,
        practice_id=consultation.practice_id,
        person_id=plan.person,
        roles=list(plan.roles),
        relation=plan.relation,
        reads=list(plan.reads),
        writes=sorted(plan.writes),
        since=plan.since,
        until=plan.until,
    )


def _read_wish(asker: Asker, consultation_id: str, what: Act, envelope: object) -> Wish:
    body = read_statement(envelope, kind=what, person=asker.person).body
    if body.get("record") != consultation_id:
        raise Malformed("record")
    to: Any = body.get(WHOM.get(what, ""))
    if to is not None and (not is_id(to) or (what == "transfer" and to == asker.person)):
        raise Malformed("practitioner")
    practice: Any = body.get("practice") if what in ASKED_OF_A_PRACTICE else None
    if what in ASKED_OF_A_PRACTICE and not is_id(practice):
        raise Malformed("practice")
    if what != "appointment":
        return Wish(body["id"], to, practice)
    if to is None:
        raise Malformed("practitioner")
    return Wish(body["id"], to, practice, *_span(body))


def _span(body: Mapping[str, Any]) -> tuple[datetime, datetime]:
    try:
        return from_wire(str(body.get("starts_at"))), from_wire(str(body.get("ends_at")))
    except ValueError as error:
        raise Malformed("starts_at or ends_at") from error


def _practitioner(person: object, practice: UUID) -> str:
    """Return the id of someone who practises there."""
    if not is_id(person) or "practitioner" not in roles_in(person, practice):
        raise NotFound
    return person


def _act_of(said: Said) -> Act:
    return next(act for act in ACTS if act == said.act)


def _state_of(consultation: Consultation) -> State:
    return next(state for state in STATES if state == consultation.state)


def _text(id_: object) -> str | None:
    return None if id_ is None else str(id_)
