"""What was sent, what was acknowledged, and how late: for each device, each second, and each fall."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

SECOND = 1_000_000_000


@dataclass(slots=True)
class Message:
    """One message from when it was due until it is acknowledged. `devices`: their numbers (or places)."""

    sender: int
    due: int  # ns of the monotonic clock
    body: bytes
    devices: list[int]
    readings: int
    fall: int = 0
    urn: str = ""
    sent: int = 0


@dataclass
class Account:
    """Everything that one run is judged by. Times are those of the machine's monotonic clock, in ns."""

    made: int = 0
    sent: int = 0
    acknowledged: int = 0  # readings
    refused: int = 0
    again: int = 0
    messages: int = 0
    told_stored: int = 0
    waits: array[float] = field(default_factory=lambda: array("f"))  # ms from sent to acknowledged
    late: array[float] = field(default_factory=lambda: array("f"))  # ms from due to sent
    sent_of: array[int] = field(default_factory=lambda: array("I"))
    acknowledged_of: array[int] = field(default_factory=lambda: array("I"))
    falls: list[tuple[int, int, int, int]] = field(default_factory=list)  # number, due, sent, acknowledged

    def leaves(self, message: Message) -> None:
        """It is written to the socket now."""
        message.sent = time.monotonic_ns()
        if message.fall:
            return
        self.sent += message.readings
        self.messages += 1
        self.late.append((message.sent - message.due) / 1e6)
        self.sent_of.extend(message.devices)

    def is_acknowledged(self, message: Message) -> None:
        at = time.monotonic_ns()
        if message.fall:
            self.falls.append((message.fall, message.due, message.sent, at))
            return
        self.acknowledged += message.readings
        self.waits.append((at - message.sent) / 1e6)
        self.acknowledged_of.extend(message.devices)

    def is_refused(self, message: Message) -> None:
        self.refused += message.readings

    def summary(self) -> dict[str, Any]:
        return {
            "made": self.made,
            "sent": self.sent,
            "acknowledged": self.acknowledged,
            "refused": self.refused,
            "sent_again": self.again,
            "messages": self.messages,
            "wait_ms": _spread(self.waits),
            "late_ms": _spread(self.late),
            "persons": len(np.unique(np.frombuffer(self.sent_of, np.uint32))) if len(self.sent_of) else 0,
        }

    def keep(self, path: Path) -> None:
        """Who was sent for and acknowledged how often, and the falls: to be compared with what is stored."""
        np.savez(
            path,
            sent=np.frombuffer(self.sent_of, np.uint32) if len(self.sent_of) else np.zeros(0, np.uint32),
            acknowledged=(
                np.frombuffer(self.acknowledged_of, np.uint32)
                if len(self.acknowledged_of)
                else np.zeros(0, np.uint32)
            ),
            falls=np.array(self.falls, np.int64).reshape(-1, 4),
        )


def _spread(taken: array[float]) -> dict[str, float]:
    if not len(taken):
        return {}
    values = np.frombuffer(taken, np.float32)
    points = {"p50": 50, "p95": 95, "p99": 99, "max": 100}
    return {name: round(float(np.percentile(values, point)), 2) for name, point in points.items()}
