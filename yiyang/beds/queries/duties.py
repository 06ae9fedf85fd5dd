"""What waits for somebody at work: each thing that is their own to do, by when; and what others are doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission as P  # noqa: N817  (a table of many rows)
from yiyang.beds.models import Leave, Occupancy, Offer, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.queries.answering import (
    answerers,
    call_address,
    somebody_to_call,
    stay_call_address,
)
from yiyang.beds.queries.board import Somebody, somebody, visible
from yiyang.beds.rules.transfers import NEXT, VERBS
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now

LISTED = 200

# Whose turn a transfer is: by its state, the permission to act and the side that acts.
TURNS: tuple[tuple[str, str, str, str], ...] = (
    (S.REQUESTED, P.EVALUATE_TRANSFER, "sender", "evaluate"),
    (S.EVALUATED, P.RECORD_AGREEMENT, "sender", "agree"),
    (S.AGREED, P.OFFER_TRANSFER, "sender", "offer"),
    (S.ACCEPTED, P.ALLOCATE_BED, "receiver", "allocate"),
    (S.ALLOCATED, P.HAND_OVER, "sender", "hand_over"),
    (S.HANDED_OVER, P.DEPART_TRANSFER, "sender", "depart"),
    (S.DEPARTED, P.ARRIVE_TRANSFER, "receiver", "arrive"),
    (S.IN_EMERGENCY_ROOM, P.DEPART_TRANSFER, "sender", "send_back"),
)


@dataclass(frozen=True)
class Tap:
    """The next time of an emergency, noted by one touch."""

    what: str
    label: Any
    departs: bool = False


@dataclass(frozen=True)
class Duty:
    """One thing to do, or to know: about whom, what, by when, and where it is done."""

    what: Any
    url: str
    who: Somebody | None
    due_at: datetime | None
    kind: str = ""
    where: str = ""
    urgency: str = ""
    urgency_label: Any = ""
    answers: Any = None
    phoned: str = ""
    transfer_id: UUID | None = None
    tap: Tap | None = None


@dataclass(frozen=True)
class Duties:
    own: list[Duty]
    others: list[Duty]
    known: set[UUID] = field(default_factory=set)
    at_units: dict[UUID, Any] = field(default_factory=dict)

    @property
    def named(self) -> list[UUID]:
        who = [one.who for one in (*self.own, *self.others)]
        return [one.person_id for one in who if one is not None and one.name]


def duties(actor: Any, also: Sequence[UUID] = (), units: Sequence[UUID] = ()) -> Duties:
    """The actor's own turn first, by deadline; then what waits for others. A fixed number of statements.
    `also` are persons of other lists of the same page: who of them may be named is asked in one
    go; so is who answers at `units`."""
    if not (actor.sees_all or actor.reads_records):
        return Duties([], [])
    mine = set(actor.organisation_ids)
    transfers = list(_transfers(actor, mine))
    holds = list(_holds(actor, mine))
    leaves = list(_leaves(actor, mine))
    places = list(_places(actor, mine))
    people = [one.person_id for one in (*transfers, *holds, *places)]
    known = visible(actor, [*also, *people] + [one.episode.person_id for one in leaves])
    verbs = {one.pk: _turn(actor, one, mine) for one in transfers}
    silent = {pk for pk, verb in verbs.items() if verb == "step_in"}
    whom = answerers(
        [one for one in transfers if verbs[one.pk] in ("", "step_in")], now(), units, silent=silent
    )
    own: list[Duty] = []
    others: list[Duty] = []
    for transfer in transfers:
        who, answers = somebody(actor, transfer.person, known), whom.get(transfer.pk)
        phoned = call_address(actor, transfer, answers)
        line = _of_transfer(transfer, verbs[transfer.pk], who, answers, phoned)
        if transfer.emergency and transfer.from_unit_id in mine and actor.may(P.DEPART_TRANSFER):
            line = replace(line, tap=next_tap(transfer))
        (own if verbs[transfer.pk] else others).append(line)
    own += [_of_hold(actor, row, somebody(actor, row.person, known)) for row in holds]
    own += [_of_leave(actor, one, somebody(actor, one.episode.person, known)) for one in leaves]
    own += [_of_place(one, somebody(actor, one.person, known)) for one in places]
    return Duties(sorted(own, key=_pressing), others, known, {unit: whom[unit] for unit in units})


def _pressing(duty: Duty) -> tuple[bool, datetime]:
    return (duty.due_at is None, duty.due_at or now())


def _transfers(actor: Any, mine: set[UUID]) -> QuerySet[Transfer, Any]:
    asked = Q(offers__unit__in=mine, offers__state__in=OPEN_OFFERS)
    first = Offer.objects.filter(transfer=OuterRef("pk"), state__in=OPEN_OFFERS).order_by("answer_by", "rank")
    return (
        Transfer.objects.live()
        .visible_to(actor)
        .filter(suspended_at=None)
        .exclude(_only_asked_once(mine))
        .annotate(
            asked_by=Min("offers__answer_by", filter=asked), first_asked=Subquery(first.values("unit")[:1])
        )
        .select_related("person", "from_unit", "to_unit", "requested_unit")
        .order_by("act_by", "requested_at", "pk")[:LISTED]
    )


def _only_asked_once(mine: set[UUID]) -> Q:
    """Another unit took the person: nothing there waits for those who were asked beside it."""
    of_mine = Offer.objects.filter(transfer=OuterRef("pk"), unit__in=mine)
    party = Q()
    for side in ("from_unit", "requested_unit", "coordinator", "to_unit"):
        party |= Q(**{f"{side}__in": mine, f"{side}__isnull": False})
    return Q(Exists(of_mine)) & ~Q(Exists(of_mine.filter(state__in=OPEN_OFFERS))) & ~party


def _turn(actor: Any, transfer: Any, mine: set[UUID]) -> str:
    """The verb that is the actor's to do next, or nothing."""
    if transfer.asked_by is not None and actor.may(P.ANSWER_OFFER):
        return "answer"
    if transfer.escalated_at is not None and transfer.coordinator_id in mine and actor.may(P.COORDINATE):
        return "step_in"
    sides = {
        "sender": {transfer.from_unit_id or transfer.requested_unit_id} & mine,
        "receiver": {transfer.to_unit_id} & mine,
    }
    for state, permission, side, verb in TURNS:
        if transfer.state == state and sides[side] and actor.may(permission):
            return verb
    return ""


