"""The waiting list across units: who waits for which kind of bed, in which channel, since when."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.models import Model


class Channel(models.TextChoices):
    SPECIAL = "SPECIAL", _("special channel")
    PRIORITY = "PRIORITY", _("priority channel")
    ORDINARY = "ORDINARY", _("ordinary channel")


class WaitingState(models.TextChoices):
    WAITING = "WAITING", _("waiting")
    OFFERED = "OFFERED", _("a place is offered")
    PLACED = "PLACED", _("placed")
    GIVEN_UP = "GIVEN_UP", _("gave up")
    ENDED = "ENDED", _("ended")


class WaitingEntry(Model):
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="waiting")
    kind = models.CharField(max_length=16, choices=BedKind.choices)
    transfer = models.ForeignKey("beds.Transfer", models.PROTECT, null=True, related_name="waiting")
    wanted_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    list_owner = models.ForeignKey("access.Organisation", models.PROTECT, related_name="waiting_list")
    requested_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.ORDINARY)
    channel_reason = models.CharField(max_length=200, blank=True)
    channel_approved_by = models.CharField(max_length=120, blank=True)
    by_criteria = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=WaitingState.choices, default=WaitingState.WAITING)
    offered_bed = models.ForeignKey("beds.Bed", models.PROTECT, null=True, related_name="+")
    offered_at = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    passed_over = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state__in=["WAITING", "OFFERED"]),
                name="waiting_once_per_kind",
            ),
            models.CheckConstraint(
                condition=Q(channel="ORDINARY") | ~Q(channel_reason="") & ~Q(channel_approved_by=""),
                name="waiting_channel_has_reason_and_approval",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "channel", "joined_at"],
                name="waiting_order",
                condition=Q(state__in=["WAITING", "OFFERED"]),
            ),
        ]
