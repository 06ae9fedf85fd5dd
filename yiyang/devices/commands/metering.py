"""How much each device has sent within this minute: who floods is told so, and the others go on.

Counted in the memory of each process: what it costs is one look into an array, and a device that sends through two
processes may send twice as much.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Any

import numpy as np

PLACES = 2**20  # two devices that share one count together: a city's devices are few enough


class Meter:
    def __init__(self) -> None:
        self.minute = 0
        self.sent = np.zeros(PLACES, np.int64)
        self.lock = threading.Lock()

    def beyond(self, no: Any, size: Any, now: datetime, most: int) -> Any:
        """Of these packs (number of the device, how much is in it) those with which a device sends too much."""
        with self.lock:
            self._turn(now)
            return (no >= 0) & (self.sent[no % PLACES] + size > most)

    def add(self, no: Any, size: Any, now: datetime) -> None:
        """What was taken, or would have been, had it not been sent before."""
        with self.lock:
            self._turn(now)
            np.add.at(self.sent, no[no >= 0] % PLACES, size[no >= 0])

    def _turn(self, now: datetime) -> None:
        minute = int(now.timestamp()) // 60
        if minute != self.minute:
            self.minute = minute
            self.sent.fill(0)
