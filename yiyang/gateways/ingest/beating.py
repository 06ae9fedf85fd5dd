"""The sign of life of a process that takes readings in: as long as what comes is written, every few seconds."""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from socket import gethostname
from typing import IO

from django.db import DatabaseError, connection

from yiyang.devices.commands import beats
from yiyang.devices.rules.ways import Process, Way
from yiyang.gateways.ingest.writer import GONE, Writers
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.ingest")
EVERY = 15.0
STUCK = 20.0  # seconds that one batch is being written: the database stands still


class Number:
    """Which of the processes of a way this one is: the lowest number that no living one holds.

    Granian does not tell its processes which they are. The lock on a file ends with its holder, however that ends.
    """

    def __init__(self, way: Way, of: int, folder: Path) -> None:
        self.way, self.of, self.folder = way, of, folder
        self.held: IO[str] | None = None

    def __call__(self) -> Process | None:
        """None: whom this process replaces is still ending."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for nth in range(1, self.of + 1):
            lock = (self.folder / f"{self.way.lower()}-{nth}.lock").open("a")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self.held = lock
            return Process(self.way, nth, self.of, gethostname())
        return None


class Heart:
    """A thread of its own, with a connection of its own. `which` says what process this is, as soon as it is known."""

    def __init__(self, which: Callable[[], Process | None], writers: Writers, every: float = EVERY) -> None:
        self.which, self.writers, self.every = which, writers, every
        self.process: Process | None = None
        self.begun = False
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """In order: nobody need look for it."""
        self.ended.set()
        self.thread.join(5)

    def _run(self) -> None:
        while True:
            if self.writers.longest() < STUCK:
                self._tried(self._beat)
            if self.ended.wait(self.every):
                break
        if self.process:
            self._tried(partial(beats.rest, self.process))
        connection.close()

    def _beat(self) -> None:
        self.process = self.process or self.which()
        if self.process:
            beats.beat(self.process, at=now(), starts=not self.begun)
            self.begun = True

    def _tried(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (DatabaseError, *GONE) as problem:
            log.warning("no sign of life could be given: %s", type(problem).__name__)
            connection.close()
