"""Readings from a broker of somebody else's: acknowledged to the broker after the commit.

A broker acknowledges the device before anyone has stored the message, so the promise begins where it hands the message
over to us: what it loses before that is its own (docs/devices.md says what was measured). A shared subscription divides
the load among several installations' gateways; the session is kept by the broker while we are away.

All of it comes in under one key, that of a device gateway registered here (`mqtt.broker_key`): the broker says who may
publish on which topic, the key for which units it may speak at all.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from mqttium import MQTTProtocolVersion
from mqttium.api import AsyncClient
from mqttium.errors import MQTTError
from mqttium.types import Message as Published
from mqttium.types import Properties

from yiyang.gateways.ingest.inbox import Answer, Full, Inbox, Message
from yiyang.gateways.ingest.reading import read
from yiyang.gateways.mqtt import told, topics
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.mqtt")
FILTER = "$share/yiyang/devices/+/readings/#"
KEPT = 7 * 86_400  # seconds for which the broker keeps the session
WINDOW = 2_000  # messages that may be on their way to us at once, at least
PAUSE, LONGEST_PAUSE = 1.0, 30.0


class Broker:
    """One connection that is made again whenever it ends."""

    def __init__(self, url: str, key: str, inbox: Inbox, name: str) -> None:
        found = urlsplit(url)
        self.host, self.tls = found.hostname or "localhost", found.scheme == "mqtts"
        self.port = found.port or (8883 if self.tls else 1883)
        self.username = unquote(found.username) if found.username else None
        self.password = unquote(found.password) if found.password else None
        self.key, self.inbox, self.name = key, inbox, name
        self.taken = 0

    async def run(self) -> None:
        pause = PAUSE
        while True:
            before = self.taken
            try:
                async with self._connected(f"yiyang-{self.name}", clean=False) as client:
                    await client.subscribe(FILTER, qos=1)
                    log.warning("takes readings from the broker at %s:%s", self.host, self.port)
                    async for message in client.messages():
                        await self._take(client, message)
            except (MQTTError, OSError, TimeoutError) as problem:
                log.warning("the broker at %s:%s: %s", self.host, self.port, problem)
            pause = PAUSE if self.taken > before else min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause)

    @asynccontextmanager
    async def _connected(self, name: str, *, clean: bool) -> AsyncIterator[AsyncClient]:
        client = AsyncClient(
            name, protocol=MQTTProtocolVersion.MQTTv5, clean_start=clean, keepalive=30, manual_ack=True,
            username=self.username, password=self.password, max_inbound_inflight=WINDOW * 2,
            connect_properties=None if clean else Properties({"session_expiry_interval": KEPT}),
        )  # fmt: skip
        tls = ssl.create_default_context() if self.tls else None
        try:
            await client.connect(self.host, self.port, ssl=tls, timeout=10)
            yield client
        finally:
            with suppress(MQTTError, OSError, TimeoutError):
                await client.disconnect()

    async def _take(self, client: AsyncClient, published: Published) -> None:
        """Into the inbox; waits while there is no room, and the broker with it."""
        found = topics.readings(published.topic)
        if found is None:
            await client.ack(published)
            return
        given = published.properties
        kind = (given.get("content_type") if given else "") or found.format
        decoded = read(published.payload, kind, found.urn, now())
        loop = asyncio.get_running_loop()

        def done(answer: Answer) -> None:
            loop.create_task(self._answer(client, published, found.urn, answer))  # noqa: RUF006

        message = Message(self.key, decoded, len(published.payload), done, published.payload, kind, found.urn)
        while True:
            try:
                self.inbox.put(message)
                return
            except Full:
                await asyncio.sleep(0.05)

    async def _answer(self, client: AsyncClient, published: Published, urn: str, answer: Answer) -> None:
        """Without an acknowledgement the broker hands it over again, at the next connection."""
        with suppress(MQTTError, OSError):
            if answer.fault:
                log.warning("a message of the broker could not be stored: %s", answer.fault)
                await client.disconnect()
                return
            self.taken += 1
            await client.ack(published)
            await client.publish(
                topics.answers(urn, topics.NACK if answer.refused else topics.ACK),
                told.body(answer, None), qos=0, properties=_correlation(published),
            )  # fmt: skip

    async def window(self) -> tuple[int, int]:
        """How many messages the broker hands over before one is acknowledged, and how many of 2,000 it kept.

        Tried, because no broker tells it: 2,000 messages to ourselves while we are away, acknowledged only when no
        more come.
        """
        topic, name = f"devices/yiyang-{self.name}/probe", f"yiyang-{self.name}-probe"
        async with self._connected(name, clean=True):
            pass  # whatever an earlier trial left there is gone
        async with self._connected(name, clean=False) as taker:
            await taker.subscribe(topic, qos=1)
        async with self._connected(f"{name}-sends", clean=True) as sender:
            sent = [await sender.publish(topic, b"x", qos=1) for _ in range(WINDOW)]
            for receipt in sent:
                await receipt.wait()
        async with self._connected(name, clean=False) as taker:
            messages = taker.messages()
            waiting = unanswered = await _all_that_come(messages)
            kept = 0
            while waiting:
                kept += len(waiting)
                for one in waiting:
                    await taker.ack(one)
                waiting = await _all_that_come(messages)
        async with self._connected(name, clean=True):
            return len(unanswered), kept


async def _all_that_come(messages: AsyncIterator[Published], patience: float = 1.0) -> list[Published]:
    found: list[Published] = []
    with suppress(TimeoutError, StopAsyncIteration):
        while len(found) < WINDOW:
            found.append(await asyncio.wait_for(anext(messages), patience))
    return found


def _correlation(published: Published) -> Properties | None:
    given: Any = published.properties.get("correlation_data") if published.properties else None
    return Properties({"correlation_data": given}) if given else None


async def check_window(broker: Broker) -> None:
    """At the start, in words in the log."""
    try:
        window, kept = await broker.window()
    except (MQTTError, OSError, TimeoutError) as problem:
        log.warning("the broker's window could not be tried: %s", problem)
        return
    if window < WINDOW or kept < WINDOW:
        log.error(
            "the broker hands over %d messages at once and kept %d of %d that waited: it will lose readings under "
            "load. Set its window and queue to %d at least (Mosquitto: max_inflight_messages, max_queued_messages).",
            window, kept, WINDOW, WINDOW,
        )  # fmt: skip
    else:
        log.warning("the broker hands over %d messages at once, and lost none", window)
