"""Wards, rooms and beds of one's own units, or of the area in one's charge.

How many beds are free where is open to the whole district (see `figures`); which bed is taken is not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from yiyang.beds.models import Bed, Occupancy, Room, Ward
from yiyang.beds.models.occupancy import LIVE, Block, State
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now


def beds(actor: Any) -> QuerySet[Bed]:
    found = Bed.objects.select_related("unit", "room__ward")
    if actor.sees_all:
        return found
    return found.filter(unit__in=actor.reach)


def bed(actor: Any, bed_id: UUID, *, with_rows: bool = False) -> Bed:
    mine = with_rows_now(beds(actor)) if with_rows else beds(actor)
    found = mine.filter(pk=bed_id).first()
    if found is None:
        raise NotFound
    return found


def wards(actor: Any) -> QuerySet[Ward]:
    found = Ward.objects.select_related("unit")
    if actor.sees_all:
        return found
    return found.filter(unit__in=actor.reach)


def ward(actor: Any, ward_id: UUID) -> Ward:
    found = wards(actor).filter(pk=ward_id).first()
    if found is None:
        raise NotFound
    return found


def rooms(actor: Any) -> QuerySet[Room]:
    found = Room.objects.select_related("ward__unit")
    if actor.sees_all:
        return found
    return found.filter(ward__unit__in=actor.reach)


def room(actor: Any, room_id: UUID) -> Room:
    found = rooms(actor).filter(pk=room_id).first()
    if found is None:
        raise NotFound
    return found


def ward_of(unit_id: UUID, ward_id: UUID) -> Ward:
    found = Ward.objects.filter(unit=unit_id, pk=ward_id).first()
    if found is None:
        raise NotFound
    return found


def free_between(found: QuerySet[Bed], since: datetime, until: datetime | None) -> QuerySet[Bed]:
    """Beds on which nothing is promised in this time: no stay, hold, reservation or block."""
    claims = Occupancy.objects.filter(
        bed=OuterRef("pk"), state__in=LIVE, claim__overlap=DateTimeTZRange(since, until)
    )
    return found.filter(closed_at=None).exclude(Exists(claims))


def with_rows_now(found: QuerySet[Bed]) -> QuerySet[Bed]:
    """Each bed with what takes it up now: not a reservation that has lapsed, nor cleaning that is done."""
    at = now()
    rows = (
        Occupancy.objects.filter(state__in=LIVE, period__endswith=None)
        .exclude(state=State.RESERVED, expires_at__lte=at)
        .exclude(state=State.BLOCKED, reason=Block.CLEANING, claim__endswith__lte=at)
        .select_related("person")
        .order_by("claim", "pk")
    )
    return found.prefetch_related(Prefetch("occupancies", queryset=rows, to_attr="rows_now"))
