"""Visits that were ordered from an alarm: somebody looks at the person later, by a day and hour."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yiyang.kernel.models import Model


class AlarmVisitQuerySet(models.QuerySet["AlarmVisit"]):
    def open(self) -> AlarmVisitQuerySet:
        return self.filter(done_at=None, cancelled_at=None)


class AlarmVisit(Model):
    """Who takes care of an alarm says that somebody is to look at the person again, and what to look at."""

    alarm = models.ForeignKey("devices.Alarm", models.PROTECT, related_name="visits")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    what = models.CharField(max_length=400)
    due_at = models.DateTimeField()
    ordered_at = models.DateTimeField()
    ordered_by = models.UUIDField(null=True)
    ordered_label = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.UUIDField(null=True, blank=True)
    done_label = models.CharField(max_length=120, blank=True)
    found = models.CharField(max_length=400, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_label = models.CharField(max_length=120, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)

    objects = AlarmVisitQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(
                fields=["unit", "due_at"],
                condition=Q(done_at=None, cancelled_at=None),
                name="visit_open_of_unit",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["alarm"], condition=Q(done_at=None, cancelled_at=None), name="visit_one_of_an_alarm"
            ),
            models.CheckConstraint(
                condition=~Q(what="") & Q(due_at__gt=F("ordered_at")), name="visit_says_what_and_when"
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, found="")
                | (Q(done_at__isnull=False, cancelled_at=None) & ~Q(found="")),
                name="visit_done_says_what_was_found",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancel_reason="")
                | (Q(cancelled_at__isnull=False) & ~Q(cancel_reason="")),
                name="visit_cancelled_says_why",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.cancelled_at is None

    def late(self, at: datetime) -> bool:
        return self.is_open and self.due_at < at
