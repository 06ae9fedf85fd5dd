"""The ASGI application: one route that streams, one for health, problem documents for the rest."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time as stopwatch
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import psycopg

from yiyang.kernel.events import Cursor
from yiyang.kernel.refusals import Refusal
from yiyang.project.push.entry import Headers, headers_of, known_host, same_host_origin, sight_of
from yiyang.project.push.feed import PAGE, Feed
from yiyang.project.push.readers import FIGURES_CHANGED, Happened, Reader, told

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEARTBEAT = 15.0
LOOK_AGAIN = 60.0  # a session that ended, or a role that was taken away, closes the line within a minute
PATIENCE = 20.0  # how long one write may take before the line is given up
RETRY = 2000


class Push:
    """Called by the server for each request, and for its own start and end."""

    def __init__(self) -> None:
        self.feed = Feed()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.feed.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

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
        else:
            await self._events(scope, headers, receive, send)

    async def _events(self, scope: dict[str, Any], headers: Headers, receive: Receive, send: Send) -> None:
        try:
            sight = await asyncio.to_thread(sight_of, headers)
            position = await self._position(scope, headers)
        except Refusal as refusal:
            await _problem(send, refusal.status, refusal.code, str(refusal), headers)
            return
        except ValueError:
            await _problem(
                send, 400, "CURSOR_MALFORMED", "This cursor is not one of ours. Start without it.", headers
            )
            return
        except psycopg.Error:
            await _problem(send, 503, "DATABASE_AWAY", "The database cannot be reached just now.", headers)
            return
        reader = Reader(sight, position)
        gone = asyncio.create_task(_gone(receive))
        writing = asyncio.create_task(self._stream(reader, headers, send))
        try:
            await asyncio.wait({gone, writing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.feed.leave(reader)
            for task in (gone, writing):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def _position(self, scope: dict[str, Any], headers: Headers) -> Cursor:
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        asked = headers.get("last-event-id") or query.get("after", [""])[0]
        return Cursor.parse(asked) if asked else await self.feed.newest()

    async def _stream(self, reader: Reader, headers: Headers, send: Send) -> None:
        await _begin(send, headers)
        await _write(send, f"retry: {RETRY}\nid: {reader.position}\n: listening\n\n")
        while len(await self._replay(reader, send)) == PAGE:
            pass
        await self.feed.join(reader)
        while len(await self._replay(reader, send)) == PAGE:
            pass
        looked = stopwatch.monotonic()
        while not reader.cut:
            try:
                fact = await asyncio.wait_for(reader.queue.get(), HEARTBEAT)
            except TimeoutError:
                await _write(send, ": still here\n\n")
            else:
                if fact is None:
                    break
                facts = [fact, *_waiting(reader)]
                await _tell(reader, facts, send)
            if stopwatch.monotonic() - looked > LOOK_AGAIN:
                reader.sight = await asyncio.to_thread(sight_of, headers)
                looked = stopwatch.monotonic()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _replay(self, reader: Reader, send: Send) -> list[Happened]:
        """One page of what the reader has missed."""
        facts = await self.feed.after(reader.position)
        await _tell(reader, facts, send)
        return facts


async def _tell(reader: Reader, facts: list[Happened], send: Send) -> None:
    """What of these facts the reader may hear, in one write; many changes of figures are told once."""
    lines, figures = [], None
    for fact in facts:
        if fact.cursor <= reader.position:
            continue
        reader.position = fact.cursor
        name = told(reader.sight, fact)
        if name == FIGURES_CHANGED:
            figures = fact
        elif name:
            lines.append(_event(fact.cursor, fact.as_event()))
    if figures is not None:
        lines.append(_event(reader.position, {"name": FIGURES_CHANGED, "cursor": str(reader.position)}))
    if lines:
        await _write(send, "".join(lines))


def _waiting(reader: Reader) -> list[Happened]:
    found = []
    while not reader.queue.empty():
        fact = reader.queue.get_nowait()
        if fact is None:
            reader.cut = True
        else:
            found.append(fact)
    return found


def _event(cursor: Cursor, data: dict[str, Any]) -> str:
    return f"id: {cursor}\nevent: fact\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


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
