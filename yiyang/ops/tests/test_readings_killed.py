"""Kill -9 of ingest, MQTT listener, worker and PostgreSQL while devices send: every acknowledged reading is there, once;
every fall has its alarm, one for a person, and somebody is called once; and who stays away is alarmed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from yiyang.ops.postgres import Server
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.sending import Senders, build
from yiyang.ops.tests.test_faults import process_environment

SECONDS = float(os.environ.get("YIYANG_PROOF_READINGS", "0"))
VICTIMS = ("gateways.mqtt", "gateways.ingest", "procrastinate", "bin/postgres")
PULSE, FALL = 1, 101
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not SECONDS, reason="YIYANG_PROOF_READINGS says for how many seconds"),
]


def kill_in_turn(running: subprocess.Popen[str], stop: threading.Event, killed: list[str]) -> None:
    """The next when all work again; the supervisor lets who died often wait ever longer."""
    until = time.monotonic() + SECONDS
    while not stop.wait(3) and time.monotonic() < until:
        with suppress(StopIteration, ProcessLookupError):
            victims = [child(running, one) for one in VICTIMS]
            os.kill(victims[len(killed) % len(VICTIMS)], signal.SIGKILL)
            killed.append(VICTIMS[len(killed) % len(VICTIMS)])


def test_every_acknowledged_reading_is_stored_once_and_every_fall_calls_once(
    running: subprocess.Popen[str], migrated: Any, port: int
) -> None:
    assert eventually(lambda: all(any(v in c for c in children(running).values()) for v in VICTIMS))
    senders = Senders(port, build(process_environment(child(running, "procrastinate")), 20), SECONDS)
    stop, killed = threading.Event(), []  # type: ignore[var-annotated]
    killer = threading.Thread(target=kill_in_turn, args=(running, stop, killed), daemon=True)

    killer.start()
    try:
        senders.run()
    finally:
        stop.set()
        killer.join(10)

    assert eventually(lambda: _answers(migrated))
    kept = Counter(_rows(migrated, STORED, PULSE))
    fell = Counter(no for no, _ms in _rows(migrated, STORED, FALL))
    assert senders.falls <= set(_rows(migrated, STORED, FALL))
    print(  # noqa: T201
        f"{len(senders.acknowledged)} acknowledged, {len(kept)} stored, {len(killed)} kills, "
        f"{senders.sent_again} times sent again, {fell.total()} falls of {len(fell)} persons"
    )
    assert len(set(killed)) == len(VICTIMS)
    assert set(kept.values()) == {1}
    assert senders.acknowledged and senders.acknowledged <= set(kept)
    # One alarm for a person, which knows of each fall once.
    alarms = _rows(migrated, ALARMS)
    assert dict(alarms) == fell and len(alarms) == len(fell)
    # Whoever answers is called once for each, however often the worker was killed.
    assert eventually(lambda: [one for (one,) in _rows(migrated, CALLED)] == [1] * len(fell), 120, pause=1)
    who_stays_away_is_alarmed(running, migrated)


STORED = """
SELECT device_no, round(extract(epoch FROM at) * 1000)::int8 FROM devices_reading WHERE code = %s
"""
ALARMS = """
SELECT d.no, a.times FROM devices_alarm a JOIN devices_loan l USING (person_id) JOIN devices_device d ON d.id = l.device_id
WHERE a.cause = 'FALL'
"""
CALLED = """
SELECT count(m.id) FROM devices_alarm a LEFT JOIN duty_matter m ON m.subject_id = a.id WHERE a.cause = 'FALL' GROUP BY a.id
"""
DOWN = "SELECT cleared_at IS NULL FROM devices_alarm WHERE cause = 'INTAKE_DOWN' AND split_part(about, '@', 1) = 'MQTT'"


def who_stays_away_is_alarmed(running: subprocess.Popen[str], migrated: Any) -> None:
    """It is killed whenever it comes back, until somebody is told; then it is left in peace."""

    def told_while_it_is_killed() -> bool:
        with suppress(StopIteration, ProcessLookupError):
            os.kill(child(running, "gateways.mqtt"), signal.SIGKILL)
        return (True,) in _rows(migrated, DOWN)

    began = time.monotonic()
    assert eventually(told_while_it_is_killed, 180, pause=0.2)
    print(f"alarmed {time.monotonic() - began:.0f} s after the MQTT listener had gone")  # noqa: T201
    assert eventually(lambda: (False,) in _rows(migrated, DOWN), 120, pause=1)


def _rows(migrated: Any, statement: str, *asked: Any) -> list[Any]:
    with psycopg.connect(Server(migrated.data).url) as connection:
        return connection.execute(statement.encode(), asked).fetchall()


def _answers(migrated: Any) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(Server(migrated.data).url, connect_timeout=3).close()
        return True
    return False