WORDS = {**VERBS, "answer": _("answer"), "step_in": _("nobody answered: step in")}


def _of_transfer(transfer: Any, verb: str, who: Somebody | None, answers: Any, phoned: str) -> Duty:
    units = [one.name for one in (transfer.from_unit, transfer.to_unit) if one is not None]
    return Duty(
        what=WORDS[verb] if verb else NEXT.get(transfer.state, ""),
        url=reverse("beds:transfer", args=[transfer.pk]),
        who=who,
        due_at=transfer.asked_by if verb == "answer" else transfer.act_by,
        kind=transfer.target_kind,
        where=" → ".join(units),
        urgency="" if transfer.urgency == "ROUTINE" else transfer.urgency,
        urgency_label=transfer.get_urgency_display(),
        answers=answers,
        phoned=phoned,
        transfer_id=transfer.pk,
    )


def next_tap(transfer: Transfer) -> Tap | None:
    """What happens next to somebody for whom 120 comes; a hospital's name is typed on the page itself."""
    if transfer.departed_at is not None:
        return None if transfer.handed_over_at else Tap("handed_over", _("Handed over to the hospital"))
    if transfer.called_120_at is None:
        return Tap("called_120", _("120 called"))
    if transfer.ambulance_arrived_at is None:
        return Tap("ambulance_arrived", _("Ambulance is here"))
    return Tap("ambulance_left", _("Ambulance has left"), departs=True)


def _holds(actor: Any, mine: set[UUID]) -> QuerySet[Occupancy]:
    """Held beds whose end is near: extend, take back or release."""
    if not actor.may(P.DECIDE_HOLD):
        return Occupancy.objects.none()
    at = now()
    soon = at + timedelta(days=policy("beds.hold_warning_days", on=timezone.localdate(at)).value)
    there = Occupancy.objects.filter(person=OuterRef("person"), state=State.PRESENT, period__endswith=None)
    there = there.order_by("-recorded_at")
    return (
        Occupancy.objects.filter(
            bed__unit__in=mine, state=State.HELD, period__endswith=None, held_until__lte=soon
        )
        .select_related("person", "bed__unit")
        .annotate(where_zh=Subquery(there.values("unit__name_zh")[:1]))
        .annotate(where_phone=Subquery(there.values("unit__phone")[:1]))
        .order_by("held_until", "pk")[:LISTED]
    )


def _of_hold(actor: Any, row: Any, who: Somebody | None) -> Duty:
    return Duty(
        what=_("a held bed ends: extend, take back or release"),
        url=reverse("beds:stay", args=[row.episode_id]),
        who=who,
        due_at=row.held_until,
        kind=row.bed.kind if row.bed else "",
        where=" · ".join(part for part in (row.bed.label if row.bed else "", row.where_zh) if part),
        answers=somebody_to_call(row.where_zh or "", row.where_phone or ""),
        phoned=stay_call_address(actor, row.episode_id, row.unit_id),
    )


def _leaves(actor: Any, mine: set[UUID]) -> QuerySet[Leave]:
    if not actor.may(P.RECORD_LEAVE):
        return Leave.objects.none()
    return (
        Leave.objects.filter(episode__unit__in=mine, returned_at=None, due_back_at__lte=now())
        .select_related("episode__person")
        .order_by("due_back_at", "pk")[:LISTED]
    )


def _of_leave(actor: Any, leave: Leave, who: Somebody | None) -> Duty:
    return Duty(
        what=_("should be back from leave: call the companion"),
        url=reverse("beds:stay", args=[leave.episode_id]),
        who=who,
        due_at=leave.due_back_at,
        kind=leave.episode.kind,
        where=leave.companion,
        answers=somebody_to_call(leave.companion, leave.companion_phone),
        phoned=stay_call_address(actor, leave.episode_id, leave.episode.unit_id),
    )


def _places(actor: Any, mine: set[UUID]) -> QuerySet[WaitingEntry]:
    if not actor.may(P.MANAGE_WAITING_LIST):
        return WaitingEntry.objects.none()
    return (
        WaitingEntry.objects.filter(list_owner__in=mine, state="OFFERED")
        .select_related("person", "offered_bed__unit")
        .order_by("offer_expires_at", "pk")[:LISTED]
    )


def _of_place(entry: WaitingEntry, who: Somebody | None) -> Duty:
    return Duty(
        what=_("ask whether the offered place is taken"),
        url=reverse("beds:waiting_entry", args=[entry.pk]),
        who=who,
        due_at=entry.offer_expires_at,
        kind=entry.kind,
        where=entry.offered_bed.unit.name if entry.offered_bed else "",
        phoned=reverse("beds:phone_about_place", args=[entry.pk]) if who is not None and who.name else "",
    )
