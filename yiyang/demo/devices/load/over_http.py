"""Gateways over HTTP: a number of connections, each with one request under way."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import msgspec

from .account import Account, Message
from .plan import Plan

COME_AGAIN = 0.5


class Counts(msgspec.Struct):
    stored: int = 0
    repeated: int = 0
    rejected: int = 0
    no_reading: int = 0


COUNTS = msgspec.json.Decoder(Counts)


class OverHttp:
    """Messages that are due leave by the next connection that is free."""

    def __init__(self, plan: Plan, account: Account, content_type: str) -> None:
        self.plan, self.account = plan, account
        self.queue: deque[Message] = deque()
        self.free: list[_Line] = []
        self.under_way = 0
        self.lines: list[_Line] = []
        self.heads = [
            (
                f"POST /ingest HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\nAuthorization: Bearer {one.key}\r\n"
                f"Content-Type: {content_type}\r\nContent-Length: "
            ).encode()
            for one in plan.senders
        ]

    async def open(self) -> None:
        for _ in range(self.plan.connections):
            await self._line()

    async def _line(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                _, line = await loop.create_connection(lambda: _Line(self), self.plan.host, self.plan.port)
                break
            except OSError:
                await asyncio.sleep(COME_AGAIN)
        self.lines.append(line)
        self.free.append(line)
        self.go_on()

    def put(self, message: Message) -> None:
        self.queue.append(message)

    def go_on(self) -> None:
        while self.queue and self.free:
            self._send(self.free.pop(), self.queue.popleft())

    def _send(self, line: _Line, message: Message) -> None:
        line.message = message
        self.under_way += 1
        self.account.leaves(message)
        line.transport.write(self.heads[message.sender] + b"%d\r\n\r\n" % len(message.body) + message.body)

    def answered(self, line: _Line, status: int, body: bytes) -> None:
        message, line.message = line.message, None
        self.under_way -= 1
        assert message is not None
        if status == 202:
            counts = COUNTS.decode(body)
            self.account.told_stored += counts.stored
            if counts.rejected:
                self.account.is_refused(message)
            else:
                self.account.is_acknowledged(message)
        elif status in (500, 503):
            self.account.again += 1
            asyncio.get_running_loop().call_later(COME_AGAIN, self._again, message)
        else:
            self.account.is_refused(message)
        self.free.append(line)
        self.go_on()

    def _again(self, message: Message) -> None:
        self.queue.appendleft(message)
        self.go_on()

    def lost(self, line: _Line) -> None:
        self.lines.remove(line)
        if line in self.free:
            self.free.remove(line)
        if line.message is not None:
            self.under_way -= 1
            self.account.again += 1
            self.queue.appendleft(line.message)
        if not self.closed:
            self.again = asyncio.ensure_future(self._line())

    closed = False

    def close(self) -> None:
        self.closed = True
        for line in list(self.lines):
            line.transport.close()

    @property
    def waiting(self) -> int:
        """Messages that are due and not acknowledged."""
        return len(self.queue) + self.under_way


class _Line(asyncio.Protocol):
    def __init__(self, way: OverHttp) -> None:
        self.way = way
        self.message: Message | None = None
        self.read = b""
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, problem: Exception | None) -> None:
        self.way.lost(self)

    def data_received(self, data: bytes) -> None:
        self.read = data = self.read + data if self.read else data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return
        head = data[:end].lower()
        at = head.find(b"content-length:")
        size = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(data) < end + 4 + size:
            return
        self.read = b""
        self.way.answered(self, int(head[9:12]), data[end + 4 : end + 4 + size])
