"""When persons moved, and which of their devices see it: for who has not moved, or is not back in bed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.devices.models import Alarm, Device, Loan, Look
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import DOOR, EPOCH, MOVING, OUT_OF_BED, WATCHED
from yiyang.devices.rules.kinds import BY_KIND, KINDS, DeviceKind
from yiyang.devices.rules.silence import expected

SEEN_BACK = timedelta(days=2)  # who has not moved for longer was alarmed before
AT_ONCE = 100
BEGUN_AT_ONCE = 2_000  # persons
LOWEST = UUID(int=0)
TELL_MOVEMENT = tuple(one.kind for one in KINDS if {q.no for q in one.quantities} & set(MOVING))
ONLY_IN_BED = (DeviceKind.MATTRESS,)  # feels whoever lies on it, and nobody else
READINGS = """
SELECT person_id, code, at, value, marks FROM devices_reading
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND at >= %(since)s AND at <= %(until)s
UNION ALL
SELECT person_id, code, at, value, marks FROM devices_late
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND at >= %(since)s AND at <= %(until)s
UNION ALL
SELECT person_id, code, hour + u.ms * interval '1 millisecond', u.value, coalesce(u.mark, 0::smallint)
FROM devices_pack, LATERAL unnest(offsets, values, marks) u(ms, value, mark)
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND hour >= %(since)s - interval '1 hour' AND hour <= %(until)s
AND hour + u.ms * interval '1 millisecond' BETWEEN %(since)s AND %(until)s
"""
LAST_OF_THE_BED = """
SELECT DISTINCT ON (person_id) person_id, last FROM devices_day
WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND day < %(before)s AND count > 0 ORDER BY person_id, day DESC
"""
# Read first, written then: a transaction has its place among the news from its first write on, and cold tables take
# seconds to read.
UNWATCHED = """
WITH held AS (
    SELECT DISTINCT l.person_id FROM devices_loan l JOIN devices_device d ON d.id = l.device_id
    WHERE l.person_id > %(after)s AND l.period @> %(at)s AND d.kind = ANY(%(kinds)s)
    ORDER BY l.person_id LIMIT %(most)s
) SELECT (SELECT person_id FROM held ORDER BY person_id DESC LIMIT 1), array(
    SELECT person_id FROM held WHERE NOT EXISTS (
        SELECT 1 FROM devices_look k WHERE k.person_id = held.person_id AND k.cause = 'NO_MOTION'
    )
)
"""
BEGUN = """
INSERT INTO devices_look (id, person_id, cause, due_at)
SELECT gen_random_uuid(), person_id, 'NO_MOTION', %(at)s FROM unnest(%(persons)s::uuid[]) person_id ON CONFLICT DO NOTHING
"""
OVER = """
DELETE FROM devices_look WHERE id IN (
    SELECT id FROM devices_look WHERE cause = 'NEWS2' AND due_at < %(at)s LIMIT 20000 FOR UPDATE SKIP LOCKED
)
"""


def begin(at: datetime) -> int:
    """Whoever has a device that tells movement and is not looked at yet is looked at from now on.

    In short transactions: whoever waits for news of an alarm waits for the oldest one.
    """
    begun, after = 0, LOWEST
    given: dict[str, Any] = {"at": at, "kinds": [one.value for one in TELL_MOVEMENT], "most": BEGUN_AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(OVER, {"at": at})
        while after is not None:
            cursor.execute(UNWATCHED, {**given, "after": after})
            after, persons = cursor.fetchone()
            if persons:
                cursor.execute(BEGUN, {"at": at, "persons": persons})
                begun += cursor.rowcount
    return begun


@dataclass(frozen=True)
class Sensor:
    """A device of one person that tells movement. `speaks`: it is not silent, so that it would have told of some."""

    device: Device
    speaks: bool

    @property
    def sees(self) -> set[int]:
        """Which movement inside it would tell; a door tells who goes out and comes in, not who lies behind it."""
        return sees(DeviceKind(self.device.kind))

    @property
    def only_in_bed(self) -> bool:
        return self.device.kind in ONLY_IN_BED


def sees(kind: DeviceKind) -> set[int]:
    return {one.no for one in BY_KIND[kind].quantities} & set(MOVING) - {DOOR}


def due(at: datetime, most: int = AT_ONCE) -> list[UUID]:
    """Persons to be looked at, those who wait longest first."""
    found = Look.objects.filter(cause__in=WATCHED, due_at__lte=at).order_by("due_at")
    return list(dict.fromkeys(found.values_list("person_id", flat=True)[:most]))


def readings(
    person_ids: Collection[UUID], codes: Collection[int], since: datetime, until: datetime
) -> dict[UUID, dict[int, list[Reading]]]:
    """Single, late and packed ones, of several persons in one statement."""
    found: dict[UUID, dict[int, list[Reading]]] = {one: {} for one in person_ids}
    values: dict[str, Any] = {
        "persons": list(person_ids), "codes": list(codes), "since": since, "until": until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(READINGS, values)
        for person_id, code, at, value, marks in cursor.fetchall():
            micros = (at - EPOCH) // timedelta(microseconds=1)
            found[person_id].setdefault(code, []).append(Reading(micros, float(value), marks))
    return found


def lying(person_ids: Collection[UUID], before: date) -> set[UUID]:
    """Those of whom the last word of the bed, however long ago, was that they lie in it: who never leaves the bed is
    not told of for weeks."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_THE_BED, {"persons": list(person_ids), "code": OUT_OF_BED, "before": before})
        return {person_id for person_id, last in cursor.fetchall() if last < 0.5}


def seen_anywhere(person_ids: Collection[UUID], since: datetime, until: datetime) -> set[UUID]:
    """Those who had a device in that time that tells of movement wherever they are, not in bed alone."""
    kinds = [one.kind for one in KINDS if sees(one.kind) and one.kind not in ONLY_IN_BED]
    found = Loan.objects.filter(
        person_id__in=person_ids, period__overlap=(since, until), device__kind__in=kinds
    )
    return set(found.values_list("person_id", flat=True))


def sensors(person_ids: Collection[UUID], at: datetime) -> dict[UUID, list[Sensor]]:
    """The devices of these persons that tell movement; a silent one says nothing about the person."""
    patience = patience_at(at)
    loans = Loan.objects.filter(
        person_id__in=person_ids, period__contains=at, device__kind__in=TELL_MOVEMENT
    ).select_related("device")
    found: dict[UUID, list[Sensor]] = {}
    for loan in loans:
        device = loan.device
        seconds = expected(device.kind, device.expected_seconds)
        late = patience.of(seconds or 0)
        heard = device.last_seen_at is not None and at - device.last_seen_at <= late
        resting = device.quiet_until is not None and device.quiet_until > at
        found.setdefault(loan.person_id, []).append(Sensor(device, heard and not resting))
    return found


def last_alarms(person_ids: Collection[UUID], cause: Cause) -> dict[UUID, Alarm]:
    """Of each person the newest alarm of a cause, open or not."""
    rows = Alarm.objects.filter(person_id__in=person_ids, cause=cause)
    newest = rows.order_by("person_id", "-raised_at").distinct("person_id")
    return {one.person_id: one for one in newest if one.person_id}
