"""How long one may take: watched for all of them together by one look a second, where a timer for each request would
cost as much as reading it."""

from __future__ import annotations

import asyncio
import time as stopwatch
from collections.abc import Callable
from typing import Generic, TypeVar

LOOKS = 1.0
One = TypeVar("One")


class Patience(Generic[One]):
    """`over` is called with each that has taken longer than `seconds`."""

    def __init__(self, seconds: float, over: Callable[[One], object]) -> None:
        self.seconds, self.over = seconds, over
        self.until: dict[One, float] = {}  # in the order of their beginning
        self.timer: asyncio.TimerHandle | None = None

    def begin(self, one: One) -> None:
        self.until[one] = stopwatch.monotonic() + self.seconds
        if self.timer is None:
            self._look_later()

    def end(self, one: One) -> None:
        self.until.pop(one, None)

    def _look_later(self) -> None:
        self.timer = asyncio.get_running_loop().call_later(min(LOOKS, self.seconds), self._look)

    def _look(self) -> None:
        at, self.timer = stopwatch.monotonic(), None
        for one, until in list(self.until.items()):
            if until > at:
                break
            del self.until[one]
            self.over(one)
        if self.until:
            self._look_later()
