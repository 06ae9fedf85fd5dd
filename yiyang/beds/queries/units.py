"""A unit from within: its wards, rooms and beds, who is in them, who is away, who comes and who goes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from yiyang.access.bed_kinds import BedKind
from yiyang.access.queries import organisation
from yiyang.beds.models import Bed, Episode, Leave, Occupancy, Room, Transfer, Ward
from yiyang.beds.models.inventory import Feature
from yiyang.beds.models.occupancy import LIVE, Block, HoldFor, State
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.beds.queries.answering import somebody_to_call
from yiyang.beds.queries.board import Somebody, somebody, visible
from yiyang.beds.queries.figures import STATES, state_label
from yiyang.beds.rules.bed_states import counts_as, first_of
from yiyang.duty.queries import Answerer
from yiyang.kernel.components import Figures
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.queries import persons


@dataclass
class Card:
    """One bed as the unit's board shows it."""

    bed: Bed
    state: str
    row: Occupancy | None
    who: Somebody | None
    next: list[tuple[Occupancy, Somebody | None]]
    hold_presses: bool = False

    @property
    def state_label(self) -> Any:
        return state_label(self.state)

    @property
    def reason_label(self) -> Any:
        """Why it is held or blocked, when the state alone does not say it."""
        if self.row is None or not self.row.reason:
            return ""
        if self.row.state == State.HELD:
            return HoldFor(self.row.reason).label
        return Block.WHOLE_ROOM.label if self.row.reason == Block.WHOLE_ROOM else ""

    @property
    def features(self) -> list[Any]:
        return [Feature(one).label for one in self.bed.features if one in Feature.values]

    @property
    def episode(self) -> Episode | None:
        return self.row.episode if self.row is not None else None


@dataclass
class RoomBoard:
    room: Any
    cards: list[Card] = field(default_factory=list)

    @property
    def sexes(self) -> set[str]:
        """Whose room it is, by those who are in it or expected back."""
        return {c.row.person.sex for c in self.cards if c.row is not None and c.row.person is not None}

    @property
    def sex(self) -> str:
        return next(iter(self.sexes)) if len(self.sexes) == 1 else ""


@dataclass
class WardBoard:
    ward: Any
    rooms: list[RoomBoard] = field(default_factory=list)


@dataclass
class Away:
    """Somebody whose bed is held: where, since when, and until when it is kept."""

    row: Occupancy
    who: Somebody | None
    leave: Leave | None
    presses: bool

    @property
    def answers(self) -> Answerer | None:
        """Who went along, to be telephoned."""
        return somebody_to_call(self.leave.companion, self.leave.companion_phone) if self.leave else None

    @property
    def why(self) -> Any:
        return HoldFor(self.row.reason).label


@dataclass
class Moving:
    """A transfer to or from the unit."""

    transfer: Transfer
    who: Somebody | None
    incoming: bool


@dataclass
class UnitBoard:
    unit: Any
    wards: list[WardBoard]
    at_home: dict[str, list[Card]]
    away: list[Away]
    coming: list[tuple[Occupancy, Somebody | None]]
    going: list[tuple[Occupancy, Somebody | None]]
    moving: list[Moving]
    at: datetime

    @property
    def cards(self) -> list[Card]:
        inside = [card for ward in self.wards for one in ward.rooms for card in one.cards]
        return inside + [card for cards in self.at_home.values() for card in cards]

    @property
    def kinds(self) -> list[tuple[str, Figures]]:
        """The figures of this page, counted from its cards."""
        found = []
        for kind in BedKind.values:
            cards = [card for card in self.cards if card.bed.kind == kind]
            plain = [card.state for card in cards if not card.bed.extra]
            if cards:
                sums: dict[str, Any] = {state.lower(): plain.count(state) for state in STATES}
                found.append((kind, Figures(**sums, extra=len(cards) - len(plain))))
        return found

    @property
    def named(self) -> list[UUID]:
        who = [card.who for card in self.cards] + [one.who for one in self.moving]
        who += [one for card in self.cards for _row, one in card.next]
        return [one.person_id for one in who if one is not None and one.name]


def unit(actor: Any, unit_id: UUID) -> Any:
    """A unit of the actor's own, or in the actor's charge; 404 for any other."""
    own = getattr(actor, "organisation", None)
    if own is not None and own.pk == unit_id:
        return own
    if not actor.sees_all and unit_id not in actor.reach:
        raise NotFound
    return organisation(actor, unit_id)


