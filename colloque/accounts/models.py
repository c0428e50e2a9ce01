"""Accounts, what proves who they are, and practices. No address and no patient's name is stored here.

A professional's name and RPPS number are public data of their profession; a patient's are sealed in a file.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from colloque.kernel.clock import now
from colloque.kernel.ids import new_id

PATIENT, PROFESSIONAL = "patient", "professional"
KINDS = [(PATIENT, PATIENT), (PROFESSIONAL, PROFESSIONAL)]
ROLES = ("practitioner", "secretary", "manager")


class Account(models.Model):
    """A person. The id is the person's and the principal's id everywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=KINDS)
    # Keyed hash of the e-mail address, made by the vault; empty once another account took the address over.
    address_index = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=2, default="fr")
    created_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The account that this one replaces: its person had lost every way in.
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address_index"], condition=~Q(address_index=""), name="one_account_per_address"
            )
        ]


class Method(models.Model):
    """A way to unlock the person's root, as the browser made it; the server can open none."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="methods")
    kind = models.CharField(max_length=16)
    wire = models.JSONField()
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=now)


class Passkey(models.Model):
    """A WebAuthn credential; `method` is what its PRF output opens."""

    credential_id = models.BinaryField(unique=True)
    method = models.OneToOneField(Method, on_delete=models.CASCADE, related_name="passkey")
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True, blank=True)


class Device(models.Model):
    """A browser profile whose key the vault knows."""

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True, blank=True)


class Session(models.Model):
    """One signed-in browser. Its id is the pseudonym that lines of the ledger carry; `key` is Django's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.SET_NULL, related_name="sessions"
    )
    key = models.CharField(max_length=40, unique=True)
    means = models.CharField(max_length=16)
    began_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)


class Professional(models.Model):
    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="professional"
    )
    given = models.CharField(max_length=80)
    family = models.CharField(max_length=80)
    profession = models.CharField(max_length=80, blank=True)
    rpps = models.CharField(max_length=11, blank=True)
    # As said at sign-up, for managers to compare with the directory's.
    kem_key = models.TextField(blank=True)


class Practice(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=now)
    # Empty until its first manager has made its key.
    opened_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    kem_key_id = models.CharField(max_length=32, blank=True)
    # Someone left since the newest generation: the next manager's or practitioner's browser makes another.
    needs_generation = models.BooleanField(default=False)
    # The recovery sheet's unlock method, with the newest seed sealed to it.
    recovery = models.JSONField(null=True, blank=True)
    # The key that the sheet signs with, in hex, by which its holder finds the practice; empty for sheets from before.
    sheet_key = models.CharField(max_length=64, blank=True, db_index=True)


class Membership(models.Model):
    """A professional in a practice: waiting for the manager, confirmed, ended."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="memberships")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=16))
    joined_at = models.DateTimeField(default=now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    on_duty_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "account"], name="one_membership_per_practice")
        ]


class SealedSeed(models.Model):
    """A practice seed sealed to a member, or the seed before it sealed to the practice; the server opens neither."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="seeds")
    purpose = models.CharField(max_length=20)
    recipient = models.UUIDField()
    generation = models.PositiveIntegerField()
    wire = models.JSONField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "purpose", "recipient", "generation"], name="one_copy_of_a_seed"
            )
        ]


class Invitation(models.Model):
    """A one-time link. The token itself is shown once, and only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    roles = ArrayField(models.CharField(max_length=16))
    given = models.CharField(max_length=80, blank=True)
    family = models.CharField(max_length=80, blank=True)
    profession = models.CharField(max_length=80, blank=True)
    rpps = models.CharField(max_length=11, blank=True)
    is_first_manager = models.BooleanField(default=False)
    invited_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Reopening(models.Model):
    """Who holds the recovery sheet asks to be the practice's manager."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="reopenings")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="reopenings")
    asked_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "account"], name="one_reopening_of_a_practice")
        ]


class Agreement(models.Model):
    """What one manager has signed and another may sign too: of one signature alone the vault takes nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="agreements")
    kind = models.CharField(max_length=16)
    statement = models.JSONField()
    asked_by = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=now)
    until = models.DateTimeField()
    settled_by = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    is_agreed = models.BooleanField(default=False)


class Span(models.Model):
    """Of a practitioner, from one moment to another, as a member signed it; its id is the statement's."""

    id = models.UUIDField(primary_key=True, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Duty(Span):
    """A time for which someone is on duty."""

    class Meta:
        indexes = [
            models.Index(fields=["practice", "ends_at"], condition=Q(ended_at=None), name="rota_in_force")
        ]


class Absence(Span):
    """A time for which someone is away, and who stands in."""

    replacement = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["practice", "ends_at"], condition=Q(ended_at=None), name="absence_in_force")
        ]


class Attempts(models.Model):
    """How often something was tried in an hour, by a keyed hash of who or what."""

    what = models.CharField(max_length=24)
    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "key", "hour"], name="one_count_per_hour")]
