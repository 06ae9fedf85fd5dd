"""Who serves the area in which a person lives sees their name, age and address."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from yiyang.access.serving import organisations_serving
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.people.commands.relationships import open_relationship
from yiyang.people.commands.writing import today
from yiyang.people.models import Basis, CareRelationship, Person, Scope

SCOPES = {"COORDINATION_CENTRE": Scope.MOVE}


def open_to_area(by: Actor, at: datetime, person: Person) -> None:
    """Committee, sub-district and coordination centre of the residence, where the district's policy says so."""
    if not policy("people.area_relationship", on=today(at)).value:
        return
    serving = organisations_serving(person.residence_area) if person.residence_area else {}
    old = CareRelationship.objects.filter(person_id=person.pk, basis=Basis.AREA).filter(
        Q(ends_at=None) | Q(ends_at__gt=at)
    )
    for one in old.exclude(organisation_id__in=serving):
        one.ends_at = max(at, one.starts_at)
        one.save(update_fields=["ends_at"])
        record(
            "relationship.closed", by=by, at=at, subject=one.id, person=person, organisation=one.organisation_id,
            basis=one.basis, ends_at=one.ends_at,
        )  # fmt: skip
    held = set(old.values_list("organisation_id", flat=True))
    for organisation_id in serving.keys() - held:
        open_relationship(
            by=SYSTEM, at=at, person_id=person.pk, organisation_id=organisation_id, basis=Basis.AREA,
            scope=SCOPES.get(serving[organisation_id], Scope.BASIC), source_kind="Area",
        )  # fmt: skip
