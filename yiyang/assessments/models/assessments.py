"""Assessments: the answers of one person at one time, what followed from them, and who signed."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from yiyang.assessments.models.instruments import Instrument, said
from yiyang.assessments.models.reading import readable
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import Model
from yiyang.kernel.rotation import under_keys


class State(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("assessment", "being filled in")
    AWAITING_SECOND = "AWAITING_SECOND", pgettext_lazy("assessment", "waits for the second signature")
    SIGNED = "SIGNED", pgettext_lazy("assessment", "signed")
    SUPERSEDED = "SUPERSEDED", pgettext_lazy("assessment", "replaced by a newer version")
    VOID = "VOID", pgettext_lazy("assessment", "void")


class Reason(models.TextChoices):
    FIRST = "FIRST", pgettext_lazy("assessment", "first assessment")
    ROUTINE = "ROUTINE", pgettext_lazy("assessment", "routine")
    IMMEDIATE = "IMMEDIATE", pgettext_lazy("assessment", "the condition has changed")
    DISPUTE = "DISPUTE", pgettext_lazy("assessment", "the result was questioned")
    FALL = "FALL", pgettext_lazy("assessment", "after a fall")
    ADMISSION = "ADMISSION", pgettext_lazy("assessment", "moved in, or a bed was set up")
    DISCHARGE = "DISCHARGE", pgettext_lazy("assessment", "after discharge from hospital")
    TRANSFER = "TRANSFER", pgettext_lazy("assessment", "for or after a transfer")
    OTHER = "OTHER", pgettext_lazy("assessment", "another reason")


SIGNED_STATES = (State.SIGNED, State.SUPERSEDED)
OPEN_STATES = (State.DRAFT, State.AWAITING_SECOND)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, actor: Actor) -> AssessmentQuerySet:
        """Of persons of whom more is open to the actor than name, age and address."""
        return self.filter(readable(actor))

    def standing(self) -> AssessmentQuerySet:
        """Those that count: signed, not replaced, not void."""
        return self.filter(state=State.SIGNED)

    def signed_since(self, found: Assessment) -> AssessmentQuerySet:
        """Of the same instrument, signed by somebody since this one was begun; not what this one corrects."""
        since = (
            found.begun_at if found.amends_id else max(found.begun_at, found.assessed_at - timedelta(days=1))
        )
        signed = Q(signed_at__gte=since) | Q(second_signed_at__gte=since)
        rows = self.filter(signed, code=found.code, state__in=(State.SIGNED, State.AWAITING_SECOND))
        return rows.exclude(pk__in=[one for one in (found.pk, found.amends_id) if one]).order_by("-signed_at")


class Assessment(Model):
    """One instrument answered for one person at one time. Once signed it never changes; it may be replaced."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="assessments")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="assessments")
    code = models.CharField(max_length=40)
    organisation = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.CharField(max_length=400, blank=True)
    origin = models.CharField(max_length=120, blank=True)
    key = models.CharField(max_length=80, blank=True)

    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=120)
    begun_by_account = models.UUIDField(null=True)
    assessed_at = models.DateTimeField()
    answers = models.JSONField(default=dict)
    changed = models.JSONField(default=dict)  # item -> [revision, account, label, when, device]
    revision = models.PositiveIntegerField(default=1)
    handed_in_at = models.DateTimeField(null=True)
    handed_in_by = models.CharField(max_length=120, blank=True)

    signed_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, blank=True)
    signed_by_account = models.UUIDField(null=True)
    second_signed_at = models.DateTimeField(null=True)
    second_signed_by = models.CharField(max_length=120, blank=True)
    second_signed_by_account = models.UUIDField(null=True)

    amends = models.ForeignKey("self", models.PROTECT, null=True, related_name="amendments")
    amendment_reason = models.CharField(max_length=400, blank=True)
    dispute = models.ForeignKey(
        "assessments.Dispute", models.PROTECT, null=True, related_name="reassessments"
    )
    void_at = models.DateTimeField(null=True)
    void_by = models.CharField(max_length=120, blank=True)
    void_reason = models.CharField(max_length=400, blank=True)

    total = models.FloatField(null=True)
    level = models.CharField(max_length=40, blank=True)
    rank = models.SmallIntegerField(null=True)
    subscores = models.JSONField(default=dict)
    alerts = models.JSONField(default=list)
    valid_until = models.DateField(null=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_at", "-id"]
        indexes = [
            models.Index(fields=["person", "code", "-assessed_at"], name="assessment_of_person"),
            models.Index(fields=["organisation", "state", "-assessed_at"], name="assessment_of_unit"),
            models.Index(
                fields=["begun_at"],
                condition=Q(state__in=("DRAFT", "AWAITING_SECOND")),
                name="assessment_left_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "code", "organisation", "dispute", "amends"],
                condition=Q(state="DRAFT"),
                nulls_distinct=False,
                name="assessment_one_draft",
            ),
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="assessment_key_once"),
            models.CheckConstraint(
                condition=Q(state="DRAFT", signed_at=None, signed_by="")
                | Q(state="VOID")
                | Q(signed_at__isnull=False) & ~Q(state="DRAFT") & ~Q(signed_by=""),
                name="assessment_signed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(second_signed_at=None, second_signed_by="")
                | Q(second_signed_at__isnull=False, signed_at__isnull=False) & ~Q(second_signed_by=""),
                name="assessment_second_after_first",
            ),
            models.CheckConstraint(
                condition=Q(second_signed_by_account=None)
                | ~Q(second_signed_by_account=F("signed_by_account")),
                name="assessment_signed_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="VOID") & ~Q(void_reason="") & ~Q(void_by="") & Q(void_at__isnull=False)
                | ~Q(state="VOID") & Q(void_reason="", void_by="", void_at=None),
                name="assessment_void_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(amends=None, amendment_reason="")
                | Q(amends__isnull=False) & ~Q(amendment_reason=""),
                name="assessment_amended_with_reason",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def stands(self) -> bool:
        return self.state == State.SIGNED


class AssessmentPhoto(Model):
    """A photo that belongs to an assessment: encrypted; one that was removed has no content any more."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="photos")
    item = models.CharField(max_length=40, blank=True)
    content = models.BinaryField(null=True)
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at=None, removed_by="", content__isnull=False)
                | Q(removed_at__isnull=False, content=None) & ~Q(removed_by=""),
                name="assessment_photo_removed_whole",
            ),
        ]


class AlertAnswer(Model):
    """Somebody did what an urgent alert of an assessment demands: what, when, who."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="alert_answers")
    codes = models.JSONField(default=list)
    done = models.CharField(max_length=400)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    by_account = models.UUIDField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(done=""), name="assessment_alert_answer_says_what"),
        ]


under_keys(AssessmentPhoto, "content")

__all__ = ["AlertAnswer", "Assessment", "AssessmentPhoto", "Reason", "State", "said"]
