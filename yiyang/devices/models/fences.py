"""Agreed areas: where a person who may lose their way is expected to be."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiyang.kernel.models import Model


class Fence(Model):
    """An area in WGS-84: `{"circle": [lat, lon, metres]}` or `{"corners": [[lat, lon], …]}`; ended, never changed."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="fences")
    name = models.CharField(max_length=60)
    area = models.JSONField()
    since = models.TimeField(null=True, blank=True)
    until = models.TimeField(null=True, blank=True)
    dwell_seconds = models.PositiveIntegerField(default=120)
    reason = models.CharField(max_length=200)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()
    ended_by = models.UUIDField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(ended_at=None), name="fence_name_once"
            ),
            models.CheckConstraint(
                condition=Q(since=None, until=None)
                | (Q(since__isnull=False, until__isnull=False) & ~Q(since=F("until"))),
                name="fence_hours_from_to",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("set_at")), name="fence_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return self.name
