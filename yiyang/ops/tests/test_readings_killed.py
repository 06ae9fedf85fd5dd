"""Kill -9 of ingest, MQTT listener and PostgreSQL while devices send: every acknowledged reading is there, once."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from yiyang.ops.postgres import Server
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.sending import Senders, build
from yiyang.ops.tests.test_faults import process_environment

SECONDS = float(os.environ.get("YIYANG_PROOF_READINGS", "0"))
VICTIMS = ("gateways.mqtt", "gateways.ingest", "bin/postgres")
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


def test_every_acknowledged_reading_is_stored_once(
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
    with psycopg.connect(Server(migrated.data).url) as connection:
        rows = connection.execute(
            "SELECT device_no, round(extract(epoch FROM at) * 1000)::int8, count(*) FROM devices_reading GROUP BY 1, 2"
        ).fetchall()
    kept = {(no, ms) for no, ms, _ in rows}
    print(  # noqa: T201
        f"{len(senders.acknowledged)} acknowledged, {len(kept)} stored, {len(killed)} kills, "
        f"{senders.sent_again} times sent again"
    )
    assert len(set(killed)) == len(VICTIMS)
    assert all(count == 1 for _, _, count in rows)
    assert senders.acknowledged and senders.acknowledged <= kept


def _answers(migrated: Any) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(Server(migrated.data).url, connect_timeout=3).close()
        return True
    return False
