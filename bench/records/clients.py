"""Clients that keep their connection and send one request after the other, in threads."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench import machine

Headers = dict[str, str]


class Client:
    """One connection. `taken` are the seconds of each request."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self.line = http.client.HTTPConnection(host, port, timeout=120)
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/fhir+json"}
        self.taken: list[float] = []

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, Headers, bytes]:
        told = self.headers | headers | ({"Content-Type": "application/fhir+json"} if body else {})
        began = time.perf_counter()
        self.line.request(method, path, body, told)
        answer = self.line.getresponse()
        read = answer.read()
        self.taken.append(time.perf_counter() - began)
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path[:100]}: {answer.status} {read[:300].decode()}")
        return answer.status, dict(answer.getheaders()), read


@dataclass
class Spent:
    """Seconds of the clock, and of CPU of the processes whose work it is."""

    seconds: float = 0.0
    cpu: float = 0.0
    each: dict[int, float] = field(default_factory=dict)


@contextmanager
def spending(*pids: int) -> Iterator[Spent]:
    spent = Spent()
    before = {pid: machine.cpu_seconds(pid) for pid in pids}
    began = time.perf_counter()
    yield spent
    spent.seconds = time.perf_counter() - began
    spent.each = {pid: machine.cpu_seconds(pid) - before[pid] for pid in pids}
    spent.cpu = sum(spent.each.values())


def at_once(number: int, work: Callable[[int], Any]) -> None:
    """`work(place)` in so many threads; what one of them raises is raised here."""
    failed: list[BaseException] = []

    def run(place: int) -> None:
        try:
            work(place)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
