"""A fall that an alarm told of goes into the person's record, and out of it when it was none."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.devices.models import Alarm
from yiyang.devices.rules.alarms import Cause, Outcome
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.commands import record_fall, withdraw_fall
from yiyang.people.commands.falls import fall_about


def lock_the_fallen(alarm: Alarm) -> Any:
    """The person's living record, locked before the alarm: everybody locks them in this order."""
    if alarm.cause != Cause.FALL or alarm.person_id is None:
        return None
    return people.lock_person(people.ids(alarm.person_id)[0])


def keep_fall(
    alarm: Alarm, *, by: Actor, at: datetime, note: str, place: str = "OTHER", injury: str = "UNKNOWN"
) -> None:
    """It was a fall: recorded of the person at its time, unless somebody has recorded it already."""
    person = lock_the_fallen(alarm) if alarm.outcome == Outcome.TRUE else None
    fell_at = min(alarm.event_at, at)
    if person is None or (person.died_at and fell_at > person.died_at):
        return
    earlier = fall_about(person, fell_at)
    if earlier is None:
        record_fall(by=by, at=fell_at, person=person, place=place, injury=injury, note=note)
        fall = fall_about(person, fell_at)
    else:
        fall = earlier if _recorded(alarm, earlier.id).exists() else None
    if fall is not None:
        alarm.evidence = {**alarm.evidence, "fall": str(fall.id)}


def forget_fall(alarm: Alarm, *, by: Actor, at: datetime, reason: str) -> None:
    """It was none: what this alarm recorded is withdrawn, unless another one says the same. By hand stays."""
    fall = alarm.evidence.get("fall")
    person = lock_the_fallen(alarm) if fall else None
    alarm.evidence = {name: value for name, value in alarm.evidence.items() if name != "fall"}
    if person is None or _recorded(alarm, fall).filter(outcome=Outcome.TRUE).exclude(pk=alarm.pk).exists():
        return
    if any(str(one.id) == fall for one in people.falls_of(person)):
        withdraw_fall(by=by, at=at, person=person, fall=UUID(fall), reason=reason)


def _recorded(alarm: Alarm, fall: Any) -> Any:
    """Alarms of this person that recorded just this fall."""
    mine = Alarm.objects.filter(people.of_person(alarm.person_id), cause=Cause.FALL)
    return mine.filter(evidence__fall=str(fall))
