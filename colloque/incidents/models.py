"""What was noticed, what was stopped, and the case made of it. Ids, times and an officer's own words: nothing of care."""

from typing import Any

from django.db import models
from django.db.models import Q

from colloque.accounts.models import Account
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id

OPEN, CONFIRMED, DISMISSED, IN_CASE = "open", "confirmed", "dismissed", "incident"
OFFICES = ("security", "dpo")


def _person(**how: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", **how)


class Officer(models.Model):
    """Who looks after security or data protection. Gives no role in any practice, and no key of care."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.PROTECT, related_name="officer"
    )
    office = models.CharField(max_length=16, default="security")
    since = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)


class Tail(models.Model):
    """How far the ledger has been read: one row. `begun_at` lets a restart read the longest span again."""

    next = models.BigIntegerField(default=0)
    swept_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=400, blank=True)


class Mark(models.Model):
    """Where the ledger stood at an hour: where a restart begins again to fill its windows."""

    hour = models.DateTimeField(unique=True)
    seq = models.BigIntegerField()


class Incident(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField(max_length=160)
    level = models.CharField(max_length=16)
    opened_at = models.DateTimeField(default=now)
    opened_by = _person()
    closed_at = models.DateTimeField(null=True)


class Finding(models.Model):
    """Hits of one rule about one group, while it is open: a hundred thousand lines are one row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.CharField(max_length=80)
    title = models.CharField(max_length=160)
    level = models.CharField(max_length=16)
    group = models.CharField(max_length=400)
    person = models.CharField(max_length=36, blank=True)
    device = models.CharField(max_length=36, blank=True)
    practice = models.CharField(max_length=36, blank=True)
    why = models.TextField(blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    hits = models.BigIntegerField(default=1)
    lines = models.JSONField(default=list)  # numbers of the lines, the first hundred
    state = models.CharField(max_length=16, default=OPEN)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = _person(null=True)
    decided_at = models.DateTimeField(null=True)
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="findings")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "group"], condition=Q(state=OPEN), name="one_open_finding"
            )
        ]
        indexes = [models.Index(fields=["state", "-last_at"], name="findings_by_state")]


class Pull(models.Model):
    """A lever that was pulled. `by` is empty where a rule did it; two officers sign that it be undone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lever = models.CharField(max_length=16)
    target = models.UUIDField()
    at = models.DateTimeField(default=now)
    by = _person(null=True)
    finding = models.ForeignKey(Finding, null=True, on_delete=models.PROTECT, related_name="pulls")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="pulls")
    undo_asked_by = _person(null=True)
    undo_asked_at = models.DateTimeField(null=True)
    # What the first officer signed, as it goes to the vault once the second has: with why, and until when.
    undo_statement = models.JSONField(null=True)
    undo_agreed_by = _person(null=True)
    undo_agreed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lever", "target"], condition=Q(undone_at=None), name="a_lever_is_pulled_once"
            )
        ]


class Event(models.Model):
    """A line of the case's timeline: what happened, by whose word, and whether the summary tells it."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    zone = models.CharField(max_length=40, default="Europe/Paris")
    source = models.CharField(max_length=80)
    text = models.CharField(max_length=1000)
    in_summary = models.BooleanField(default=False)
    by = _person()
    added_at = models.DateTimeField(default=now)


class Evidence(models.Model):
    """What proves something: its SHA-256 and where it is kept. The thing itself is not stored here."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="evidence")
    label = models.CharField(max_length=160)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    kept = models.CharField(max_length=160, blank=True)
    by = _person()
    added_at = models.DateTimeField(default=now)


class Decision(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=1000)
    by = _person()
    at = models.DateTimeField(default=now)


class Task(models.Model):
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="tasks")
    text = models.CharField(max_length=400)
    due_at = models.DateTimeField()
    by = _person()
    added_at = models.DateTimeField(default=now)
    done_by = _person(null=True)
    done_at = models.DateTimeField(null=True)


class Canary(models.Model):
    """What exists only to alert: the account of a fictitious patient, of an address, or of a credential."""

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.PROTECT, related_name="canary")
    kind = models.CharField(max_length=16)
    label = models.CharField(max_length=80)
    added_at = models.DateTimeField(default=now)


WAITING, DONE, REFUSED = "waiting", "done", "refused"


class ScopeRun(models.Model):
    """A hypothesis that an officer wrote, and what the worker answered. Pseudonyms and numbers of lines: nobody's name."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(default=now)
    by = _person()
    asked = models.JSONField()  # the form as it was filled in, to fill it in again
    hypothesis = models.TextField()  # the same as the file that `colloque scope` reads
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, null=True, on_delete=models.PROTECT, related_name="scopes")
    state = models.CharField(max_length=16, default=WAITING)
    trouble = models.JSONField(default=dict)  # by language, where it was refused
    done_at = models.DateTimeField(null=True)
    document = models.BinaryField(null=True)  # the answer's JSON, packed by zlib
    everyone = models.BinaryField(null=True)  # Parquet: a row for each person and compartment
    difference = models.JSONField(null=True)
