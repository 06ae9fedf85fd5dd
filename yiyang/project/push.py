"""Live push: `GET /events` as server-sent events, in a small process of its own outside Django's request cycle.

One poller a process reads the facts below the oldest running transaction and hands them to all clients, each
of which gets what it may see. A client that reconnects says its last id and misses nothing, not even a fact
that was committed late. What is sent names a fact and its subject; it holds no data of anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
django.setup()

from django.conf import settings  # noqa: E402

from yiyang.kernel.events import Cursor, facts_after, newest  # noqa: E402
from yiyang.project import listeners  # noqa: E402
from yiyang.project.listeners import Listener  # noqa: E402

POLL_SECONDS = 0.5
BEAT_SECONDS = 15.0
LOOK_AGAIN_SECONDS = 60.0
SEND_SECONDS = 30.0
BACKLOG = 500
CLIENTS_AT_MOST = 500
Scope = dict[str, Any]


class Hub:
    """The facts of this process: read once, kept for a moment, handed to every client."""

    def __init__(self) -> None:
        self.clients: set[asyncio.Queue[list[dict[str, Any]] | None]] = set()
        self.position = Cursor()
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.position = await asyncio.to_thread(listeners.fresh, newest)
        self.task = asyncio.create_task(self.poll())

    async def poll(self) -> None:
        """Read what is new, twice a second; a database that is away is asked again."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                rows = await asyncio.to_thread(listeners.fresh, facts_after, self.position)
            except Exception:
                continue
            if rows:
                self.position = rows[-1]["cursor"]
                for client in list(self.clients):
                    self.hand(client, rows)

    def hand(self, client: asyncio.Queue[list[dict[str, Any]] | None], rows: list[dict[str, Any]]) -> None:
        """A client that does not read is cut off; it comes back with its last id."""
        try:
            client.put_nowait(rows)
        except asyncio.QueueFull:
            self.clients.discard(client)
            while not client.empty():
                client.get_nowait()
            client.put_nowait(None)


hub = Hub()


async def application(scope: Scope, receive: Any, send: Any) -> None:
    """The ASGI application that granian serves beside the pages."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http":
        await _http(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if hub.task:
                hub.task.cancel()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _http(scope: Scope, receive: Any, send: Any) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    cors = _cors(headers)
    if scope["path"] != "/events":
        return await _problem(send, 404, "NOT_FOUND", "There is nothing here but /events.", cors)
    if scope["method"] == "OPTIONS":
        return await _answer(send, 204, b"", [*cors, (b"access-control-allow-headers", b"authorization")])
    if scope["method"] != "GET":
        return await _problem(send, 405, "METHOD_NOT_ALLOWED", "Only GET.", cors)
    listener = await asyncio.to_thread(listeners.fresh, listeners.of, headers, _cookies(headers))
    if listener is None:
        return await _problem(send, 401, "NOT_SIGNED_IN", "Sign in, or send a token that is valid.", cors)
    try:
        after = _after(scope, headers)
    except ValueError:
        return await _problem(send, 422, "CURSOR_UNKNOWN", "This is no id of an event: leave it out.", cors)
    if len(hub.clients) >= CLIENTS_AT_MOST:
        return await _problem(send, 503, "BUSY", "Too many listeners; try again in a minute.", cors)
    return await _stream(listener, after, receive, send, cors)


async def _stream(listener: Listener, after: Cursor | None, receive: Any, send: Any, cors: Any) -> None:
    queue: asyncio.Queue[list[dict[str, Any]] | None] = asyncio.Queue(maxsize=64)
    start = hub.position
    hub.clients.add(queue)
    gone = asyncio.create_task(_until_gone(receive))
    try:
        head = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            *cors,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await _say(send, f"retry: 2000\n: live\nid: {after or start}\n\n")
        if after is not None:
            async for text in _missed(listener, after, start):
                await _say(send, text)
        await _follow(listener, queue, gone, send)
    except TimeoutError:
        return
    finally:
        gone.cancel()
        hub.clients.discard(queue)
    with contextlib.suppress(Exception):
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _follow(listener: Listener, queue: Any, gone: asyncio.Task[None], send: Any) -> None:
    looked = asyncio.get_running_loop().time()
    while not gone.done():
        try:
            rows = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
        except TimeoutError:
            await _say(send, ": beat\n\n")
            rows = []
        if rows is None:
            return
        if asyncio.get_running_loop().time() - looked > LOOK_AGAIN_SECONDS:
            looked = asyncio.get_running_loop().time()
            if not await asyncio.to_thread(listeners.fresh, listener.still_there):
                return
        if rows:
            text = await asyncio.to_thread(listeners.fresh, listener.words, rows)
            if text:
                await _say(send, text)


async def _missed(listener: Listener, after: Cursor, until: Cursor) -> AsyncIterator[str]:
    """What happened between the client's last id and now."""
    position = after
    while position < until:
        rows = await asyncio.to_thread(listeners.fresh, facts_after, position, BACKLOG)
        rows = [row for row in rows if row["cursor"] <= until]
        if not rows:
            return
        position = rows[-1]["cursor"]
        text = await asyncio.to_thread(listeners.fresh, listener.words, rows)
        if text:
            yield text


async def _until_gone(receive: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return


async def _say(send: Any, text: str) -> None:
    """Send to a client; one that does not read for half a minute is cut off."""
    await asyncio.wait_for(
        send({"type": "http.response.body", "body": text.encode(), "more_body": True}), SEND_SECONDS
    )


async def _problem(send: Any, status: int, code: str, detail: str, cors: Any) -> None:
    body = json.dumps(
        {"type": "about:blank", "status": status, "code": code, "title": code, "detail": detail}
    )
    await _answer(send, status, body.encode(), [(b"content-type", b"application/problem+json"), *cors])


async def _answer(send: Any, status: int, body: bytes, headers: Any) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _after(scope: Scope, headers: dict[str, str]) -> Cursor | None:
    given = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0] or headers.get(
        "last-event-id", ""
    )
    return Cursor.parse(given) if given else None


def _cookies(headers: dict[str, str]) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    with contextlib.suppress(CookieError):
        jar.load(headers.get("cookie", ""))
    return {name: morsel.value for name, morsel in jar.items()}


def _cors(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """The pages of the same host may listen from their own port; nobody else's pages may."""
    origin = headers.get("origin", "")
    host = headers.get("host", "").rsplit(":", 1)[0]
    if not origin or urlsplit(origin).hostname != host.strip("[]") or settings.PUSH_PORT is None:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"origin"),
    ]
