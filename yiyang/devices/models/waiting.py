"""How long whoever is told of an alarm has, before the next one is told: tried on last month's alarms, then signed."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from yiyang.devices.models.trials import HOLDS
from yiyang.kernel.models import Model


class WaitingTimes(Model):
    """`minutes` by urgency; `result` and `rows` are what the worker found that they would have done, empty until then.
    The last that was signed holds."""

    minutes = models.JSONField()
    before = models.JSONField()
    reason = models.CharField(max_length=400)
    unit_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_label = models.CharField(max_length=120)
    done = models.PositiveIntegerField(default=0, db_default=0)
    alarms = models.PositiveIntegerField(default=0, db_default=0)
    result = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    signed_at = models.DateTimeField(null=True)
    signed_by = models.UUIDField(null=True)
    signed_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="waitingtimes_has_reason")]

    @property
    def tried(self) -> bool:
        return bool(self.result)

    def usable(self, at: datetime) -> bool:
        """Tried lately, and nobody has signed it yet."""
        return self.tried and self.signed_at is None and at - self.asked_at <= HOLDS
