"""What staff write on a person's readings: at an instant or over a time, about one quantity or all of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.devices.rules.quantities import BY_NO
from yiyang.kernel.models import Model


class ReadingNote(Model):
    """Never changed: one that was entered in error is withdrawn, and stays in the table as that."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="reading_notes")
    code = models.SmallIntegerField(null=True, blank=True)  # Quantity.no; none: about all readings
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    text = models.CharField(max_length=400)
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    written_by = models.UUIDField(null=True)
    written_label = models.CharField(max_length=120)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.UUIDField(null=True, blank=True)
    withdrawn_label = models.CharField(max_length=120, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        indexes = [models.Index(fields=["person", "-since"], name="readingnote_of_person")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="readingnote_says_something"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="readingnote_from_to"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | (Q(withdrawn_at__gte=F("written_at")) & ~Q(withdrawn_reason="")),
                name="readingnote_withdrawn_why",
            ),
        ]

    @property
    def about(self) -> Any:
        """The quantity, in words."""
        return BY_NO[self.code].label if self.code in BY_NO else _("all readings")

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None
