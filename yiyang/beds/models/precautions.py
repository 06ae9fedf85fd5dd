"""Infection: the precautions that a person needs, and outbreaks that close a unit or a ward to new arrivals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.kernel.models import Model


class Precaution(Model):
    """Seen only by who handles the move or the stay: sender, receiver, coordinator."""

    class Way(models.TextChoices):
        CONTACT = "CONTACT", pgettext_lazy("isolation", "contact")
        DROPLET = "DROPLET", pgettext_lazy("isolation", "droplet")
        AIRBORNE = "AIRBORNE", pgettext_lazy("isolation", "airborne")

    class Cause(models.TextChoices):
        SCABIES = "SCABIES", _("scabies")
        TUBERCULOSIS = "TUBERCULOSIS", _("tuberculosis")
        RESISTANT_GERM = "RESISTANT_GERM", _("resistant germ")
        GASTROENTERITIS = "GASTROENTERITIS", _("gastroenteritis")
        RESPIRATORY = "RESPIRATORY", _("influenza or another respiratory infection")
        SUSPECTED = "SUSPECTED", _("suspected, not yet found")
        OTHER = "OTHER", _("another infection")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="precautions")
    way = models.CharField(max_length=10, choices=Way.choices)
    cause = models.CharField(max_length=16, choices=Cause.choices)
    note = models.CharField(max_length=200, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "way", "cause"],
                condition=Q(ended_at=None),
                name="precaution_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__gte=F("begun_at")) & ~Q(ended_by=""),
                name="precaution_ends_after_it_begins",
            ),
        ]


class Outbreak(Model):
    """While it lasts the unit, or one ward of it, takes nobody new; its doctor may still take residents back."""

    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    ward = models.ForeignKey("beds.Ward", models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    since = models.DateTimeField()
    declared_by = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "ward"],
                condition=Q(until=None),
                nulls_distinct=False,
                name="outbreak_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_by="") | Q(until__gte=F("since")) & ~Q(ended_by=""),
                name="outbreak_ends_after_it_begins",
            ),
        ]
