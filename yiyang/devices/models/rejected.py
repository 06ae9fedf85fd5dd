"""What was sent and not taken: counted by hour, key, reason and device, so that a flood stays small.

What tripped over a fault of ours is kept whole beside it.
"""

from __future__ import annotations

from django.db import models

from yiyang.kernel.models import Model


class Rejected(Model):
    """`urn` is empty where one key was refused for so many devices that they are no longer told apart."""

    hour = models.DateTimeField()
    credential_id = models.UUIDField()
    gateway_id = models.UUIDField(null=True, blank=True)
    unit_id = models.UUIDField(null=True, blank=True)
    urn = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=20)
    count = models.BigIntegerField(default=1)
    last_at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "devices_rejected"
        ordering = ["-last_at"]
        indexes = [models.Index(fields=["last_at"], name="rejected_lately")]
        constraints = [
            models.UniqueConstraint(
                fields=["credential_id", "hour", "code", "urn"], name="rejected_counted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.urn}"


class SetAside(Model):
    """One message as it came, under the key it came with."""

    credential_id = models.UUIDField()
    came_at = models.DateTimeField()
    kind = models.CharField(max_length=100, blank=True)
    urn = models.CharField(max_length=120, blank=True)
    payload = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    problem = models.CharField(max_length=80)

    class Meta:
        ordering = ["came_at"]
        constraints = [models.UniqueConstraint(fields=["credential_id", "digest"], name="set_aside_once")]

    def __str__(self) -> str:
        return f"{self.problem} {self.urn}"
