"""Where messages wait for the next commit: bounded, and in turn for every sender.

Handlers (HTTP, MQTT) put messages in on the event loop; writers, each a thread with its own connection, take out
whatever waits. Each sender has its own row and gives one message a turn, so that a flood from one delays itself
alone; a row may hold a share of the whole, and the whole is bounded in readings and bytes.
"""

from __future__ import annotations

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from yiyang.gateways.devices.decoding import Decoded, Refused

MOST_READINGS, MOST_BYTES = 200_000, 64 * 1024 * 1024
SHARE = 4  # one sender may fill a quarter of it
BATCH_READINGS, BATCH_MESSAGES = 5_000, 2_000


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
    """One message with the key it came with. `done` is called on the event loop, after the commit."""

    secret: str
    decoded: Decoded
    size: int
    done: Done
    readings: int = 0

    def __post_init__(self) -> None:
        packs = self.decoded.packs
        self.readings = 1 + sum(len(pack.at) + len(pack.positions) + len(pack.signals) for pack in packs)


@dataclass(slots=True)
class _Row:
    messages: deque[Message] = field(default_factory=deque)
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
        self.rows: OrderedDict[str, _Row] = OrderedDict()
        self.readings = self.size = 0
        self.changed = threading.Condition()
        self.closed = False

    def has_room(self, secret: str, size: int) -> bool:
        """Asked before a message is decoded, so that a flood costs little."""
        row = self.rows.get(secret)
        if row and (row.readings * SHARE > self.most_readings or (row.size + size) * SHARE > self.most_bytes):
            return False
        return self.readings < self.most_readings and self.size + size <= self.most_bytes

    def put(self, message: Message) -> None:
        with self.changed:
            if self.closed or not self.has_room(message.secret, message.size):
                raise Full
            row = self.rows.get(message.secret)
            if row is None:
                row = self.rows[message.secret] = _Row()
            row.messages.append(message)
            self._count(row, message, 1)
            self.changed.notify()

    def take(self, timeout: float | None = None) -> list[Message]:
        """For a writer: what waits, one message of each sender in turn, up to one batch; [] when closed."""
        with self.changed:
            self.changed.wait_for(lambda: bool(self.rows) or self.closed, timeout)
            batch: list[Message] = []
            readings = 0
            while self.rows and readings < BATCH_READINGS and len(batch) < BATCH_MESSAGES:
                secret, row = next(iter(self.rows.items()))
                message = row.messages.popleft()
                self._count(row, message, -1)
                if row.messages:
                    self.rows.move_to_end(secret)
                else:
                    del self.rows[secret]
                batch.append(message)
                readings += message.readings
            return batch

    def _count(self, row: _Row, message: Message, sign: int) -> None:
        row.readings += sign * message.readings
        row.size += sign * message.size
        self.readings += sign * message.readings
        self.size += sign * message.size

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
