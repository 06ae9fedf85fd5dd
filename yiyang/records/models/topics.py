"""How far all entries were judged by the lists of what may not have been told."""

from __future__ import annotations

from django.db import models


class TopicsJudged(models.Model):
    """One row. `lists` says by which lists; `after` behind which entry to go on, of the newest versions or of those
    that were superseded."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    lists = models.CharField(max_length=64, blank=True)
    superseded = models.BooleanField(default=False)
    after = models.JSONField(null=True)
    looked_at = models.PositiveBigIntegerField(default=0)
    changed = models.PositiveBigIntegerField(default=0)
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="topics_judged_is_one_row")]
