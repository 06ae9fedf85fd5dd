"""Infection: precautions on a person, and outbreaks that close a unit or a ward to new arrivals."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import locks
from yiyang.beds.models import Outbreak, Precaution, Ward
from yiyang.beds.queries.handling import handles
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal, refuses

if TYPE_CHECKING:
    from yiyang.people.models import Person


class PrecautionAlready(Refusal):
    message = _("This precaution is in force already. End it first, or choose another way or cause.")


class PrecautionEnded(Refusal):
    message = _("This precaution has ended already.")


class OutbreakAlready(Refusal):
    message = _("This outbreak is declared already. End it first.")


class OutbreakOver(Refusal):
    message = _("This outbreak was ended already.")


class EndsBeforeBegin(Refusal):
    message = _("It cannot end before it began. Give a later time.")
    status = 422


class WardOfAnotherUnit(Refusal):
    message = _("This ward is not a ward of {unit}. Choose one of its own.")
    status = 422


@refuses("precaution_once_at_a_time")
def _precaution_already(given: dict[str, Any]) -> Refusal:
    return PrecautionAlready()


@refuses("outbreak_once_at_a_time")
def _outbreak_already(given: dict[str, Any]) -> Refusal:
    return OutbreakAlready()


@refuses("precaution_ends_after_it_begins")
def _precaution_order(given: dict[str, Any]) -> Refusal:
    return EndsBeforeBegin()


@refuses("outbreak_ends_after_it_begins")
def _outbreak_order(given: dict[str, Any]) -> Refusal:
    return EndsBeforeBegin()


@command(Permission.EVALUATE_TRANSFER, within=lambda by, **_: by.organisation_id, about="person.pk")
def begin_precaution(
    *, by: Actor, at: datetime, person: Person, way: str, cause: str, note: str = ""
) -> Precaution:
    """A clinician says how those who handle the person protect themselves and others."""
    person = locks.person(person.pk)
    if not handles(by, person.pk):
        raise NotAllowed
    made = Precaution.objects.create(
        person=person, way=way, cause=cause, note=note.strip()[:200], begun_at=at, begun_by=by.label
    )
    record("precaution.begun", by=by, at=at, subject=made, person=person.pk)
    return made


@command(
    Permission.EVALUATE_TRANSFER, within=lambda by, **_: by.organisation_id, about="precaution.person_id"
)
def end_precaution(*, by: Actor, at: datetime, precaution: Precaution) -> Precaution:
    """The precaution is not needed any more."""
    locks.person(precaution.person_id, alive=False)
    if not handles(by, precaution.person_id):
        raise NotAllowed
    found = Precaution.objects.select_for_update(no_key=True).get(pk=precaution.pk)
    if found.ended_at is not None:
        raise PrecautionEnded
    found.ended_at, found.ended_by = at, by.label
    found.save()
    record("precaution.ended", by=by, at=at, subject=found, person=found.person_id)
    return found


@command(Permission.MANAGE_BEDS, within="unit_id")
def declare_outbreak(
    *, by: Actor, at: datetime, unit_id: UUID, reason: str, ward: Ward | None = None
) -> Outbreak:
    """The unit, or one ward, takes nobody new; returns decided by its doctor go on."""
    if ward is not None:
        if ward.unit_id != unit_id:
            raise WardOfAnotherUnit(unit=naming.unit_name(unit_id))
        Ward.objects.filter(pk=ward.pk).update(closed_to_offers=True)
    made = Outbreak.objects.create(
        unit_id=unit_id, ward=ward, reason=reason.strip()[:200], since=at, declared_by=by.label
    )
    record("outbreak.declared", by=by, at=at, subject=made, unit=unit_id, ward=ward.pk if ward else None)
    return made


@command(Permission.MANAGE_BEDS, within="outbreak.unit_id")
def end_outbreak(*, by: Actor, at: datetime, outbreak: Outbreak) -> Outbreak:
    """The unit or ward takes new arrivals again."""
    found = Outbreak.objects.select_for_update(no_key=True).filter(pk=outbreak.pk).first()
    if found is None:
        raise NotFound
    if found.until is not None:
        raise OutbreakOver
    found.until, found.ended_by = at, by.label
    found.save()
    if found.ward_id is not None:
        Ward.objects.filter(pk=found.ward_id).update(closed_to_offers=False)
    record("outbreak.ended", by=by, at=at, subject=found, unit=found.unit_id, ward=found.ward_id)
    return found
