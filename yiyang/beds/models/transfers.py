"""Transfers: the process that moves a person to another kind of bed or another unit."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models.episodes import Episode
from yiyang.beds.models.inventory import Lane
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import Model
from yiyang.kernel.refusals import NotFound


class Trigger(models.TextChoices):
    CARE_ENVIRONMENT_WORSENED = "CARE_ENVIRONMENT_WORSENED", _("care environment worsened")
    HEALTH_WORSENED = "HEALTH_WORSENED", _("health worsened")
    HEALTH_IMPROVED = "HEALTH_IMPROVED", _("health improved")
    TERMINAL_CARE = "TERMINAL_CARE", _("terminal care needed")
    WISH = "WISH", _("the person's own wish")


class Urgency(models.TextChoices):
    ROUTINE = "ROUTINE", _("routine")
    URGENT = "URGENT", _("urgent")
    EMERGENCY = "EMERGENCY", _("emergency")


class TransferState(models.TextChoices):
    REQUESTED = "REQUESTED", _("requested")
    EVALUATED = "EVALUATED", _("evaluated")
    AGREED = "AGREED", _("agreed")
    OFFERED = "OFFERED", _("offered")
    ACCEPTED = "ACCEPTED", _("accepted by the doctor")
    ALLOCATED = "ALLOCATED", _("bed allocated")
    HANDED_OVER = "HANDED_OVER", _("handed over")
    DEPARTED = "DEPARTED", _("on the way")
    IN_EMERGENCY_ROOM = "IN_EMERGENCY_ROOM", _("in the emergency room")
    COMPLETED = "COMPLETED", _("arrived")
    SENT_BACK = "SENT_BACK", _("sent back without admission")
    NOT_INDICATED = "NOT_INDICATED", _("not indicated")
    REFUSED = "REFUSED", _("refused by the person")
    CANCELLED = "CANCELLED", _("cancelled")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")
    EXPIRED = "EXPIRED", _("expired")
    FAILED = "FAILED", _("failed")
    DIED = "DIED", _("died")


ENDED = [
    TransferState.COMPLETED,
    TransferState.SENT_BACK,
    TransferState.NOT_INDICATED,
    TransferState.REFUSED,
    TransferState.CANCELLED,
    TransferState.WITHDRAWN,
    TransferState.EXPIRED,
    TransferState.FAILED,
    TransferState.DIED,
]


class TransferQuerySet(models.QuerySet["Transfer"]):
    def live(self) -> TransferQuerySet:
        return self.exclude(state__in=ENDED)

    def ended(self) -> TransferQuerySet:
        return self.filter(state__in=ENDED)

    def of_unit(self, unit_id: UUID) -> TransferQuerySet:
        """That a unit sends, receives, asked for or coordinates."""
        return self.filter(
            Q(from_unit=unit_id) | Q(to_unit=unit_id) | Q(requested_unit=unit_id) | Q(coordinator=unit_id)
        )

    def get_of_person(self, transfer_id: UUID, person_id: UUID) -> Transfer:
        found = self.filter(pk=transfer_id, person=person_id).first()
        if found is None:
            raise NotFound
        return found

    def visible_to(self, actor: Actor) -> TransferQuerySet:
        """The transfers of the units concerned, and one's own.

        Concerned are the sender, the requester, the coordinator, those asked, the receiver, every unit in
        which the person has an open stay (it keeps the bed), and those to whom the whole record is open.
        """
        from yiyang.people import reach

        if actor.sees_all:
            return self
        if not getattr(actor, "reads_records", False):
            return self.none()
        organisations = list(getattr(actor, "organisation_ids", ()))
        offered = Offer.objects.filter(transfer=models.OuterRef("pk"), unit__in=organisations)
        staying = Episode.objects.filter(
            person=models.OuterRef("person_id"), unit__in=organisations, closed_at=None
        )
        cared_for = reach.live(actor).filter(person_id=models.OuterRef("person_id"), scope="FULL")
        concerned = (
            Q(from_unit__in=organisations)
            | Q(requested_unit__in=organisations)
            | Q(coordinator__in=organisations)
            | Q(to_unit__in=organisations)
            | Q(models.Exists(offered))
            | Q(models.Exists(staying))
            | Q(models.Exists(cared_for))
        )
        if organisations:
            return self.filter(concerned)
        from yiyang.people.queries import everyone_visible

        return self.filter(person__in=everyone_visible(actor))


class Transfer(Model):
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="transfers")
    trigger = models.CharField(max_length=30, choices=Trigger.choices)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    target_kind = models.CharField(max_length=16, choices=BedKind.choices)
    target_lane = models.CharField(max_length=10, choices=Lane.choices)
    from_episode = models.ForeignKey("beds.Episode", models.PROTECT, null=True, related_name="transfers_out")
    from_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    requested_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    coordinator = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    chosen_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    to_unit = models.ForeignKey("access.Organisation", models.PROTECT, null=True, related_name="+")
    destination_outside = models.CharField(max_length=160, blank=True)
    is_return = models.BooleanField(default=False)
    reason = models.TextField()
    evidence = models.TextField(blank=True)
    needs = models.JSONField(default=list)
    keep_bed = models.BooleanField(default=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=120)
    asker = models.CharField(max_length=10, blank=True)
    asker_name = models.CharField(max_length=120, blank=True)
    wanted_from = models.DateTimeField()
    expected_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=20, choices=TransferState.choices, default=TransferState.REQUESTED)
    state_since = models.DateTimeField()
    act_by = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspended_for = models.ForeignKey("self", models.PROTECT, null=True, related_name="suspends")
    called_120_at = models.DateTimeField(null=True)
    ambulance_arrived_at = models.DateTimeField(null=True)
    ambulance_left_at = models.DateTimeField(null=True)
    hospital_named_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "target_lane"],
                condition=~Q(state__in=ENDED) & Q(suspended_at=None),
                name="transfer_one_live_per_lane",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, ended_at__isnull=False) | ~Q(state__in=ENDED) & Q(ended_at=None),
                name="transfer_ended_with_time",
            ),
        ]
        indexes = [
            models.Index(fields=["from_unit"], name="transfer_live_from", condition=~Q(state__in=ENDED)),
            models.Index(
                fields=["coordinator", "act_by"], name="transfer_live_due", condition=~Q(state__in=ENDED)
            ),
            models.Index(fields=["person"], name="transfer_person"),
        ]

    @property
    def live(self) -> bool:
        return self.state not in ENDED

    @property
    def emergency(self) -> bool:
        return self.urgency == Urgency.EMERGENCY


class TransferStep(Model):
    """Every change of a transfer: from what to what, by whom, when it happened and when it was entered, why."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=30)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by_account = models.UUIDField(null=True)
    by_label = models.CharField(max_length=120)
    by_organisation = models.UUIDField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["transfer", "recorded_at"], name="transferstep_order")]


