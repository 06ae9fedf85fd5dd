"""Code systems and value sets that an operator loaded. One version of each address is in use at a time."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from yiyang.kernel.models import Model


class Loaded(Model):
    """What is said of a code system or value set, who loaded it, and from which file."""

    url = models.CharField(max_length=500, db_collation="C", unique=True)
    version = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    title_zh = models.CharField(max_length=300, blank=True)
    licence = models.TextField(blank=True)
    source = models.CharField(max_length=500, blank=True)
    uses = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    number = models.IntegerField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=120)

    class Meta:
        abstract = True


class CodeSystem(Loaded):
    """`value_set` is the address of the set of all its codes, where it names one."""

    value_set = models.CharField(max_length=500, blank=True)
    complete = models.BooleanField(default=True)
    case_sensitive = models.BooleanField(default=True)


class ValueSet(Loaded):
    compose = models.JSONField()


class Concept(models.Model):
    """One code. Loading again writes all of them anew under another `system_id`, so the change is seen at once.

    `above` are all the codes over it; `words` the forms under which it is found, each between two marks.
    """

    pk = models.CompositePrimaryKey("system_id", "code")
    system_id = models.UUIDField()
    code = models.CharField(max_length=200, db_collation="C")
    position = models.IntegerField()
    display = models.TextField(blank=True)
    display_zh = models.TextField(blank=True)
    definition = models.TextField(blank=True)
    parents = ArrayField(models.TextField())
    above = ArrayField(models.TextField())
    active = models.BooleanField()
    abstract = models.BooleanField()
    properties = models.JSONField()
    words = models.TextField()

    class Meta:
        indexes = [GinIndex(fields=["above"], name="records_concept_above")]
