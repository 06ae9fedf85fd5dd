"""Episodes: an admission, from opening to closing, in one kind at one unit; and what belongs to it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models.inventory import Lane
from yiyang.kernel.models import Model


class CloseReason(models.TextChoices):
    RECOVERED = "RECOVERED", _("recovered")
    IMPROVED = "IMPROVED", _("improved")
    STABLE = "STABLE", _("stable")
    TRANSFERRED = "TRANSFERRED", _("moved to another bed")
    WISH = "WISH", _("the person's own wish")
    NOT_RETURNED = "NOT_RETURNED", _("did not come back")
    LICENCE_ENDED = "LICENCE_ENDED", _("the unit's licence ended")
    DIED = "DIED", _("died")
    OTHER = "OTHER", _("other")


class Episode(Model):
    """All occupancies of one person in one kind at one unit (FHIR EpisodeOfCare)."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="episodes")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="episodes")
    kind = models.CharField(max_length=16, choices=BedKind.choices)
    lane = models.CharField(max_length=10, choices=Lane.choices)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    open_reason = models.CharField(max_length=200, blank=True)
    close_reason = models.CharField(max_length=20, choices=CloseReason.choices, blank=True)
    responsible = models.CharField(_("responsible clinician or manager"), max_length=120, blank=True)
    expected_until = models.DateTimeField(null=True)
    ready_to_leave_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    cycle_ends_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(closed_at=None), name="episode_one_open_per_kind"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="")
                | Q(closed_at__gte=F("opened_at")) & ~Q(close_reason=""),
                name="episode_closed_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "kind"], name="episode_open_unit", condition=Q(closed_at=None)),
            models.Index(fields=["person"], name="episode_person"),
            models.Index(fields=["expected_until"], name="episode_to_end", condition=Q(closed_at=None)),
        ]


class Leave(Model):
    """The resident is away with the unit's knowledge; the bed is held until the return."""

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="leaves")
    left_at = models.DateTimeField()
    due_back_at = models.DateTimeField()
    companion = models.CharField(_("who goes along"), max_length=80)
    companion_phone = models.CharField(max_length=40, blank=True)
    destination = models.CharField(max_length=120, blank=True)
    returned_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=20, blank=True)
    overdue_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["episode"], condition=Q(returned_at=None), name="leave_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(due_back_at__gt=F("left_at")), name="leave_ends_after_it_begins"
            ),
        ]


class HomeBedSetup(Model):
    """Setting up a home medical bed: application, doctor's visit, agreement, insurance filing, opening."""

    class State(models.TextChoices):
        APPLIED = "APPLIED", _("applied for")
        VISITED = "VISITED", _("doctor has visited")
        AGREED = "AGREED", _("agreement signed")
        FILED = "FILED", _("filed with the insurance")
        OPENED = "OPENED", _("set up")
        REFUSED = "REFUSED", _("not set up")
        CANCELLED = "CANCELLED", _("cancelled")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="home_bed_setups")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    transfer = models.ForeignKey("beds.Transfer", models.PROTECT, null=True, related_name="home_bed_setups")
    episode = models.ForeignKey(Episode, models.PROTECT, null=True, related_name="home_bed_setups")
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    reason = models.TextField()
    place = models.CharField(_("where the bed stands"), max_length=200)
    applied_at = models.DateTimeField()
    visited_at = models.DateTimeField(null=True)
    visited_by = models.CharField(max_length=120, blank=True)
    findings = models.TextField(blank=True)
    agreed_at = models.DateTimeField(null=True)
    signer = models.CharField(max_length=120, blank=True)
    filed_at = models.DateTimeField(null=True)
    filing_number = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["APPLIED", "VISITED", "AGREED", "FILED"]),
                name="home_bed_setup_one_at_a_time",
            ),
        ]


UNDER_WAY = [
    HomeBedSetup.State.APPLIED,
    HomeBedSetup.State.VISITED,
    HomeBedSetup.State.AGREED,
    HomeBedSetup.State.FILED,
]


class HomeBedReview(Model):
    """A visit to, review or renewal of a home medical bed."""

    class What(models.TextChoices):
        VISIT = "VISIT", _("visit")
        REVIEW = "REVIEW", _("periodic review")
        RENEWAL = "RENEWAL", _("renewal")

    episode = models.ForeignKey(Episode, models.PROTECT, related_name="reviews")
    what = models.CharField(max_length=10, choices=What.choices)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    next_on = models.DateField(null=True)
