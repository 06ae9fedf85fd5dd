"""The figures of readings: intake against bare COPY in turns, packing, bytes, charts."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from typing import Any

import numpy as np

from bench import machine
from bench.build import told
from bench.devices import ground
from bench.devices.city import DUE, HOME, UNIT, units, urn

AT_ONCE = 5_000  # readings of one transaction, as the gateways collect them
PACKED = 400_000  # readings a second, so many lie there to be packed beside
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
PULSE, OXYGEN = 1, 2
MINUTE_US = 60_000_000


@dataclass
class Intake:
    """One way of sending: so many readings of one device together."""

    together: int
    packing: bool = False  # an hour is packed beside it all the time
    readings: int = 0
    seconds: float = 0.0
    python: float = 0.0  # CPU
    postgres: float = 0.0
    copied: int = 0
    copy_seconds: float = 0.0
    copy_cpu: float = 0.0

    @property
    def rate(self) -> float:
        return self.readings / self.seconds

    @property
    def copy_rate(self) -> float:
        return self.copied / self.copy_seconds

    @property
    def share(self) -> float:
        return self.rate / self.copy_rate


@dataclass
class Measured:
    people: int
    load: float
    intakes: list[Intake] = field(default_factory=list)
    packing_rate: float = 0.0  # readings a second
    packing_cpu: float = 0.0  # µs of PostgreSQL a reading
    pack_bytes: float = 0.0
    day_bytes: float = 0.0
    hot_bytes: float = 0.0
    year_tb: float = 0.0
    charts: dict[str, float] = field(default_factory=dict)  # p95 in ms
    disturbed: float = 0.0


def measure(people: int, postgres: int, seconds: float) -> Measured:
    durable()
    found = Measured(people, machine.load())
    asking = Asking(people, postgres, seconds)
    for done, step in enumerate((asking.intake, asking.packing, asking.charts)):
        told(step.__name__, done, 3)
        step(found)
    return found


def durable() -> None:
    """A rate that a power cut would undo is none."""
    from django.db import connection

    with connection.cursor() as cursor:
        for name in DURABLE:
            cursor.execute(f"SHOW {name}")
            if (value := cursor.fetchone()[0]) == "off":
                raise SystemExit(f"{name} is {value}: these figures would be worth nothing.")


class Asking:
    def __init__(self, people: int, postgres: int, seconds: float) -> None:
        from yiyang.devices.packs import Sender
        from yiyang.kernel.ids import new_id
        from yiyang.kernel.time import now

        self.people, self.postgres, self.seconds = people, postgres, seconds
        self.now = now()
        self.hour = self.now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        self.gateway = Sender(new_id(), gateway_id=new_id(), unit_ids=frozenset({UNIT, HOME, *units()}))
        self.turn = np.zeros(0, np.int64)
        self.next, self.lap = 0, 0
        self._empty()
        _execute("SET statement_timeout = 0; " + EVERY_DUE)

    def _empty(self) -> None:
        from django.db import connection

        from yiyang.devices.commands import packing

        tables = "devices_reading, devices_late, devices_pack, devices_day, devices_horizon, devices_rejected"
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables}")
        packing.make_room(self.now)

    def wearers(self, number: int) -> Any:
        """The next persons of the city, each once until all have had their turn."""
        if self.next + number > len(self.turn):
            self.next, self.lap = 0, self.lap + 1
        found = self.turn[self.next : self.next + number]
        self.next += number
        return found

    def packs(self, together: int) -> list[Any]:
        from yiyang.devices.packs import Pack

        # Who sends twenty at once is heard from every twenty minutes: each time its sign of life is written.
        wearers = self.wearers(AT_ONCE // together).tolist()
        chance = np.random.default_rng(self.next + self.lap)
        begins = round(self.hour.timestamp()) * 1_000_000 + self.lap * together * MINUTE_US // 2
        values = chance.normal(74, 7, AT_ONCE).clip(55, 105).round().tolist()
        out = []
        for place, number in enumerate(wearers):
            at = [begins + (nth // 2) * MINUTE_US + number % 60_000 * 1000 for nth in range(together)]
            code = [PULSE if nth % 2 == 0 else OXYGEN for nth in range(together)]
            value = values[place * together : (place + 1) * together]
            value = [v if c == PULSE else 97.0 for v, c in zip(value, code, strict=True)]
            out.append((self.gateway, Pack(urn(number), at, code, value, [0] * together)))
        return out

    def intake(self, found: Measured) -> None:
        """Each way in turns with bare COPY of as many rows into the same table."""
        for together, packing in ((20, False), (20, True), (1, False)):
            self._empty()
            self.next, self.lap = 0, 0
            some = np.arange(1, self.people + 1) if together == 1 else np.arange(DUE, self.people + 1, DUE)
            self.turn = np.random.default_rng(7).permutation(some)
            one = Intake(together, packing)
            self._turn(Intake(together), 5)
            with self._packed_beside() if packing else nullcontext(lambda: True) as goes_on:
                until = time.monotonic() + self.seconds
                while time.monotonic() < until and (goes_on() or not one.readings):
                    self._turn(one, 20)
            found.intakes.append(one)
        self._empty()

    @contextmanager
    def _packed_beside(self) -> Iterator[Callable[[], bool]]:
        """An hour that waits is packed by another connection; whether that still goes on."""
        from django.db import connection

        from yiyang.devices.commands import packing

        waiting = ground.backlog(self.people, int(self.seconds * PACKED), self.now)
        ground.let_it_be_packed(waiting)

        def pack() -> None:
            try:
                packing.pack(self.now)
            finally:
                connection.close()

        thread = threading.Thread(target=pack)
        thread.start()
        try:
            yield thread.is_alive
        finally:
            thread.join()

    def _turn(self, one: Intake, batches: int) -> None:
        from yiyang.devices.commands.intake import take_in

        made = [self.packs(one.together) for _ in range(batches)]
        cpu, began, own = machine.cpu_seconds(self.postgres), time.perf_counter(), time.process_time()
        for entries in made:
            stored = sum(taken.stored for taken in take_in(entries, now=self.now))
            if stored != AT_ONCE:
                raise RuntimeError(f"{stored} of {AT_ONCE} readings were stored")
        one.seconds += time.perf_counter() - began
        one.python += time.process_time() - own
        one.postgres += machine.cpu_seconds(self.postgres) - cpu
        one.readings += batches * AT_ONCE
        rows = [self._rows(self.packs(one.together)) for _ in range(batches)]
        cpu, began = machine.cpu_seconds(self.postgres), time.perf_counter()
        for data in rows:
            self._copy(data)
        one.copy_seconds += time.perf_counter() - began
        one.copy_cpu += machine.cpu_seconds(self.postgres) - cpu
        one.copied += batches * AT_ONCE

    def _rows(self, entries: list[Any]) -> bytes:
        """The rows of such packs as binary COPY takes them, sorted by their key."""
        from hashlib import md5

        kind = [("n", ">i2"), ("l0", ">i4"), ("person", "S16"), ("l1", ">i4"), ("at", ">i8"), ("l2", ">i4"), ("no", ">i8"),
                ("l3", ">i4"), ("value", ">f4"), ("l4", ">i4"), ("code", ">i2"), ("l5", ">i4"), ("marks", ">i2")]  # fmt: skip
        rows = []
        for _sender, pack in entries:
            number = int(pack.urn[12:], 16)
            person = md5(f"p{number}".encode()).digest()
            rows += [
                (6, 16, person, 8, at - 946_684_800_000_000, 8, number, 4, value, 2, code, 2, 0)
                for at, code, value in zip(pack.at, pack.code, pack.value, strict=True)
            ]
        rows.sort(key=lambda row: (row[2], row[10], row[4]))
        whole = np.empty(len(rows), np.dtype(kind))
        whole["person"] = [row[2] for row in rows]
        for place, (name, _shape) in enumerate(kind):
            if name != "person":
                whole[name] = [row[place] for row in rows]
        # S16 drops zeros at the end only when it is read: the bytes are whole.
        return b"PGCOPY\n\xff\r\n\0" + bytes(8) + whole.tobytes() + b"\xff\xff"

    def _copy(self, data: bytes) -> None:
        from django.db import connection

        with (
            connection.cursor() as cursor,
            cursor.copy(
                "COPY devices_reading (person_id, at, device_no, value, code, marks) FROM STDIN BINARY"
            ) as copy,
        ):
            copy.write(data)

    def packing(self, found: Measured) -> None:
        """A full hour of some thousand persons, one reading a minute, packed; then the bytes."""
        from django.db import connection

        from yiyang.devices.commands import packing

        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE devices_reading")
            cursor.execute(HOUR_OF_MANY, {"people": min(self.people, 40_000), "hour": self.hour})
            readings = cursor.rowcount
            found.hot_bytes = _size(cursor, "devices_reading") / readings
        cpu, began = machine.cpu_seconds(self.postgres), time.perf_counter()
        later = self.hour + timedelta(hours=4)
        packing.pack(later)
        found.packing_rate = readings / (time.perf_counter() - began)
        found.packing_cpu = (machine.cpu_seconds(self.postgres) - cpu) / readings * 1e6
        with connection.cursor() as cursor:
            found.pack_bytes = _size(cursor, "devices_pack") / readings
            day = self.hour.date()
            packing._make_day(day, "true", {})
            cursor.execute("SELECT count(*) FROM devices_day")
            days = cursor.fetchone()[0]
            found.day_bytes = _size(cursor, "devices_day") / days / 1440
        whole = found.pack_bytes + found.day_bytes
        found.year_tb = whole * 1_850_000 * 1440 * 365 / 1e12

    def charts(self, found: Measured) -> None:
        """Ten years of days of many, a month of hours and a day of readings of some; the latest of a unit's people."""
        from django.db import connection

        from yiyang.devices.commands import partitions
        from yiyang.devices.queries.series import latest, series

        today = self.hour.replace(hour=0)
        partitions.ensure_for(partitions.DAY, [today - timedelta(days=days) for days in range(0, 3660, 15)])
        partitions.ensure_for(partitions.PACK, [today - timedelta(days=days) for days in range(32)])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE devices_horizon SET days_before = %s", [today.date()])
            cursor.execute(TEN_YEARS, {"until": today.date()})
            cursor.execute(MONTH, {"until": today})
            cursor.execute("ANALYZE devices_day")
            cursor.execute("ANALYZE devices_pack")
            cursor.execute("SELECT person_id FROM (SELECT DISTINCT person_id FROM devices_day) d LIMIT 500")
            persons = [row[0] for row in cursor.fetchall()]
        until = self.hour + timedelta(hours=2)
        spans = {"ten years": 3650, "a month": 30, "two days": 2, "a day": 1}
        for name, days in spans.items():
            found.charts[name] = _p95(
                lambda person, d=days: series([person], PULSE, until - timedelta(days=d), until), persons
            )
        unit = [random.Random(number).sample(persons, 300) for number in range(20)]
        found.charts["latest of 300"] = _p95(lambda some: latest(some, until, timedelta(hours=24)), unit)


