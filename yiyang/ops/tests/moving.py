"""Moving people over HTTP, as a client should: the same Idempotency-Key until an answer comes."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from yiyang.ops.tests.conftest import ROOT

GIVE_UP_AFTER = 180.0
NURSE, DOCTOR, OFFICE = "care_home_nurse", "ward_doctor", "admission_office"


@dataclass
class Driver:
    """`answers` keeps every answer that came, good or bad: (status, seconds)."""

    port: int
    district: dict[str, Any]
    acknowledged: set[tuple[str, str]] = field(default_factory=set)
    answers: list[tuple[int, float]] = field(default_factory=list)
    asked_again: int = 0

    def post(self, role: str, path: str, body: dict[str, Any], key: str = "") -> dict[str, Any]:
        """Until it is done. Whoever kills processes lets a client wait; a wrong request is never asked again."""
        until, key = time.monotonic() + GIVE_UP_AFTER, key or str(uuid4())
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                status, answer = self.once(role, path, body, key)
                if status < 300:
                    return dict(answer)
                assert status >= 500 or status in (409, 429), (path, status, answer)
            self.asked_again += 1
            time.sleep(0.2 + random.random() / 5)
        raise AssertionError(f"no answer to {path}")

    def once(self, role: str, path: str, body: dict[str, Any], key: str = "") -> tuple[int, Any]:
        began = time.monotonic()
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        headers = {
            "Authorization": f"Bearer {self.district['tokens'][role]}",
            "Content-Type": "application/json",
            "Idempotency-Key": key or str(uuid4()),
        }
        connection.request("POST", f"/api{path}", json.dumps(body), headers)
        reply = connection.getresponse()
        text = reply.read()
        self.answers.append((reply.status, time.monotonic() - began))
        return reply.status, json.loads(text) if text.startswith((b"{", b"[")) else text

    def step(self, role: str, path: str, verb: str, body: dict[str, Any], transfer: str) -> dict[str, Any]:
        answer = self.post(role, path, body)
        self.acknowledged.add((transfer, verb))
        return answer

    def request(self, person: str) -> str:
        asked = {
            "person": person, "trigger": "HEALTH_WORSENED", "urgency": "URGENT", "target_kind": "HOSPITAL",
            "reason": "fever",
        }  # fmt: skip
        made = str(self.post(NURSE, "/transfers", asked)["id"])
        self.acknowledged.add((made, "request"))
        return made

    def offer(self, person: str) -> tuple[str, dict[str, Any]]:
        """As far as the hospital's turn. Returns the transfer and the offer."""
        made = self.request(person)
        path = f"/transfers/{made}"
        said = {"outcome": "AGREED", "by_whom": "PERSON", "name": "x", "how": "IN_PERSON"}
        self.step(NURSE, f"{path}/evaluate", "evaluate", {"outcome": "FIT", "statement": "seen"}, made)
        self.step(NURSE, f"{path}/agree", "agree", said, made)
        sent = self.step(NURSE, f"{path}/offer", "offer", {"units": [self.district["hospital"]]}, made)
        return made, sent["offers"][0]

    def move(self, person: str) -> None:
        """From the request to the arrival."""
        made, offer = self.offer(person)
        path = f"/transfers/{made}"
        self.step(DOCTOR, f"/offers/{offer['id']}/accept", "accept", {"doctor": "Dr Chen"}, made)
        self.step(OFFICE, f"{path}/allocate", "allocate", {}, made)
        self.step(NURSE, f"{path}/hand-over", "hand_over", {"condition": "awake"}, made)
        self.step(NURSE, f"{path}/depart", "depart", {}, made)
        self.step(OFFICE, f"{path}/arrive", "arrive", {}, made)


class Inside:
    """The installation's own code, started once and asked often: `ask("owed")["owed"]`."""

    def __init__(self, environment: dict[str, str]) -> None:
        own = {"DJANGO_SETTINGS_MODULE": "yiyang.project.settings", "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yiyang.ops.tests.district"],
            cwd=ROOT,
            env=environment | own,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *words: str) -> dict[str, Any]:
        assert self.process.stdin and self.process.stdout
        print(*words, file=self.process.stdin, flush=True)
        for line in self.process.stdout:
            if line.startswith("{"):
                return dict(json.loads(line))
        raise AssertionError(f"{words}: it ended with {self.process.wait()}")

    def __enter__(self) -> Inside:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
