"""Pages of readings as a browser asks for them: whole, over HTTP, with all that they say beside the readings."""

from __future__ import annotations

import http.client
import time
from datetime import timedelta
from statistics import quantiles
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bench.build import told
from bench.devices import ground
from bench.devices.city import HOME, PERSON, residents
from bench.devices.listening import session
from bench.devices.running import running
from bench.place import server_alone

if TYPE_CHECKING:
    from bench.devices.live import Live

TIMES, FEWEST, LONGEST = 100, 20, 30.0
LONG_WORN, YEARS = 2, 10  # persons with a reading a minute for ten years, and as many quantities
MINUTES_KEPT = 400  # days of which the policy keeps single readings; days before that
HOURS = """
INSERT INTO devices_pack (person_id, hour, device_no, code, count, min, mean, max, last, offsets, values)
SELECT p.id, %(until)s - h * interval '1 hour', p.n, c.code, 60, c.low, c.low + 6 + sin(h / 24.0 + p.n), c.low + 14, c.low + 7,
    ARRAY(SELECT m * 60000 + p.n %% 1000 FROM generate_series(0, 59) m),
    ARRAY(SELECT c.low + (h * 7 + m * m) %% 14 FROM generate_series(0, 59) m)
FROM generate_series(1, %(hours)s) h
CROSS JOIN (SELECT n, {person} AS id FROM generate_series(1, %(people)s) n) p
CROSS JOIN (VALUES {codes}) c (code, low)
ORDER BY p.id, c.code, h DESC ON CONFLICT DO NOTHING
"""
DAYS = """
INSERT INTO devices_day (person_id, day, count, code, min, mean, max, last)
SELECT p.id, %(until)s::date - d, 1440, c.code, c.low, c.low + 6 + sin(d / 30.0), c.low + 14, c.low + 7
FROM generate_series(1, %(days)s) d
CROSS JOIN (SELECT n, {person} AS id FROM generate_series(1, %(people)s) n) p
CROSS JOIN (VALUES {codes}) c (code, low) ON CONFLICT DO NOTHING
"""
HOT = """
INSERT INTO devices_reading (person_id, at, device_no, value, code, marks)
SELECT p.id, %(now)s - m * interval '1 minute', p.n, c.low + (m + p.n) %% 12, c.code, 0
FROM generate_series(1, 119) m
CROSS JOIN (SELECT n, {person} AS id FROM generate_series(1, %(people)s) n) p
CROSS JOIN (VALUES {codes}) c (code, low) WHERE %(now)s - m * interval '1 minute' >= %(until)s ON CONFLICT DO NOTHING
"""
FEW = "(1::smallint, 64), (2::smallint, 86)"
SHOWN = "(1::smallint, 64), (2::smallint, 86), (3::smallint, 11), (4::smallint, 112), (5::smallint, 66), (7::smallint, 36)"


def measure(found: Live, name: str, people: int) -> None:
    """Two persons with a reading a minute for ten years; three hundred residents with six quantities for a day."""
    told("pages: ten years of minutes, a unit of residents", 0, 1)
    with server_alone(name):
        _fill(people)
        ground.hang_up()
    with running(name) as platform:
        persons = [_id(number) for number in range(1, LONG_WORN + 1)]
        pages = {
            f"readings of a person, {YEARS} years of minutes": [f"/people/{one}/readings/" for one in persons]
        }
        for span in ("hour", "day", "month", "year", "decade"):
            pages[f"chart of such a person, {span}"] = [
                f"/people/{one}/readings/HEART_RATE/?span={span}" for one in persons
            ]
        pages[f"wall of {residents(people)} residents"] = [f"/wall/?unit={HOME}"]
        cookie = session()
        for nth, (what, paths) in enumerate(pages.items()):
            told(f"page: {what}", nth, len(pages))
            found.sights[what] = _asked(platform.port, paths, cookie)


def _fill(people: int) -> None:
    from django.db import connection

    from yiyang.devices.commands import partitions
    from yiyang.kernel.time import now

    at = now()
    ground.clear(at)
    until = (at - timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)
    days = [until - timedelta(days=one) for one in range(MINUTES_KEPT + 2)]
    partitions.ensure_for(partitions.PACK, days)
    partitions.ensure_for(
        partitions.DAY, [until - timedelta(days=one) for one in range(0, YEARS * 366 + 31, 15)]
    )
    partitions.ensure_for(partitions.READING, [at - timedelta(hours=one) for one in range(4)])
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '256MB'")
        long: dict[str, Any] = {
            "until": until,
            "now": at,
            "people": LONG_WORN,
            "hours": MINUTES_KEPT * 24,
            "days": YEARS * 365,
        }
        unit: dict[str, Any] = {
            "until": until,
            "now": at,
            "people": residents(people),
            "hours": 48,
            "days": 400,
        }
        for values, codes in ((long, FEW), (unit, SHOWN)):
            for statement in (HOURS, DAYS, HOT):
                cursor.execute(statement.format(person=PERSON, codes=codes), values)
        cursor.execute("INSERT INTO devices_horizon (packed_before) VALUES (%s)", [until])
        cursor.execute("UPDATE devices_horizon SET days_before = %s", [until.date()])
        for table in ("devices_pack", "devices_day", "devices_reading"):
            cursor.execute(f"ANALYZE {table}")
        cursor.execute("RESET work_mem; RESET statement_timeout")
    ground.all_heard()


def _id(number: int) -> UUID:
    return UUID(ground.one(f"SELECT ({PERSON})::text FROM (SELECT %s::int AS n) p", [number]))


def _asked(port: int, paths: list[str], cookie: str) -> dict[str, Any]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    taken: list[float] = []
    size, until = 0, time.monotonic() + LONGEST
    for nth in range(TIMES + 8):  # each of the processes has its caches
        began = time.perf_counter()
        if len(taken) >= FEWEST and time.monotonic() > until:
            break
        line.request("GET", paths[nth % len(paths)], headers={"Cookie": cookie, "Accept-Language": "zh-CN"})
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{paths[nth % len(paths)]}: {answer.status}")
        if nth >= 8:
            taken.append((time.perf_counter() - began) * 1000)
            size = max(size, len(body))
    cuts = quantiles(taken, n=20)
    return {"p50": round(cuts[9], 1), "p95": round(cuts[18], 1), "bytes": size, "times": len(taken)}
