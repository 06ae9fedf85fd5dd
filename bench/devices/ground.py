"""The ground on which a run stands: nothing measured before, room for what comes, an hour that waits to be packed."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.devices.city import PERSON

EMPTIED = (
    "devices_reading", "devices_late", "devices_pack", "devices_day", "devices_horizon", "devices_rejected",
    "devices_alarm", "devices_look",
)  # fmt: skip
TRIES = 10
WAITING = """
SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (
    status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))
"""
MATTERS = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('duty_matter', 'access_notice')"
# As in a city that has long been running: all were heard from some minutes ago, so that what they send now is a sign
# of life that has to be written, and nobody is silent.
HEARD = """
UPDATE devices_device SET last_seen_at = now() - CASE WHEN no %% %(of)s = 0 THEN 301 ELSE 1 END * interval '1 second'
"""
GATEWAYS_HEARD = "UPDATE devices_devicegateway SET last_seen_at = now() - interval '60 seconds'"
WAITS = "bench_hour"  # no partition yet: the worker would pack it before the run begins
BACKLOG = f"""
INSERT INTO {WAITS} (person_id, at, device_no, value, code, marks)
SELECT person_id, %(hour)s + minute * interval '1 minute' + (n %% 60000) * interval '1 millisecond', n,
    60 + (n * 7 + minute * 3) %% 30, 1, 0
FROM (
    SELECT {PERSON} AS person_id, n FROM generate_series(1, %(people)s) n ORDER BY 1
) p CROSS JOIN generate_series(0, %(minutes)s - 1) minute ORDER BY person_id, minute
"""


def clear(now: datetime) -> None:
    """All readings and alarms of earlier runs go, and what the worker was asked to do."""
    from django.db import connection

    from yiyang.devices.commands import packing

    with connection.cursor() as cursor:
        cursor.execute(MATTERS)
        matters = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"TRUNCATE {', '.join([*EMPTIED, *matters])} CASCADE")
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
    packing.make_room(now)


def clear_readings() -> None:
    """Between two runs under the same platform."""
    from django.db import OperationalError, connection

    settle()
    for left in reversed(range(TRIES)):
        try:
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE devices_reading, devices_late")
            return
        except OperationalError:  # somebody reads them just now
            if not left:
                raise
            time.sleep(2)


def settle(patience: float = 60.0) -> None:
    """Until no job waits that could begin now."""
    until = time.monotonic() + patience
    while time.monotonic() < until and one(WAITING):
        time.sleep(0.5)


def hang_up() -> None:
    """Before the server ends; the next question opens a new line."""
    from django.db import connection

    connection.close()


def all_heard(of: int = 1) -> None:
    """`of`: every so manieth was last heard from so long ago that a sign of life is due. Who sends a reading a minute
    has it written with each fifth."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(HEARD, {"of": of})
        cursor.execute(GATEWAYS_HEARD)
        cursor.execute("RESET statement_timeout")


def prepare(people: int, readings: int, due_of: int) -> Backlog:
    """Before the platform runs: nothing of earlier runs, an hour to be packed, and everybody heard from just now."""
    from yiyang.kernel.time import now

    clear(now())
    found = backlog(people, readings, now())
    all_heard(due_of)
    with_nothing_to_write()
    return found


def with_nothing_to_write() -> None:
    """What was prepared is on the disk, so that the run's checkpoints write what the run wrote."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM (ANALYZE) devices_device")
        cursor.execute("RESET statement_timeout")


@dataclass
class Backlog:
    """An hour that has closed and is not packed: as many readings as come in while it is."""

    hour: datetime
    readings: int


def backlog(people: int, readings: int, now: datetime) -> Backlog:
    """The hour that is due for packing, filled with one reading a minute of as many persons as it takes."""
    from django.db import connection

    from yiyang.devices.commands.intake import number
    from yiyang.devices.commands.partitions import READING

    hot = timedelta(hours=number("hot_hours", now))
    hour = (now - hot).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    minutes = max(1, min(60, -(-readings // people)))
    persons = min(people, max(1, readings // minutes))
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '256MB'")
        cursor.execute(f"DROP TABLE IF EXISTS {WAITS}; DROP TABLE IF EXISTS {READING.partition(hour)}")
        cursor.execute(f"CREATE TABLE {WAITS} (LIKE devices_reading INCLUDING ALL)")
        cursor.execute(BACKLOG, {"hour": hour, "people": persons, "minutes": minutes})
        made = cursor.rowcount
        cursor.execute(
            f"ALTER TABLE {WAITS} ADD CONSTRAINT {WAITS}_in CHECK (at >= '{hour}' AND at < '{READING.ends(hour)}')"
        )
        cursor.execute("RESET work_mem; RESET statement_timeout")
    return Backlog(hour, made)


def let_it_be_packed(waiting: Backlog) -> None:
    """The hour becomes a partition like any other that has closed."""
    from django.db import connection, transaction

    from yiyang.devices.commands.partitions import READING

    name = READING.partition(waiting.hour)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {WAITS} RENAME TO {name}")
        cursor.execute(
            f"ALTER TABLE devices_reading ATTACH PARTITION {name}"
            f" FOR VALUES FROM ('{waiting.hour}') TO ('{READING.ends(waiting.hour)}')"
        )
        cursor.execute(f"ALTER TABLE {name} DROP CONSTRAINT {WAITS}_in")


def partitions_now() -> set[str]:
    from yiyang.devices.commands import partitions

    return set(partitions.existing(partitions.READING))


def one(statement: str, values: Any = None) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return row[0] if row else None


def checkpoints() -> tuple[int, int]:
    """How many the server has begun, asked for by time or by what was written; and how many it has ended."""
    from django.db import connection

    if connection.pg_version >= 180000:  # type: ignore[attr-defined]
        asked = "num_timed + num_requested, num_done FROM pg_stat_checkpointer"
    elif connection.pg_version >= 170000:  # type: ignore[attr-defined]
        asked = "num_timed + num_requested, num_timed + num_requested FROM pg_stat_checkpointer"
    else:
        asked = (
            "checkpoints_timed + checkpoints_req, checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter"
        )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}")
        begun, ended = cursor.fetchone()
    return int(begun), int(ended)


def wal_bytes() -> int:
    return int(one("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"))
