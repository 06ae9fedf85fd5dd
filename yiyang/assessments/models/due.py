"""What is to be assessed by when and why, and results that a person or family question."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yiyang.assessments.models.assessments import Assessment, Reason
from yiyang.assessments.models.reading import readable
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import Model


class DueQuerySet(models.QuerySet["Due"]):
    def visible_to(self, actor: Actor) -> DueQuerySet:
        return self.filter(readable(actor))

    def open(self) -> DueQuerySet:
        return self.filter(closed_at=None)


class Due(Model):
    """A person is to be assessed with an instrument by a day. One at a time for each instrument."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="assessments_due")
    code = models.CharField(max_length=40)
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    assessor_account = models.UUIDField(null=True)
    assessor = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    due_on = models.DateField()
    raised_at = models.DateTimeField()
    reminded_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    met_by = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="met")
    closed_reason = models.CharField(max_length=200, blank=True)

    objects = DueQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["organisation", "due_on"], condition=Q(closed_at=None), name="assessment_due_of_unit"
            ),
            models.Index(fields=["due_on"], condition=Q(closed_at=None), name="assessment_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "code"], condition=Q(closed_at=None), name="assessment_due_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, met_by=None, closed_reason="")
                | Q(closed_at__isnull=False) & (Q(met_by__isnull=False) | ~Q(closed_reason="")),
                name="assessment_due_closed_by_something",
            ),
        ]


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, actor: Actor) -> DisputeQuerySet:
        return self.filter(readable(actor))


class Dispute(Model):
    """A person or family asks for a re-assessment; other assessors do it, and both results stay."""

    class State(models.TextChoices):
        OPEN = "OPEN", pgettext_lazy("dispute", "re-assessment to be done")
        DECIDED = "DECIDED", pgettext_lazy("dispute", "assessed again")
        WITHDRAWN = "WITHDRAWN", pgettext_lazy("dispute", "withdrawn")

    class ByWhom(models.TextChoices):
        PERSON = "PERSON", pgettext_lazy("dispute", "the person")
        FAMILY = "FAMILY", pgettext_lazy("dispute", "the family or guardian")

    class Result(models.TextChoices):
        SAME = "SAME", pgettext_lazy("dispute", "the same result")
        CHANGED = "CHANGED", pgettext_lazy("dispute", "another result")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="assessment_disputes")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="disputes")
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    by_whom = models.CharField(max_length=8, choices=ByWhom.choices)
    grounds = models.CharField(max_length=1000)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    decide_by = models.DateField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.ForeignKey(Assessment, models.PROTECT, null=True, related_name="outcome_of")
    result = models.CharField(max_length=8, choices=Result.choices, blank=True)
    withdrawn_reason = models.CharField(max_length=400, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment"], condition=~Q(state="WITHDRAWN"), name="dispute_once"
            ),
            models.CheckConstraint(
                condition=Q(state="OPEN", ended_at=None, outcome=None, result="")
                | Q(state="DECIDED", ended_at__isnull=False, outcome__isnull=False) & ~Q(result="")
                | Q(state="WITHDRAWN", ended_at__isnull=False, outcome=None) & ~Q(withdrawn_reason=""),
                name="dispute_ends_with_an_outcome",
            ),
        ]
