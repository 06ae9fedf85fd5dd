from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.models import Model

from ..bed_kinds import BedKind


class FilingKind(models.TextChoices):
    MEDICAL_LICENCE = "MEDICAL_LICENCE", _("medical practice licence")
    CARE_FILING = "CARE_FILING", _("filing of an elderly-care institution")
    CLINIC_FILING = "CLINIC_FILING", _("filing of a clinic inside a care home")
    SERVICE_FILING = "SERVICE_FILING", _("filing of a home care service")


class LicenceState(models.TextChoices):
    LIVE = "LIVE", _("live")
    SUSPENDED = "SUSPENDED", _("suspended")
    REVOKED = "REVOKED", _("revoked")


class Licence(Model):
    """What a unit may run, and until when. A unit can offer only what its live licence covers."""

    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="licences")
    number = models.CharField(max_length=60)
    filing_kind = models.CharField(max_length=20, choices=FilingKind)
    clinic_operator = models.ForeignKey(
        "access.Organisation", models.PROTECT, null=True, blank=True, related_name="clinics_operated"
    )
    medical_insurance = models.BooleanField(default=False)
    care_insurance = models.BooleanField(default=False)
    valid = DateRangeField()
    state = models.CharField(max_length=12, choices=LicenceState, default=LicenceState.LIVE)
    state_reason = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.UUIDField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["-valid", "id"]
        constraints = [
            ExclusionConstraint(
                name="licence_number_once_at_a_time",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("number", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=~Q(state="REVOKED"),
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="licence_period_not_empty"),
            models.CheckConstraint(
                condition=Q(state="LIVE") | Q(changed_at__isnull=False), name="licence_change_dated"
            ),
        ]


class LicensedBeds(models.Model):
    """How many beds of a kind a licence approves (核定)."""

    licence = models.ForeignKey(Licence, models.CASCADE, related_name="beds")
    kind = models.CharField(max_length=16, choices=BedKind)
    approved_beds = models.PositiveIntegerField()

    class Meta:
        ordering = ["licence", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "kind"], name="licensed_kind_once"),
            models.CheckConstraint(condition=Q(approved_beds__lte=100_000), name="licensed_beds_plausible"),
        ]

    @property
    def kind_of(self) -> BedKind:
        return BedKind(self.kind)
