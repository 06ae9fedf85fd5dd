"""Tables of the kernel: facts, their seals, reactions done, idempotency keys, the installation itself, recorded
sentences."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func

from yiyang.kernel.ids import new_id
from yiyang.kernel.spoken import Tongue


class Model(models.Model):
    """A table whose key is a UUIDv7."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: Any) -> Any:  # noqa: N802
        """As Django's own, which translates all labels of a field to find one; a list asks hundreds of times."""
        value = getattr(self, field.attname)
        label = dict(field.flatchoices).get(value, value)
        return label if label is None else str(label)


class Xid8(models.Field):
    """PostgreSQL's 64-bit transaction number."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, *_: object) -> int | None:
        return None if value is None else int(value)

    def get_db_prep_value(self, value: int | None, connection: object, prepared: bool = False) -> str | None:
        return None if value is None else str(value)

    def get_placeholder(self, value: object, compiler: object, connection: object) -> str:
        """There is no cast from a number to xid8, only from text."""
        return "%s::text::xid8"


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    template = "%(function)s()"


class CurrentGeneration(Func):
    function = "yiyang_generation"
    template = "%(function)s()"


class Installation(models.Model):
    """One row: what this database is. `generation` rises on each restore from a backup."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    generation = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    messages_held = models.BooleanField(default=False)
    emergency_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_is_one_row")]


class FactColumns(models.Model):
    """Something that happened, recorded once, by whom and when.

    `tx` and `generation` make the cursor that everything resumes by: timestamps and numbers lie under
    concurrency, transactions below the oldest running one do not.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    by_organisation = models.UUIDField(null=True)
    by_role = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    tx = Xid8(db_default=CurrentTransaction(), editable=False)
    generation = models.PositiveSmallIntegerField(db_default=CurrentGeneration(), editable=False)

    class Meta:
        abstract = True


class PersonFact(FactColumns):
    """A fact about one person."""

    pk = models.CompositePrimaryKey("person_id", "id")
    id = models.UUIDField(default=new_id, editable=False)
    person_id = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["generation", "tx", "id"], name="personfact_cursor"),
            models.Index(fields=["subject_id"], name="personfact_subject"),
        ]


class PlainFact(FactColumns):
    """A fact about no person: an organisation, a contract, an account."""

    class Meta:
        indexes = [
            models.Index(fields=["generation", "tx", "id"], name="plainfact_cursor"),
            models.Index(fields=["subject_id"], name="plainfact_subject"),
        ]


class Reading(FactColumns):
    """Somebody was shown data of these persons on one page or in one answer."""

    persons = ArrayField(models.UUIDField())

    class Meta:
        indexes = [
            models.Index(fields=["generation", "tx", "id"], name="reading_cursor"),
            GinIndex(fields=["persons"], name="reading_persons"),
        ]


class Seal(models.Model):
    """A digest over all facts of one range of transactions, chained to the one before."""

    number = models.PositiveBigIntegerField(primary_key=True)
    generation = models.PositiveSmallIntegerField()
    lo = Xid8()
    hi = Xid8()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()


class ReactionDone(models.Model):
    """A reaction ran for a fact: kept in the transaction of its effect, so it never takes effect twice."""

    fact_id = models.UUIDField()
    reaction = models.CharField(max_length=120)
    done_at = models.DateTimeField()
    refusal = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "reaction"], name="reaction_once_per_fact"),
        ]


class ReactionFault(models.Model):
    """A reaction that failed by a bug: shown to the system administrator until it has run."""

    fact_id = models.UUIDField()
    reaction = models.CharField(max_length=120)
    error = models.CharField(max_length=200)
    attempts = models.PositiveSmallIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact_id", "reaction"], name="fault_once_per_fact"),
        ]


class IdempotencyKey(models.Model):
    """The answer given to one POST of one token, stored in the command's own transaction."""

    token = models.UUIDField()
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    content_type = models.CharField(max_length=80, blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]


class RecordedSentence(Model):
    """A fixed sentence as somebody said it, encrypted: played to elders whose telephone has no Chinese voice."""

    sentence = models.CharField(max_length=40)
    tongue = models.CharField(max_length=20, choices=Tongue.choices)
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    speaker = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sentence", "tongue"], name="recorded_sentence_once"),
        ]
