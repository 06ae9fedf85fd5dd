"""Months as they were reported. Written once; a trigger of the database refuses every later change."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yiyang.kernel.models import Model


class MonthReport(Model):
    """One month of one district, as one department reported it."""

    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    area = models.CharField(max_length=12)
    month = models.DateField()
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=120)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "month"], name="month_reported_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="month_begins_on_first_day"),
        ]


class ReportedFigure(Model):
    """One figure of a report, with its definition as it read then and the rows it was counted from."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="figures")
    indicator = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    definition = models.CharField(max_length=400)
    version = models.PositiveSmallIntegerField(default=1)
    value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    number = models.PositiveIntegerField()
    rows = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "indicator"], name="reported_figure_once"),
        ]
