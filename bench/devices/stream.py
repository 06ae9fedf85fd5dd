"""One stream of readings through the running platform: rates, delays of alarms, memory, CPU, and whether all is there."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench import machine
from bench.build import told
from bench.devices import ground
from bench.devices.city import FALLERS, HOME, UNITS, key_of, residents
from bench.devices.listening import Officer
from bench.devices.running import Running, spent
from bench.place import FOLDER, ROOT

HOUR, MARK = 3600, 60.0
LATE_MS = 1000  # falls whose event came later are told one by one: [seconds after the first fall, ms]
EVERY_SECOND = 15  # of the marks of memory in a run shorter than two minutes


@dataclass(frozen=True)
class Shape:
    """How readings are sent: a way, so many of a device together, so many in one request or message."""

    name: str
    way: str
    of_device: int
    in_message: int
    connections: int
    what: str

    @property
    def due_of(self) -> int:
        """Every so manieth device owes a sign of life: who sends one by one owes it with each fifth reading."""
        return 4 if self.of_device == 1 else 1


SHAPES = {
    "http": Shape("http", "http", 20, 20, 640, "POST /ingest, 20 readings of a device in each request"),
    "city-http": Shape("city-http", "http", 5, 20, 640, "POST /ingest, 20 readings in each request: 5 of each of 4 devices"),
    "packs": Shape("packs", "http", 20, 500, 64, "POST /ingest, 25 devices in each request, 20 readings of each"),
    "mqtt": Shape("mqtt", "mqtt", 20, 20, 40, "MQTT QoS 1, 20 readings of a device in each message"),
    "city": Shape("city", "mqtt", 5, 20, 40, "MQTT QoS 1, 20 readings in each message: 5 of each of 4 devices"),
    "single": Shape("single", "mqtt", 1, 1, 40, "MQTT QoS 1, one reading in each message"),
    "broker": Shape("broker", "broker", 1, 1, 8, "one reading in each message, through Mosquitto"),
}  # fmt: skip


@dataclass
class Streamed:
    """What one run has shown."""

    shape: str
    what: str
    rate: float
    seconds: float
    people: int
    load: dict[str, Any] = field(default_factory=dict)  # the generator's own account
    each_second: list[dict[str, Any]] = field(default_factory=list)
    stored: int = 0
    lost: int = 0  # acknowledged and not stored
    twice: int = 0
    cpu: dict[str, float] = field(default_factory=dict)
    generator_cpu: float = 0.0
    memory: list[dict[str, Any]] = field(default_factory=list)
    checkpoints: tuple[int, int] = (0, 0)  # begun, ended
    wal_bytes: int = 0
    partitions: list[str] = field(default_factory=list)  # in which readings of this run lie
    backlog: int = 0
    packed: int = 0
    packed_in: float = 0.0
    settled_in: float = 0.0  # behind a broker: until all that it acknowledged was stored
    falls: dict[str, Any] = field(default_factory=dict)
    machine_load: float = 0.0
    wrong: str = ""

    @property
    def sustained(self) -> float:
        """Readings a second, acknowledged while it was sending."""
        return float(self.load.get("acknowledged_in_time", 0) / max(self.load.get("seconds", 1), 1e-9))


@dataclass
class Turn:
    """What runs hand on to each other: whose turn it is, and which falls were told."""

    people: int
    folder: Path
    devices: int = 0
    lap: int = 0
    fallers: int = 0


def plan_of(
    shape: Shape, turn: Turn, port: int, rate: float, seconds: float, falls: float, shift: float, seed: int
) -> dict[str, Any]:
    first = residents(turn.people)
    senders = []
    for place in range(UNITS):
        begin = first + 1 + (place - first - 1) % UNITS
        count = max(0, (turn.people - begin) // UNITS + 1)
        key = key_of(place) if shape.way != "broker" else ""  # the broker asks for none
        senders.append(
            {"urn": f"urn:dev:ops:bench-{place}", "key": key, "first": begin, "step": UNITS, "count": count}
        )
    numbers = range(first + 1 + turn.fallers, min(first + FALLERS, turn.people) + 1)
    wanted = int(falls * seconds) + 1
    fallers = [[number % UNITS, number] for number in numbers[:wanted]]
    return {
        "way": shape.way, "host": "127.0.0.1", "port": port, "senders": senders, "rate": rate, "seconds": seconds,
        "of_device": shape.of_device, "in_message": shape.in_message, "connections": shape.connections, "seed": seed,
        "shift": shift, "turn": turn.devices, "lap": turn.lap, "falls": falls, "fallers": fallers,
        "out": str(turn.folder / "log" / f"load-{shape.name}.npz"),
    }  # fmt: skip


def stream(
    platform: Running, shape: Shape, turn: Turn, *, rate: float, seconds: float, falls: float = 1.0, port: int = 0,
    waiting: ground.Backlog | None = None, across_an_hour: bool = True, seed: int = 1, marks: bool = True,
    wait_packed: float = 0.0,
) -> Streamed:  # fmt: skip
    """Send, listen as the officer on duty, count."""
    found = Streamed(shape.name, shape.what, rate, seconds, turn.people, machine_load=machine.load())
    ports = {"http": platform.port + 2, "mqtt": platform.port + 3}
    before = Before.now()
    # The devices' own clocks: behind so far that the middle of the run is a full hour.
    shift = (time.time() + seconds / 2 + 3) % HOUR if across_an_hour else 0.0
    plan = plan_of(shape, turn, port or ports[shape.way], rate, seconds, falls, shift, seed)
    file = turn.folder / "log" / f"plan-{shape.name}.json"
    file.write_text(json.dumps(plan))
    with Officer(platform.port) as officer:
        packing = Packing(waiting) if waiting else None
        _send(platform, file, found, marks)
        if packing:
            found.backlog, found.packed, found.packed_in = packing.ended(wait_packed)
        if shape.way == "broker":
            found.settled_in = _until_handed_over(found.load["acknowledged"])
        time.sleep(3)  # the last alarms reach the officer
    _account(found, turn, plan, before, officer)
    return found


@dataclass
class Before:
    checkpoints: tuple[int, int]
    wal: int
    at: datetime

    @classmethod
    def now(cls) -> Before:
        return cls(ground.checkpoints(), ground.wal_bytes(), datetime.now(UTC))


def _until_handed_over(readings: int, patience: float = 60.0) -> float:
    """A broker acknowledges before anything is stored."""
    began = time.monotonic()
    while (
        ground.one(
            "SELECT count(*) FROM devices_reading WHERE code < 100 AND at > now() - interval '2 hours'"
        )
        < readings
    ):
        if time.monotonic() - began > patience:
            break
        time.sleep(0.5)
    return round(time.monotonic() - began, 1)


def _send(platform: Running, plan: Path, found: Streamed, marks: bool) -> None:
    command = [sys.executable, "-m", "yiyang.demo.devices.load.sending", str(plan)]
    errors = plan.with_suffix(".err").open("w")
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
    before, began = platform.cpu(), time.monotonic()
    own = 0.0
    try:
        assert process.stdout
        next_mark = began
        for line in process.stdout:
            said = json.loads(line)
            if "began" in said:
                # What it took to prepare its messages and to connect is not the sending.
                before, began, own = platform.cpu(), time.monotonic(), machine.cpu_seconds(process.pid)
                next_mark = began
            elif "whole" in said:
                found.load = said["whole"]
            else:
                found.each_second.append(said)
                told(_line(found, said), int(said["at"]), int(found.seconds) + 1)
            if marks and time.monotonic() >= next_mark:
                next_mark += MARK if found.seconds >= 2 * MARK else EVERY_SECOND
                found.memory.append(
                    {
                        "at": round(time.monotonic() - began),
                        **platform.memory(),
                        "generator": _size(process.pid),
                    }
                )
    finally:
        if process.poll() is None and not found.load:
            process.terminate()
        found.cpu = {kind: round(one, 2) for kind, one in spent(before, platform.cpu()).items()}
        process.wait(30)
        errors.close()
    if not found.load:
        raise RuntimeError(f"The generator ended: {plan.with_suffix('.err').read_text()[-1500:]}")
    found.generator_cpu = round(found.load["cpu"] - own, 2)


def _size(pid: int) -> dict[str, float]:
    return {
        "pss": round(machine.memory_mb(pid), 1),
        "rss": round(machine.resident_mb(pid), 1),
        "processes": 1,
    }


def _line(found: Streamed, said: dict[str, Any]) -> str:
    rate = said["acknowledged"] / max(said["at"], 1)
    return (
        f"{found.shape} at {found.rate:,.0f}/s: {rate:,.0f}/s acknowledged, {said['waiting']:,} messages wait"
    )


class Packing:
    """Watches the hour that waits to be packed, and asks the worker for it at once."""

    def __init__(self, waiting: ground.Backlog) -> None:
        self.waiting = waiting
        self.took = 0.0
        self.stop = threading.Event()
        ground.let_it_be_packed(waiting)
        self.began = time.monotonic()
        _ask_for_packing()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def _watch(self) -> None:
        from django.db import connection

        from yiyang.devices.commands.partitions import READING

        name = READING.partition(self.waiting.hour)
        try:
            while not self.stop.wait(1.0):
                if name not in ground.partitions_now():
                    self.took = time.monotonic() - self.began
                    return
        finally:
            connection.close()

    def ended(self, patience: float) -> tuple[int, int, float]:
        """(readings that waited, those of them that are packed, seconds); 0 seconds: it is not done."""
        until = time.monotonic() + patience
        while not self.took and time.monotonic() < until:
            time.sleep(1)
        self.stop.set()
        self.thread.join(10)
        packed = ground.one("SELECT coalesce(sum(cardinality(values)), 0) FROM devices_pack WHERE hour = %s",
                            [self.waiting.hour])  # fmt: skip
        return self.waiting.readings, int(packed), round(self.took, 1)


def _ask_for_packing() -> None:
    """The worker's own clock asks every five minutes; a short run does not wait for it."""
    from procrastinate.exceptions import AlreadyEnqueued

    from yiyang.devices.jobs import pack_readings

    try:
        pack_readings.defer()
    except AlreadyEnqueued:
        return


