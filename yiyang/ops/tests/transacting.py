"""Transactions of /fhir, sent while processes are killed: each is there whole or not at all."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import suppress
from typing import Any

from yiyang.ops.tests.moving import NURSE

ENTRIES = 20
SYSTEM = "https://example.org/bundles"


class Transactions:
    """Sent one after the other until stopped, none of them twice. `acknowledged`: whether the answer came."""

    def __init__(self, port: int, district: dict[str, Any]) -> None:
        self.port, self.token, self.persons = port, district["tokens"][NURSE], district["persons"]
        self.acknowledged: dict[str, bool] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._send_all, daemon=True)

    def __enter__(self) -> Transactions:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(60)

    def _send_all(self) -> None:
        while not self._stop.wait(1.0):
            name = f"b{len(self.acknowledged)}"
            self.acknowledged[name] = False
            with suppress(OSError, http.client.HTTPException):
                status, _answer = self._ask("POST", "", self._bundle(name))
                self.acknowledged[name] = status == 200

    def kept(self, name: str) -> int:
        """How many of its entries are found; asked again while the pages come up."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError, http.client.HTTPException):
                status, answer = self._ask("GET", f"/Observation?_tag={SYSTEM}%7C{name}&_summary=count")
                if status == 200:
                    return int(answer["total"])
            time.sleep(0.2)
        raise AssertionError("no answer")

    def _ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=30)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/fhir+json"}
        connection.request(method, f"/fhir{path}", json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())

    def _bundle(self, name: str) -> dict[str, Any]:
        person = self.persons[len(self.acknowledged) % len(self.persons)]
        one = {
            "resourceType": "Observation",
            "meta": {"tag": [{"system": SYSTEM, "code": name}]},
            "status": "final",
            "code": {"text": "脉搏"},
            "subject": {"reference": f"Patient/{person}"},
        }
        entry = {"resource": one, "request": {"method": "POST", "url": "Observation"}}
        return {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * ENTRIES}