def unit_board(actor: Any, of: Any) -> UnitBoard:
    """Everything on the unit's board, in a fixed number of statements."""
    at = now()
    beds = sorted(Bed.objects.filter(unit=of, closed_at=None), key=lambda one: natural(one.label))
    rows = list(_live_rows(of))
    transfers = list(_transfers(of))
    leaves = {one.episode_id: one for one in _leaves(rows)}
    known = visible(actor, [*(one.person_id for one in rows), *(one.person_id for one in transfers)])
    by_bed: dict[UUID, list[Occupancy]] = {}
    for row in rows:
        by_bed.setdefault(row.bed_id, []).append(row)
    soon = at + timedelta(days=policy("beds.hold_warning_days", on=timezone.localdate(at)).value)
    cards = {bed.pk: _card(actor, bed, by_bed.get(bed.pk, []), known, at, soon) for bed in beds}
    counted = [card.row for card in cards.values() if card.row is not None]
    return UnitBoard(
        unit=of,
        wards=_wards(of, cards),
        at_home=_at_home(cards),
        away=[
            Away(row, somebody(actor, row.person, known), leaves.get(row.episode_id), _presses(row, soon))
            for row in sorted(counted, key=lambda row: row.period.lower)
            if row.state == State.HELD
        ],
        coming=sorted(
            (pair for card in cards.values() for pair in card.next), key=lambda pair: pair[0].claim.lower
        ),
        going=[
            (row, somebody(actor, row.person, known))
            for row in sorted(counted, key=_expected_end)
            if row.state == State.PRESENT and row.episode and row.episode.expected_until
        ],
        moving=[
            Moving(one, somebody(actor, one.person, known), one.from_unit_id != of.pk) for one in transfers
        ],
        at=at,
    )


def bed(actor: Any, bed_id: UUID) -> Bed:
    """A bed of a unit in the actor's reach."""
    return _within(actor, Bed.objects.select_related("unit", "room__ward"), "unit", bed_id)


def ward(actor: Any, ward_id: UUID) -> Ward:
    return _within(actor, Ward.objects.select_related("unit"), "unit", ward_id)


def rooms(of: Any) -> QuerySet[Room]:
    return Room.objects.filter(ward__unit=of).select_related("ward").order_by("ward__name", "label")


