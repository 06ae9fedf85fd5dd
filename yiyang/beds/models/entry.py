"""What a unit asks to see before somebody new comes in, and what was shown for a transfer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiyang.beds.models.transfers import Transfer
from yiyang.kernel.models import Model


class EntryRequirement(Model):
    """A document or test, such as a chest X-ray; `days` is how old it may be. Or a thing that the family brings."""

    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField(null=True)
    thing = models.BooleanField(default=False, db_default=False)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"], condition=Q(until=None), name="entry_requirement_once_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(days=None) | Q(days__gte=1), name="entry_requirement_for_a_day_at_least"
            ),
        ]


class EntryDocument(Model):
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entry_documents")
    requirement = models.ForeignKey(EntryRequirement, models.PROTECT, related_name="shown")
    issued_on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    shown_at = models.DateTimeField()
    shown_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "requirement"], name="entry_document_once_per_transfer"
            ),
        ]
