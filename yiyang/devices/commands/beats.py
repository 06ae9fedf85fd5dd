"""Signs of life of what takes readings in and of what calls people: whoever is alive looks after the others.

Where several processes serve one way, or several machines one database, each gives its own: one of two that died is
seen, and named.

By the database's own clock, which a demo's clock does not bend. An orderly stop takes the row away, so what is left
behind and grows old was killed and has not come back. A way that finds its own row old was away itself, and begins anew;
one that was back at once goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.queries import naming
from yiyang.devices.commands.alarms import clear_alarm, raise_alarm
from yiyang.devices.models import Alarm, Loan
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.ways import Process, Way, way_of
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal

BEAT = """
WITH before AS (SELECT beat_at FROM devices_beat WHERE way = %(way)s), written AS (
    INSERT INTO devices_beat (way, started_at, beat_at) VALUES (%(way)s, clock_timestamp(), clock_timestamp())
    ON CONFLICT (way) DO UPDATE SET beat_at = clock_timestamp(), started_at = CASE
        WHEN devices_beat.beat_at < clock_timestamp() - %(limit)s * interval '1 second' THEN clock_timestamp()
        ELSE devices_beat.started_at END
) SELECT extract(epoch FROM clock_timestamp() - beat_at)::float8 FROM before
"""
# Of the same machine, or of one that has not been heard of for a day: it was taken away, and its alarm told.
NO_MORE = """
DELETE FROM devices_beat WHERE split_part(split_part(way, '@', 1), '-', 1) = %(way)s AND way <> ALL(%(names)s)
    AND (split_part(way, '@', 2) IN ('', %(machine)s) OR beat_at < clock_timestamp() - interval '1 day')
"""
OTHERS = """
SELECT other.way, extract(epoch FROM clock_timestamp() - other.beat_at)::float8,
    extract(epoch FROM clock_timestamp() - own.started_at)::float8
FROM devices_beat own, devices_beat other WHERE own.way = %(way)s AND other.way <> own.way
"""


def beat(process: Process, *, at: datetime, starts: bool = False) -> None:
    """I am alive. Who was away for too long, oneself or another, is alarmed."""
    limits, own = seconds_until_down(at), process.name
    with transaction.atomic(), connection.cursor() as cursor:
        if starts:
            names = process.all_names
            cursor.execute(NO_MORE, {"way": process.way, "names": names, "machine": process.machine})
        cursor.execute(BEAT, {"way": own, "limit": limits[process.way]})
        row = cursor.fetchone()
        cursor.execute(OTHERS, {"way": own})
        others = [(other, gone, up, limits[way_of(other)]) for other, gone, up in cursor.fetchall()]
    known = Alarm.objects.active().filter(cause=Cause.INTAKE_DOWN)
    told = set(known.values_list("about", flat=True))
    # Whoever has just begun waits until the others had time to begin too; what is alarmed stays so until it is back.
    away = {
        other: gone for other, gone, up, limit in others if gone > limit and (up > limit or other in told)
    }
    if row and row[0] > limits[process.way] and process.way != Way.WORKER:
        away[own] = row[0]
    if away.keys() - told or told - away.keys():
        try:
            tell_who_is_down(by=SYSTEM, at=at, away=away)
        except Refusal:
            return  # another was faster


def rest(process: Process) -> None:
    """An orderly stop: nobody need look for it."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM devices_beat WHERE way = %s", [process.name])


def silent(at: datetime) -> dict[str, float]:
    """Those that take readings in and were killed, or stand still: for how many seconds."""
    limits = seconds_until_down(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT way, extract(epoch FROM clock_timestamp() - beat_at)::float8 FROM devices_beat"
        )
        found: dict[str, float] = dict(cursor.fetchall())
    return {
        one: gone for one, gone in found.items() if way_of(one) != Way.WORKER and gone > limits[way_of(one)]
    }


def seconds_until_down(at: datetime) -> dict[str, int]:
    return dict(policy("devices.down_after_seconds", on=localdate(at)).value)


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_who_is_down(*, by: Actor, at: datetime, away: dict[str, float]) -> int:
    """Raise what is new, clear what is back. Where no device is with anybody, nobody waits for readings."""
    known = {one.about: one for one in Alarm.objects.active().filter(cause=Cause.INTAKE_DOWN)}
    lent = Loan.objects.filter(period__contains=at)
    first = lent.select_related("device").order_by("pk").first()
    told = 0
    for way, seconds in sorted(away.items()):
        if way in known or first is None:
            continue
        unit = first.device.unit_id
        evidence: dict[str, Any] = {"seconds": round(seconds), "count": lent.count()}
        raise_alarm(
            by=by, at=at, cause=Cause.INTAKE_DOWN, about=way, event_at=at - timedelta(seconds=seconds),
            severity=policy("devices.technical", on=localdate(at)).value["INTAKE_DOWN"], evidence=evidence,
            unit_id=naming.coordination_centre(naming.area_of(unit)) or unit,
        )  # fmt: skip
        told += 1
    over = [one for way, one in known.items() if way not in away]
    for one in over:
        clear_alarm(by=by, at=at, alarm=one)
    record("intake.watched", by=by, at=at, told=told, cleared=len(over))
    return told
