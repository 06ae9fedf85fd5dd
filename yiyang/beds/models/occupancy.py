"""Occupancy: one bed, one person, one state, one interval. The database keeps the promises.

A row has `claim`, what is promised (until the expected end, or open), and `period`, what is so (open until it
really ended). A change closes the row and opens the next. A row that should never have been becomes VOID.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model


class State(models.TextChoices):
    RESERVED = "RESERVED", _("reserved")
    PRESENT = "PRESENT", _("present")
    HELD = "HELD", _("held")
    BLOCKED = "BLOCKED", _("blocked")
    RELEASED = "RELEASED", _("reservation ended")
    VOID = "VOID", _("entered in error")


class Place(models.TextChoices):
    """Where somebody is who is in none of our beds."""

    EMERGENCY_ROOM = "EMERGENCY_ROOM", _("emergency room")
    OUTSIDE_HOSPITAL = "OUTSIDE_HOSPITAL", _("hospital outside the network")
    OUTSIDE_CARE = "OUTSIDE_CARE", _("care place outside the network")


class Block(models.TextChoices):
    CLEANING = "CLEANING", _("cleaning")
    MAINTENANCE = "MAINTENANCE", _("maintenance")
    CLOSED = "CLOSED", _("closed")
    WHOLE_ROOM = "WHOLE_ROOM", _("room taken as a whole")


class HoldFor(models.TextChoices):
    HOSPITAL = "HOSPITAL", _("in hospital")
    LEAVE = "LEAVE", _("on leave")
    MISSING = "MISSING", _("missing")


LIVE = [State.RESERVED, State.PRESENT, State.HELD, State.BLOCKED]
REAL = [State.PRESENT, State.HELD, State.BLOCKED]


class IsEmpty(Func):
    function = "isempty"
    output_field = models.BooleanField()


class UpperInf(Func):
    function = "upper_inf"
    output_field = models.BooleanField()


class Occupancy(Model):
    bed = models.ForeignKey("beds.Bed", models.PROTECT, null=True, related_name="occupancies")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="occupancies")
    episode = models.ForeignKey("beds.Episode", models.PROTECT, null=True, related_name="occupancies")
    transfer = models.ForeignKey("beds.Transfer", models.PROTECT, null=True, related_name="occupancies")
    state = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=30, blank=True)
    place_name = models.CharField(max_length=120, blank=True)
    claim = DateTimeRangeField()
    period = DateTimeRangeField()
    part = IntegerRangeField()
    ended_earliest = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    fee_rule = models.CharField(max_length=60, blank=True)
    warned_at = models.DateTimeField(null=True)
    # Given up by person or family: from then on it is free for others, until then they can take it back.
    release_at = models.DateTimeField(null=True)
    release_by = models.CharField(max_length=120, blank=True)
    end_reason = models.CharField(max_length=60, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="superseded_by")
    opened_by = models.CharField(max_length=120)
    closed_by = models.CharField(max_length=120, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupancy_bed_claim",
                expressions=[("bed", RangeOperators.EQUAL), ("claim", RangeOperators.OVERLAPS)],
                condition=Q(state__in=LIVE),
            ),
            ExclusionConstraint(
                name="occupancy_bed_period",
                expressions=[("bed", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(state__in=REAL),
            ),
            ExclusionConstraint(
                name="occupancy_person_place",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("part", RangeOperators.OVERLAPS),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state=State.PRESENT),
            ),
            models.UniqueConstraint(
                fields=["transfer"],
                condition=Q(state=State.RESERVED),
                name="occupancy_one_reservation_per_transfer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.VOID, State.RELEASED])
                | (Q(claim__isempty=False) & Q(period__isempty=False)),
                name="occupancy_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(state=State.BLOCKED, person=None, bed__isnull=False)
                | Q(state__in=[State.VOID])
                | Q(state=State.PRESENT, person__isnull=False)
                | Q(
                    state__in=[State.RESERVED, State.HELD, State.RELEASED],
                    person__isnull=False,
                    bed__isnull=False,
                ),
                name="occupancy_shape",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.RESERVED) | Q(expires_at__isnull=False),
                name="occupancy_reservation_expires",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.HELD) | Q(held_until__isnull=False) & ~Q(reason=""),
                name="occupancy_hold_says_why_and_until",
            ),
            models.CheckConstraint(
                condition=Q(release_at=None, release_by="") | Q(release_at__isnull=False) & ~Q(release_by=""),
                name="occupancy_given_up_by_somebody",
            ),
        ]
        indexes = [
            # The figures of the boards are counted from this index alone.
            models.Index(
                fields=["bed"],
                include=["state", "reason", "claim", "expires_at"],
                name="occupancy_live_state",
                condition=Q(state__in=LIVE, period__endswith=None),
            ),
            # What was taken in the last weeks, for their chart.
            models.Index(
                F("period__endswith"),
                name="occupancy_ended",
                condition=Q(state__in=[State.PRESENT, State.HELD]),
            ),
            models.Index(fields=["unit", "-recorded_at"], name="occupancy_unit_told"),
            models.Index(
                F("person"),
                name="occupancy_live_person",
                condition=Q(state__in=LIVE, period__endswith=None),
            ),
            models.Index(fields=["person"], name="occupancy_person"),
            models.Index(fields=["episode"], name="occupancy_episode"),
        ]
