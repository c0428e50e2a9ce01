"""Sealed care records: who they are about, their sealed keys, their sealed items, and who may fetch which.

Nothing here can be opened by a process that reads these tables.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from colloque.accounts.models import Account, Practice
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id

KINDS = [(kind, kind) for kind in ("person", "file", "consultation")]


class Record(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=16, choices=KINDS)
    subject = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="records")
    practice = models.ForeignKey(Practice, null=True, on_delete=models.PROTECT, related_name="records")
    file = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="consultations")
    # Whose it was before it was handed on; and since when its patient keeps this file out of that.
    former = models.ForeignKey(Practice, null=True, on_delete=models.PROTECT, related_name="handed_on")
    kept_at = models.DateTimeField(null=True)
    # The author's signed word, as the vault heard it: browsers check it against the ledger.
    statement_id = models.UUIDField(unique=True)
    statement = models.JSONField()
    # Kinds of item that the subject may write now.
    subject_writes = ArrayField(models.CharField(max_length=32), default=list)
    created_at = models.DateTimeField(default=now)
    # Its items and files were erased (an expired draft, or for good); ids and hashes stay.
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(kind="person"), name="one_person_record_per_person"
            ),
            models.UniqueConstraint(
                fields=["subject", "practice"],
                # What was handed on stands beside the file that she may have had there already.
                condition=Q(kind="file", erased_at=None, former=None),
                name="one_file_per_patient_and_practice",
            ),
        ]


class SealedKey(models.Model):
    """A copy of the care key, sealed to a person or a practice."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="sealed_keys")
    recipient = models.UUIDField()
    key_id = models.CharField(max_length=32)
    generation = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "recipient", "key_id"], name="one_copy_of_a_care_key")
        ]


class Compartment(models.Model):
    """What was written last: its row is the lock, its counter the compare-and-set."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="compartments")
    name = models.CharField(max_length=16)
    epoch = models.PositiveIntegerField(default=0)
    counter = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "name"], name="one_row_per_compartment")]


class Item(models.Model):
    """The current version of an item, byte for byte as its author sealed it."""

    compartment = models.ForeignKey(Compartment, on_delete=models.CASCADE, related_name="items")
    item = models.UUIDField()
    position = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    author = models.UUIDField()
    header = models.TextField()
    ciphertext = models.BinaryField()
    signature = models.BinaryField()
    hash = models.BinaryField()
    written_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compartment", "item"], name="one_current_version"),
            models.UniqueConstraint(fields=["compartment", "position"], name="one_item_per_position"),
        ]


class PastHash(models.Model):
    """Every version that there ever was, by its hash: earlier ciphertexts are not kept."""

    compartment = models.ForeignKey(Compartment, on_delete=models.CASCADE, related_name="past_hashes")
    item = models.UUIDField()
    version = models.PositiveIntegerField()
    hash = models.BinaryField()
    written_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["compartment", "item", "version"], name="one_hash_per_version")
        ]


class Door(models.Model):
    """Members of a practice who may fetch sealed items, and why. Opened and shut by what `cause` tells of.

    The vault decides by itself who gets keys; a door decides who gets ciphertext. Both follow the same
    statements.
    """

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="doors")
    cause = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="doors_caused")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    roles = ArrayField(models.CharField(max_length=16))
    relation = models.CharField(max_length=16)
    reads = ArrayField(models.CharField(max_length=16))
    writes = ArrayField(models.CharField(max_length=32))
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)


class Grant(models.Model):
    """A record re-sealed to the key of a person who lost everything: in force after a delay, cancellable
    until then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="grants")
    to = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="grants")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    statement_id = models.UUIDField(unique=True)
    statement = models.JSONField()
    sealed_key = models.JSONField()
    not_before = models.DateTimeField()
    created_at = models.DateTimeField(default=now)
    cancelled_at = models.DateTimeField(null=True)


class Erasing(models.Model):
    """A record that is to be erased for good, as the vault was told: wished, decided, and how it ended."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="erasings")
    wished_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=16, blank=True)
    not_before = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=Q(ended_at=None), name="one_erasing_at_a_time"
            )
        ]


class Custody(models.Model):
    """A practice's records to be handed to another: signed by a manager of each, then in force after a delay.

    Its id is the statement's. What was moved stays moved; `ended_at` is when no more is.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="custody_given")
    to = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="custody_taken")
    asked_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    # Empty where the vault was told without the web.
    statement = models.JSONField(null=True)
    asked_at = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True)
    not_before = models.DateTimeField()
    agreed_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice"], condition=Q(ended_at=None), name="one_custody_at_a_time"
            )
        ]


class Line(models.Model):
    """The outbox: what is still to be told to the vault. Told at least once; the vault knows each by its
    id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    body = models.JSONField()
    created_at = models.DateTimeField(default=now, db_index=True)


class Objection(models.Model):
    """A patient says that an opening should not have been; the practice's manager answers."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="objections")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="objections")
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="objections")
    # Which line of the ledger.
    seq = models.PositiveBigIntegerField()
    # That line as the patient's browser read it; the manager's browser asks the ledger whether it stands there.
    line = models.TextField(blank=True)
    reason = models.CharField(max_length=24)
    note = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now)
    answer = models.CharField(max_length=24, blank=True)
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "seq"], name="one_objection_per_line")]
