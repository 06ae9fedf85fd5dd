"""Who is to be looked at again, and when: what a restart must not forget while nothing arrives."""

from __future__ import annotations

from django.db import models

from yiyang.devices.rules.alarms import Cause
from yiyang.kernel.models import Model


class Look(Model):
    """At `due_at` somebody is looked at for a cause: whether they are back in bed, or have moved.

    For the early warning score: until then every reading of the person that counts in it is looked at.
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    cause = models.CharField(max_length=20, choices=Cause)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="look_when_due")]
        constraints = [models.UniqueConstraint(fields=["person", "cause"], name="look_once")]
