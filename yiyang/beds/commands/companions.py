"""Who stays with a person in the unit (陪护)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.models import Companion
from yiyang.beds.queries.handling import handles
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses

if TYPE_CHECKING:
    from yiyang.people.models import Person


class CompanionAlready(Refusal):
    message = _("{name} is written down as staying already. End that stay first.")


class CompanionLeft(Refusal):
    message = _("This companion has left already.")


class CompanionLeavesBefore(Refusal):
    message = _("A companion cannot leave before coming. Give a later time.")
    status = 422


@refuses("companion_once_at_a_time")
def _already(given: dict[str, Any]) -> Refusal:
    return CompanionAlready(name=given.get("name", ""))


@refuses("companion_leaves_after_coming")
def _order(given: dict[str, Any]) -> Refusal:
    return CompanionLeavesBefore()


@command(Permission.RECORD_LEAVE, within=lambda by, **_: by.organisation_id, about="person.pk")
def add_companion(
    *, by: Actor, at: datetime, person: Person, name: str, kind: str, phone: str, place: str = ""
) -> Companion:
    """Somebody stays with the person in the unit of whoever writes it down."""
    person = locks.person(person.pk)
    if not handles(by, person.pk):
        raise NotAllowed
    made = Companion.objects.create(
        person=person,
        unit_id=by.organisation_id,
        name=name.strip(),
        kind=kind,
        phone=phone.strip(),
        place=place.strip()[:80],
        since=at,
        added_by=by.label,
    )
    record("companion.came", by=by, at=at, subject=made, person=person.pk, unit=made.unit_id)
    return made


@command(Permission.RECORD_LEAVE, within="companion.unit_id", about="companion.person_id")
def end_companion(*, by: Actor, at: datetime, companion: Companion) -> Companion:
    """The companion has gone home."""
    found = Companion.objects.select_for_update(no_key=True).get(pk=companion.pk)
    if found.until is not None:
        raise CompanionLeft
    found.until, found.ended_by = at, by.label
    found.save()
    record("companion.left", by=by, at=at, subject=found, person=found.person_id, unit=found.unit_id)
    return found
