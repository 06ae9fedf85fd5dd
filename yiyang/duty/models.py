"""Posts, shifts, the notes between them, matters that wait for an answer, and telephone calls."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.duty.rules.ladder import Rung
from yiyang.duty.rules.posts import Act, Cover, PostKind
from yiyang.duty.rules.results import CallResult
from yiyang.kernel.models import Model


class Urgency(models.TextChoices):
    ROUTINE = "ROUTINE", _("routine")
    URGENT = "URGENT", _("urgent")
    EMERGENCY = "EMERGENCY", _("emergency")


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, actor: Any) -> PostQuerySet:
        """Rosters are internal: the unit's own people, and those in whose charge it is."""
        if actor.sees_all:
            return self
        return self.filter(unit__in=actor.reach)

    def live(self) -> PostQuerySet:
        return self.filter(closed_at=None)


class Post(Model):
    """A place in a unit's roster that somebody stands on: the night duty officer, the admission office."""

    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=20, choices=PostKind)
    name = models.CharField(max_length=60, blank=True)
    telephone = models.CharField(max_length=40)
    cover = models.CharField(max_length=12, choices=Cover, default=Cover.AS_PLANNED)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "kind", "name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "name"], condition=Q(closed_at=None), name="post_once_in_unit"
            ),
            models.CheckConstraint(condition=~Q(telephone=""), name="post_has_telephone"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.name or str(self.get_kind_display())


class ShiftQuerySet(models.QuerySet["Shift"]):
    def visible_to(self, actor: Any) -> ShiftQuerySet:
        if actor.sees_all:
            return self
        return self.filter(post__unit__in=actor.reach)

    def live(self) -> ShiftQuerySet:
        return self.filter(cancelled_at=None)

    def at(self, at: datetime) -> ShiftQuerySet:
        return self.live().filter(period__contains=at)

    def within(self, since: datetime, until: datetime) -> ShiftQuerySet:
        return self.live().filter(period__overlap=(since, until))


class Shift(Model):
    """Somebody is on a post for a time, with a deputy who is called when they do not answer."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="shifts")
    account = models.ForeignKey("access.Account", models.PROTECT, related_name="shifts")
    telephone = models.CharField(max_length=40, blank=True)
    deputy = models.ForeignKey(
        "access.Account", models.PROTECT, null=True, blank=True, related_name="shifts_as_deputy"
    )
    deputy_telephone = models.CharField(max_length=40, blank=True)
    period = DateTimeRangeField()
    also_elsewhere = models.CharField(max_length=200, blank=True)
    planned_at = models.DateTimeField()
    planned_by = models.UUIDField(null=True)
    taken_over_at = models.DateTimeField(null=True, blank=True)
    taken_over_by = models.UUIDField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        ordering = ["period", "id"]
        indexes = [models.Index(fields=["account"], name="shift_of_account")]
        constraints = [
            ExclusionConstraint(
                name="shift_one_on_a_post",
                expressions=[("post", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None),
            ),
            ExclusionConstraint(
                name="shift_person_on_two_posts",
                expressions=[("account", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(cancelled_at=None, also_elsewhere=""),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="shift_period_whole",
            ),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=models.F("account")), name="shift_deputy_is_another"
            ),
            models.CheckConstraint(
                condition=Q(taken_over_at=None, taken_over_by=None)
                | Q(taken_over_at__isnull=False, taken_over_by__isnull=False),
                name="shift_taking_over_whole",
            ),
        ]

    @property
    def telephone_now(self) -> str:
        """The person's own number for this shift, or the post's."""
        return self.telephone or self.post.telephone

    @property
    def deputy_phone(self) -> str:
        return self.deputy_telephone or (self.post.telephone if self.deputy_id else "")


class ShiftNote(Model):
    """What one shift hands over to the next in words, and who has read it."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="notes")
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.UUIDField(null=True, blank=True)
    acknowledged_label = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-at", "id"]
        indexes = [models.Index(fields=["post", "-at"], name="shiftnote_of_post")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="shiftnote_says_something"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="shiftnote_acknowledgement_whole",
            ),
        ]


class RosterGap(Model):
    """A gap of the roster that the unit's manager was told of before it began: once for each."""

    post = models.ForeignKey(Post, models.PROTECT, related_name="gaps")
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["post", "begins_at"], name="rostergap_told_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("begins_at")), name="rostergap_ends_after_it_begins"
            ),
        ]


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, actor: Any) -> MatterQuerySet:
        if actor.sees_all:
            return self
        return self.filter(unit__in=actor.reach)

    def open(self) -> MatterQuerySet:
        return self.filter(closed_at=None)


class Matter(Model):
    """Something that waits for a unit to act: who was told, who is told next, and when."""

    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    coordinator = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=12, choices=Act)
    urgency = models.CharField(max_length=10, choices=Urgency)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    person_id = models.UUIDField(null=True, blank=True)
    link = models.CharField(max_length=200, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    rung = models.CharField(max_length=12, choices=Rung, blank=True)
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, blank=True, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["opened_at", "id"]
        indexes = [
            models.Index(
                fields=["unit", "opened_at"], condition=Q(closed_at=None), name="matter_open_of_unit"
            ),
            models.Index(fields=["next_at"], condition=Q(closed_at=None), name="matter_to_go_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "act"],
                condition=Q(closed_at=None),
                name="matter_open_once",
            ),
        ]


class MatterStep(models.Model):
    """One person or office was told of a matter: each once, a new shift anew."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="steps")
    rung = models.CharField(max_length=12, choices=Rung)
    shift = models.ForeignKey(Shift, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "rung", "shift"], nulls_distinct=False, name="matterstep_once"
            ),
        ]


class PhoneCallQuerySet(models.QuerySet["PhoneCall"]):
    def visible_to(self, actor: Any) -> PhoneCallQuerySet:
        """Calls that one's own units made or got; the coordinator sees those of the district."""
        if actor.sees_all:
            return self
        return self.filter(Q(from_unit__in=actor.reach) | Q(to_unit__in=actor.reach))


class PhoneCall(Model):
    """Somebody telephoned: who, whom, when, and what came of it."""

    from_unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    to_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    to_name = models.CharField(max_length=120, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    result = models.CharField(max_length=14, choices=CallResult)
    note = models.CharField(max_length=300, blank=True)
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.UUIDField(null=True, blank=True)
    person_id = models.UUIDField(null=True, blank=True)
    link = models.CharField(max_length=200, blank=True)

    objects = PhoneCallQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["subject_id", "-at"], name="phonecall_of_subject"),
            models.Index(fields=["-at"], name="phonecall_by_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_unit__isnull=False) | ~Q(to_name="") | ~Q(telephone=""),
                name="phonecall_reached_for_somebody",
            ),
        ]
