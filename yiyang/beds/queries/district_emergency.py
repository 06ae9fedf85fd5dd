"""The district-wide emergency, as those who work in the district know of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from yiyang.beds.models import DistrictEmergency
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound


def declared(actor: Any) -> DistrictEmergency | None:
    """The emergency that is declared in the actor's district now."""
    district = getattr(actor, "district", "")
    if not district:
        return None
    return (
        DistrictEmergency.objects.filter(until=None, organisation__area__code__startswith=district)
        .select_related("organisation")
        .order_by("since")
        .first()
    )


def emergency(actor: Actor, emergency_id: UUID) -> DistrictEmergency:
    """One that the actor's own centre declared; NotFound for everybody else."""
    mine = list(getattr(actor, "organisation_ids", ()))
    found = DistrictEmergency.objects.filter(pk=emergency_id, organisation__in=mine).first()
    if found is None:
        raise NotFound
    return found
