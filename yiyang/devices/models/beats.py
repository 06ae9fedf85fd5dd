"""When each way by which readings come in, and the worker that calls people, was last alive."""

from __future__ import annotations

from django.db import models

from yiyang.devices.rules.ways import Way


class Beat(models.Model):
    """One row for each way that should be at work: by the clock of the database, taken away by an orderly stop."""

    way = models.CharField(max_length=10, primary_key=True, choices=Way)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
