"""What a family, or the person, writes to a unit where the person stays, and what the unit answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yiyang.kernel.models import Model


class UnitMessage(Model):
    """One message of the thread of a person, a unit and a side. The person and the family have threads of their
    own: what is said with a family is not shown to somebody who was not told."""

    class Side(models.TextChoices):
        FAMILY = "FAMILY", pgettext_lazy("side of a thread", "family")
        PERSON = "PERSON", pgettext_lazy("side of a thread", "the person")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="unit_messages")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    side = models.CharField(max_length=6, choices=Side.choices)
    from_unit = models.BooleanField()
    text = models.TextField()
    written_at = models.DateTimeField()
    written_by = models.CharField(max_length=120)
    account_id = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="unit_message_says_something"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by="") | Q(read_at__isnull=False) & ~Q(read_by=""),
                name="unit_message_read_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "unit", "side"], name="unit_message_thread"),
            models.Index(
                fields=["unit"], name="unit_message_unread", condition=Q(read_at=None, from_unit=False)
            ),
        ]
