"""Who stays with a person in the unit (陪护): a relative, a paid carer, a volunteer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.models import Model


class Companion(Model):
    class Kind(models.TextChoices):
        FAMILY = "FAMILY", pgettext_lazy("companion", "family")
        PAID = "PAID", _("paid carer")
        VOLUNTEER = "VOLUNTEER", _("volunteer")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="companions")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    place = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    phone = models.CharField(max_length=40)
    since = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(until=None), name="companion_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_by="") | Q(until__gte=F("since")) & ~Q(ended_by=""),
                name="companion_leaves_after_coming",
            ),
        ]
