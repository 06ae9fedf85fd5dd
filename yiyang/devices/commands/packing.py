"""Closed hours become arrays, one row for a person and quantity; what came late is merged in; days are made of them.

Every step may be killed and begun anew: an hour is packed in ranges of persons, each with its progress in one
transaction; its partition goes only when all of it is packed; a late reading leaves its table in the transaction that
puts it into the pack. Only one process packs at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import get_default_timezone_name, localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.devices.commands import aside, partitions
from yiyang.devices.commands.intake import HORIZON, LATE, number
from yiyang.devices.commands.partitions import DAY, PACK, POSITION, READING, SIGNAL, TABLES
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.time import midnight

PACKING = 7_304  # advisory lock
# Whoever looks for news (an alarm's page, a subscriber) waits for the oldest transaction: each of these is short.
AT_ONCE = 20_000  # readings
PERSONS_AT_ONCE = 2_000  # of whose packs days are made
LATE_AT_ONCE = 10_000
LOWEST, HIGHEST = UUID(int=0), UUID(int=2**128 - 1)

# What cannot be true, and what the device itself calls disturbed, is kept and counts in no figure.
FIGURES = """
    count(*) FILTER (WHERE marks & 18 = 0), min(value) FILTER (WHERE marks & 18 = 0),
    avg(value) FILTER (WHERE marks & 18 = 0), max(value) FILTER (WHERE marks & 18 = 0),
    (array_agg(value ORDER BY at) FILTER (WHERE marks & 18 = 0))[count(*) FILTER (WHERE marks & 18 = 0)],
    array_agg((date_part('epoch', at - {hour}) * 1000)::int ORDER BY at), array_agg(value ORDER BY at),
    CASE WHEN bit_or(marks) <> 0 THEN array_agg(marks ORDER BY at) END,
    CASE WHEN min(device_no) <> max(device_no) THEN array_agg(device_no ORDER BY at) END
"""
COLUMNS = "person_id, hour, device_no, code, count, min, mean, max, last, offsets, values, marks, devices"
PACKED = f"""
INSERT INTO devices_pack ({COLUMNS})
SELECT person_id, %(hour)s, min(device_no), code, {FIGURES.format(hour="%(hour)s")}
FROM {{partition}} WHERE person_id > %(after)s AND person_id <= %(until)s
GROUP BY person_id, code ON CONFLICT DO NOTHING
"""
# One that was packed stands before one of the same instant that came late.
MERGED = f"""
WITH moved AS (
    DELETE FROM devices_late WHERE person_id > %(after)s AND person_id <= %(until)s AND at >= %(oldest)s
    RETURNING person_id, date_trunc('hour', at, 'UTC') AS hour, at, device_no, value, code, marks
), touched AS (SELECT DISTINCT person_id, code, hour FROM moved), whole AS (
    SELECT DISTINCT ON (person_id, code, at) * FROM (
        SELECT p.person_id, p.hour, p.hour + u.ms * interval '1 millisecond' AS at,
            coalesce(u.device, p.device_no) AS device_no, u.value, p.code, coalesce(u.mark, 0::smallint) AS marks, 0 AS nth
        FROM devices_pack p JOIN touched USING (person_id, code, hour)
        CROSS JOIN LATERAL unnest(p.offsets, p.values, p.marks, p.devices) u(ms, value, mark, device)
        UNION ALL SELECT person_id, hour, at, device_no, value, code, marks, 1 FROM moved
    ) r ORDER BY person_id, code, at, nth
), packed AS (
    INSERT INTO devices_pack ({COLUMNS})
    SELECT person_id, hour, min(device_no), code, {FIGURES.format(hour="hour")} FROM whole GROUP BY person_id, code, hour
    ON CONFLICT (person_id, code, hour) DO UPDATE SET device_no = excluded.device_no, count = excluded.count,
        min = excluded.min, mean = excluded.mean, max = excluded.max, last = excluded.last, offsets = excluded.offsets,
        values = excluded.values, marks = excluded.marks, devices = excluded.devices
    RETURNING person_id, (hour AT TIME ZONE %(zone)s)::date AS day
) SELECT day, array_agg(DISTINCT person_id) FROM packed GROUP BY day
"""
MADE = """
INSERT INTO devices_day (person_id, day, count, code, min, mean, max, last)
SELECT person_id, %(day)s, sum(count), code, min(min), sum(mean::float8 * count) / sum(count), max(max),
    (array_agg(last ORDER BY hour))[count(*)]
