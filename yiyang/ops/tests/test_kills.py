"""Kill -9 of web, worker and PostgreSQL while people are being moved: what was acknowledged is there, once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from yiyang.ops.tests.conftest import ROOT, Operator
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.test_faults import process_environment

pytestmark = pytest.mark.proof
NUMBER = int(os.environ.get("YIYANG_PROOF_TRANSFERS", "1000" if os.environ.get("YIYANG_PROOF") else "24"))
VICTIMS = ("granian", "procrastinate", "bin/postgres")
STEPS_BETWEEN_KILLS = 25
GIVE_UP_AFTER = 180.0


@dataclass
class Driver:
    """Moves people over HTTP as a client should: the same Idempotency-Key until an answer comes."""

    port: int
    district: dict[str, Any]
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    asked_again: int = 0

    def post(self, role: str, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        until = time.monotonic() + GIVE_UP_AFTER
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
                headers = {
                    "Authorization": f"Bearer {self.district['tokens'][role]}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                }
                connection.request("POST", f"/api{path}", json.dumps(body), headers)
                reply = connection.getresponse()
                text = reply.read()
                if reply.status < 300:
                    return dict(json.loads(text))
                assert reply.status >= 500 or reply.status in (409, 429), (path, reply.status, text[:300])
            self.asked_again += 1
            time.sleep(0.2 + random.random() / 5)
        raise AssertionError(f"no answer to {path}")

    def step(self, role: str, path: str, verb: str, body: dict[str, Any], transfer: str) -> dict[str, Any]:
        answer = self.post(role, path, body, str(uuid4()))
        self.acknowledged.add((transfer, verb))
        return answer

    def move(self, person: str) -> None:
        nurse, doctor, office = "care_home_nurse", "ward_doctor", "admission_office"
        asked = {
            "person": person, "trigger": "HEALTH_WORSENED", "urgency": "URGENT", "target_kind": "HOSPITAL",
            "reason": "fever",
        }  # fmt: skip
        made = self.post(nurse, "/transfers", asked, str(uuid4()))["id"]
        self.acknowledged.add((made, "request"))
        path = f"/transfers/{made}"
        said = {"outcome": "AGREED", "by_whom": "PERSON", "name": "x", "how": "IN_PERSON"}
        self.step(nurse, f"{path}/evaluate", "evaluate", {"outcome": "FIT", "statement": "seen"}, made)
        self.step(nurse, f"{path}/agree", "agree", said, made)
        sent = self.step(nurse, f"{path}/offer", "offer", {"units": [self.district["hospital"]]}, made)
        offer = sent["offers"][0]["id"]
        self.step(doctor, f"/offers/{offer}/accept", "accept", {"doctor": "Dr Chen"}, made)
        self.step(office, f"{path}/allocate", "allocate", {}, made)
        self.step(nurse, f"{path}/hand-over", "hand_over", {"condition": "awake"}, made)
        self.step(nurse, f"{path}/depart", "depart", {}, made)
        self.step(office, f"{path}/arrive", "arrive", {}, made)


def inside(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    answer = subprocess.run(
        [sys.executable, "-m", "yiyang.ops.tests.killed_district", *arguments],
        cwd=ROOT,
        env=environment | {"DJANGO_SETTINGS_MODULE": "yiyang.project.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    return dict(json.loads(answer.stdout.splitlines()[-1]))


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


def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(
    running: subprocess.Popen[str], migrated: Operator, port: int
) -> None:
    assert eventually(lambda: any("procrastinate" in command for command in children(running).values()))
    environment = process_environment(child(running, "procrastinate"))
    driver = Driver(port, inside(environment, "build", str(NUMBER)))
    stop, killed = threading.Event(), []
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
    assert eventually(lambda: inside(environment, "count")["owed"] == 0, 180), "reactions are still owed"
    found = inside(environment, "count")
    assert driver.acknowledged <= {(who, verb) for who, verb in found["steps"]}
    assert (found["twice"], found["done_twice"], found["faults"]) == ([], 0, [])
    assert found["states"] == {"COMPLETED": NUMBER}
    assert (found["promises"], found["seals"]) == ([], "")
    print(f"{NUMBER} transfers, {len(killed)} kills, {driver.asked_again} requests asked again")  # noqa: T201