class Evaluation(Model):
    """A named clinician's judgement over the criteria of the target kind."""

    class Outcome(models.TextChoices):
        FIT = "FIT", _("the target bed is right")
        NOT_FIT = "NOT_FIT", _("another bed is right")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="evaluations")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    criteria = models.JSONField(default=list)
    statement = models.TextField()
    clinician = models.CharField(max_length=120)
    at = models.DateTimeField()
    eligibility = models.JSONField(null=True)  # the answer of the criteria that it rested on, as it was then


class Agreement(Model):
    """What the person, or who decides for the person, said; all statements stay."""

    class Outcome(models.TextChoices):
        AGREED = "AGREED", _("agreed")
        REFUSED = "REFUSED", _("refused")
        CANNOT_DECIDE = "CANNOT_DECIDE", _("cannot decide")
        NOT_REACHED = "NOT_REACHED", _("could not be reached")

    class ByWhom(models.TextChoices):
        PERSON = "PERSON", _("the person")
        GUARDIAN = "GUARDIAN", _("guardian")
        RELATIVE = "RELATIVE", _("relative")

    class How(models.TextChoices):
        IN_PERSON = "IN_PERSON", _("in person")
        TELEPHONE = "TELEPHONE", _("by telephone")
        PAPER = "PAPER", _("on paper, photographed")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="agreements")
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    by_whom = models.CharField(max_length=10, choices=ByWhom.choices)
    name = models.CharField(max_length=120)
    relation = models.CharField(max_length=60, blank=True)
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()
    witness = models.CharField(max_length=120, blank=True)
    second_witness = models.CharField(max_length=120, blank=True)
    paper = models.BinaryField(null=True)
    paper_type = models.CharField(max_length=40, blank=True)
    statement = models.TextField(blank=True)
    recorded_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(how="TELEPHONE")
                | ~Q(outcome="AGREED")
                | (~Q(witness="") & ~Q(second_witness="")),
                name="agreement_by_telephone_has_two_witnesses",
            ),
        ]


