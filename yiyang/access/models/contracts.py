from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model

from ..bed_kinds import BedKind


class ContractState(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SIGNED = "SIGNED", _("signed")
    SUSPENDED = "SUSPENDED", _("suspended")
    ENDED = "ENDED", _("ended")


class Direction(models.TextChoices):
    OUT = "OUT", _("the first unit sends to the second")
    BACK = "BACK", _("the second unit sends to the first")


class Contract(Model):
    """Two member units bind themselves to receive each other's people.

    The terms are free while it is a draft; once a party has signed they never change.
    """

    first = models.ForeignKey("access.Organisation", models.PROTECT, related_name="contracts_as_first")
    second = models.ForeignKey("access.Organisation", models.PROTECT, related_name="contracts_as_second")
    number = models.CharField(max_length=60, blank=True)
    bed_kinds = ArrayField(models.CharField(max_length=16, choices=BedKind))
    directions = ArrayField(models.CharField(max_length=4, choices=Direction))
    service_items = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    daily_quota = models.PositiveSmallIntegerField(null=True, blank=True)
    cost_sharing = models.TextField(blank=True)
    responsibility = models.TextField(blank=True)
    night_contact = models.CharField(max_length=120, blank=True)
    designated_order = models.PositiveSmallIntegerField(null=True, blank=True)
    routine_minutes = models.PositiveIntegerField(default=24 * 60)
    urgent_minutes = models.PositiveIntegerField(default=30)
    emergency_minutes = models.PositiveIntegerField(default=10)
    valid = DateRangeField()
    state = models.CharField(max_length=12, choices=ContractState, default=ContractState.DRAFT)
    first_signed_at = models.DateTimeField(null=True, blank=True)
    first_signed_by = models.UUIDField(null=True, blank=True)
    second_signed_at = models.DateTimeField(null=True, blank=True)
    second_signed_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    created_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [models.Index(fields=["first", "second", "state"], name="contract_parties")]
        constraints = [
            models.CheckConstraint(condition=~Q(first=models.F("second")), name="contract_between_two_units"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="contract_period_not_empty"),
            models.CheckConstraint(
                condition=Q(bed_kinds__len__gt=0, directions__len__gt=0), name="contract_says_something"
            ),
            models.CheckConstraint(
                condition=Q(first_signed_at=None, first_signed_by=None)
                | Q(first_signed_at__isnull=False, first_signed_by__isnull=False),
                name="contract_first_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(second_signed_at=None, second_signed_by=None)
                | Q(second_signed_at__isnull=False, second_signed_by__isnull=False),
                name="contract_second_signature_whole",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "ENDED"])
                | Q(first_signed_at__isnull=False, second_signed_at__isnull=False),
                name="contract_signed_by_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"

    @property
    def kinds(self) -> list[BedKind]:
        return [kind for kind in BedKind if kind in self.bed_kinds]

    def answer_minutes(self, urgency: str) -> int:
        """How long a unit may take to answer an offer of this urgency."""
        return {"ROUTINE": self.routine_minutes, "URGENT": self.urgent_minutes}.get(
            urgency, self.emergency_minutes
        )


class ContractStatus(Model):
    """Append-only: each state a contract entered, by whom, when and why."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="statuses")
    state = models.CharField(max_length=12, choices=ContractState)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)

    class Meta:
        ordering = ["at", "id"]
