"""An export that somebody asked for: whose, of what, as of when, how far it is, which files it left."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.purposes import purpose_field
from yiyang.kernel.models import Model


class Level(models.TextChoices):
    SYSTEM = "SYSTEM", _("everything that is open to whoever asked")
    PATIENT = "PATIENT", _("the records of all persons")
    GROUP = "GROUP", _("the records of a group")


class State(models.TextChoices):
    WAITING = "WAITING", pgettext_lazy("export", "waiting")
    RUNNING = "RUNNING", pgettext_lazy("export", "being written")
    DONE = "DONE", pgettext_lazy("export", "ready")
    FAILED = "FAILED", pgettext_lazy("export", "failed")
    CANCELLED = "CANCELLED", pgettext_lazy("export", "cancelled")
    DELETED = "DELETED", pgettext_lazy("export", "deleted")
    EXPIRED = "EXPIRED", pgettext_lazy("export", "expired")


LIVE = (State.WAITING, State.RUNNING)
TONES: dict[str, str] = {"DONE": "good", "FAILED": "danger"}


class Export(Model):
    """Files lie in the installation's folder under its id while it is being written and ready, never longer.

    `place` says how far the worker came and `files` what stood in each file then: whoever takes it up cuts them there.
    """

    account_id = models.UUIDField()
    membership_id = models.UUIDField(null=True)
    client_id = models.UUIDField(null=True)
    purpose = purpose_field()
    organisation_id = models.UUIDField(null=True)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    level = models.CharField(max_length=8, choices=Level)
    group = models.CharField(max_length=64, blank=True)
    request = models.CharField(max_length=4000)
    types = ArrayField(models.CharField(max_length=60))
    since = models.DateTimeField(null=True)
    filters = ArrayField(models.CharField(max_length=2000), default=list)

    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    transaction_at = models.DateTimeField(null=True)
    generation = models.PositiveSmallIntegerField(null=True)
    snapshot = models.TextField(blank=True)
    place = models.JSONField(default=dict)
    files = models.JSONField(default=dict)
    persons = models.PositiveIntegerField(default=0)
    persons_done = models.PositiveIntegerField(default=0)
    resources = models.PositiveBigIntegerField(default=0)
    touched_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["account_id", "-asked_at"], name="export_of_account"),
            models.Index(fields=["touched_at"], condition=Q(state__in=LIVE), name="export_live"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="export_live_or_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state="DONE") | Q(expires_at__isnull=False, transaction_at__isnull=False),
                name="export_ready_expires",
            ),
        ]

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def tone(self) -> str:
        return TONES.get(self.state, "")

    @property
    def percent(self) -> int:
        return 100 if self.state == State.DONE else min(99, self.persons_done * 99 // max(1, self.persons))

    @property
    def bytes(self) -> int:
        return sum(one["bytes"] for one in self.files.values())
