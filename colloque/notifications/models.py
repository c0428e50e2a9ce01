"""Letters: to whom and which, never what about. The address is opened when the letter goes, and kept
nowhere."""

from django.db import models

from colloque.accounts.models import Account
from colloque.kernel.clock import now
from colloque.kernel.ids import new_id


class Letter(models.Model):
    """One letter. Its id makes the Message-ID, so that one that went twice after a crash is shown once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    job = models.BigIntegerField(unique=True)
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    letter = models.CharField(max_length=24)
    consultation = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    # The word of why it never went: no contact record, closed account, refused for good by the relay.
    failed = models.CharField(max_length=24, blank=True)
