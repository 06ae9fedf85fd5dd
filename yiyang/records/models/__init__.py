"""Tables of the clinical record: what is so, what was so, whose an id is, and by what a resource is found.

Resources of no person (an Organization, a Medication) carry `NOBODY` as their person, so that every key begins with
the person and there is one set of tables (ADR 19). No foreign keys: these tables are large, and may be spread.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F

from yiyang.kernel.models import CurrentGeneration, CurrentTransaction, Xid8
from yiyang.records.models.recognition import TestChoice
from yiyang.records.models.terms import CodeSystem, Concept, ValueSet
from yiyang.records.models.topics import TopicsJudged


def label_bits() -> Any:
    """The sensitivity labels of its `meta.security`, as bits (`rules.labels`)."""
    return models.IntegerField(default=0, db_default=0)


def topic_bits() -> Any:
    """Of which topics it speaks that a person may not have been told of, as bits; 0: of none."""
    return models.SmallIntegerField(default=0, db_default=0)


class VersionColumns(models.Model):
    """One version of a resource. `kind` is the number of its type, `body` its JSON as it is given back.

    `labels`, `written_in` (the unit that wrote it under these labels) and `says` decide with the person who sees it.
    `tx` and `generation` are the cursor by which everything resumes, as for facts.
    """

    person_id = models.UUIDField()
    kind = models.SmallIntegerField()
    id = models.CharField(max_length=64, db_collation="C")
    version = models.IntegerField()
    updated_at = models.DateTimeField()
    tx = Xid8(db_default=CurrentTransaction(), editable=False)
    generation = models.PositiveSmallIntegerField(db_default=CurrentGeneration(), editable=False)
    deleted = models.BooleanField(default=False)
    labels = label_bits()
    written_in = models.UUIDField(null=True)
    says = topic_bits()
    body = models.TextField(blank=True)

    class Meta:
        abstract = True


class Resource(VersionColumns):
    """The newest version of each resource; a deleted one stays as a row without a body."""

    pk = models.CompositePrimaryKey("person_id", "kind", "id")

    class Meta:
        indexes = [models.Index(fields=["kind", "generation", "tx", "id"], name="records_resource_cursor")]


class History(VersionColumns):
    """The versions that were superseded; the newest one is in `Resource` alone."""

    pk = models.CompositePrimaryKey("person_id", "kind", "id", "version")

    class Meta:
        indexes = [models.Index(fields=["kind", "generation", "tx", "id"], name="records_history_cursor")]


class Address(models.Model):
    """Whose an id is: one id has one person for ever."""

    pk = models.CompositePrimaryKey("kind", "id")
    kind = models.SmallIntegerField()
    id = models.CharField(max_length=64, db_collation="C")
    person_id = models.UUIDField()


class Index(models.Model):
    """By what a live resource is found: one row for each.

    `tokens` are signed 64-bit hashes of what is compared as a whole; `starts_at` and `ends_at` are the type's main
    date; the `range_` columns are parallel and hold the dates (in seconds), numbers and quantities of each parameter;
    `strings` the folded texts. What a search finds by them is compared once more with the body.
    """

    pk = models.CompositePrimaryKey("person_id", "kind", "id")
    person_id = models.UUIDField()
    kind = models.SmallIntegerField()
    id = models.CharField(max_length=64, db_collation="C")
    updated_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    tokens = ArrayField(models.BigIntegerField())
    range_keys = ArrayField(models.BigIntegerField())
    range_lows = ArrayField(models.FloatField())
    range_highs = ArrayField(models.FloatField())
    strings = models.TextField(blank=True, default="")
    labels = label_bits()
    written_in = models.UUIDField(null=True)
    says = topic_bits()

    class Meta:
        indexes = [
            GinIndex(fields=["tokens"], name="records_index_tokens"),
            GinIndex(fields=["strings"], opclasses=["gin_trgm_ops"], name="records_index_strings"),
            models.Index(F("kind"), F("starts_at").desc(nulls_last=True), F("id"), name="records_index_time"),
            models.Index(F("kind"), F("updated_at").desc(), F("id"), name="records_index_updated"),
            models.Index(
                F("person_id"),
                F("kind"),
                F("starts_at").desc(nulls_last=True),
                F("id"),
                name="records_index_person_time",
            ),
        ]