HOUR_OF_MANY = """
INSERT INTO devices_reading (person_id, at, device_no, value, code, marks)
SELECT md5('p' || n)::uuid, %(hour)s + minute * interval '1 minute' + (n %% 60000) * interval '1 millisecond', n,
    round((72 + 8 * sin(n + minute / 9.0))::numeric), 1, 0
FROM generate_series(0, 59) minute CROSS JOIN generate_series(1, %(people)s) n
"""
TEN_YEARS = """
INSERT INTO devices_day (person_id, day, count, code, min, mean, max, last)
SELECT md5('p' || n)::uuid, %(until)s::date - d, 1440, 1, 52, 71 + sin(d / 30.0) * 4, 120, 70
FROM generate_series(1, 3650) d CROSS JOIN generate_series(1, 500) n ON CONFLICT DO NOTHING
"""
MONTH = """
INSERT INTO devices_pack (person_id, hour, device_no, code, count, min, mean, max, last, offsets, values)
SELECT md5('p' || n)::uuid, %(until)s - h * interval '1 hour', n, 1, 60, 60, 70, 80, 72,
    (SELECT array_agg(m * 60000) FROM generate_series(0, 59) m), (SELECT array_agg(60 + m %% 20) FROM generate_series(0, 59) m)
FROM generate_series(1, 720) h CROSS JOIN generate_series(1, 500) n ON CONFLICT DO NOTHING
"""


# Of every DUE-th device the last sign of life is written anew with what it sends.
EVERY_DUE = f"""
UPDATE devices_device SET last_seen_at = CASE WHEN no % {DUE} = 0 THEN TIMESTAMPTZ '2026-01-01' ELSE TIMESTAMPTZ '2100-01-01' END;
RESET statement_timeout
"""


def _execute(statement: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)


def _size(cursor: Any, table: str) -> int:
    cursor.execute(
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = %s::regclass",
        [table],
    )
    return int(cursor.fetchone()[0])


def _p95(ask: Callable[[Any], Any], whom: list[Any]) -> float:
    taken = []
    for one in (whom * 5)[:100]:
        began = time.perf_counter()
        ask(one)
        taken.append((time.perf_counter() - began) * 1000)
    return quantiles(taken, n=20)[18]


__all__ = ["Intake", "Measured", "measure"]
