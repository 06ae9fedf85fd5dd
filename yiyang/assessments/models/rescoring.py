"""One version of an instrument laid over all assessments that stand: the results stand beside the signed ones."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yiyang.assessments.models.assessments import Assessment
from yiyang.assessments.models.instruments import Instrument
from yiyang.kernel.models import Model


class Rescoring(Model):
    """A run: to which version, asked for by whom, when, and how far it came. It changes no signed result."""

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="rescorings")
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=120)
    finished_at = models.DateTimeField(null=True)
    kinds = models.JSONField(default=list)  # of beds, as the letters of `fits` are ordered
    stood = models.PositiveIntegerField()

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["instrument"], condition=Q(finished_at=None), name="rescoring_one_at_a_time"
            ),
        ]


class RescoringChunk(models.Model):
    """So many assessments by their ids, done in one transaction with their results; and what came of them."""

    run = models.ForeignKey(Rescoring, models.PROTECT, related_name="chunks")
    first = models.UUIDField()
    last = models.UUIDField(null=True)  # the first of the next one
    done_at = models.DateTimeField(null=True)
    rows = models.PositiveIntegerField(default=0)
    flows = models.JSONField(default=list)  # [version, level before, level, how many]
    fits = models.JSONField(default=list)  # [kind of bed, answer before, answer, how many]

    class Meta:
        ordering = ["run", "first"]
        constraints = [models.UniqueConstraint(fields=["run", "first"], name="rescoring_chunk_once")]


class Rescored(models.Model):
    """What one assessment would be on the version of the run. Millions of rows: no foreign keys in the database."""

    pk = models.CompositePrimaryKey("run_id", "assessment_id")
    run = models.ForeignKey(
        Rescoring, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    assessment = models.ForeignKey(
        Assessment, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="rescored"
    )
    total_before = models.FloatField(null=True)
    total = models.FloatField(null=True)
    level_before = models.CharField(max_length=40)
    level = models.CharField(max_length=40)  # empty: it misses an answer that is asked for now
    fits_before = models.CharField(max_length=16)  # one letter for each kind; empty: not the person's latest
    fits = models.CharField(max_length=16)

    class Meta:
        indexes = [
            models.Index(
                fields=["run", "level_before", "level", "assessment"],
                condition=~Q(level=F("level_before")),
                name="rescored_moved",
            ),
        ]
