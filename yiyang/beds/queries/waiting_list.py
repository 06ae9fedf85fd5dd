"""The waiting list of a district as its pages show it: each with rank and why; and who is ready with nowhere to go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiyang.access.bed_kinds import BedKind
from yiyang.access.queries import naming
from yiyang.beds.models import Bed, EligibilityOverride, Episode, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import LIVE
from yiyang.beds.queries.board import Somebody, somebody, visible
from yiyang.beds.queries.units import counted_state
from yiyang.beds.queries.waiting import waiting_entries, waiting_in_order
from yiyang.beds.queries.waiting_priority import words_about
from yiyang.beds.rules.bed_states import first_of
from yiyang.beds.rules.waiting import CHANNELS
from yiyang.kernel.time import now

PAGE = 100
WAITING = ("WAITING", "OFFERED")


@dataclass(frozen=True)
class Line:
    """One who waits: where in the order, and why there."""

    entry: WaitingEntry
    who: Somebody | None
    rank: int
    rank_in_channel: int
    days: int
    why: str
    word: EligibilityOverride | None = None  # a clinician's, against the criteria


@dataclass(frozen=True)
class Ready:
    """Somebody whose stay could end, who has no place to go to."""

    episode: Episode
    who: Somebody | None
    days: int
    transfer: Any


def list_owner(actor: Any) -> UUID | None:
    """Who keeps the waiting list for the actor: the coordination centre of the district, or the own unit."""
    if getattr(actor, "district", ""):
        return naming.coordination_centre(actor.district) or actor.organisation_id
    return getattr(actor, "organisation_id", None)


def counts(actor: Any, owner: UUID | None) -> dict[str, int]:
    """How many of those whom the actor may see wait for each kind."""
    found = (
        waiting_entries(actor)
        .filter(list_owner=owner, state__in=WAITING)
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"))
    )
    return {kind: dict(found).get(kind, 0) for kind in BedKind.values}


def waiting_list(
    actor: Any,
    kind: str,
    owner: UUID | None,
    *,
    channel: str = "",
    offset: int = 0,
    limit: int = PAGE + 1,
) -> list[Line]:
    """Those whom the actor may see, with their ranks among all who wait."""
    ranks = _ranks(kind, owner)
    mine = waiting_entries(actor).filter(kind=kind, list_owner=owner, state__in=WAITING)
    if channel:
        mine = mine.filter(channel=channel)
    found = sorted(
        mine.select_related("offered_bed__unit", "requested_unit", "transfer"),
        key=lambda one: ranks.get(one.pk, (10**9, 0)),
    )[offset : offset + limit]
    known = visible(actor, [one.person_id for one in found])
    said = words_about(found, now())
    return [_line(actor, one, ranks, known, said) for one in found if one.pk in ranks]


def line(actor: Any, entry: WaitingEntry) -> Line | None:
    """One entry with its place; None when it has ended."""
    ranks = _ranks(entry.kind, entry.list_owner_id)
    if entry.pk not in ranks:
        return None
    known, said = visible(actor, [entry.person_id]), words_about([entry], now())
    return _line(actor, entry, ranks, known, said)


def why(entry: WaitingEntry, rank: int, rank_in_channel: int) -> str:
    """One sentence: the channel and its reason, the day of joining, and who comes before."""
    day = date_format(timezone.localtime(entry.joined_at), "Y-m-d")
    sentence = _("{channel} since {day}").format(channel=entry.get_channel_display(), day=day)
    if entry.channel_reason:
        sentence = _("{sentence}, because: {reason} (approved by {approved_by})").format(
            sentence=sentence, reason=entry.channel_reason, approved_by=entry.channel_approved_by
        )
    other = rank - rank_in_channel
    parts = []
    if rank_in_channel > 1:
        number = rank_in_channel - 1
        parts.append(
            ngettext("%(n)s joined this channel earlier", "%(n)s joined this channel earlier", number)
            % {"n": number}
        )
    if other:
        parts.append(
            ngettext("%(n)s is in a channel that goes first", "%(n)s are in a channel that goes first", other)
            % {"n": other}
        )
    return sentence + (
        _("; before: {before}").format(before=_(", ").join(parts)) if parts else _("; nobody is before")
    )


def ready_to_leave(actor: Any) -> list[Ready]:
    """Who could leave a bed of the actor's units but has nowhere to go, the longest wait first."""
    found = Episode.objects.filter(closed_at=None, ready_to_leave_at__isnull=False)
    if not actor.sees_all:
        found = found.filter(unit__in=list(actor.reach))
    episodes = list(found.select_related("person", "unit").order_by("ready_to_leave_at", "pk")[:PAGE])
    known = visible(actor, [one.person_id for one in episodes])
    moving = _transfers_of(actor, [one.person_id for one in episodes])
    at = now()
    return [
        Ready(
            one,
            somebody(actor, one.person, known),
            (at - one.ready_to_leave_at).days,
            moving.get(one.person_id),
        )
        for one in episodes
    ]


def places_for(actor: Any, entry: WaitingEntry) -> list[Bed]:
    """Free beds of the kind that can be offered: of the wanted unit, or of all units in the actor's charge."""
    beds = Bed.objects.filter(kind=entry.kind, closed_at=None).select_related("unit", "room__ward")
    if not actor.sees_all:
        beds = beds.filter(unit__in=list(actor.reach))
    if entry.wanted_unit_id:
        beds = beds.filter(unit=entry.wanted_unit_id)
    rows: dict[UUID, list[str]] = {}
    for one in Occupancy.objects.filter(bed__in=beds, state__in=LIVE, period__endswith=None):
        rows.setdefault(one.bed_id, []).append(counted_state(one, now()))
    free = [
        one for one in beds.order_by("unit__name_zh", "label") if first_of(rows.get(one.pk, [])) == "FREE"
    ]
    return free[:300]


def entries_of(person_id: UUID) -> QuerySet[WaitingEntry]:
    """Where a person waits now."""
    return WaitingEntry.objects.filter(person=person_id, state__in=WAITING).select_related(
        "wanted_unit", "list_owner", "offered_bed__unit"
    )


def moved_lately(kind: str, owner: UUID | None, days: int = 30) -> int:
    """How many left the list with a place in the last days: what the speed of the list is told from."""
    return WaitingEntry.objects.filter(
        kind=kind, list_owner=owner, state="PLACED", ended_at__gte=now() - timedelta(days=days)
    ).count()


def _ranks(kind: str, owner: UUID | None) -> dict[UUID, tuple[int, int]]:
    """(rank overall, rank in the channel) of all who wait, counted from the order itself."""
    seen = dict.fromkeys(CHANNELS, 0)
    found = {}
    for rank, (pk, channel) in enumerate(waiting_in_order(kind, owner).values_list("pk", "channel"), start=1):
        seen[channel] += 1
        found[pk] = (rank, seen[channel])
    return found


def _line(
    actor: Any,
    entry: WaitingEntry,
    ranks: dict[UUID, tuple[int, int]],
    known: set[UUID],
    said: dict[UUID, EligibilityOverride],
) -> Line:
    rank, within = ranks[entry.pk]
    days = (now() - entry.joined_at).days
    who = somebody(actor, entry.person, known)
    word = said.get(entry.pk) if who is not None and who.name else None
    return Line(entry, who, rank, within, days, why(entry, rank, within), word)


def _transfers_of(actor: Any, persons: list[UUID]) -> dict[UUID, Any]:
    found = Transfer.objects.live().visible_to(actor).filter(person__in=persons, suspended_at=None)
    return {one.person_id: one for one in found}