def _account(found: Streamed, turn: Turn, plan: dict[str, Any], before: Before, officer: Officer) -> None:
    """Against the database: is what was acknowledged there, how often; how soon was each fall seen."""
    begun, ended = (now - then for now, then in zip(ground.checkpoints(), before.checkpoints, strict=True))
    found.checkpoints = (begun, ended)
    found.wal_bytes = ground.wal_bytes() - before.wal
    kept = np.load(plan["out"])
    _compare(found, kept, plan, before)
    found.falls = _falls(kept["falls"], officer)
    found.falls["breaks"] = officer.heard.breaks
    found.partitions = _partitions_since(before.at - timedelta(seconds=plan["shift"]))
    turn.devices += -(-int(found.load["messages"]) * (plan["in_message"] // plan["of_device"]) // UNITS) + 1
    turn.lap += 1
    turn.fallers += len(plan["fallers"])


def _compare(found: Streamed, kept: Any, plan: dict[str, Any], before: Before) -> None:
    """Each device's readings of this run: the tables were empty before it, but for the hour that was packed."""
    people = found.people
    since = before.at - timedelta(seconds=plan["shift"] + plan["of_device"] * 30 + 5)
    until = datetime.now(UTC) - timedelta(seconds=plan["shift"]) + timedelta(seconds=5)
    stored = np.zeros(people + 1, np.int64)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; SET work_mem = '256MB'")
        cursor.execute(
            "SELECT array_agg(device_no), array_agg(n) FROM (SELECT device_no, count(*) AS n FROM devices_reading"
            " WHERE at >= %s AND at < %s AND code < 100 GROUP BY device_no) r",
            [since, until],
        )
        numbers, counts = cursor.fetchone()
        cursor.execute("RESET work_mem; RESET statement_timeout")
    if numbers:
        stored[np.array(numbers)] = counts
    acknowledged = np.bincount(kept["acknowledged"], minlength=people + 1) * plan["of_device"]
    sent = np.bincount(kept["sent"], minlength=people + 1) * plan["of_device"]
    found.stored = int(stored.sum())
    found.lost = int(np.maximum(acknowledged - stored, 0).sum())
    found.twice = int(np.maximum(stored - sent, 0).sum())


def _partitions_since(since: datetime) -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tableoid::regclass::text FROM devices_reading WHERE at >= %s AND code < 100"
            " ORDER BY 1",
            [since],
        )
        return [row[0] for row in cursor.fetchall()]


def _falls(falls: Any, officer: Officer) -> dict[str, Any]:
    """From when the bytes of a fall were sent to when its event, and the list with it, had reached the officer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.no, a.id::text, a.raised_at FROM devices_alarm a JOIN devices_device d ON d.id = a.device_id"
            " WHERE a.cause = 'FALL'"
        )
        alarms = {row[0]: row[1] for row in cursor.fetchall()}
    heard, shown, late, lost = [], [], [], 0
    for number, _due, sent, _acknowledged in falls.tolist():
        alarm = alarms.get(number)
        if alarm is None:
            lost += 1
            continue
        if alarm in officer.heard.event:
            heard.append((officer.heard.event[alarm] - sent) / 1e6)
            if heard[-1] > LATE_MS:
                late.append([round((sent - falls.tolist()[0][2]) / 1e9, 1), round(heard[-1])])
        if alarm in officer.heard.shown:
            shown.append((officer.heard.shown[alarm] - sent) / 1e6)
    return {
        "told": len(falls), "without_alarm": lost, "heard": len(heard), "shown": len(shown),
        "heard_ms": _spread(heard), "shown_ms": _spread(shown), "late": late,
    }  # fmt: skip


def _spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    return {name: round(float(np.percentile(values, point)), 1)
            for name, point in {"p50": 50, "p95": 95, "p99": 99, "max": 100}.items()}  # fmt: skip


def as_json(found: Streamed) -> dict[str, Any]:
    return asdict(found) | {"sustained": found.sustained}


__all__ = ["FOLDER", "HOME", "SHAPES", "Shape", "Streamed", "Turn", "as_json", "stream"]
