"""Somebody fell: said at once by whoever cares for them. What follows is asked for by the contexts above."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.models import Basis, CareRelationship, Person
from yiyang.people.notices import FELL
from yiyang.people.queries.falls import falls_of
from yiyang.people.reach import in_full
from yiyang.people.rules import texts
from yiyang.people.rules.falls import Injury, Place

ONE_FALL = timedelta(minutes=30)


class FallRecordedAlready(Refusal):
    message = _(
        "{who} has recorded a fall of this person at {at} already. If the person fell again, say so and record it."
    )


class NoSuchFall(Refusal):
    message = _("This fall is not recorded of this person, or was withdrawn already. Look at the list.")
    status = 404


class FellAfterDeath(Refusal):
    message = _("The person died on {died_at}. Correct the time of the fall.")
    status = 422


@command(
    Permission.RECORD_FALL,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def record_fall(
    *, by: Actor, at: datetime, person: Person, place: str, injury: str, note: str = "", again: bool = False
) -> Person:
    """The person fell: where, hurt or not. The unit that cares for them is told; an assessment is asked for.

    Two who saw one fall record it once: another one within half an hour is `again`.
    """
    found = writing.lock_living_record(person)
    if found.died_at and at > found.died_at:
        raise FellAfterDeath(died_at=found.died_at, field="at")
    earlier = fall_about(found, at)
    if earlier is not None and not again:
        raise FallRecordedAlready(who=earlier.by_label, at=earlier.at)
    unit = _unit_of(found, by, at)
    hurt = Injury(injury)
    fact = record(
        "person.fell", by=by, at=at, subject=found, person=found, place=Place(place).value, injury=hurt.value,
        note=texts.line(note, "note", 400) or None, unit=unit,
    )  # fmt: skip
    if unit is not None:
        notify(
            by=by, at=at, subject=FELL, organisation=unit, person=found, params={"injury": f"fall.{hurt.value}"},
            link=reverse("people:person", args=[found.pk]), key=f"fell:{fact.id}",
            priority="ROUTINE" if hurt == Injury.NO else "URGENT",
        )  # fmt: skip
    return found


@command(
    Permission.RECORD_FALL,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def withdraw_fall(*, by: Actor, at: datetime, person: Person, fall: UUID, reason: str) -> Person:
    """It was somebody else, or nobody: both entries stay in the history, and nothing follows from the fall."""
    found = writing.lock_living_record(person)
    why = texts.reason(reason)
    stands = next((one for one in falls_of(found) if one.id == fall), None)
    if stands is None:
        raise NoSuchFall
    record("person.fall_withdrawn", by=by, at=at, subject=found, person=found, fall=stands.id, reason=why)
    withdraw_notice(by=by, at=at, key=f"fell:{stands.id}")
    return found


def fall_about(person: Person, at: datetime) -> PersonFact | None:
    """A fall that is recorded at about the same time."""
    return next((one for one in falls_of(person) if abs(one.at - at) <= ONE_FALL), None)


def _unit_of(person: Person, by: Actor, at: datetime) -> UUID | None:
    """Where it was seen, if the person is cared for there; else where they stay, else the family doctor's."""
    rows = CareRelationship.objects.filter(
        person_id=person.pk, basis__in=(Basis.EPISODE, Basis.FAMILY_DOCTOR), starts_at__lte=at
    ).exclude(ends_at__lte=at)
    units = [
        one for one in rows.order_by("basis", "-starts_at").values_list("organisation_id", flat=True) if one
    ]
    own = set(reach.organisations(by))
    return next((one for one in units if one in own), units[0] if units else by.organisation_id)
