"""A version of a rule that somebody tries on last month's readings before it is signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from yiyang.devices.models.alarms import AlarmRule
from yiyang.devices.rules.alarms import Cause
from yiyang.kernel.models import Model

HOLDS = timedelta(days=2)


class RuleTrial(Model):
    """`result` is what the worker found over all persons concerned; `against` the rule that was in force."""

    code = models.CharField(max_length=20, choices=Cause)
    scope = models.CharField(max_length=6, choices=AlarmRule.Scope)
    whom = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict)
    reason = models.CharField(max_length=400)
    unit_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_label = models.CharField(max_length=120)
    done = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True)
    signed = models.OneToOneField("devices.AlarmRule", models.PROTECT, null=True, related_name="trial")

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed=None) | Q(finished_at__isnull=False), name="ruletrial_tried_before_signed"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ruletrial_has_reason"),
        ]

    def usable(self, at: datetime) -> bool:
        """It has ended, lately, and nobody has signed it yet."""
        return self.finished_at is not None and self.signed_id is None and at - self.finished_at <= HOLDS

    @property
    def scope_key(self) -> tuple[Any, ...]:
        return self.code, self.scope, self.whom
