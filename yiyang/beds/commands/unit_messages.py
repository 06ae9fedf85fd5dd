"""A family, or the person, writes to the unit; the unit answers. Nothing is urgent here: that is telephoned."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.models import UnitMessage
from yiyang.beds.queries import unit_messages as queries
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses
from yiyang.people import queries as people
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person

LONGEST = 1000
WAITING_AT_MOST = 20


class NoStayAtUnit(Refusal):
    message = _("The stay at this unit is over. Its messages stay here; please call the unit from now on.")


class SayInWords(Refusal):
    message = _("Write what you want to say, in at most {longest} characters.")
    status = 422


class TooManyWaiting(Refusal):
    message = _("The unit has not read your last {number} messages yet. Please call it.")


class NobodyToWriteTo(Refusal):
    message = _("Nobody of the family can read messages here yet. Entrust a relative first, or call them.")


@refuses("unit_message_says_something")
def _empty(given: dict[str, Any]) -> Refusal:
    return SayInWords(longest=LONGEST, field="text")


@command(Permission.SEE_OWN_RECORD, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def write_to_unit(*, by: Actor, at: datetime, person: Person, unit_id: UUID, text: str) -> UnitMessage:
    """The person or the family writes to a unit where the person has a stay."""
    found = _checked(person, unit_id, text)
    side = queries.side_of(by, found.pk)
    rows = UnitMessage.objects.filter(person=found, unit=unit_id, side=side)
    if queries.unread(rows, by_unit=True).count() >= WAITING_AT_MOST:
        raise TooManyWaiting(number=WAITING_AT_MOST)
    made = _written(by, at, found, unit_id, side, text, from_unit=False)
    record("message.written", by=by, at=at, subject=made, person=found, unit=unit_id, side=side)
    return made


@command(Permission.TAKE_DUTY, within="unit_id", about=in_full(lambda person, **_: person.pk))
def answer_family(
    *, by: Actor, at: datetime, person: Person, unit_id: UUID, text: str, side: str = "FAMILY"
) -> UnitMessage:
    """The unit answers, or writes first to a family; what was waiting for it counts as read."""
    found = _checked(person, unit_id, text)
    rows = UnitMessage.objects.filter(person=found, unit=unit_id, side=side)
    nobody = side == UnitMessage.Side.FAMILY and not people.accounts_entrusted(found.pk)
    if nobody or (side == UnitMessage.Side.PERSON and not rows.exists()):
        raise NobodyToWriteTo
    first = queries.first_unread(rows)
    queries.unread(rows, by_unit=True).update(read_at=at, read_by=by.label[:120])
    made = _written(by, at, found, unit_id, side, text, from_unit=True)
    record("message.answered", by=by, at=at, subject=made, person=found, unit=unit_id, side=side, first=first)
    return made


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def read_messages(*, by: Actor, at: datetime, person: Person, unit_id: UUID, side: str = "FAMILY") -> int:
    """Who opens the thread has read what the other side wrote: the unit's staff, or the side itself."""
    staff = bool(getattr(by, "membership_id", None))
    if unit_id not in by.organisation_ids if staff else side != queries.side_of(by, person.pk):  # type: ignore[attr-defined]
        raise NotAllowed
    rows = UnitMessage.objects.filter(people.of_person(person.pk), unit=unit_id, side=side)
    first = queries.first_unread(rows) if staff else None
    number = int(queries.unread(rows, by_unit=staff).update(read_at=at, read_by=by.label[:120]))
    record(
        "message.read", by=by, at=at, subject=person, person=person, unit=unit_id, side=side, number=number,
        first=first,
    )  # fmt: skip
    return number


def _checked(person: Person, unit_id: UUID, text: str) -> Person:
    found = locks.person(person.pk)
    if not queries.has_stay(found.pk, unit_id):
        raise NoStayAtUnit
    if not text.strip() or len(text.strip()) > LONGEST or "\x00" in text:
        raise SayInWords(longest=LONGEST, field="text")
    return found


def _written(
    by: Actor, at: datetime, person: Person, unit_id: UUID, side: str, text: str, *, from_unit: bool
) -> UnitMessage:
    return UnitMessage.objects.create(
        person=person, unit_id=unit_id, side=side, from_unit=from_unit, text=text.strip(), written_at=at,
        written_by=by.label[:120], account_id=by.account_id,
    )  # fmt: skip
