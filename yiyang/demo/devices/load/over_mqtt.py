"""Gateways over MQTT 5, QoS 1: a connection for each, with a window of messages that are not acknowledged."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from .account import Account, Message
from .plan import Plan, Sender

WINDOW = 250  # the listener takes 256
COME_AGAIN = 0.5
PING_EVERY = 20.0


class OverMqtt:
    """A message leaves by its gateway's connections, in turn, as soon as there is room in the window."""

    def __init__(self, plan: Plan, account: Account, content_type: str) -> None:
        self.plan, self.account = plan, account
        self.format = "senml" if plan.format == "json" else "senml-cbor"
        each = max(1, plan.connections // len(plan.senders))
        self.lines = [[_Line(self, one, nth) for nth in range(each)] for one in plan.senders]
        self.turn = 0
        self.closed = False

    async def open(self) -> None:
        for group in self.lines:
            for line in group:
                await line.open()

    def put(self, message: Message) -> None:
        group = self.lines[message.sender]
        line = group[self.turn % len(group)]
        self.turn += 1
        line.queue.append(message)

    def go_on(self) -> None:
        for group in self.lines:
            for line in group:
                if line.queue:
                    line.go_on()

    def close(self) -> None:
        self.closed = True
        for group in self.lines:
            for line in group:
                if line.transport:
                    line.transport.write(b"\xe0\x00")
                    line.transport.close()

    @property
    def waiting(self) -> int:
        return sum(len(line.queue) + len(line.under_way) for group in self.lines for line in group)


class _Line(asyncio.Protocol):
    def __init__(self, way: OverMqtt, sender: Sender, nth: int) -> None:
        self.way, self.sender = way, sender
        self.name = f"{sender.urn}-{nth}"
        self.queue: deque[Message] = deque()
        self.under_way: dict[int, Message] = {}
        self.number = 0
        self.read = b""
        self.transport: Any = None
        self.known: asyncio.Future[None] | None = None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        while not self.way.closed:
            self.known, self.read = known, _ = loop.create_future(), b""
            try:
                await loop.create_connection(lambda: self, self.way.plan.host, self.way.plan.port)
                await asyncio.wait_for(known, 30)
                return
            except (OSError, TimeoutError):
                await asyncio.sleep(COME_AGAIN)

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.transport.write(connect(self.name, self.sender))
        self._ping()

    def _ping(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(b"\xc0\x00")
            asyncio.get_running_loop().call_later(PING_EVERY, self._ping)

    def connection_lost(self, problem: Exception | None) -> None:
        if self.known and not self.known.done():
            self.known.set_exception(OSError("hung up"))
            return
        self.way.account.again += len(self.under_way)
        self.queue.extendleft(reversed(self.under_way.values()))
        self.under_way.clear()
        if not self.way.closed:
            self.again = asyncio.ensure_future(self.open())

    def data_received(self, data: bytes) -> None:
        self.read = data = self.read + data if self.read else data
        at, size = 0, len(data)
        while at + 2 <= size:
            length = data[at + 1]  # what a server sends us is short
            if at + 2 + length > size:
                break
            self._take(data[at] & 0xF0, data[at + 2 : at + 2 + length])
            at += 2 + length
        self.read = data[at:]
        if self.queue:
            self.go_on()

    def _take(self, kind: int, body: bytes) -> None:
        if kind == 0x40:
            message = self.under_way.pop(body[0] << 8 | body[1], None)
            if message is None:
                return
            if len(body) > 2 and body[2] >= 0x80:
                self.way.account.is_refused(message)
            else:
                self.way.account.is_acknowledged(message)
        elif kind == 0x20 and self.known and not self.known.done():
            if body[1]:
                self.known.set_exception(OSError(f"refused: {body[1]:#x}"))
            else:
                self.known.set_result(None)

    @property
    def is_known(self) -> bool:
        return bool(
            self.known and self.known.done() and not self.known.cancelled() and not self.known.exception()
        )

    def go_on(self) -> None:
        if not self.is_known or self.transport.is_closing():
            return
        out = []
        while self.queue and len(self.under_way) < WINDOW:
            message = self.queue.popleft()
            self.number = number = self.number % 65_535 + 1
            self.under_way[number] = message
            topic = f"devices/{message.urn or self.sender.urn}/readings/{self.way.format}"
            self.way.account.leaves(message)
            out.append(publish(topic.encode(), number, message.body))
        if out:
            self.transport.write(b"".join(out))


def connect(name: str, sender: Sender) -> bytes:
    """CONNECT of MQTT 5. Without a key the broker asks for none."""
    flags = 0xC2 if sender.key else 0x02
    body = b"\x00\x04MQTT\x05" + bytes((flags,)) + b"\x00\x3c\x00" + _text(name)
    if sender.key:
        body += _text(sender.urn) + _text(sender.key)
    return b"\x10" + _length(len(body)) + body


def publish(topic: bytes, number: int, payload: bytes) -> bytes:
    size = 2 + len(topic) + 3 + len(payload)
    head = b"\x32" + _length(size) + len(topic).to_bytes(2, "big") + topic
    return head + number.to_bytes(2, "big") + b"\x00" + payload


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _length(size: int) -> bytes:
    out = bytearray()
    while True:
        size, digit = size >> 7, size & 0x7F
        out.append(digit | 0x80 if size else digit)
        if not size:
            return bytes(out)
