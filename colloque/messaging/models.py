"""How far each side has read. Messages themselves are sealed items of a record."""

from django.db import models

from colloque.accounts.models import Account
from colloque.consultations.models import Consultation


class ReadMark(models.Model):
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="read_marks")
    person = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["consultation", "person"], name="one_read_mark_per_person")
        ]
