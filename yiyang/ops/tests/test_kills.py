"""Kill -9 of web, worker and PostgreSQL while people are being moved and records sent: what was acknowledged is
there, once, and of a transaction all or nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from yiyang.ops.tests.conftest import Installation, Operator
from yiyang.ops.tests.moving import Driver, Inside
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.test_faults import ends_in_order, process_environment
from yiyang.ops.tests.transacting import ENTRIES, Transactions

pytestmark = pytest.mark.proof
NUMBER = int(os.environ.get("YIYANG_PROOF_TRANSFERS", "1000" if os.environ.get("YIYANG_PROOF") else "12"))
VICTIMS = ("--interface wsgi", "procrastinate", "bin/postgres")
STEPS_BETWEEN_KILLS = int(os.environ.get("YIYANG_PROOF_STEPS_BETWEEN_KILLS", "25"))


def kill_one_after_another(
    running: subprocess.Popen[str], driver: Driver, stop: threading.Event, killed: list[str]
) -> None:
    """A process that the supervisor has started, by its number; the next when the work has gone on again."""
    done = 0
    while not stop.wait(0.2):
        if len(driver.acknowledged) < done + STEPS_BETWEEN_KILLS:
            continue
        done = len(driver.acknowledged)
        victim = VICTIMS[len(killed) % len(VICTIMS)]
        with suppress(StopIteration, ProcessLookupError):
            os.kill(child(running, victim), signal.SIGKILL)
            killed.append(victim)
            if len(killed) % 10 == 0:
                print(f"{done} steps acknowledged, {len(killed)} kills", flush=True)  # noqa: T201


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    running: subprocess.Popen[str], migrated: Operator, port: int
) -> None:
    assert eventually(lambda: any("procrastinate" in command for command in children(running).values()))
    with Inside(process_environment(child(running, "procrastinate"))) as ask:
        driver = Driver(port, ask("build", str(NUMBER)))
        began = time.monotonic()
        with Transactions(port, driver.district) as transactions:
            killed = move_amid_kills(running, driver)
        moved_in = time.monotonic() - began
        found = once_reacted(driver, ask)
    print(  # noqa: T201
        f"{NUMBER} transfers, {len(driver.acknowledged)} steps, {len(killed)} kills, {driver.asked_again} requests asked "
        f"again, {found['done']} reactions, {moved_in:.0f} s, the last reaction {time.monotonic() - began:.0f} s"
    )
    kept = {name: transactions.kept(name) for name in transactions.acknowledged}
    assert set(kept.values()) <= {0, ENTRIES}
    answered = {name for name, whether in transactions.acknowledged.items() if whether}
    assert answered and all(kept[name] == ENTRIES for name in answered)
    print(f"{len(kept)} transactions, {len(answered)} acknowledged, {sum(map(bool, kept.values()))} kept")  # noqa: T201
    # What went through all of this ends as well as any other.
    ends_in_order(Installation(migrated, port, running), signal.SIGTERM)


def move_amid_kills(running: subprocess.Popen[str], driver: Driver) -> list[str]:
    """Everybody arrives. Returns what was killed meanwhile."""
    stop = threading.Event()
    killed: list[str] = []
    killer = threading.Thread(
        target=kill_one_after_another, args=(running, driver, stop, killed), daemon=True
    )
    killer.start()
    try:
        with ThreadPoolExecutor(6) as clients:
            list(clients.map(driver.move, driver.district["persons"]))
    finally:
        stop.set()
        killer.join(30)

    assert len(set(killed)) == len(VICTIMS), killed
    return killed


def once_reacted(driver: Driver, ask: Inside) -> dict[str, Any]:
    """What is there when no reaction is owed any more: every acknowledged step, none twice, and nothing broken."""
    patience = 180 + NUMBER  # seconds: the worker was away a good part of the time
    assert eventually(lambda: ask("owed")["owed"] == 0, patience, pause=0.5), "still owed"
    found = ask("count")
    assert driver.acknowledged <= {(who, verb) for who, verb in found["steps"]}
    assert (found["twice"], found["done_twice"], found["faults"]) == ([], 0, [])
    assert found["states"] == {"COMPLETED": NUMBER}
    assert (found["promises"], found["seals"]) == ([], "")
    return found
