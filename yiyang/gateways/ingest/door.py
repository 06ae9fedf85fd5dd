"""Whether a key is known at all, asked before anything that came with it is read.

For those who wait at one moment it is one question to the database. The answer holds for seconds, and only opens
the door: for each batch the writer asks anew, so that a key taken back ends at once.
"""

from __future__ import annotations

import asyncio
import time as stopwatch
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from yiyang.devices.queries.credentials import Known, senders_of
from yiyang.kernel.time import now

HOLDS = 5.0
REMEMBERED = 200_000


class Door:
    def __init__(self) -> None:
        self.known: OrderedDict[str, tuple[float, Known]] = OrderedDict()
        self.asked: dict[str, asyncio.Future[Known | None]] = {}
        self.thread = ThreadPoolExecutor(1, "door")
        self.asking: asyncio.Task[None] | None = None

    async def who(self, secret: str) -> Known | None:
        """Whose key it is; None when it is nobody's. Raises what the database raises when it is away."""
        found = self.known.get(secret)
        if found and stopwatch.monotonic() - found[0] < HOLDS:
            return found[1]
        waiting = self.asked.get(secret)
        if waiting is None:
            waiting = self.asked[secret] = asyncio.get_running_loop().create_future()
            if self.asking is None or self.asking.done():
                self.asking = asyncio.create_task(self._ask())
        return await asyncio.shield(waiting)

    def forget(self, secret: str) -> None:
        self.known.pop(secret, None)

    def close(self) -> None:
        self.thread.submit(lambda: connection.close()).result()
        self.thread.shutdown()

    async def _ask(self) -> None:
        while self.asked:
            asked, self.asked = self.asked, {}
            try:
                found = await asyncio.get_running_loop().run_in_executor(self.thread, _look_up, list(asked))
            except Exception as problem:
                _fail(asked, problem)
                continue
            at = stopwatch.monotonic()
            for secret, waiting in asked.items():
                if known := found.get(secret):
                    self.known[secret] = (at, known)
                    self.known.move_to_end(secret)
                if not waiting.done():
                    waiting.set_result(known)
            while len(self.known) > REMEMBERED:
                self.known.popitem(last=False)


def _fail(asked: dict[str, asyncio.Future[Known | None]], problem: Exception) -> None:
    for waiting in asked.values():
        if not waiting.done():
            waiting.set_exception(problem)


def _look_up(secrets: list[str]) -> dict[str, Known]:
    try:
        return senders_of(secrets, now())
    except Exception:
        connection.close()
        raise
