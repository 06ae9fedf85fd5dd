"""When each process by which readings come in, and the worker that calls people, was last alive."""

from __future__ import annotations

from django.db import models


class Beat(models.Model):
    """One row for each process that should be at work: by the clock of the database, taken away by an orderly stop.

    `way` is its name (`rules/ways.py: Process`).
    """

    way = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()