def episode(actor: Any, episode_id: UUID) -> Episode:
    """A stay of somebody whom the actor may see."""
    found = Episode.objects.select_related("person", "unit").filter(pk=episode_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    return found


def rows_of(of: Episode) -> list[Occupancy]:
    """What was recorded of a stay, newest first; what was entered in error stays readable."""
    return list(
        Occupancy.objects.filter(episode=of)
        .select_related("bed__room__ward")
        .order_by("-period__startswith", "-recorded_at")
    )


def row(actor: Any, occupancy_id: UUID) -> Occupancy:
    """One entry of a stay of somebody whom the actor may see."""
    found = (
        Occupancy.objects.select_related("person", "unit", "bed", "episode")
        .filter(pk=occupancy_id, person__isnull=False, episode__isnull=False)
        .first()
    )
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    return found


def current_row(of: Episode) -> Occupancy | None:
    """Where the stay stands now: present in a bed, or a bed held."""
    return (
        Occupancy.objects.filter(episode=of, state__in=[State.PRESENT, State.HELD], period__endswith=None)
        .select_related("bed__room__ward")
        .first()
    )


def leave_of(of: Episode) -> Leave | None:
    return Leave.objects.filter(episode=of, returned_at=None).first()


def free_beds(of: UUID, kind: str, lane: str) -> list[Bed]:
    """Beds of a unit that nobody is in, holds or is promised, for a choice."""
    at = now()
    taken: dict[UUID, list[str]] = {}
    for one in Occupancy.objects.filter(bed__unit=of, bed__kind=kind, state__in=LIVE, period__endswith=None):
        taken.setdefault(one.bed_id, []).append(counted_state(one, at))
    beds = Bed.objects.filter(unit=of, kind=kind, lane=lane, closed_at=None).select_related("room__ward")
    return [one for one in beds.order_by("label", "pk") if first_of(taken.get(one.pk, [])) == "FREE"]


def own_free_beds(actor: Any) -> list[Bed]:
    """All beds of the actor's own units that nobody takes up, for admitting somebody."""
    at = now()
    taken: dict[UUID, list[str]] = {}
    mine = list(actor.organisation_ids)
    for one in Occupancy.objects.filter(bed__unit__in=mine, state__in=LIVE, period__endswith=None):
        taken.setdefault(one.bed_id, []).append(counted_state(one, at))
    beds = Bed.objects.filter(unit__in=mine, closed_at=None).select_related("unit", "room__ward")
    return [
        one for one in beds.order_by("unit", "kind", "label") if first_of(taken.get(one.pk, [])) == "FREE"
    ]


def residents(actor: Any, of: Episode) -> list[Occupancy]:
    """Others present in the same unit and kind whom the actor may see, to change places with."""
    found = (
        Occupancy.objects.filter(
            bed__unit=of.unit_id, bed__kind=of.kind, state=State.PRESENT, period__endswith=None
        )
        .exclude(episode=of)
        .select_related("bed", "person", "episode")
        .order_by("bed__label")
    )
    known = visible(actor, [one.person_id for one in found])
    return [one for one in found if one.person_id in known]


def person(actor: Any, person_id: UUID) -> Any:
    found = persons(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


def natural(label: str) -> list[tuple[bool, int, str]]:
    """The order in which people count: bed 2 before bed 10."""
    return [
        (part.isdigit(), int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", label)
    ]


def _within(actor: Any, found: Any, column: str, pk: UUID) -> Any:
    if not actor.sees_all:
        found = found.filter(**{f"{column}__in": list(actor.reach)})
    one = found.filter(pk=pk).first()
    if one is None:
        raise NotFound
    return one


def _live_rows(of: Any) -> QuerySet[Occupancy]:
    return (
        Occupancy.objects.filter(bed__unit=of, state__in=LIVE, period__endswith=None)
        .select_related("person", "episode", "bed__room__ward")
        .order_by("recorded_at", "pk")
    )


def _transfers(of: Any) -> QuerySet[Transfer]:
    """Live transfers from the unit, to it, or asking it."""
    asked = Q(offers__unit=of, offers__state__in=OPEN_OFFERS)
    return (
        Transfer.objects.live()
        .filter(Q(from_unit=of) | Q(to_unit=of) | asked)
        .select_related("person", "from_unit", "to_unit")
        .order_by("act_by", "pk")
        .distinct()
    )


def _leaves(rows: list[Occupancy]) -> QuerySet[Leave]:
    on_leave = [row.episode_id for row in rows if row.state == State.HELD and row.reason == HoldFor.LEAVE]
    return Leave.objects.filter(episode__in=on_leave, returned_at=None)


def counted_state(one: Occupancy, at: datetime) -> str:
    """What one live row says of its bed now."""
    return counts_as(one.state, one.reason, claimed_until=one.claim.upper, expires_at=one.expires_at, at=at)


def _card(actor: Any, of: Bed, rows: list[Occupancy], known: set[UUID], at: datetime, soon: datetime) -> Card:
    states = [(counted_state(one, at), one) for one in rows]
    state = first_of(name for name, _one in states)
    counted = next((one for name, one in states if name == state), None) if state != "FREE" else None
    coming = [(one, somebody(actor, one.person, known)) for name, one in states if name == "RESERVED"]
    return Card(
        bed=of,
        state=state,
        row=counted,
        who=somebody(actor, counted.person, known) if counted is not None else None,
        next=sorted(coming, key=lambda pair: pair[0].claim.lower),
        hold_presses=counted is not None and _presses(counted, soon),
    )


def _presses(row: Occupancy, soon: datetime) -> bool:
    return row.state == State.HELD and row.held_until is not None and row.held_until <= soon


def _wards(of: Any, cards: dict[UUID, Card]) -> list[WardBoard]:
    wards: dict[UUID, WardBoard] = {}
    boards: dict[UUID, RoomBoard] = {}
    for one in Ward.objects.filter(unit=of).order_by("name", "pk"):
        wards[one.pk] = WardBoard(one)
    for room in rooms(of):
        boards[room.pk] = RoomBoard(room)
        wards[room.ward_id].rooms.append(boards[room.pk])
    for card in cards.values():
        if card.bed.room_id is not None:
            boards[card.bed.room_id].cards.append(card)
    return list(wards.values())


def _at_home(cards: dict[UUID, Card]) -> dict[str, list[Card]]:
    found: dict[str, list[Card]] = {}
    for kind in BedKind.values:
        mine = [card for card in cards.values() if card.bed.room_id is None and card.bed.kind == kind]
        if mine:
            found[kind] = mine
    return found


def _expected_end(row: Occupancy) -> datetime:
    end = row.episode.expected_until if row.episode else None
    return end or row.period.lower + timedelta(days=36500)
