"""The officer on duty: a line of live events and the list of alarms, as the page of alarms keeps them."""

from __future__ import annotations

import http.client
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bench.devices.city import OFFICER

AT_ONCE, GATHER = 0.05, 0.15  # the page looks at once, but when it has just looked (kernel/frontend/live.js)


@dataclass
class Heard:
    """When (ns of the monotonic clock) each alarm's event came, and when the list that names it had come."""

    event: dict[str, int] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    breaks: int = 0
    looks: int = 0


class Officer:
    def __init__(self, port: int) -> None:
        self.port, self.heard = port, Heard()
        self.cookie = session()
        self.ended = threading.Event()
        self.asked = threading.Event()
        self.threads = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._look, daemon=True),
        ]
        self.ready = threading.Event()
        self.line: http.client.HTTPConnection | None = None

    def __enter__(self) -> Officer:
        for one in self.threads:
            one.start()
        if not self.ready.wait(60):
            raise RuntimeError("The line of live events does not open.")
        return self

    def __exit__(self, *_: Any) -> None:
        self.ended.set()
        self.asked.set()
        if self.line is not None and self.line.sock is not None:
            with suppress(OSError):
                self.line.sock.shutdown(2)
        for one in self.threads:
            one.join(10)

    def _listen(self) -> None:
        after = ""
        while not self.ended.is_set():
            with suppress(OSError, http.client.HTTPException):
                after = self._hear(after)
            if not self.ended.is_set():
                self.heard.breaks += 1
                time.sleep(0.5)

    def _hear(self, after: str) -> str:
        self.line = http.client.HTTPConnection("127.0.0.1", self.port + 1, timeout=60)
        path = "/events?at-once=1" + (f"&after={after}" if after else "")
        self.line.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/event-stream"})
        answer = self.line.getresponse()
        if answer.status != 200:
            raise OSError(answer.status)
        self.ready.set()
        while line := answer.readline():
            if line.startswith(b"id: "):
                after = line[4:].strip().decode()
            elif line.startswith(b"data: "):
                told = json.loads(line[6:])
                if told["name"].startswith("alarm."):
                    if told["name"] == "alarm.raised":
                        self.heard.event.setdefault(told["subject_id"], time.monotonic_ns())
                    self.asked.set()
        return after

    def _look(self) -> None:
        """As the page does: a moment after an event, the list anew."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        looked = 0.0
        while not self.ended.is_set():
            self.asked.wait()
            if self.ended.is_set():
                return
            time.sleep(AT_ONCE if time.monotonic() - looked > 2 * GATHER else GATHER)
            self.asked.clear()
            looked = time.monotonic()
            waiting = [one for one in list(self.heard.event) if one not in self.heard.shown]
            try:
                line.request("GET", "/alarms/open/", headers={"Cookie": self.cookie, "HX-Request": "true"})
                answer = line.getresponse()
                body = answer.read().decode()
            except (OSError, http.client.HTTPException):
                line.close()
                continue
            at = time.monotonic_ns()
            self.heard.looks += 1
            if answer.status != 200:
                raise RuntimeError(f"/alarms/open/: {answer.status}")
            for alarm in waiting:
                if alarm in body:
                    self.heard.shown[alarm] = at


def session() -> str:
    """The officer's cookie, as signing in would leave it."""
    from django.conf import settings
    from django.test import Client

    from yiyang.access.models import Account

    client = Client(headers={"Host": "127.0.0.1"})
    client.force_login(Account.objects.get(login=OFFICER))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
