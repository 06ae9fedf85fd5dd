"""Readings of a person over time, from where they lie: single ones, late ones, packed hours, days.

The caller has authorised: these functions take ids of persons, all ids of a merged person together
(`yiyang.people.queries`), and tell what was measured.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.timezone import get_default_timezone, localdate

from yiyang.devices import wire
from yiyang.devices.queries.consents import may_show
from yiyang.devices.rules.buckets import HOUR, Series, bucketed, empty, joined, resolution
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.time import midnight

DAY_S = 86_400
VITALS = [BY_NAME[name].no for name in (
    "HEART_RATE", "OXYGEN", "BREATHING", "SYSTOLIC", "DIASTOLIC", "MEAN_PRESSURE", "TEMPERATURE", "GLUCOSE"
)]  # fmt: skip
PACKED = """
SELECT hour, offsets, values, marks, device_no, devices FROM devices_pack
WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND hour >= %(since)s AND hour < %(until)s ORDER BY hour
"""
SINGLE = """
SELECT array_agg(at ORDER BY at), array_agg(value ORDER BY at), array_agg(marks ORDER BY at), array_agg(device_no ORDER BY at)
FROM (
    SELECT at, value, marks, device_no FROM devices_reading
    WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND at >= %(since)s AND at < %(until)s
    UNION ALL
    SELECT at, value, marks, device_no FROM devices_late
    WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND at >= %(since)s AND at < %(until)s
) r
"""
HOURS = """
SELECT array_agg(hour ORDER BY hour), array_agg(count ORDER BY hour), array_agg(min ORDER BY hour),
    array_agg(mean ORDER BY hour), array_agg(max ORDER BY hour), array_agg(last ORDER BY hour)
FROM devices_pack WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND hour >= %(since)s AND hour < %(until)s
AND count > 0
"""
DAYS = """
SELECT array_agg(day ORDER BY day), array_agg(count ORDER BY day), array_agg(min ORDER BY day),
    array_agg(mean ORDER BY day), array_agg(max ORDER BY day), array_agg(last ORDER BY day)
