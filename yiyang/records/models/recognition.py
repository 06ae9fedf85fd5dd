"""What became of each wish for a test, by unit: the rows behind the rate of recognition."""

from __future__ import annotations

from django.db import models

from yiyang.kernel.models import Model


class TestChoice(Model):
    """`outcome` says whether the test was ordered or a result accepted in its place; `request` is the ServiceRequest."""

    __test__ = False

    person_id = models.UUIDField()
    unit_id = models.UUIDField()
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    system = models.CharField(max_length=500)
    code = models.CharField(max_length=200)
    item = models.CharField(max_length=200)
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=24, blank=True)
    words = models.CharField(max_length=500, blank=True)
    result = models.CharField(max_length=120, blank=True)
    result_unit = models.CharField(max_length=200, blank=True)
    request = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["unit_id", "at"], name="records_test_choice_unit")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="DECLINED") ^ models.Q(reason=""),
                name="records_test_choice_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="ORDERED") | ~models.Q(result=""),
                name="records_test_choice_result",
            ),
        ]
