"""The sign of life of a process that takes readings in: as long as what comes is written, every few seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from django.db import DatabaseError, connection

from yiyang.devices.commands import beats
from yiyang.devices.rules.ways import Way
from yiyang.gateways.ingest.writer import GONE, Writers
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.ingest")
EVERY = 15.0
STUCK = 20.0  # seconds that one batch is being written: the database stands still


class Heart:
    """A thread of its own, with a connection of its own."""

    def __init__(self, way: Way, writers: Writers, every: float = EVERY) -> None:
        self.way, self.writers, self.every = way, writers, every
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """In order: nobody need look for it."""
        self.ended.set()
        self.thread.join(5)

    def _run(self) -> None:
        starts = True
        while True:
            if self.writers.longest() < STUCK and self._tried(partial(self._beat, starts)):
                starts = False
            if self.ended.wait(self.every):
                break
        self._tried(partial(beats.rest, self.way))
        connection.close()

    def _beat(self, starts: bool) -> None:
        beats.beat(self.way, at=now(), starts=starts)

    def _tried(self, work: Callable[[], None]) -> bool:
        try:
            work()
        except (DatabaseError, *GONE) as problem:
            log.warning("no sign of life could be given: %s", type(problem).__name__)
            connection.close()
            return False
        return True
