"""What did not happen in time: not back in bed at night, no movement by day. Looked at when it is due.

When somebody is looked at next stands in the database, and what they did is read from the readings: a restart forgets
nothing, and whoever looks twice finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import get_default_timezone, localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.devices import responders
from yiyang.devices.commands.alarms import clear_alarm, lock_persons, raise_alarm
from yiyang.devices.models import Alarm, Look
from yiyang.devices.queries import movement
from yiyang.devices.queries import rules as queries
from yiyang.devices.queries.movement import SEEN_BACK, Sensor
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import (
    EPOCH,
    MOVING,
    OUT_OF_BED,
    WATCHED,
    Absence,
    Movement,
    Watch,
    left_bed,
    movements,
    outings,
    quiet_too_long,
)  # fmt: skip
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record

SOON, LATER = timedelta(minutes=5), timedelta(hours=6)
Readings = Mapping[int, list[Reading]]


def look_again(cause: Cause, due: Mapping[UUID, datetime]) -> None:
    """In the transaction that stores what makes it necessary; an earlier look stays."""
    known = dict(Look.objects.filter(person_id__in=due, cause=cause).values_list("person_id", "due_at"))
    rows = [Look(person_id=one, cause=cause, due_at=min(at, known.get(one, at))) for one, at in due.items()]
    _keep(rows)


def look_until(cause: Cause, until: Mapping[UUID, datetime], at: datetime) -> None:
    """Every reading that counts is looked at until then, and a little longer, so that not each one is written."""
    if not until:
        return
    known = dict(Look.objects.filter(person_id__in=until, cause=cause).values_list("person_id", "due_at"))
    _keep(
        [
            Look(person_id=one, cause=cause, due_at=due + 2 * SOON)
            for one, due in until.items()
            if due > at and due > known.get(one, at)
        ]
    )


def _keep(rows: list[Look]) -> None:
    Look.objects.bulk_create(
        sorted(rows, key=lambda one: (one.person_id, one.cause)), update_conflicts=True,
        unique_fields=["person", "cause"], update_fields=["due_at"],
    )  # fmt: skip


@command(SYSTEM_ONLY, within=ANYWHERE)
def look_at_persons(*, by: Actor, at: datetime) -> int:
    """Those whose time has come: alarms are raised and cleared, and each gets the next time."""
    persons = movement.due(at)
    lock_persons(persons)
    looks = list(Look.objects.filter(person_id__in=persons, cause__in=WATCHED, due_at__lte=at))
    told = movement.readings(persons, MOVING, at - SEEN_BACK, at)
    rules = queries.in_force(at, persons)
    sensors = movement.sensors(persons, at)
    away = responders.elsewhere(persons, at)
    last = {cause: movement.last_alarms(persons, cause) for cause in WATCHED}
    done, kept, over = 0, [], []
    for look in looks:
        person, mine = look.person_id, sensors.get(look.person_id, [])
        watch = rules.watch(look.cause, person, {one.device.kind for one in mine})
        alarm = last[Cause(look.cause)].get(person)
        judge = _bed if look.cause == Cause.LEFT_BED else _motion
        here = not _is_away(person, away, mine)
        next_at, changed = judge(person, watch if here else None, told[person], mine, alarm, by, at)
        done += changed
        if next_at is None:
            over.append(look.pk)
        else:
            look.due_at = next_at
            kept.append(look)
    Look.objects.filter(pk__in=over).delete()
    _keep(kept)
    record("persons.looked_at", by=by, at=at, count=len(looks), done=done)
    return len(looks)


def _is_away(person: UUID, away: Mapping[UUID, UUID | None], sensors: Iterable[Sensor]) -> bool:
    """In a ward of a unit that has not lent these devices, or outside."""
    return person in away and away[person] not in {one.device.unit_id for one in sensors}


def _bed(
    person: UUID, watch: Watch | None, told: Readings, sensors: list[Sensor], alarm: Alarm | None, by: Actor,
    at: datetime,
) -> tuple[datetime | None, bool]:  # fmt: skip
    """Out of bed at night for too long. What comes back is cleared at its arrival; here only what came in between."""
    out = told.get(OUT_OF_BED, [])
    trips = outings(out)
    if watch is None or not trips or trips[-1][1] is not None:
        return None, _over(alarm, by, at) if trips and trips[-1][1] is not None else False
    found = [one for one in left_bed(watch, out, _micro(at), get_default_timezone()) if one.until is None]
    if not found:
        due = _instant(trips[-1][0]) + watch.patience
        return (due if due > at else None), False
    if alarm is not None and alarm.event_at >= _instant(found[0].since):
        return None, False
    _raise(person, watch, found[0], {OUT_OF_BED: out}, sensors, by, at)
    return None, True


def _motion(
    person: UUID, watch: Watch | None, told: Readings, sensors: list[Sensor], alarm: Alarm | None, by: Actor,
    at: datetime,
) -> tuple[datetime | None, bool]:  # fmt: skip
    """No movement for too long, though a device speaks that would have told of it where the person is."""
    if not sensors:
        return None, _over(alarm, by, at)
    moved = movements(told)
    if alarm is not None and alarm.active and (moved and _instant(moved[-1].at) > alarm.event_at):
        _over(alarm, by, at)
        return _due(watch, moved[-1], at), True
    if alarm is not None and alarm.active:
        return at + SOON, False
    if watch is None or not moved:
        return at + LATER, False
    due = _due(watch, _since(moved[-1], alarm), at)
    if due > at:
        return due, False
    watching = [one for one in sensors if one.speaks and one.sees & told.keys()]
    if all(one.only_in_bed for one in watching) and not (watching and _lies(person, moved[-1], told, at)):
        return at + SOON, False  # silence is told by itself, as the silence of a device
    last = {code: rows for code, rows in told.items() if rows}
    _raise(person, watch, Absence(moved[-1].at, _micro(at), None), last, sensors, by, at)
    return at + SOON, True


def _lies(person: UUID, moved: Movement, told: Readings, at: datetime) -> bool:
    """By the last word of the bed, of these days or before."""
    if told.get(OUT_OF_BED):
        return moved.in_bed
    return bool(movement.lying([person], localdate(at - SEEN_BACK) + timedelta(days=1)))


def _since(moved: Movement, alarm: Alarm | None) -> Movement:
    """Whoever closed an alarm has looked: from then on it is counted anew."""
    if alarm is None or alarm.closed_at is None or alarm.closed_at <= _instant(moved.at):
        return moved
    return moved._replace(at=_micro(alarm.closed_at))


def _due(watch: Watch | None, moved: Movement, at: datetime) -> datetime:
    if watch is None:
        return at + LATER
    return _instant(quiet_too_long(watch, moved, get_default_timezone()))


def _raise(
    person: UUID, watch: Watch, found: Absence, told: Readings, sensors: list[Sensor], by: Actor, at: datetime
) -> None:
    """With the last that was told, and when each device was heard from: so that nobody takes one for the other."""
    evidence: dict[str, Any] = {
        "readings": {
            str(code): [[_instant(one.at).isoformat(), one.value, one.marks] for one in rows[-5:]]
            for code, rows in ((code, sorted(rows)) for code, rows in told.items())
        },
        "heard": [
            [str(one.device), one.device.last_seen_at and one.device.last_seen_at.isoformat(), one.speaks]
            for one in sensors
        ],
    }
    device = next((one.device for one in sensors if one.speaks), sensors[0].device if sensors else None)
    raise_alarm(
        by=by, at=at, person=person, cause=watch.cause, severity=watch.severity, event_at=_instant(found.since),
        device=device, codes=sorted(told), rule=watch.version, evidence=evidence,
    )  # fmt: skip


def _over(alarm: Alarm | None, by: Actor, at: datetime) -> bool:
    if alarm is None or not alarm.active:
        return False
    clear_alarm(by=by, at=at, alarm=alarm)
    return True


def _instant(at: int) -> datetime:
    return EPOCH + timedelta(microseconds=at)


def _micro(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