FROM devices_pack WHERE hour >= %(begins)s AND hour < %(ends)s AND count > 0 AND {which}
GROUP BY person_id, code
ON CONFLICT (person_id, code, day) DO UPDATE SET count = excluded.count, min = excluded.min, mean = excluded.mean,
    max = excluded.max, last = excluded.last
"""


def pack(now: datetime) -> int:
    """Everything that is due: hours, late readings, days. How many ranges of an hour were packed."""
    with _alone() as may:
        if not may:
            return 0
        _move_horizon(now)
        done = sum(_pack_hour(name) for name in _closed())
        merge(now)
        _make_days()
        return done


@contextmanager
def _alone() -> Iterator[bool]:
    """A lock of the session: it outlives the transactions of the steps, and goes with a process that is killed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [PACKING])
        may = cursor.fetchone()[0]
        try:
            yield may
        finally:
            if may:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [PACKING])


def _move_horizon(now: datetime) -> None:
    """Who is writing finishes first; who comes after it puts what is earlier aside, as late."""
    hot = timedelta(hours=number("hot_hours", now))
    to = READING.begins(now - hot)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT packed_before FROM devices_horizon")
        row = cursor.fetchone()
        if row and row[0] >= to:
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HORIZON])
        cursor.execute(
            "INSERT INTO devices_horizon (packed_before) VALUES (%s) ON CONFLICT (one) DO UPDATE"
            " SET packed_before = greatest(devices_horizon.packed_before, excluded.packed_before)",
            [to],
        )


def _horizon() -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT packed_before FROM devices_horizon")
        row = cursor.fetchone()
    return row[0] if row else None


def _closed() -> list[str]:
    """Partitions of single readings that lie before the horizon, oldest first."""
    before = _horizon()
    names = partitions.existing(READING)
    return [name for name in names if before and READING.ends(READING.start_of(name)) <= before]


def _pack_hour(name: str) -> int:
    hour = READING.start_of(name)
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT hour, packed_persons FROM devices_horizon")
        was, after = cursor.fetchone()
    after = after if was == hour and after else LOWEST
    _allow_index_alone(name)
    partitions.ensure_for(PACK, [hour])
    while after < HIGHEST:
        with transaction.atomic(), connection.cursor() as cursor:
            # Lost with the power, it is done again; its partition goes only with what is durable after it.
            cursor.execute("SET LOCAL synchronous_commit = off")
            until = _nth_person(cursor, name, after, AT_ONCE)
            values = {"hour": hour, "after": after, "until": until}
            cursor.execute(PACKED.format(partition=name), values)
            cursor.execute("UPDATE devices_horizon SET hour = %s, packed_persons = %s", [hour, until])
        after = until
        done += 1
    partitions.drop(READING, name)
    return done