FROM devices_day WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND day >= %(since)s AND day < %(until)s
AND count > 0
"""


@dataclass(frozen=True, slots=True)
class Raw:
    """Single readings in order of time; `at` in µs since 1970."""

    at: Any
    value: Any
    marks: Any
    device_no: Any


NOTHING = Raw(np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(0, np.int16), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Latest:
    at: datetime
    value: float
    marks: int
    device_no: int


def readings(person_ids: Collection[UUID], code_no: int, since: datetime, until: datetime) -> Raw:
    """Every reading between two instants, each once. The one that was packed stands before one that came late."""
    if not may_show(person_ids, code_no):
        return NOTHING
    values = {"persons": list(person_ids), "code": code_no, "since": since, "until": until}
    parts: list[tuple[Any, ...]] = []
    with wire.cursor() as cursor:
        hours = values | {"since": _hour(since)}
        cursor.execute(PACKED, hours)
        for hour, offsets, value, marks, device_no, devices in cursor.fetchall():
            at = wire.received(wire.INT4, offsets).astype(np.int64) * 1000 + _micro(hour)
            size = len(at)
            told = wire.received(wire.INT2, marks) if marks else np.zeros(size, np.int16)
            by = wire.received(wire.INT8, devices) if devices else np.full(size, device_no, np.int64)
            parts.append((at, wire.received(wire.FLOAT4, value), told, by))
        cursor.execute(SINGLE, values)
        row = cursor.fetchone()
    assert row
    kinds = (wire.INSTANTS, wire.FLOAT4, wire.INT2, wire.INT8)
    single = [wire.received(kind, data) for kind, data in zip(kinds, row, strict=True)]
    parts.append((single[0] + wire.EPOCH, *single[1:]))
    at, value, told, by = (np.concatenate(column) for column in zip(*parts, strict=True))
    at, first = np.unique(at, return_index=True)
    inside = (at >= _micro(since)) & (at < _micro(until))
    return Raw(at[inside], *(column[first][inside] for column in (value, told, by)))


def series(
    person_ids: Collection[UUID], code_no: int, since: datetime, until: datetime, step: int | None = None
) -> Series:
    """As fine as a chart of that span can show: single readings, minutes, hours or days."""
    chosen = resolution(until - since) if step is None else step
    if not may_show(person_ids, code_no):
        return empty(chosen)
    if chosen == DAY_S:
        return _days(person_ids, code_no, since, until)
    if chosen == HOUR:
        return _hours(person_ids, code_no, since, until)
    raw = readings(person_ids, code_no, since, until)
    found = bucketed(raw.at, raw.value, raw.marks, chosen)
    return replace(found, device_no=raw.device_no) if found.step is None else found


def _hours(person_ids: Collection[UUID], code_no: int, since: datetime, until: datetime) -> Series:
    """Packed hours as they are; those that are open, or wait for what came late, are counted from their readings."""
    values = {"persons": list(person_ids), "code": code_no, "since": _hour(since), "until": until}
    with wire.cursor() as cursor:
        cursor.execute(HOURS, values)
        packed = _rolled(cursor.fetchone(), wire.INSTANTS, HOUR)
        cursor.execute(SINGLE, values)
        row = cursor.fetchone()
    single = wire.received(wire.INSTANTS, row[0] if row else None) + wire.EPOCH
    open_hours = np.unique(single // (HOUR * 1_000_000)) * HOUR * 1_000_000
    if not len(open_hours):
        return packed
    own = [
        bucketed(raw.at, raw.value, raw.marks, HOUR)
        for begin, end in _runs(open_hours)
        for raw in [readings(person_ids, code_no, begin, end)]
    ]
    return joined([packed.without(open_hours), *own], HOUR)


def _runs(hours: Any) -> list[tuple[datetime, datetime]]:
    """Hours that follow each other are read at once."""
    apart = np.nonzero(np.diff(hours) > HOUR * 1_000_000)[0] + 1
    return [(_at(int(part[0])), _at(int(part[-1])) + timedelta(hours=1)) for part in np.split(hours, apart)]


def _days(person_ids: Collection[UUID], code_no: int, since: datetime, until: datetime) -> Series:
    """Days that are made; then the last ones from their hours."""
    with wire.cursor() as cursor:
        cursor.execute("SELECT days_before FROM devices_horizon")
        row = cursor.fetchone()
        made_before: date = (row[0] if row else None) or date.min
        last = min(made_before, localdate(until) + timedelta(days=1))
        values = {"persons": list(person_ids), "code": code_no, "since": localdate(since), "until": last}
        cursor.execute(DAYS, values)
        made = _rolled(cursor.fetchone(), wire.DATES, DAY_S)
    begin = max(since, midnight(made_before)) if made_before > date.min else since
    if begin >= until:
        return made
    hours = _hours(person_ids, code_no, begin, until)
    return joined([made, hours.by_day(get_default_timezone())], DAY_S)


def _rolled(row: Sequence[Any] | None, kind: tuple[int, int, str], step: int) -> Series:
    assert row
    at = wire.received(kind, row[0])
    if not len(at):
        return empty(step)
    if kind is wire.DATES:
        zone = get_default_timezone()
        begin = date(2000, 1, 1)
        starts = [datetime.combine(begin + timedelta(days=int(one)), datetime.min.time(), zone) for one in at]
        micros = np.array([_micro(one) for one in starts], np.int64)
    else:
        micros = at + wire.EPOCH
    count = wire.received(wire.INT4, row[1])
    low, mean, high, last = (wire.received(wire.FLOAT4, part) for part in row[2:])
    return joined([Series(step, micros, mean, low, high, count, last, np.zeros(0, np.int16))], step)


LATEST = """
SELECT k.person_id, k.code, r.at, r.value, r.marks, r.device_no
FROM (SELECT p AS person_id, c AS code FROM unnest(%(persons)s::uuid[]) p CROSS JOIN unnest(%(codes)s::smallint[]) c) k
CROSS JOIN LATERAL (
    SELECT at, value, marks, device_no FROM (
        (SELECT at, value, marks, device_no FROM devices_reading h
         WHERE h.person_id = k.person_id AND h.code = k.code AND at > %(since)s AND at <= %(until)s AND marks & 18 = 0
         ORDER BY at DESC LIMIT 1)
        UNION ALL
        (SELECT at, value, marks, device_no FROM devices_late l
         WHERE l.person_id = k.person_id AND l.code = k.code AND at > %(since)s AND at <= %(until)s AND marks & 18 = 0
         ORDER BY at DESC LIMIT 1)
        {packed}
    ) u ORDER BY at DESC LIMIT 1
) r
"""
FROM_PACKS = """
        UNION ALL
        (SELECT hour + offsets[cardinality(offsets)] * interval '1 millisecond', last, 0::smallint, device_no FROM devices_pack a
         WHERE a.person_id = k.person_id AND a.code = k.code AND hour > %(packed_since)s AND hour <= %(until)s
         AND count > 0 ORDER BY hour DESC LIMIT 1)
