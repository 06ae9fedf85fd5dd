"""Our own MQTT listener: devices connect to it, and are acknowledged when what they sent is committed."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Coroutine
from typing import Any

from yiyang.devices.queries.credentials import Known
from yiyang.gateways.ingest.door import Door
from yiyang.gateways.ingest.inbox import Inbox
from yiyang.gateways.ingest.writer import GONE, Writers
from yiyang.gateways.mqtt import packets
from yiyang.gateways.mqtt.connection import BAD_KEY, BUSY, QUOTA, SERVER_GONE, TAKEN_OVER, Connection

log = logging.getLogger("yiyang.mqtt")
MOST_CONNECTIONS = 20_000
MOST_OF_ONE = 50  # connections with one key
PATIENCE = 10.0  # from the connection to CONNECT and its answer


class Listener:
    def __init__(self, most: int = MOST_CONNECTIONS, patience: float = PATIENCE) -> None:
        self.loop = asyncio.get_running_loop()
        self.most, self.patience = most, patience
        self.inbox = Inbox()
        self.writers = Writers(self.inbox)
        self.door = Door()
        self.connections: set[Connection] = set()
        self.sessions: dict[tuple[str, str], Connection] = {}
        self.of_key: dict[str, int] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.server: asyncio.Server | None = None

    async def start(
        self, address: str, port: int, tls: ssl.SSLContext | None = None, *, shared: bool = False
    ) -> int:
        """`shared`: other processes listen at the same port, and the system divides who comes among them."""
        self.writers.start()
        self.server = await self.loop.create_server(
            lambda: Connection(self),
            address,
            port,
            ssl=tls,
            backlog=1024,
            reuse_address=True,
            reuse_port=shared,
        )
        return int(self.server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Nobody new; what was taken is committed and answered, then all hang up."""
        if self.server:
            self.server.close()
        for connection in self.connections:
            connection.transport.pause_reading()
        await asyncio.to_thread(self.writers.stop)
        await asyncio.sleep(0)
        for connection in list(self.connections):
            connection.end(0x8B, "")  # the server shuts down
        await asyncio.to_thread(self.door.close)

    # Called by connections

    def welcome(self, connection: Connection) -> bool:
        if len(self.connections) >= self.most:
            return False
        self.connections.add(connection)
        return True

    def farewell(self, connection: Connection) -> None:
        self.connections.discard(connection)
        key = (connection.urn, connection.client_id)
        if self.sessions.get(key) is connection:
            del self.sessions[key]
        if connection.known:
            left = self.of_key.get(connection.urn, 0) - 1
            if left > 0:
                self.of_key[connection.urn] = left
            else:
                self.of_key.pop(connection.urn, None)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def check(self, connect: packets.Connect) -> Known | int:
        """Whose key it is, or the code of a refusal."""
        try:
            known = await self.door.who(connect.password)
        except GONE:
            return SERVER_GONE
        if known is None or (connect.username and connect.username != known.urn):
            return BAD_KEY
        if self.of_key.get(known.urn, 0) >= MOST_OF_ONE:
            return QUOTA
        return known

    def take_over(self, connection: Connection) -> None:
        """The same client again: the new connection has it, the old one ends."""
        key = (connection.urn, connection.client_id)
        before = self.sessions.get(key)
        self.sessions[key] = connection
        self.of_key[connection.urn] = self.of_key.get(connection.urn, 0) + 1
        if before is not None:
            before.end(TAKEN_OVER, "")


__all__ = ["BUSY", "Listener"]
