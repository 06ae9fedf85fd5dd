"""Who handles a person's move or stay: sender, receiver, coordinator. To them alone precautions are shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet

from yiyang.beds.models import Companion, Episode, Outbreak, Precaution, Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people


def handles(actor: Actor, person_id: UUID) -> bool:
    """Whether one of the actor's units has the person, sends, receives or coordinates them now."""
    units = list(getattr(actor, "organisation_ids", ()))
    if actor.role == "SYSTEM":
        return True
    if not units or not getattr(actor, "membership_id", None):
        return False
    if Episode.objects.filter(person=person_id, unit__in=units, closed_at=None).exists():
        return True
    concerned = (
        Q(from_unit__in=units) | Q(to_unit__in=units) | Q(requested_unit__in=units) | Q(coordinator__in=units)
    )
    return Transfer.objects.live().filter(concerned, person=person_id).exists()


def precautions(actor: Actor, person_id: UUID) -> QuerySet[Precaution]:
    """What is in force now; nothing for those who do not handle the person."""
    found = Precaution.objects.filter(people.of_person(person_id), ended_at=None).order_by("begun_at", "id")
    return found if handles(actor, person_id) else found.none()


@dataclass(frozen=True)
class Around:
    """What those who handle a person must know and see: precautions in force, who stays with the person."""

    handles: bool = False
    precautions: list[Precaution] = field(default_factory=list)
    companions: list[Companion] = field(default_factory=list)


def around(actor: Actor, person_id: UUID) -> Around:
    """All of it for one page, asked once whether the actor handles the person."""
    if not handles(actor, person_id):
        return Around()
    everyone = people.of_person(person_id)
    precautions = Precaution.objects.filter(everyone, ended_at=None).order_by("begun_at")
    companions = Companion.objects.filter(everyone, until=None).select_related("unit")
    return Around(True, list(precautions), list(companions.order_by("since")))


def precaution(actor: Actor, precaution_id: UUID) -> Precaution:
    found = Precaution.objects.select_related("person").filter(pk=precaution_id).first()
    if found is None or not actor.sees(found.person_id) or not handles(actor, found.person_id):
        raise NotFound
    return found


def outbreaks(unit_id: UUID) -> list[Outbreak]:
    return list(Outbreak.objects.filter(unit=unit_id, until=None).select_related("ward").order_by("since"))


def outbreaks_of(actor: Actor) -> QuerySet[Outbreak]:
    """Outbreaks of the actor's units and of those in the actor's charge, what is over included."""
    units = {*getattr(actor, "organisation_ids", ()), *getattr(actor, "reach", ())}
    found = Outbreak.objects.select_related("unit", "ward")
    return found if actor.sees_all else found.filter(unit__in=units)


def outbreak(actor: Actor, outbreak_id: UUID) -> Outbreak:
    found = Outbreak.objects.select_related("unit", "ward").filter(pk=outbreak_id).first()
    if found is None or found.unit_id not in getattr(actor, "organisation_ids", ()):
        raise NotFound
    return found


def companions(actor: Actor, person_id: UUID) -> QuerySet[Companion]:
    """Who stays with the person now."""
    found = Companion.objects.filter(people.of_person(person_id), until=None).select_related("unit")
    return found.order_by("since", "id") if handles(actor, person_id) else found.none()


def companions_in(actor: Actor, unit_id: UUID) -> QuerySet[Companion]:
    """Who stays with somebody in the unit now: for the unit's own staff."""
    found = Companion.objects.filter(unit=unit_id, until=None).select_related("person").order_by("since")
    return found if unit_id in getattr(actor, "organisation_ids", ()) else found.none()


def companion(actor: Actor, companion_id: UUID) -> Companion:
    found = Companion.objects.select_related("person", "unit").filter(pk=companion_id).first()
    if found is None or not actor.sees(found.person_id) or not handles(actor, found.person_id):
        raise NotFound
    return found
