"""Inventory: wards, rooms and beds of the five kinds. A home bed is inventory of the unit that runs it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.models import Model


class Lane(models.TextChoices):
    RESIDENCE = "RESIDENCE", _("place of stay")
    OVERLAY = "OVERLAY", _("service that comes to the person")


class Feature(models.TextChoices):
    OXYGEN = "OXYGEN", _("oxygen")
    SUCTION = "SUCTION", _("suction")
    ISOLATION = "ISOLATION", _("isolation")
    DEMENTIA_SAFE = "DEMENTIA_SAFE", _("safe for people with dementia")
    BARIATRIC = "BARIATRIC", _("for heavy persons")
    MONITOR = "MONITOR", _("bedside monitor")
    WHEELCHAIR = "WHEELCHAIR", _("wheelchair access")


class Ward(Model):
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="wards")
    name = models.CharField(_("ward"), max_length=80)
    floor = models.CharField(_("floor"), max_length=20, blank=True)
    closed_to_offers = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="ward_name_once_per_unit")]

    def __str__(self) -> str:
        return self.name


class Room(Model):
    ward = models.ForeignKey(Ward, models.PROTECT, related_name="rooms")
    label = models.CharField(_("room"), max_length=40)
    couple = models.BooleanField(_("room for a couple"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ward", "label"], name="room_label_once_per_ward")]

    def __str__(self) -> str:
        return self.label


class Bed(Model):
    """One unit of inventory that holds one person: a place in a room, or one licensed home bed of a unit."""

    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="beds")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="beds")
    kind = models.CharField(max_length=16, choices=BedKind.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    label = models.CharField(_("bed"), max_length=40)
    features = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    extra = models.BooleanField(_("extra bed"), default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    successor_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "label"], condition=Q(closed_at=None), name="bed_label_once_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gt=F("opened_at")),
                name="bed_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(lane=Lane.OVERLAY, kind__in=[BedKind.HOME_MEDICAL, BedKind.PALLIATIVE], room=None)
                | Q(lane=Lane.RESIDENCE) & ~Q(kind=BedKind.HOME_MEDICAL),
                name="bed_lane_fits_kind",
            ),
        ]
        indexes = [models.Index(fields=["unit", "kind"], name="bed_unit_kind", condition=Q(closed_at=None))]

    def __str__(self) -> str:
        return self.label
