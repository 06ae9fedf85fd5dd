"""A clinician's word against what the criteria say, and criteria that a district puts in force."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.models import Model


class EligibilityAnswer(models.TextChoices):
    """What the criteria of a kind of bed give."""

    ELIGIBLE = "ELIGIBLE", pgettext_lazy("eligibility", "qualifies")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", pgettext_lazy("eligibility", "does not qualify")
    JUDGEMENT = "JUDGEMENT", pgettext_lazy("eligibility", "a clinician decides")


class EligibilityOverride(Model):
    """A named clinician answers otherwise than the criteria, with a reason. It holds for a time."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="eligibility_overrides")
    kind = models.CharField(_("kind of bed"), max_length=16, choices=BedKind.choices)
    computed = models.CharField(max_length=16, choices=EligibilityAnswer.choices)
    given = models.CharField(_("answer"), max_length=16, choices=EligibilityAnswer.choices)
    reason = models.TextField(_("reason"))
    transfer = models.ForeignKey("beds.Transfer", models.PROTECT, null=True, related_name="overrides")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    clinician = models.CharField(max_length=120)
    at = models.DateTimeField()
    holds_until = models.DateField()
    result = models.JSONField(default=dict)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "-at"], name="eligibility_override_of")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(given=F("computed")) & ~Q(given="JUDGEMENT") & ~Q(reason=""),
                name="eligibility_override_differs_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_by=""),
                name="eligibility_override_withdrawn_by_somebody",
            ),
        ]


class EligibilityRules(Model):
    """Criteria of bed kinds that a district proposed and, once it had seen whom they touch, signed."""

    content = models.TextField()
    digest = models.CharField(max_length=64)
    valid_from = models.DateField(_("in force from"))
    reason = models.CharField(_("why it is changed"), max_length=400)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=120)
    unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, blank=True)
    touched = models.JSONField(default=dict)
    count_begun_at = models.DateTimeField(null=True)
    count_of = models.PositiveIntegerField(default=0)
    count_done = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    counted_against = models.CharField(max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-valid_from"], name="eligibility_rules_in_force", condition=~Q(signed_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by="") | Q(signed_at__isnull=False) & ~Q(signed_by=""),
                name="eligibility_rules_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by="")
                | Q(withdrawn_at__isnull=False, signed_at=None) & ~Q(withdrawn_by=""),
                name="eligibility_rules_withdrawn_before_signed",
            ),
        ]

    @property
    def open(self) -> bool:
        """Neither signed nor taken back."""
        return self.signed_at is None and self.withdrawn_at is None

    @property
    def counting(self) -> bool:
        return self.open and self.count_begun_at is not None and self.counted_at is None


class TouchedPerson(Model):
    """Somebody whose answer proposed criteria would change, when they were counted."""

    rules = models.ForeignKey(EligibilityRules, models.PROTECT, related_name="touched_persons")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=BedKind.choices)
    how = models.CharField(max_length=8)
    before = models.CharField(max_length=16, choices=EligibilityAnswer.choices)
    after = models.CharField(max_length=16, choices=EligibilityAnswer.choices)
    since = models.DateTimeField()

    class Meta:
        ordering = ["kind", "how", "before", "after", "since", "id"]
        indexes = [
            models.Index(
                fields=["rules", "kind", "how", "before", "after", "since", "id"],
                name="touched_person_of_rules",
            )
        ]
