"""What was left open too long, and who was told of it: each once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy

from yiyang.kernel.models import Model


class LeftOpen(Model):
    """Somebody was told that an assessment is not finished, not signed, not begun, or not done again."""

    class Kind(models.TextChoices):
        DRAFT = "DRAFT", pgettext_lazy("left open", "begun and not signed")
        SECOND = "SECOND", pgettext_lazy("left open", "not signed by a second assessor")
        DISPUTE = "DISPUTE", pgettext_lazy("left open", "questioned and not assessed again")
        DUE = "DUE", pgettext_lazy("left open", "due and not done")

    class Rung(models.TextChoices):
        ASSESSOR = "ASSESSOR", pgettext_lazy("left open", "assessor")
        LEAD = "LEAD", pgettext_lazy("left open", "head of the unit")
        COORDINATOR = "COORDINATOR", pgettext_lazy("left open", "district coordinator")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject_id = models.UUIDField()
    day = models.DateField()  # by when it was to be done: a due that is moved is told of anew
    rung = models.CharField(max_length=12, choices=Rung.choices)
    reached = models.BooleanField()  # somebody stands on this rung
    told_on = models.DateField()

    class Meta:
        ordering = ["told_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "kind", "day", "rung"], name="left_open_told_once"),
        ]


RUNGS = (LeftOpen.Rung.ASSESSOR, LeftOpen.Rung.LEAD, LeftOpen.Rung.COORDINATOR)
