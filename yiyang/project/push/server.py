"""The ASGI application: one route that streams, one for health, problem documents for the rest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import threading
import time as stopwatch
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qs

import psycopg
from django.db import InterfaceError, OperationalError

from yiyang.kernel.events import Cursor
from yiyang.kernel.refusals import Refusal
from yiyang.project.push import subscribed
from yiyang.project.push.entry import Headers, headers_of, known_host, same_host_origin, sight_of
from yiyang.project.push.feed import PAGE, Feed
from yiyang.project.push.readers import FIGURES_CHANGED, Happened, Reader, Sight, told

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
T = TypeVar("T")

HEARTBEAT = 15.0
LOOK_AGAIN = 60.0  # a session that ended, or a role that was taken away, closes the line within a minute
PATIENCE = 20.0  # how long one write may take before the line is given up
RETRY = 2000
SUBSCRIBED_EVERY = 1.0


class Push:
    """Called by the server for each request, and for its own start and end."""

    def __init__(self) -> None:
        self.feed = Feed()
        self.listening: set[asyncio.Task[None]] = set()

    def hang_up(self) -> None:
        self.feed.hang_up()
        for task in self.listening:
            task.cancel()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._end_lines_on_signals()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.feed.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _end_lines_on_signals(self) -> None:
        """A server that is told to stop waits for open requests to end: ours end at once."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)

            def end(code: int, frame: Any, before: Any = before) -> None:
                loop.call_soon_threadsafe(self.hang_up)
                if callable(before):
                    before(code, frame)

            signal.signal(number, end)

    async def _http(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = headers_of(scope)
        path = scope["path"].rstrip("/")
        if path == "/healthz":
            await _answer(send, 200, b"ok\n", "text/plain", {})
        elif not known_host(headers):
            await _problem(send, 400, "UNKNOWN_HOST", "This host name is not served here.", headers)
        elif path != "/events":
            await _problem(send, 404, "NOT_FOUND", "Live events are at /events.", headers)
        elif scope["method"] == "OPTIONS":
            await _answer(send, 204, b"", "text/plain", _cors(headers))
        elif scope["method"] != "GET":
            await _problem(send, 405, "METHOD_NOT_ALLOWED", "Live events are read with GET.", headers)
        elif subscription := parse_qs(scope.get("query_string", b"").decode("latin-1")).get("subscription"):
            query = parse_qs(scope["query_string"].decode("latin-1"))
            after = headers.get("last-event-id") or query.get("after", [""])[0]
            await self._subscription(subscription[0], after, headers, receive, send)
        else:
            await self._events(scope, headers, receive, send)

    async def _subscription(
        self, name: str, after: str, headers: Headers, receive: Receive, send: Send
    ) -> None:
        """The events of one FHIR subscription: type, id and version of what met its search, in their order."""
        number = await _first(asyncio.to_thread(subscribed.begin, headers, name, after), headers, send)
        if number is None:
            return
        writing = asyncio.create_task(self._tell_subscriber(name, number, headers, send))
        self.listening.add(writing)
        try:
            await _until_either_ends(receive, writing)
        finally:
            self.listening.discard(writing)

    async def _tell_subscriber(self, name: str, number: int, headers: Headers, send: Send) -> None:
        await _begin(send, headers)
        await _write(send, f"retry: {RETRY}\nid: {number}\n: listening\n\n")
        quiet = stopwatch.monotonic()
        while True:
            found = await asyncio.to_thread(subscribed.after, headers, name, number)
            if found is None:  # the token ended, or the subscription did
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            number, events = found
            for event, data in events:
                text = json.dumps(data, ensure_ascii=False)
                await _write(send, f"id: {event}\nevent: subscription\ndata: {text}\n\n")
            if not events and stopwatch.monotonic() - quiet > HEARTBEAT:
                await _write(send, ": still here\n\n")
                quiet = stopwatch.monotonic()
            await asyncio.sleep(SUBSCRIBED_EVERY)

    async def _events(self, scope: dict[str, Any], headers: Headers, receive: Receive, send: Send) -> None:
        begun = await _first(self._beginning(scope, headers), headers, send)
        if begun is None:
            return
        reader = Reader(*begun)
        try:
            await _until_either_ends(receive, asyncio.create_task(self._stream(reader, headers, send)))
        finally:
            self.feed.leave(reader)

    async def _beginning(self, scope: dict[str, Any], headers: Headers) -> tuple[Sight, Cursor, bool]:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        position = await self._position(asked, headers)
        return await asyncio.to_thread(sight_of, headers), position, "at-once" in asked

    async def _position(self, query: dict[str, list[str]], headers: Headers) -> Cursor:
        asked = headers.get("last-event-id") or query.get("after", [""])[0]
        return Cursor.parse(asked) if asked else await self.feed.newest()

    async def _stream(self, reader: Reader, headers: Headers, send: Send) -> None:
        await _begin(send, headers)
        await _write(send, f"retry: {RETRY}\nid: {reader.position}\n: listening\n\n")
        await self._catch_up(reader, send)
        await self.feed.join(reader)
        await self._catch_up(reader, send)
        looked = stopwatch.monotonic()
        while not reader.ended:
            fact = await _next(reader)
            if fact is None:
                await _write(send, ": still here\n\n")
            else:
                await _tell(reader, [fact, *reader.waiting()], send)
            if reader.behind:
                await self._catch_up(reader, send)
            if stopwatch.monotonic() - looked > LOOK_AGAIN:
                reader.sight = await asyncio.to_thread(sight_of, headers)
                looked = stopwatch.monotonic()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _catch_up(self, reader: Reader, send: Send) -> None:
        """Fetch page by page what the reader has missed; what comes meanwhile waits in its queue."""
        reader.behind = False
        while len(facts := await self.feed.after(reader.position)) == PAGE:
            await _tell(reader, facts, send)
        await _tell(reader, facts, send)


async def _next(reader: Reader) -> Happened | None:
    """The next fact, or nothing when it is time for a sign of life."""
    try:
        return await asyncio.wait_for(reader.queue.get(), HEARTBEAT)
    except TimeoutError:
        return None


async def _tell(reader: Reader, facts: list[Happened], send: Send) -> None:
    """What of these facts the reader may hear, in one write; many changes of figures are told once."""
    lines, figures = [], False
    for fact in facts:
        if not fact.held_back:
            if fact.cursor <= reader.position:
                continue
            reader.position = fact.cursor
            if fact.id in reader.before_their_turn:
                reader.before_their_turn.remove(fact.id)
                continue
        name = told(reader.sight, fact)
        if name == FIGURES_CHANGED:
            figures = True
        elif name:
            lines.append(_event(fact.as_event(), None if fact.held_back else fact.cursor))
    if figures:
        lines.append(_event({"name": FIGURES_CHANGED, "cursor": str(reader.position)}, reader.position))
    if lines:
        await _write(send, "".join(lines))


def _event(data: dict[str, Any], cursor: Cursor | None) -> str:
    """Without a cursor: what came before its turn is no place to resume from."""
    place = f"id: {cursor}\n" if cursor else ""
    return f"{place}event: fact\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _begin(send: Send, headers: Headers) -> None:
    sent = {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        **_cors(headers),
    }
    await send({"type": "http.response.start", "status": 200, "headers": _encoded(sent)})


async def _write(send: Send, text: str) -> None:
    message = {"type": "http.response.body", "body": text.encode(), "more_body": True}
    await asyncio.wait_for(send(message), PATIENCE)


async def _first(asked: Awaitable[T], headers: Headers, send: Send) -> T | None:
    """What is asked before a line begins; where the answer is no, it is sent, and there is none."""
    try:
        return await asked
    except Refusal as refusal:
        await _problem(send, refusal.status, refusal.code, str(refusal), headers)
    except ValueError:
        told = "This cursor is not one of ours. Start without it."
        await _problem(send, 400, "CURSOR_MALFORMED", told, headers)
    except (psycopg.OperationalError, OperationalError, InterfaceError):
        await _problem(send, 503, "DATABASE_AWAY", "The database cannot be reached just now.", headers)
    return None


async def _until_either_ends(receive: Receive, writing: asyncio.Task[None]) -> None:
    """Whoever listens goes, or there is no more to tell; either ends the other."""
    gone = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({gone, writing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (gone, writing):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _problem(send: Send, status: int, code: str, detail: str, headers: Headers) -> None:
    body = {"type": "about:blank", "title": code.replace("_", " ").capitalize(), "status": status}
    body |= {"code": code, "detail": detail}
    extra = {"www-authenticate": "Bearer"} if status == 401 else {}
    await _answer(
        send, status, json.dumps(body).encode(), "application/problem+json", {**_cors(headers), **extra}
    )


async def _answer(send: Send, status: int, body: bytes, kind: str, extra: Headers) -> None:
    headers = {"content-type": kind, "content-length": str(len(body)), "cache-control": "no-store", **extra}
    await send({"type": "http.response.start", "status": status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": body})


def _cors(headers: Headers) -> Headers:
    origin = same_host_origin(headers)
    if not origin:
        return {"vary": "Origin"}
    return {
        "vary": "Origin",
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-headers": "Authorization, Last-Event-ID",
        "access-control-allow-methods": "GET",
    }


def _encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
