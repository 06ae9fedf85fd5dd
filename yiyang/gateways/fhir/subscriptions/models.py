"""A subscription at work, and what is to be told by it. The resource itself lies in the record like any other."""

from __future__ import annotations

import json

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from yiyang.access.purposes import purpose_field
from yiyang.kernel.crypto import decrypt
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class HookState(models.TextChoices):
    REQUESTED = "REQUESTED", pgettext_lazy("subscription", "waiting for the address to answer")
    ACTIVE = "ACTIVE", pgettext_lazy("subscription", "active")
    ERROR = "ERROR", pgettext_lazy("subscription", "stopped by an error")
    OFF = "OFF", pgettext_lazy("subscription", "off")


class EventState(models.TextChoices):
    WAITING = "WAITING", pgettext_lazy("event", "waiting")
    TOLD = "TOLD", pgettext_lazy("event", "told")
    DEAD = "DEAD", pgettext_lazy("event", "given up")
    CLOSED = "CLOSED", pgettext_lazy("event", "no longer open")


class Hook(Model):
    """`generation`, `tx`, `last_id`, `last_version`: behind which version of a stored resource it goes on;
    `fact_generation`, `fact_tx`, `fact_id`: behind which fact about what the platform itself runs."""

    resource = models.CharField(max_length=64, db_collation="C")
    account_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    purpose = purpose_field()
    organisation_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    criteria = models.CharField(max_length=2000)
    endpoint = models.CharField(max_length=500, blank=True)
    payload = models.BooleanField(default=False)
    headers = models.BinaryField(null=True)
    secret = models.BinaryField()

    state = models.CharField(max_length=10, choices=HookState, default=HookState.REQUESTED)
    error = models.CharField(max_length=200, blank=True)
    generation = models.PositiveSmallIntegerField(default=0)
    tx = models.BigIntegerField(default=0)
    last_id = models.CharField(max_length=64, blank=True, db_collation="C")
    last_version = models.IntegerField(default=0)
    fact_generation = models.PositiveSmallIntegerField(default=0, db_default=0)
    fact_tx = models.BigIntegerField(default=0, db_default=0)
    fact_id = models.UUIDField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["account_id", "-created_at"], name="hook_of_account")]
        constraints = [models.UniqueConstraint(fields=["resource"], name="hook_once_per_resource")]

    @property
    def type(self) -> str:
        return self.criteria.partition("?")[0]

    @property
    def secret_of(self) -> str:
        return decrypt(bytes(self.secret))

    @property
    def headers_of(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(decrypt(bytes(self.headers))) if self.headers else {}
        return found

    @property
    def tone(self) -> str:
        return {"ACTIVE": "good", "ERROR": "danger"}.get(self.state, "")


class HookEvent(models.Model):
    """One version that meets the search. Their numbers are in the order in which they are told.

    `shown`: of what the platform itself runs, whose versions follow from what is shown and may come again.
    """

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(Hook, models.CASCADE, related_name="events")
    resource = models.CharField(max_length=64, db_collation="C")
    version = models.IntegerField()
    person_id = models.UUIDField()
    deleted = models.BooleanField(default=False, db_default=False)
    shown = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=EventState, default=EventState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=120, blank=True)
    found_at = models.DateTimeField()
    over_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["hook", "id"], condition=Q(state="WAITING"), name="hook_event_waiting"),
            models.Index(fields=["hook", "-id"], name="hook_event_newest"),
            models.Index(
                fields=["hook", "resource", "-id"], condition=Q(shown=True), name="hook_event_shown"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["hook", "resource", "version"], condition=Q(shown=False), name="hook_event_once"
            ),
        ]

    @property
    def tone(self) -> str:
        return {"TOLD": "good", "DEAD": "danger"}.get(self.state, "")


under_keys(Hook, "headers", "secret")