"""


def latest(
    person_ids: Collection[UUID], at: datetime, within: timedelta, codes: Collection[int] | None = None
) -> dict[tuple[UUID, int], Latest]:
    """The newest true reading of each quantity of each person that is not older than `within`: one statement.

    Without `codes` the vital signs. Each person and quantity is a look-up in each partition: ask for what is shown.
    """
    asked = VITALS if codes is None else list(codes)
    with wire.cursor() as cursor:
        cursor.execute("SELECT packed_before FROM devices_horizon")
        row = cursor.fetchone()
        old = row is not None and at - within < row[0]
        values = {"persons": list(person_ids), "codes": asked, "since": at - within, "until": at}
        values["packed_since"] = at - within - timedelta(hours=1)  # an expression would keep every partition
        cursor.execute(LATEST.format(packed=FROM_PACKS if old else "").encode(), values)
        found = cursor.fetchall()
    return {
        (person, code): Latest(when.astimezone(UTC), value, marks, no)
        for person, code, when, value, marks, no in found
        if when > at - within
    }


DAYS_TOLD = """
SELECT person_id, day FROM devices_day
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND day >= %(first)s AND day <= %(last)s AND count > 0
UNION
SELECT person_id, (at AT TIME ZONE %(zone)s)::date FROM devices_late
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND at >= %(since)s AND at < %(until)s
UNION
SELECT person_id, (at AT TIME ZONE %(zone)s)::date FROM devices_reading
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND at >= %(since)s AND at < %(until)s
UNION
SELECT person_id, (hour AT TIME ZONE %(zone)s)::date FROM devices_pack
WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND hour >= %(unrolled)s AND hour < %(until)s
"""
UNROLLED = timedelta(days=3)  # packed hours whose day may not have been made yet


def days_with(
    person_ids: Collection[UUID], codes: Collection[int], since: datetime, until: datetime, now: datetime
) -> list[date]:
    """The days, as people count them here, on which something of these quantities was measured."""
    return sorted(set().union(*days_told(person_ids, codes, since, until, now).values()))


def days_told(
    person_ids: Collection[UUID], codes: Collection[int], since: datetime, until: datetime, now: datetime
) -> dict[UUID, set[date]]:
    """The same by person, of whoever told any."""
    found: dict[UUID, set[date]] = {}
    asked = {
        "persons": list(person_ids), "codes": list(codes), "since": since, "until": until,
        "first": localdate(since), "last": localdate(until), "zone": str(get_default_timezone()),
        "unrolled": max(since, now - UNROLLED),
    }  # fmt: skip
    with wire.cursor() as cursor:
        cursor.execute(DAYS_TOLD, asked)
        for person_id, day in cursor.fetchall():
            found.setdefault(person_id, set()).add(day)
    return found


POSITIONS = """
SELECT array_agg(at ORDER BY at), array_agg(lat ORDER BY at), array_agg(lon ORDER BY at), array_agg(coalesce(accuracy, -1) ORDER BY at)
FROM devices_position WHERE person_id = ANY(%(persons)s) AND at >= %(since)s AND at < %(until)s AND EXISTS (
    SELECT 1 FROM devices_deviceconsent
    WHERE person_id = ANY(%(persons)s) AND what = 'LOCATION' AND withdrawn_at IS NULL)
"""


def positions(person_ids: Collection[UUID], since: datetime, until: datetime) -> tuple[Any, Any, Any, Any]:
    """µs since 1970, latitude, longitude (WGS-84), accuracy in metres (-1: not told); nothing once the consent to it
    is withdrawn. `person_ids` are those of one person."""
    with wire.cursor() as cursor:
        cursor.execute(POSITIONS, {"persons": list(person_ids), "since": since, "until": until})
        row = cursor.fetchone()
    assert row
    at, lat, lon = (
        wire.received(kind, part)
        for kind, part in zip((wire.INSTANTS, wire.FLOAT8, wire.FLOAT8), row[:3], strict=True)
    )
    return at + wire.EPOCH, lat, lon, wire.received(wire.FLOAT4, row[3])


@dataclass(frozen=True, slots=True)
class Episode:
    at: datetime
    code: str
    rate: float
    unit: str
    device_no: int
    samples: Any  # in `unit`


def signals(person_ids: Collection[UUID], since: datetime, until: datetime, most: int = 20) -> list[Episode]:
    """Episodes of raw signal, the newest first."""
    with wire.cursor() as cursor:
        cursor.execute(
            "SELECT at, code, rate, unit, device_no, scale, floating, samples FROM devices_signal"
            " WHERE person_id = ANY(%s) AND at >= %s AND at < %s ORDER BY at DESC LIMIT %s",
            [list(person_ids), since, until, most],
        )
        rows = cursor.fetchall()
    return [
        Episode(at, code, rate, unit, no, np.frombuffer(samples, "<f4" if floating else "<i2") * scale)
        for at, code, rate, unit, no, scale, floating, samples in rows
    ]


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _micro(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _at(micro: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)


__all__ = ["Episode", "Latest", "Raw", "Series", "latest", "positions", "readings", "series", "signals"]