def _allow_index_alone(name: str) -> None:
    """Nobody writes to it any more. Without fresh figures its first plan could be a bad one."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {name}")


def _nth_person(cursor: Any, table: str, after: UUID, nth: int) -> UUID:
    cursor.execute(
        f"SELECT person_id FROM {table} WHERE person_id > %s ORDER BY person_id, code OFFSET %s LIMIT 1",
        [after, nth],
    )
    row = cursor.fetchone()
    return row[0] if row else HIGHEST


def merge(now: datetime) -> None:
    """Late readings into the packs of their hours, and the days of those anew. Not beside an hour that is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT date_trunc('day', at, 'UTC') FROM devices_late")
        days = [row[0] for row in cursor.fetchall()]
    if not days:
        return
    oldest = PACK.begins(now - timedelta(days=number("keep_packs_days", now)))
    partitions.ensure_for(PACK, [day for day in days if day >= oldest])
    after = LOWEST
    while after < HIGHEST:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LATE])
            until = _nth_person(cursor, "devices_late", after, LATE_AT_ONCE)
            values: dict[str, Any] = {
                "after": after,
                "until": until,
                "oldest": oldest,
                "zone": get_default_timezone_name(),
            }
            cursor.execute(MERGED, values)
            touched = cursor.fetchall()
            made_before = _days_before(cursor)
            for day, persons in touched:
                if made_before and day < made_before:
                    _make_day(day, "person_id = ANY(%(persons)s)", {"persons": persons})
        after = until
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM devices_late WHERE at < %s", [oldest])


def _days_before(cursor: Any) -> date | None:
    cursor.execute("SELECT days_before FROM devices_horizon")
    row = cursor.fetchone()
    return row[0] if row else None


def _make_days() -> None:
    """Days of the district of which every hour is packed."""
    before = _horizon()
    if before is None:
        return
    with connection.cursor() as cursor:
        made_before = _days_before(cursor)
        cursor.execute("SELECT min(hour) FROM devices_pack" if made_before is None else "SELECT NULL")
        first = cursor.fetchone()[0]
    if made_before is None:
        made_before = localdate(first) if first else localdate(before)
    while midnight(made_before + timedelta(days=1)) <= before:
        _make_whole_day(made_before)
        made_before += timedelta(days=1)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE devices_horizon SET days_before = %s", [made_before])


def _make_whole_day(day: date) -> None:
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    after = LOWEST
    while after < HIGHEST:
        with connection.cursor() as cursor:
            table = (
                f"(SELECT person_id, code FROM devices_pack WHERE hour >= '{begins}' AND hour < '{ends}') p"
            )
            until = _nth_person(cursor, table, after, PERSONS_AT_ONCE * 24)
        _make_day(day, "person_id > %(after)s AND person_id <= %(until)s", {"after": after, "until": until})
        after = until


def _make_day(day: date, which: str, values: dict[str, Any]) -> None:
    begins, ends = midnight(day), midnight(day + timedelta(days=1))
    partitions.ensure_for(DAY, [datetime(day.year, day.month, day.day, 12, tzinfo=begins.tzinfo)])
    with connection.cursor() as cursor:
        cursor.execute(MADE.format(which=which), {"day": day, "begins": begins, "ends": ends, **values})


def make_room(now: datetime) -> None:
    """Partitions for what comes next; and those go whose time is over."""
    partitions.ahead(READING, now, 6)
    for table in (PACK, POSITION, SIGNAL):
        partitions.ahead(table, now, 24)
    for table in TABLES:
        for name in partitions.detached(table):
            partitions.drop(table, name)
    on = localdate(now)
    kept = {PACK: "keep_packs_days", POSITION: "keep_positions_days", SIGNAL: "keep_signals_days"}
    for table, key in kept.items():
        partitions.drop_before(table, now - timedelta(days=number(key, now)))
    partitions.drop_before(DAY, midnight(on.replace(year=on.year - number("keep_days_years", now), day=1)))
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM devices_rejected WHERE last_at < %s",
            [now - timedelta(days=number("keep_rejected_days", now))],
        )
    aside.forget_aside(now - timedelta(days=number("keep_rejected_days", now)))


def hours_behind(now: datetime) -> int:
    """Hours that should be packed and are not."""
    due = READING.begins(now - timedelta(hours=number("hot_hours", now)))
    return sum(READING.ends(READING.start_of(name)) <= due for name in partitions.existing(READING))


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_packing_behind(*, by: Actor, at: datetime, hours: int) -> None:
    """Somebody must look at the machine before its disk is full."""
    record("readings.packing_fell_behind", by=by, at=at, hours=hours)
