"""A visit that an alarm asks for: ordered, made or given up. Whoever is on duty is told, and the next one when it is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.commands.alarms import mark_person_seen
from yiyang.devices.models import Alarm, AlarmVisit
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.people.reach import in_full

LONGEST = timedelta(days=31)


class NobodyToVisit(Refusal):
    message = _("This alarm is about no person, or no unit answers for it: there is nobody to visit.")


class VisitTooFar(Refusal):
    message = _("A visit lies ahead, and within {days} days.")
    status = 422


class VisitOrdered(Refusal):
    message = _("A visit is ordered from this alarm already. Make it or cancel it first.")


class VisitOver(Refusal):
    message = _("This visit was made or cancelled already.")


@refuses("visit_one_of_an_alarm")
def _one_already(_given: dict[str, Any]) -> Refusal:
    return VisitOrdered()


def _of_alarm(alarm: Alarm, **_given: Any) -> UUID | None:
    return alarm.person_id


def _of_visit(visit: AlarmVisit, **_given: Any) -> UUID:
    return visit.person_id


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=in_full(_of_alarm))
def order_visit(*, by: Actor, at: datetime, alarm: Alarm, due_at: datetime, what: str) -> AlarmVisit:
    """Somebody of the unit that answers is to look at the person, by then, and at what."""
    if alarm.person_id is None or alarm.unit_id is None:
        raise NobodyToVisit
    if not at < due_at <= at + LONGEST:
        raise VisitTooFar(days=LONGEST.days, field="due_at")
    what = line(what, "what", 400)
    if not what:
        raise FieldNeeded(name=_("what to look at"), field="what")
    made = AlarmVisit.objects.create(
        alarm=alarm, person_id=alarm.person_id, unit_id=alarm.unit_id, what=what, due_at=due_at, ordered_at=at,
        ordered_by=by.account_id, ordered_label=by.label[:120],
    )  # fmt: skip
    _record("alarm_visit.ordered", made, by=by, at=at, due_at=due_at)
    return made


@command(Permission.TAKE_DUTY, within="visit.unit_id", about=in_full(_of_visit))
def record_visit(*, by: Actor, at: datetime, visit: AlarmVisit, found: str) -> AlarmVisit:
    """Somebody was there: what they found, in a sentence or two. The alarm has its person seen by that."""
    told = line(found, "found", 400)
    if not told:
        raise FieldNeeded(name=_("what was found"), field="found")
    open_one = _locked(visit)
    open_one.done_at, open_one.done_by, open_one.found = max(at, open_one.ordered_at), by.account_id, told
    open_one.done_label = by.label[:120]
    open_one.save()
    _record("alarm_visit.made", open_one, by=by, at=at)
    alarm = visit.alarm
    if alarm.closed_at is None and alarm.seen_at is None:
        mark_person_seen(by=by, at=at, alarm=alarm)
    return open_one


@command(Permission.TAKE_DUTY, within="visit.unit_id", about=in_full(_of_visit))
def cancel_visit(*, by: Actor, at: datetime, visit: AlarmVisit, reason: str) -> AlarmVisit:
    """It is not needed any more, and why."""
    reason = line(reason, "reason", 200)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    open_one = _locked(visit)
    open_one.cancelled_at, open_one.cancelled_label = at, by.label[:120]
    open_one.cancel_reason = reason
    open_one.save()
    _record("alarm_visit.cancelled", open_one, by=by, at=at)
    return open_one


def _locked(visit: AlarmVisit) -> AlarmVisit:
    found = AlarmVisit.objects.select_for_update(no_key=True).get(pk=visit.pk)
    if not found.is_open:
        raise VisitOver
    return found


def _record(name: str, visit: AlarmVisit, *, by: Actor, at: datetime, **data: Any) -> None:
    record(name, by=by, at=at, subject=visit, person=visit.person_id, unit=visit.unit_id, **data)
