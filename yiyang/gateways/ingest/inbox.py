"""Where messages wait for the next commit: bounded, and in turn for every sender and device.

Handlers (HTTP, MQTT) put messages in on the event loop; writers, each a thread with its own connection, take out
whatever waits. What a key sends for one device has its own row and gives one message a turn, so that a flood from
one device delays itself alone, also behind a gateway; a key may hold a share of the whole, and the whole is bounded
in readings and bytes.
"""

from __future__ import annotations

import asyncio
import threading
import time as stopwatch
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from yiyang.gateways.devices.decoding import Decoded, Refused

MOST_READINGS, MOST_BYTES = 200_000, 64 * 1024 * 1024
A_MESSAGE = 5  # readings, for which a message counts beside those in it: so much memory it takes itself
SHARE = 4  # one key may fill a quarter of it
BATCH = 6_000
# A commit costs as much as a thousand readings: under load, so long is waited between two of them.
GATHERED = 0.05


class Full(Exception):
    """There is no room just now; whoever sends keeps it and comes again."""


@dataclass(slots=True)
class Answer:
    """What became of a message, once that is durable. `fault`: nothing of it was looked at, and why."""

    stored: int = 0
    repeated: int = 0
    no_reading: int = 0
    refused: list[Refused] = field(default_factory=list)
    fault: str = ""

    @property
    def taken(self) -> bool:
        return bool(self.stored or self.repeated or self.no_reading)


AWAY, UNKNOWN_KEY, BROKEN = "DATABASE_AWAY", "UNKNOWN_KEY", "NOT_TAKEN"
Done = Callable[[Answer], None]


@dataclass(slots=True)
class Message:
    """One message with the key it came with. `done` is called on the event loop, after the commit.

    `payload`, `kind` and `urn` are what was read: should the intake trip over it, it is set aside as it came.
    """

    secret: str
    decoded: Decoded
    size: int
    done: Done
    payload: bytes = b""
    kind: str = ""
    urn: str = ""
    readings: int = 0

    def __post_init__(self) -> None:
        packs = self.decoded.packs
        self.readings = A_MESSAGE + sum(len(p.at) + len(p.positions) + len(p.signals) for p in packs)

    @property
    def row(self) -> tuple[str, str]:
        """In whose row it waits: that of the key, and of the device if it is of one alone."""
        packs = self.decoded.packs
        return self.secret, packs[0].urn if len(packs) == 1 else ""


@dataclass(slots=True)
class _Held:
    """What waits under one key."""

    readings: int = 0
    size: int = 0


class Inbox:
    def __init__(
        self,
        most_readings: int = MOST_READINGS,
        most_bytes: int = MOST_BYTES,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.most_readings, self.most_bytes = most_readings, most_bytes
        self.loop = loop or asyncio.get_running_loop()
        self.rows: OrderedDict[tuple[str, str], deque[Message]] = OrderedDict()
        self.held: dict[str, _Held] = {}
        self.readings = self.size = 0
        self.changed = threading.Condition()
        self.one_by_one = threading.Lock()
        self.taken_at = 0.0
        self.closed = False

    def has_room(self, secret: str, size: int) -> bool:
        """Asked before a message is decoded, so that a flood costs little."""
        held = self.held.get(secret)
        if held and (
            held.readings * SHARE > self.most_readings or (held.size + size) * SHARE > self.most_bytes
        ):
            return False
        return self.readings < self.most_readings and self.size + size <= self.most_bytes

    def put(self, message: Message) -> None:
        with self.changed:
            if self.closed or not self.has_room(message.secret, message.size):
                raise Full
            first, enough = not self.rows, self._enough()
            self.rows.setdefault(message.row, deque()).append(message)
            self._count(message, 1)
            if first or self._enough() != enough:
                self.changed.notify()

    def _enough(self) -> bool:
        return self.readings >= BATCH

    def take(self, timeout: float | None = None) -> list[Message]:
        """For a writer: what waits, one message of each row in turn, up to one batch; [] when closed."""
        with self.one_by_one, self.changed:
            self.changed.wait_for(lambda: bool(self.rows) or self.closed, timeout)
            left = self.taken_at + GATHERED - stopwatch.monotonic()
            if left > 0:
                self.changed.wait_for(lambda: self._enough() or self.closed, left)
            batch: list[Message] = []
            readings = 0
            while self.rows and readings < BATCH:
                name, row = next(iter(self.rows.items()))
                message = row.popleft()
                self._count(message, -1)
                if row:
                    self.rows.move_to_end(name)
                else:
                    del self.rows[name]
                batch.append(message)
                readings += message.readings
            self.taken_at = stopwatch.monotonic()
            return batch

    def _count(self, message: Message, sign: int) -> None:
        readings, size = sign * message.readings, sign * message.size
        held = self.held.get(message.secret)
        if held is None:
            held = self.held[message.secret] = _Held()
        held.readings += readings
        held.size += size
        if not held.readings:
            del self.held[message.secret]
        self.readings += readings
        self.size += size

    def tell(self, answers: list[tuple[Message, Answer]]) -> None:
        """From a writer: the answers of a whole batch reach the event loop in one step."""
        if answers and not self.loop.is_closed():
            self.loop.call_soon_threadsafe(_tell, answers)

    def close(self) -> None:
        with self.changed:
            self.closed = True
            self.changed.notify_all()


def _tell(answers: list[tuple[Message, Answer]]) -> None:
    for message, answer in answers:
        message.done(answer)
