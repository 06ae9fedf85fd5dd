"""Partitions of the tables of readings: made ahead by the clock, or at the first row that finds none; dropped whole.

A new one is made beside its table and then attached: `CREATE TABLE … PARTITION OF` would wait for, and hold up,
everybody who writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

PARTITIONS = 7_301  # advisory lock: one makes them at a time


@dataclass(frozen=True)
class Table:
    """One partition holds `span`: an hour, a day or a month of UTC."""

    name: str
    by: str
    span: str
    fillfactor: int = 100

    def begins(self, at: datetime) -> datetime:
        at = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        if self.span == "hour":
            return at
        at = at.replace(hour=0)
        return at if self.span == "day" else at.replace(day=1)

    def ends(self, start: datetime) -> datetime:
        if self.span == "hour":
            return start + timedelta(hours=1)
        if self.span == "day":
            return start + timedelta(days=1)
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)

    def partition(self, start: datetime) -> str:
        shape = {"hour": "%Y%m%d%H", "day": "%Y%m%d", "month": "%Y%m"}[self.span]
        return f"{self.name}_{start.strftime(shape)}"

    def start_of(self, partition: str) -> datetime:
        digits = partition.removeprefix(f"{self.name}_")
        shape = {"hour": "%Y%m%d%H", "day": "%Y%m%d", "month": "%Y%m"}[self.span]
        return datetime.strptime(digits, shape).replace(tzinfo=UTC)


READING = Table("devices_reading", "at", "hour")
PACK = Table("devices_pack", "hour", "day")
DAY = Table("devices_day", "day", "month", 90)
POSITION = Table("devices_position", "at", "day")
SIGNAL = Table("devices_signal", "at", "day")
TABLES = (READING, PACK, DAY, POSITION, SIGNAL)


def existing(table: Table) -> list[str]:
    """The partitions of a table, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY 1",
            [table.name],
        )
        return [row[0] for row in cursor.fetchall()]


def ensure_for(table: Table, instants: Iterable[datetime]) -> int:
    """Make the partitions in which these instants lie, where there are none. How many were made."""
    starts = {table.begins(at) for at in instants}
    missing = sorted(starts - {table.start_of(name) for name in existing(table)})
    for start in missing:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PARTITIONS])
            name = table.partition(start)
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is not None:
                continue  # another process was faster
            bounds = _bounds(table, start)
            cursor.execute(
                f"CREATE TABLE {name} (LIKE {table.name} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
                f" WITH (fillfactor = {table.fillfactor});"
                f"ALTER TABLE {name} ADD CONSTRAINT {name}_in CHECK ({table.by} >= {bounds[0]} AND {table.by} < {bounds[1]});"
                f"ALTER TABLE {table.name} ATTACH PARTITION {name} FOR VALUES FROM ({bounds[0]}) TO ({bounds[1]});"
                f"ALTER TABLE {name} DROP CONSTRAINT {name}_in"
            )
    return len(missing)


def _bounds(table: Table, start: datetime) -> tuple[str, str]:
    shape = "%Y-%m-%d" if table is DAY else "%Y-%m-%d %H:%M+00"
    return f"'{start.strftime(shape)}'", f"'{table.ends(start).strftime(shape)}'"


def ahead(table: Table, at: datetime, hours: int) -> int:
    """The partition of now and those of the next hours."""
    return ensure_for(table, [at + timedelta(hours=number) for number in range(-1, hours + 1)])


def drop_before(table: Table, before: datetime) -> list[str]:
    """Partitions that end before that instant go, without holding up who writes or reads others."""
    gone = []
    for name in existing(table):
        if table.ends(table.start_of(name)) > before:
            continue
        drop(table, name)
        gone.append(name)
    return gone


def drop(table: Table, name: str) -> None:
    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute(f"DROP TABLE {name}")
            return
        cursor.execute("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = %s::regclass", [name])
        pending = cursor.fetchone()
        if pending is not None:
            way = "FINALIZE" if pending[0] else "CONCURRENTLY"
            cursor.execute(f"ALTER TABLE {table.name} DETACH PARTITION {name} {way}")
        cursor.execute(f"DROP TABLE {name}")


def detached(table: Table) -> list[str]:
    """Partitions that were detached, and whose process was killed before it dropped them."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"SELECT relname FROM pg_class c WHERE relkind = 'r' AND relname ~ %s"
            " AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = c.oid)",
            [f"^{table.name}_[0-9]+$"],
        )
        return [row[0] for row in cursor.fetchall()]


def day_of(at: datetime) -> date:
    return at.astimezone(UTC).date()
