"""Stays, as those who may read them: of one's own unit, or of a person whom one may see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from yiyang.beds.models import DistrictEmergency, Episode, HomeBedSetup, Occupancy
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people


def episodes(actor: Actor, *, person: UUID | None = None) -> QuerySet[Episode]:
    """The stays in the actor's units; of one person, wherever they were, when the actor may see them."""
    found = Episode.objects.select_related("person", "unit")
    if person is not None:
        return found.filter(person_id__in=people.ids(people.person_in_full(actor, person).pk))
    if actor.sees_all:
        return found
    if not getattr(actor, "reads_records", False):
        return found.none()
    return found.filter(unit__in=list(getattr(actor, "organisation_ids", ())))


def episode(actor: Actor, episode_id: UUID) -> Episode:
    """A stay in one's own unit, or of somebody whom one may see."""
    found = Episode.objects.select_related("person", "unit").filter(pk=episode_id).first()
    own = found is not None and found.unit_id in getattr(actor, "organisation_ids", ())
    if found is None or not ((own and getattr(actor, "reads_records", False)) or actor.sees(found.person_id)):
        raise NotFound
    return found


def rows_of(actor: Actor, person_id: UUID) -> QuerySet[Occupancy]:
    """Where a person was and is, with what was promised and what was entered wrongly."""
    ids = people.ids(people.person_in_full(actor, person_id).pk)
    return Occupancy.objects.filter(person_id__in=ids).select_related("bed__room__ward", "unit", "episode")


def occupancy_row(actor: Actor, occupancy_id: UUID) -> Occupancy:
    found = Occupancy.objects.select_related("bed", "unit").filter(pk=occupancy_id).first()
    if found is None or found.person_id is None:
        raise NotFound
    people.person_in_full(actor, found.person_id)
    return found


def home_bed_setups(actor: Actor) -> QuerySet[HomeBedSetup]:
    """Home medical beds that the actor's units are setting up, or have set up."""
    found = HomeBedSetup.objects.select_related("person", "unit")
    if actor.sees_all:
        return found
    if not getattr(actor, "reads_records", False):
        return found.none()
    return found.filter(unit__in=list(getattr(actor, "organisation_ids", ())))


def home_bed_setup(actor: Actor, setup_id: UUID) -> HomeBedSetup:
    found = home_bed_setups(actor).filter(pk=setup_id).first()
    if found is None:
        raise NotFound
    return found


def emergencies(actor: Actor) -> QuerySet[DistrictEmergency]:
    """Emergencies declared in the actor's district."""
    found = DistrictEmergency.objects.select_related("organisation")
    if actor.sees_all:
        return found
    district = getattr(actor, "district", "")
    reach = Q(organisation__in=list(getattr(actor, "organisation_ids", ())))
    return (
        found.filter(reach | Q(organisation__area__code__startswith=district)) if district else found.none()
    )


def emergency(actor: Actor, emergency_id: UUID) -> DistrictEmergency:
    found = emergencies(actor).filter(pk=emergency_id).first()
    if found is None:
        raise NotFound
    return found
