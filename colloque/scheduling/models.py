"""Dates that a practice offers. An appointment itself is the patient's word: it stands with her consultation."""

from django.db import models
from django.db.models import Q

from colloque.accounts.models import Account, Practice
from colloque.consultations.models import Consultation
from colloque.kernel.clock import now
from colloque.records.models import Record


class Offer(models.Model):
    """A date with a practitioner, offered to the patient of a file. Nothing opens by it: her acceptance does."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="offers")
    file = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="offers")
    patient = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="offers")
    practitioner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    # The appointment that it would move, which stands until she accepts; else the one that came of it.
    consultation = models.ForeignKey(
        Consultation, null=True, on_delete=models.SET_NULL, related_name="offers"
    )
    moves = models.BooleanField(default=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    # "" while she has not answered, else "accepted", "declined" or "withdrawn".
    outcome = models.CharField(max_length=16, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["practice", "starts_at"], condition=Q(outcome=""), name="open_offers_by_practice"
            ),
            models.Index(
                fields=["patient", "starts_at"], condition=Q(outcome=""), name="open_offers_by_patient"
            ),
        ]
