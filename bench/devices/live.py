"""Everything that is measured through the running platform, part by part; each part is written down when it ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.build import told
from bench.devices import ground
from bench.devices.measure import durable
from bench.devices.running import Running, running
from bench.devices.stream import SHAPES, Streamed, Turn, as_json, stream
from bench.place import FOLDER, ROOT, server_alone

FETCHED = ROOT / ".cache" / "mosquitto"  # by tools/set-up --dev
GROWTH, STEPS, STEP_SECONDS = 1.2, 9, 30.0
FEWER_FALLS = 0.3  # whom nobody takes in a bench are told again and again
HEARD_AGAIN = 4  # steps, so that nobody falls silent
NEARLY, BEHIND_SECONDS = 0.98, 1.0
LONG = 300.0  # seconds: such a run takes in what the worker does every ten minutes
ENTERED_EVERY, BEGIN_AT = 10, (6, 7, 8)  # minutes


@dataclass
class Wanted:
    """What was asked for on the command line."""

    people: int
    ways: tuple[str, ...] = ("http", "mqtt", "single")
    minutes: float = 5.0
    rate: float = 31_000
    single_rate: float = 3_000
    falls: float = 1.0
    steps: bool = True
    sights: bool = True
    seed: int = 1
    readings_workers: str = ""

    def rate_of(self, way: str) -> float:
        return self.single_rate if SHAPES[way].of_device == 1 else self.rate


@dataclass
class Live:
    streams: list[Streamed] = field(default_factory=list)
    highest: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    sights: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)


def measure(name: str, wanted: Wanted) -> Live:
    """Each way in an installation that was started anew, so that no run inherits another's memory."""
    found = Live()
    turn = Turn(wanted.people, FOLDER / name)
    (turn.folder / "log").mkdir(parents=True, exist_ok=True)
    for way in wanted.ways:
        _part(found, name, way, lambda way=way: _way(found, name, way, wanted, turn))  # type: ignore[misc]
    if wanted.sights:
        from bench.devices import sights

        _part(found, name, "pages", lambda: sights.measure(found, name, wanted.people))
    return found


def _part(found: Live, name: str, what: str, do: Callable[[], None]) -> None:
    """What goes wrong in one part is told, and the others are measured all the same."""
    began = time.monotonic()
    try:
        do()
    except Exception as problem:
        found.wrong[what] = f"{type(problem).__name__}: {problem}"[:1500]
        traceback.print_exc()
    finally:
        ground.hang_up()
        write(found, name)
        told(f"{what}: {time.monotonic() - began:.0f} s", 1, 1)


def _way(found: Live, name: str, way: str, wanted: Wanted, turn: Turn) -> None:
    shape, rate, seconds = SHAPES[way], wanted.rate_of(way), wanted.minutes * 60
    told(f"{way}: the ground", 0, 1)
    with server_alone(name):
        waiting = ground.prepare(wanted.people, int(rate * seconds), shape.due_of)
        ground.hang_up()
    with ExitStack() as stack:
        port, variables = stack.enter_context(_broker(name)) if way == "broker" else (0, {})
        platform = stack.enter_context(running(name, **variables, **_workers(wanted)))
        durable()
        given: dict[str, Any] = {"falls": wanted.falls, "seed": wanted.seed, "port": port}
        _wait_for_the_tenth_minute(seconds)
        one = stream(
            platform, shape, turn, rate=rate, seconds=seconds, waiting=waiting, wait_packed=60, **given
        )
        found.streams.append(one)
        write(found, name)
        if wanted.steps:
            found.highest[way] = []
            for step in _steps(
                platform, shape, turn, rate, one, given | {"falls": wanted.falls * FEWER_FALLS}
            ):
                found.highest[way].append(step)
                write(found, name)


def _wait_for_the_tenth_minute(seconds: float) -> None:
    """All who wear something are entered then to be looked at, in a new city everybody at once: within the run."""
    while seconds >= LONG and datetime.now(UTC).minute % ENTERED_EVERY not in BEGIN_AT:
        time.sleep(1)


def _workers(wanted: Wanted) -> dict[str, str]:
    return {"YIYANG_READINGS_WORKERS": wanted.readings_workers} if wanted.readings_workers else {}


def _steps(
    platform: Running, shape: Any, turn: Turn, rate: float, first: Streamed, given: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Up from what was sustained, or down from what was not, until it is known where it ends."""
    up = kept_up(first)
    now = rate * GROWTH if up else min(rate, first.sustained)
    for nth in range(STEPS):
        ground.clear_readings()
        if nth % HEARD_AGAIN == 0:
            ground.all_heard(shape.due_of)
        one = stream(
            platform, shape, turn, rate=now, seconds=STEP_SECONDS, across_an_hour=False, marks=False, **given
        )
        good = kept_up(one)
        yield {
            "rate": round(now), "acknowledged": round(one.sustained), "kept_up": good, "lost": one.lost,
            "wait_ms": one.load["wait_ms"], "late_ms": one.load["late_ms"], "cpu": one.cpu,
            "generator_cpu": one.generator_cpu, "falls": one.falls,
        }  # fmt: skip
        if good != up:
            return
        now = now * GROWTH if up else now / GROWTH


def kept_up(one: Streamed) -> bool:
    """What was due was acknowledged while it was sent, but for what was under way in the last moment."""
    load = one.load
    readings = load["due"] - load["acknowledged_in_time"]
    behind = readings / max(one.rate, 1)
    return (
        not one.lost
        and one.settled_in < BEHIND_SECONDS * 3
        and (load["acknowledged_in_time"] >= NEARLY * load["due"] or behind < BEHIND_SECONDS)
    )


def write(found: Live, name: str) -> Path:
    """After each part, so that what comes later cannot take it away."""
    whole = {
        "streams": [as_json(one) for one in found.streams],
        "highest": found.highest,
        "pages": found.sights,
        "wrong": found.wrong,
    }
    path = FOLDER / name / "result-live.json"
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1, default=str))
    return path


@contextmanager
def _broker(name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Mosquitto with queues that are large enough, and the variables under which we read from it."""
    from bench.devices.city import UNITS, key_of
    from bench.devices.running import free_ports

    places = ("mosquitto", "/usr/sbin/mosquitto", f"{FETCHED}/usr/sbin/mosquitto")
    program = next(filter(None, map(shutil.which, places)), None)
    if program is None:
        raise RuntimeError("no mosquitto on this machine: not measured")
    port, folder = free_ports(), FOLDER / name
    settings = folder / "mosquitto.conf"
    settings.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 4000\nmax_queued_messages 0\n"
        "persistence false\n"
    )
    log = (folder / "log" / "mosquitto.log").open("w")
    libraries = {"LD_LIBRARY_PATH": ":".join(map(str, FETCHED.glob("**/lib/*-linux-*")))}
    process = subprocess.Popen(
        [program, "-c", str(settings)], cwd=ROOT, stdout=log, stderr=log, env=os.environ | libraries
    )
    try:
        url = f"mqtt://127.0.0.1:{port}"
        yield port, {"YIYANG_MQTT_BROKER": url, "YIYANG_MQTT_BROKER_KEY": key_of(UNITS + 1)}
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()
        log.close()
