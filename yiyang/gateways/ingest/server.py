"""`POST /ingest`: a bare ASGI application. 202 means: committed."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from yiyang.devices.packs import Why
from yiyang.devices.rules.ways import Process, Way
from yiyang.gateways.devices import formats
from yiyang.gateways.devices.decoding import unreadable
from yiyang.gateways.ingest import answers
from yiyang.gateways.ingest.beating import Heart
from yiyang.gateways.ingest.door import Door
from yiyang.gateways.ingest.inbox import AWAY, UNKNOWN_KEY, Answer, Full, Inbox, Message
from yiyang.gateways.ingest.patience import Patience
from yiyang.gateways.ingest.reading import read
from yiyang.gateways.ingest.writer import GONE, Writers
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.ingest")
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
PATIENCE = 20.0  # seconds until it is stored
SLOWEST, SLOW = 30.0, "slow"  # seconds for the look at the key and a body
LARGE = 64 * 1024
LET_GO, LET_GO_SECONDS = 64 * 1024 * 1024, 5.0  # of a body that is not taken
MOST_ARRIVING = 2 * formats.MOST_BYTES  # bytes of one sender that are being read
ALL_ARRIVING = 128 * 1024 * 1024  # of all together
COME_AGAIN = b"2"
JSON, PROBLEM = b"application/json", b"application/problem+json"


class Gone(Exception):
    """Whoever sent has hung up."""


class Ingest:
    """Called by the server for each request, and for its own start and end."""

    def __init__(self, which: Callable[[], Process | None] = lambda: Process(Way.HTTP)) -> None:
        self.which = which
        self.inbox: Inbox | None = None
        self.writers: Writers | None = None
        self.heart: Heart | None = None
        self.door = Door()
        self.arriving: Counter[str] = Counter()
        self.all_arriving = 0
        self.reading: Patience[asyncio.Task[Any]] = Patience(SLOWEST, lambda task: task.cancel(SLOW))
        self.waiting: Patience[asyncio.Future[Answer]] = Patience(
            PATIENCE, lambda waiting: _tell(waiting, Answer(fault=AWAY))
        )

    def _arrives(self, secret: str, size: int) -> None:
        """Of one sender, and of all together, only so much is read at one moment, whatever they begin to send."""
        if self.arriving[secret] and self.arriving[secret] + size > MOST_ARRIVING:
            raise Full
        if self.all_arriving + size > ALL_ARRIVING:
            raise Full
        self.all_arriving += size
        self.arriving[secret] += size + 1

    def _arrived(self, secret: str, size: int) -> None:
        self.all_arriving -= size
        self.arriving[secret] -= size + 1
        if self.arriving[secret] <= 0:
            del self.arriving[secret]

    def begin(self) -> Inbox:
        if self.inbox is None:
            self.inbox = Inbox()
            self.writers = Writers(self.inbox)
            self.writers.start()
        return self.inbox

    def end(self) -> None:
        """Blocking: what waits is written first."""
        if self.heart is not None:
            self.heart.stop()
        if self.writers is not None:
            self.writers.stop()
        self.door.close()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.begin()
                assert self.writers
                self.heart = Heart(self.which, self.writers)
                self.heart.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await asyncio.to_thread(self.end)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/")
        if path == "/healthz":
            waiting = self.inbox.readings if self.inbox else 0
            return await _send(send, 200, {"waiting": waiting}, JSON)
        headers = dict(scope["headers"])
        language = answers.language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        if path != "/ingest":
            return await _problem(send, "NOT_FOUND", language)
        if scope["method"] != "POST":
            return await _problem(send, "METHOD_NOT_ALLOWED", language)
        try:
            answer = await self._take(headers, receive)
        except Full:
            return await _problem(send, answers.NO_ROOM, language)
        except Gone:
            return None
        except GONE:
            return await _problem(send, AWAY, language)
        status, body = answers.told(answer, language)
        return await _send(send, status, body, JSON if status < 400 else PROBLEM)

    async def _take(self, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        secret = _secret(headers)
        task = asyncio.current_task()
        assert task
        known = None
        self.reading.begin(task)
        try:
            known = await self.door.who(secret) if secret else None
            if known is None:
                return Answer(fault=UNKNOWN_KEY)
            body = await self._whole(secret, headers, receive)
        except asyncio.CancelledError as ended:
            if ended.args != (SLOW,):
                raise
            task.uncancel()
            if known is None:  # the database does not say whose key it is
                return Answer(fault=AWAY)
            raise Gone
        finally:
            self.reading.end(task)
        answer = await self._stored(secret, body, headers.get(b"content-type", b"").decode("latin-1"))
        if answer.fault == UNKNOWN_KEY:
            self.door.forget(secret)
        return answer

    async def _whole(self, secret: str, headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
        """The body; None: it is too large."""
        length = headers.get(b"content-length", b"")
        expected = int(length) if length.isdigit() else formats.MOST_BYTES
        if expected > formats.MOST_BYTES:
            await _let_go(receive)
            return None
        if not self.begin().has_room(secret, expected):
            await _let_go(receive)
            raise Full
        self._arrives(secret, expected)
        try:
            body = await _body(receive)
        finally:
            self._arrived(secret, expected)
        if body is None:
            await _let_go(receive)
        return body

    async def _stored(self, secret: str, body: bytes | None, kind: str) -> Answer:
        """What became of it. A large one is read by a thread, so that others are heard meanwhile."""
        if body is None:
            body, decoded = b"", unreadable(Why.TOO_LARGE, f"{formats.MOST_BYTES} bytes at most")
        elif len(body) > LARGE:
            decoded = await asyncio.to_thread(read, body, kind, "", now())
        else:
            decoded = read(body, kind, "", now())
        waiting: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.begin().put(Message(secret, decoded, len(body), partial(_tell, waiting), body, kind))
        self.waiting.begin(waiting)
        answer = await waiting
        self.waiting.end(waiting)
        return answer


def _tell(waiting: asyncio.Future[Answer], answer: Answer) -> None:
    if not waiting.done():
        waiting.set_result(answer)


def _secret(headers: dict[bytes, bytes]) -> str:
    kind, _, raw = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    return raw.strip() if kind.lower() == "bearer" else ""


async def _let_go(receive: Receive) -> None:
    """What still comes is read and forgotten: whoever is cut off while they send may never see the answer."""
    left = LET_GO
    try:
        async with asyncio.timeout(LET_GO_SECONDS):
            while left > 0 and (message := await receive()).get("more_body"):
                left -= len(message.get("body", b""))
    except TimeoutError:
        return


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None as soon as it is too large."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        part = message.get("body", b"")
        size += len(part)
        if size > formats.MOST_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if len(parts) > 1 else bytes(part)


async def _problem(send: Send, code: str, language: str) -> None:
    status, body = answers.problem(code, language)
    await _send(send, status, body, PROBLEM)


async def _send(send: Send, status: int, body: dict[str, Any], kind: bytes) -> None:
    data = answers.ENCODER.encode(body)
    headers = [
        (b"content-type", kind),
        (b"content-length", b"%d" % len(data)),
        (b"cache-control", b"no-store"),
    ]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 503:
        headers.append((b"retry-after", COME_AGAIN))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": data})
