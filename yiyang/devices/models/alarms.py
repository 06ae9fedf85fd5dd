"""Alarms, what was said of them, the limits of persons, pauses, and the versions of rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.devices.rules.alarms import EVENTS, FIGURE, TECHNICAL, Cause, Outcome, Severity
from yiyang.devices.rules.ways import in_words
from yiyang.devices.rules.wording import version
from yiyang.kernel.models import Model

LATE = timedelta(minutes=2)


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def visible_to(self, actor: Any) -> AlarmQuerySet:
        """Of persons whom the actor sees in full; of gateways, those of the actor's units."""
        from yiyang.people import reach

        if actor.sees_all:
            return self
        if not reach.reads_records(actor) or getattr(actor, "membership_id", None) is None:
            return self.none()
        open_to = reach.live(actor).exclude(scope="BASIC").values("person_id")
        merged = Q(person__alias_of__person__in=open_to)
        return self.filter(Q(person__in=open_to) | merged | Q(person=None, unit__in=actor.reach))

    def open(self) -> AlarmQuerySet:
        """What somebody still has to do something about."""
        return self.filter(closed_at=None)

    def active(self) -> AlarmQuerySet:
        return self.filter(closed_at=None, cleared_at=None)


class Alarm(Model):
    """Something that somebody must look at. It is active until readings clear it or somebody closes it."""

    person = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="alarms")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey("devices.Device", models.PROTECT, null=True, blank=True, related_name="alarms")
    gateway = models.ForeignKey(
        "devices.DeviceGateway", models.PROTECT, null=True, blank=True, related_name="alarms"
    )
    cause = models.CharField(max_length=20, choices=Cause)
    about = models.CharField(max_length=80, blank=True)
    # Quantities whose readings can change or end it, so that the intake looks at all of them.
    codes = ArrayField(models.SmallIntegerField(), default=list)
    severity = models.CharField(max_length=10, choices=Severity)
    event_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    judged_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.UUIDField(null=True, blank=True)
    acknowledged_label = models.CharField(max_length=120, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.UUIDField(null=True, blank=True)
    seen_label = models.CharField(max_length=120, blank=True)
    # By the button of the person's own page: when and by whom last, and when they said that it was a mistake.
    pressed_at = models.DateTimeField(null=True, blank=True)
    pressed_by = models.UUIDField(null=True, blank=True)
    pressed_label = models.CharField(max_length=120, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    contact_asked_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey("access.Account", models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.UUIDField(null=True, blank=True)
    closed_label = models.CharField(max_length=120, blank=True)
    outcome = models.CharField(max_length=5, choices=Outcome, blank=True)
    done = models.CharField(max_length=400, blank=True)
    rule = models.CharField(max_length=60, blank=True)
    evidence = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(
                fields=["unit", "-raised_at"], condition=Q(closed_at=None), name="alarm_open_of_unit"
            ),
            models.Index(fields=["person", "-raised_at"], name="alarm_of_person"),
            models.Index(fields=["-raised_at"], name="alarm_by_time"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "cause", "about"],
                condition=Q(closed_at=None, cleared_at=None),
                nulls_distinct=False,
                name="alarm_one_of_a_cause",
            ),
            models.CheckConstraint(
                condition=(Q(acknowledged_at=None) | Q(acknowledged_at__gte=F("raised_at")))
                & (Q(seen_at=None) | Q(seen_at__gte=F("raised_at")))
                & (Q(cleared_at=None) | Q(cleared_at__gte=F("raised_at")))
                & (Q(closed_at=None) | Q(closed_at__gte=F("raised_at"))),
                name="alarm_in_order",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="alarm_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False)
                | Q(cause__in=["GATEWAY_SILENT", "INTAKE_SILENT", "INTAKE_DOWN", "SET_ASIDE"]),
                name="alarm_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None) | ~Q(cause__in=sorted(EVENTS)), name="alarm_event_needs_eyes"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None)
                | Q(pressed_at__isnull=False, taken_back_at__gte=F("pressed_at")),
                name="alarm_pressed_before_taken_back",
            ),
        ]

    @property
    def figure(self) -> int:
        return FIGURE[Severity(self.severity)]

    @property
    def rule_shown(self) -> str:
        """The version of the rule in words."""
        return version(self.rule)

    @property
    def is_event(self) -> bool:
        return self.cause in EVENTS

    @property
    def told_by(self) -> list[dict[str, Any]]:
        """Who or what said it, each time: a device (through a gateway) or somebody on the person's page."""
        return list(self.evidence.get("told_by", []))

    @property
    def stands(self) -> bool:
        """Something said it that nobody has taken back as a mistake."""
        taken_back = sum("taken_back_at" in one for one in self.told_by)
        return taken_back < self.times

    @property
    def by_device(self) -> bool:
        return any("device" in one for one in self.told_by)

    @property
    def way(self) -> str:
        """Which process that takes readings, or calls people, stands still, in words."""
        return in_words(self.about) if self.cause == Cause.INTAKE_DOWN else ""

    @property
    def active(self) -> bool:
        return self.closed_at is None and self.cleared_at is None

    @property
    def loud(self) -> bool:
        """Nobody has taken it, and it cannot wait: the page that lists it sounds."""
        return self.active and self.acknowledged_at is None and self.severity != Severity.ROUTINE

    @property
    def delay(self) -> timedelta | None:
        """How much later than it happened we heard of it, where that is worth a word."""
        if self.cause in TECHNICAL:
            return None  # silence is told when it has lasted long enough
        late = self.raised_at - self.event_at
        return late if late >= LATE else None

    @property
    def of_silence(self) -> bool:
        """`event_at` is when something was heard from last."""
        return self.cause in (Cause.SILENT, Cause.GATEWAY_SILENT, Cause.INTAKE_SILENT)


class AlarmNote(Model):
    """What somebody says about an alarm."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="notes")
    text = models.CharField(max_length=400)
    at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="alarmnote_says_something")]


class AlarmRule(Model):
    """A version of a rule, for everybody, one kind of device, one group or one person. The policy pack is version 0."""

    class Scope(models.TextChoices):
        ALL = "ALL", _("everybody")
        KIND = "KIND", _("one kind of device")
        GROUP = "GROUP", _("one group of persons")
        PERSON = "PERSON", _("one person")

    code = models.CharField(max_length=20, choices=Cause)
    number = models.PositiveIntegerField()
    scope = models.CharField(max_length=6, choices=Scope, default=Scope.ALL)
    whom = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=400)
    replayed = models.JSONField(default=dict)
    signed_at = models.DateTimeField()
    signed_by = models.UUIDField(null=True)
    signed_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="alarmrule_number_once"),
            ExclusionConstraint(
                name="alarmrule_one_in_force",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("whom", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="alarmrule_has_reason"),
        ]


class Limit(Model):
    """A clinician's own limits for one person and quantity, with the reason, until a day."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="alarm_limits")
    code = models.SmallIntegerField()
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    target_88_92 = models.BooleanField(default=False)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=400)
    set_at = models.DateTimeField()
    set_by = models.UUIDField(null=True)
    set_label = models.CharField(max_length=120)

    class Meta:
        db_table = "devices_limit"
        ordering = ["code", "-set_at"]
        constraints = [
            ExclusionConstraint(
                name="limit_one_in_force",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(low=None) | Q(high=None) | Q(low__lt=F("high")), name="limit_low_below_high"
            ),
            models.CheckConstraint(
                condition=Q(low__isnull=False) | Q(high__isnull=False), name="limit_says_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="limit_has_reason"),
        ]


class Suppression(Model):
    """For a while nothing of one cause is alarmed of a person, or nothing of a device: who said so, why, until when."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="alarm_pauses")
    cause = models.CharField(max_length=20, choices=Cause)
    period = DateTimeRangeField()
    reason = models.CharField(max_length=400)
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    set_at = models.DateTimeField()

    class Meta:
        ordering = ["-set_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="suppression_ends",
            ),
            models.CheckConstraint(
                condition=~Q(cause__in=["FALL", "CALL", "GAS_ALARM", "SMOKE_ALARM"]),
                name="suppression_never_of_help",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="suppression_has_reason"),
        ]