class OfferState(models.TextChoices):
    SENT = "SENT", _("waiting for an answer")
    NEED_INFORMATION = "NEED_INFORMATION", _("asks for more information")
    LATER = "LATER", _("possible later")
    ALTERNATIVE = "ALTERNATIVE", _("proposes something else")
    ACCEPTED = "ACCEPTED", _("accepted")
    DECLINED = "DECLINED", _("declined")
    EXPIRED = "EXPIRED", _("not answered in time")
    WITHDRAWN = "WITHDRAWN", _("no longer needed")


OPEN_OFFERS = [OfferState.SENT, OfferState.NEED_INFORMATION, OfferState.LATER, OfferState.ALTERNATIVE]


class DeclineCode(models.TextChoices):
    NO_BED = "NO_BED", _("no bed free")
    BEYOND_ABILITY = "BEYOND_ABILITY", _("beyond our ability")
    NEEDS_ISOLATION = "NEEDS_ISOLATION", _("needs isolation that we lack")
    OUTBREAK = "OUTBREAK", _("unit closed for an outbreak")
    NOT_INDICATED = "NOT_INDICATED", _("not indicated")
    DOCUMENTS_MISSING = "DOCUMENTS_MISSING", _("documents missing")
    OTHER = "OTHER", _("other")


class Offer(Model):
    """The question to one unit: can you take this person? Its answer has two acts: the doctor's and the bed."""

    class Basis(models.TextChoices):
        CONTRACT = "CONTRACT", _("contract")
        CHOICE = "CHOICE", _("the person's choice, no contract")
        URGENT = "URGENT", _("urgent, no contract")
        OWN_UNIT = "OWN_UNIT", _("the same organisation")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="offers")
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="offers")
    contract_id = models.UUIDField(null=True)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    basis_reason = models.CharField(max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(default=1)
    rank_reasons = models.JSONField(default=list)  # codes with values; in old rows sentences
    sent_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    state = models.CharField(max_length=20, choices=OfferState.choices, default=OfferState.SENT)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=120, blank=True, db_default="", default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    decline_code = models.CharField(max_length=20, choices=DeclineCode.choices, blank=True)
    answer_text = models.TextField(blank=True)
    doctor = models.CharField(max_length=120, blank=True)
    ward = models.ForeignKey("beds.Ward", models.PROTECT, null=True)
    conditions = models.TextField(blank=True)
    later_from = models.DateTimeField(null=True)
    alternative = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["transfer"], condition=Q(state="ACCEPTED"), name="offer_one_accepted_per_transfer"
            ),
            models.UniqueConstraint(
                fields=["transfer", "unit"],
                condition=Q(state__in=[*OPEN_OFFERS, "ACCEPTED"]),
                name="offer_once_per_unit",
            ),
            models.CheckConstraint(condition=Q(answer_by__gt=F("sent_at")), name="offer_has_time_to_answer"),
            models.CheckConstraint(
                condition=~Q(state="DECLINED") | ~Q(decline_code=""), name="offer_declined_with_code"
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by="") | Q(seen_at__isnull=False) & ~Q(seen_by=""),
                name="offer_seen_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "answer_by"], name="offer_open_unit", condition=Q(state__in=OPEN_OFFERS)
            ),
            models.Index(fields=["answer_by"], name="offer_open_due", condition=Q(state__in=OPEN_OFFERS)),
            models.Index(
                fields=["contract_id", "sent_at"],
                name="offer_of_contract",
                condition=Q(contract_id__isnull=False),
            ),
        ]


class Handover(Model):
    """What the sending team tells the receiving one, before the person arrives."""

    transfer = models.OneToOneField(Transfer, models.PROTECT, related_name="handover")
    condition = models.TextField()
    nursing_needs = models.TextField(blank=True)
    medicines = models.TextField(blank=True)
    allergies = models.TextField(blank=True)
    belongings = models.TextField(blank=True)
    transport = models.CharField(max_length=40, blank=True)
    accompanied_by = models.CharField(max_length=120, blank=True)
    sheet = models.JSONField(default=dict, db_default={})  # see rules/handover_sheet.py
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(sheet__has_any_keys=["cash_fen", "valuables"])
                | Q(sheet__has_keys=["counted_by", "counted_with"])
                & ~Q(sheet__counted_by=F("sheet__counted_with")),
                name="handover_valuables_counted_by_two",
            ),
        ]


class DistrictEmergency(Model):
    """While it is declared, approvals of transfers are waived in the whole district."""

    organisation = models.ForeignKey("access.Organisation", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=200)
    since = models.DateTimeField()
    declared_by = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(until=None), name="emergency_one_at_a_time"
            ),
        ]
