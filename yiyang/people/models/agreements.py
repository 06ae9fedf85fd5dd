"""What a person has agreed with a unit, who stands in for the person, and who may not."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.crypto import decrypt
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys
from yiyang.people.rules.kinds import AgreementKind


class Capacity(models.TextChoices):
    """As what somebody signs: payer, guarantor and emergency contact are none of these."""

    PERSON = "PERSON", _("the person")
    GUARDIAN = "GUARDIAN", _("the guardian")
    ENTRUSTED = "ENTRUSTED", _("entrusted in writing by the person")


class ServiceAgreement(Model):
    """An agreement of a person with a unit: who signed, who pays, whom to call, how long a bed is kept."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="agreements")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=AgreementKind.choices)
    number = models.CharField(max_length=40, blank=True)
    valid = DateRangeField()
    signed_on = models.DateField()
    signer = models.CharField(max_length=60)
    capacity = models.CharField(max_length=12, choices=Capacity.choices)
    payer = models.CharField(max_length=60, blank=True)
    guarantor = models.CharField(max_length=60, blank=True)
    emergency_contact = models.CharField(max_length=60, blank=True)
    emergency_phone = models.BinaryField(null=True)
    hold_days = models.PositiveSmallIntegerField(null=True)
    hold_fee_rule = models.CharField(max_length=60, blank=True)
    designated_hospital = models.ForeignKey(
        "access.Organisation", models.PROTECT, null=True, related_name="+"
    )
    sends_record = models.BooleanField(default=False)
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="renewed_by")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="agreement_one_at_a_time",
                expressions=[
                    ("person", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="agreement_not_empty"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | ~Q(end_reason=""), name="agreement_ended_with_reason"
            ),
        ]

    @property
    def emergency_number(self) -> str:
        return decrypt(bytes(self.emergency_phone)) if self.emergency_phone else ""


class AgreementPaper(Model):
    """The paper of an agreement, a guardianship, a consent or an act done for somebody, as a photo or a PDF."""

    agreement = models.ForeignKey(ServiceAgreement, models.PROTECT, null=True, related_name="papers")
    guardianship = models.ForeignKey("people.Guardianship", models.PROTECT, null=True, related_name="papers")
    assistance = models.ForeignKey("people.Assistance", models.PROTECT, null=True, related_name="papers")
    consent_act = models.ForeignKey("people.ConsentAct", models.PROTECT, null=True, related_name="papers")
    content = models.BinaryField()
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, guardianship=None, assistance=None, consent_act=None)
                | Q(agreement=None, guardianship__isnull=False, assistance=None, consent_act=None)
                | Q(agreement=None, guardianship=None, assistance__isnull=False, consent_act=None)
                | Q(agreement=None, guardianship=None, assistance=None, consent_act__isnull=False),
                name="agreement_paper_of_one",
            )
        ]

    @property
    def person_id(self) -> UUID:
        holder = self.agreement or self.guardianship or self.assistance or self.consent_act
        assert holder is not None  # the constraint above
        return holder.person_id


class GuardianKind(models.TextChoices):
    STATUTORY = "STATUTORY", _("statutory guardian")
    AGREED = "AGREED", _("agreed guardian")
    APPOINTED = "APPOINTED", _("appointed guardian")


class Matter(models.TextChoices):
    CARE = "CARE", _("daily care and where to live")
    MEDICAL = "MEDICAL", _("medical decisions")
    PROPERTY = "PROPERTY", _("property and payment")


class Guardianship(Model):
    """Who decides in the person's place, in which matters, by which document, from when to when.

    Source: Civil Code art. 28, 31 to 33 (statutory, appointed and agreed guardians of adults).
    """

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="guardianships")
    kind = models.CharField(max_length=12, choices=GuardianKind.choices)
    guardian = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    account_id = models.UUIDField(null=True)
    kinship = models.CharField(max_length=16, blank=True)
    supervisor = models.CharField(max_length=60, blank=True)
    document = models.CharField(max_length=120)
    matters = ArrayField(models.CharField(max_length=12, choices=Matter.choices))
    finding_by = models.CharField(max_length=120, blank=True)
    finding_on = models.DateField(null=True)
    valid = DateRangeField()
    delegation = models.ForeignKey("people.Delegation", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(guardian="") ^ Q(organisation__isnull=False),
                name="guardianship_of_one",
            ),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="guardianship_not_empty"),
            models.UniqueConstraint(
                fields=["person", "guardian", "organisation"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="guardianship_once",
            ),
        ]


class Barring(Model):
    """A relative who is to learn and decide nothing: what was entrusted ends, and nothing new is."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="barrings")
    name = models.CharField(max_length=60)
    account_id = models.UUIDField(null=True)
    kinship = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=200)
    evidence = models.CharField(max_length=200)
    barred_at = models.DateTimeField()
    barred_by = models.CharField(max_length=120)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"], condition=Q(lifted_at=None), name="barring_once"
            ),
        ]


class CoverageTask(Model):
    """Somebody got a care bed and has no family doctor: the health centre of the area is to offer one."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    why = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(done_at=None), name="coverage_task_one_open"
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "raised_at"], condition=Q(done_at=None), name="coverage_task_open"
            )
        ]


under_keys(ServiceAgreement, "emergency_phone")
