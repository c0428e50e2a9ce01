"""The encounter. Its id is the id of its sealed record; what was said is not here."""

from django.db import models
from django.db.models import Q

from colloque.accounts.models import Account, Practice
from colloque.consultations.state import STATES
from colloque.kernel.clock import now
from colloque.records.models import Record


class Consultation(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="consultation")
    patient = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="consultations")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="consultations")
    file = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="encounters")
    state = models.CharField(max_length=16, choices=[(s, s) for s in STATES], default="draft")
    practitioner = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    wished = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)
    # Kept through a transfer: who waited does not start anew.
    requested_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Of an appointment.
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "requested_at"], condition=Q(state="waiting"), name="waiting_by_practice"
            ),
            models.Index(
                fields=["practice", "starts_at"], condition=Q(state="booked"), name="booked_by_practice"
            ),
        ]


class Said(models.Model):
    """A signed act on its way to the vault, written down before it is sent.

    The vault may have agreed to an act that was never committed here (a crash in between). As long as a row
    is not `done`, the same statement is sent again: the vault answers it as the first time, and both agree.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="said")
    person = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=16)
    envelope = models.JSONField()
    at = models.DateTimeField(default=now)
    # "" while unknown, "done", or the word of the refusal.
    outcome = models.CharField(max_length=24, blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"], condition=Q(outcome=""), name="said_unanswered")]


class Taking(models.Model):
    """Who had a consultation, from when to when: a transfer leaves the earlier one a record of it."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="takings")
    practitioner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)


class Seen(models.Model):
    """When someone was last heard on a consultation's socket."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="seen")
    role = models.CharField(max_length=16)
    here_since = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consultation", "role"], name="one_presence_per_role")]
