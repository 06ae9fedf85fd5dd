"""Beds, as those who may see the board read them: what there is, and from when to when it is free."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from yiyang.access import queries as access
from yiyang.beds.models import Bed, Occupancy, Ward
from yiyang.beds.models.occupancy import LIVE
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound


def beds(actor: Actor) -> QuerySet[Bed]:
    """The beds of the units that the actor may know."""
    found = Bed.objects.select_related("unit", "room__ward")
    if actor.sees_all:
        return found
    return found.filter(unit__in=access.organisations(actor, active=None).values("pk"))


def bed(actor: Actor, bed_id: UUID) -> Bed:
    found = beds(actor).filter(pk=bed_id).first()
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
    """Each bed with its live rows, to tell its state and who is in it."""
    rows = Occupancy.objects.filter(state__in=LIVE, period__endswith=None).order_by("claim", "pk")
    return found.prefetch_related(Prefetch("occupancies", queryset=rows, to_attr="rows_now"))
