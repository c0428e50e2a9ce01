"""Sealed files: a blob is a row and its chunks on disk. No name, no type, no true length is here."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from colloque.accounts.models import Account
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id
from colloque.records.models import Record


class Blob(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="blobs")
    compartment = models.CharField(max_length=16)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    chunks = models.PositiveSmallIntegerField()
    size = models.PositiveIntegerField()
    # Bytes of each chunk that has come, by number; null where none has.
    arrived = ArrayField(models.PositiveIntegerField(null=True))
    created_at = models.DateTimeField(default=now)
    completed_at = models.DateTimeField(null=True)
