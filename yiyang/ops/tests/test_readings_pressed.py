"""Readings while the database stands still, while one device floods, and from a thousand connections at once."""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from mqttium import MQTTProtocolVersion
from mqttium.api import AsyncClient
from mqttium.errors import MQTTError

from yiyang.ops.postgres import Server
from yiyang.ops.tests.running import child, children, eventually
from yiyang.ops.tests.sending import Senders, build
from yiyang.ops.tests.test_faults import process_environment

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        not os.environ.get("YIYANG_PROOF_READINGS"), reason="YIYANG_PROOF_READINGS asks for it"
    ),
]
V311, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5
WAYS = ("gateways.mqtt", "gateways.ingest")
STALLED = 25
MOST_MEMORY = 600  # MiB of one process


@pytest.fixture
def begun(running: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert eventually(
        lambda: all(any(v in c for c in children(running).values()) for v in (*WAYS, "procrastinate"))
    )
    return running


def memory(running: subprocess.Popen[str]) -> dict[str, int]:
    """MiB of each way, with its own children."""
    found = {}
    for way in WAYS:
        pids = [child(running, way)]
        pids += [
            int(one) for pid in pids for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
        found[way] = sum(_resident(pid) for pid in pids)
    return found


def _resident(pid: int) -> int:
    words = Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()
    return int(words[0]) // 1024


@contextmanager
def watched(running: subprocess.Popen[str]) -> Iterator[dict[str, int]]:
    """The most memory of each while this lasts."""
    most, stop = memory(running), threading.Event()

    def watch() -> None:
        while not stop.wait(0.3):
            with suppress(OSError, StopIteration, IndexError):
                for way, size in memory(running).items():
                    most[way] = max(most[way], size)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield most
    stop.set()
    thread.join()


def test_a_database_that_stands_still_is_waited_for_in_bounded_memory_and_nothing_acknowledged_is_lost(
    begun: subprocess.Popen[str], migrated: Any, port: int
) -> None:
    built = build(process_environment(child(begun, "procrastinate")), 20)
    senders = Senders(port, built, STALLED + 15)
    told: Counter[Any] = Counter()
    while_stalled: list[int] = []

    def stall() -> None:
        time.sleep(5)
        with psycopg.connect(Server(migrated.data).url) as connection:
            connection.execute("LOCK TABLE devices_device IN ACCESS EXCLUSIVE MODE")
            time.sleep(1)
            while_stalled.append(len(senders.acknowledged))
            time.sleep(STALLED)
            while_stalled.append(len(senders.acknowledged))

    stalling = threading.Thread(target=stall, daemon=True)
    with watched(begun) as most:
        stalling.start()
        pressing = threading.Thread(target=lambda: asyncio.run(press(port, built, told)), daemon=True)
        pressing.start()
        senders.run()
        stalling.join(60)
        pressing.join(60)

    with psycopg.connect(Server(migrated.data).url) as connection:
        rows = connection.execute(
            "SELECT device_no, round(extract(epoch FROM at) * 1000)::int8, count(*) FROM devices_reading"
            " WHERE code = 1 GROUP BY 1, 2"
        ).fetchall()
    print(  # noqa: T201
        f"memory at most {most} MiB, answers to the press {dict(told)}, {len(senders.acknowledged)} acknowledged"
    )
    assert while_stalled[0] == while_stalled[1], "acknowledged while nothing could be stored"
    # Of one device that sends too much, nothing is taken; who is not let in may find the connection closed.
    assert told["NO_ROOM"] and set(told) <= {"NO_ROOM", "DATABASE_AWAY", "NOTHING_TAKEN", 202, "hung up"}
    assert max(most.values()) < MOST_MEMORY
    assert senders.acknowledged <= {(no, ms) for no, ms, _ in rows} and {count for *_, count in rows} == {1}


async def press(port: int, built: dict[str, Any], told: Counter[Any]) -> None:
    """Sixty connections that send two megabytes each, again and again, while the database stands still."""
    urn = built["devices"][0][0]
    begin = int(time.time()) - 5000
    body = json.dumps([{"n": f"{urn}/2708-6", "u": "%", "v": 97, "t": begin + n / 10} for n in range(19_000)])
    headers = {"Authorization": f"Bearer {built['box'][1]}"}
    until = time.monotonic() + STALLED
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(timeout=40, headers=headers, limits=limits) as client:

        async def one() -> None:
            while time.monotonic() < until:
                try:
                    answer = await client.post(f"http://127.0.0.1:{port + 2}/ingest", content=body)
                except httpx.HTTPError:
                    told["hung up"] += 1
                    continue
                told[202 if answer.status_code == 202 else answer.json()["code"]] += 1
                await asyncio.sleep(0.5)

        await asyncio.gather(*(one() for _ in range(60)))


def test_a_thousand_connections_at_once_are_answered_and_a_flood_from_one_delays_nobody(
    begun: subprocess.Popen[str], migrated: Any, port: int
) -> None:
    built = build(process_environment(child(begun, "procrastinate")), 40)

    async def work() -> None:
        began = time.monotonic()
        clients = await asyncio.gather(*(one_client(n) for n in range(1000)))
        print(f"1,000 connections in {time.monotonic() - began:.1f} s, {memory(begun)} MiB")  # noqa: T201
        began = time.monotonic()
        times = await asyncio.gather(*(told(client, n) for n, client in enumerate(clients)))
        print(f"a message of each answered in {time.monotonic() - began:.1f} s, {spread(times)}")  # noqa: T201
        quiet = await calm(clients)
        urn, key, _no = built["devices"][39]
        flooding = subprocess.Popen(
            [sys.executable, "-c", FLOOD, str(port + 3), urn, key, "9"], stdout=subprocess.PIPE, text=True
        )
        await asyncio.sleep(1)
        beside = await calm(clients)
        sent = await asyncio.to_thread(lambda: flooding.communicate()[0].strip())
        print(f"alone {spread(quiet)}; beside a flood of {sent} messages {spread(beside)}")  # noqa: T201
        assert statistics.median(beside) < 1 and max(beside) < 3
        assert await too_large(port, built["box"][1]) == 413
        for client in clients:
            with suppress(MQTTError, OSError, TimeoutError):
                await client.disconnect()

    async def one_client(n: int) -> AsyncClient:
        urn, key, _no = built["devices"][n % 39]
        client = AsyncClient(f"c{n}", protocol=V5 if n % 2 else V311, username=urn, password=key)
        await client.connect("127.0.0.1", port + 3, timeout=30)
        return client

    async def told(client: AsyncClient, n: int, at: float | None = None) -> float:
        urn = built["devices"][n % 39][0]
        began = time.monotonic()
        record = [{"n": "8867-4", "u": "/min", "v": 70, "t": (at or time.time()) - n % 1000 / 1000}]
        receipt = await client.publish(f"devices/{urn}/readings", json.dumps(record), qos=1)
        await asyncio.wait_for(receipt.wait(), 30)
        return time.monotonic() - began

    async def calm(clients: list[AsyncClient]) -> list[float]:
        """Three a second, each of another device."""
        times = []
        for n in range(20):
            times.append(await told(clients[n], n))
            await asyncio.sleep(0.3)
        return times

    asyncio.run(asyncio.wait_for(work(), 300))
    assert max(memory(begun).values()) < MOST_MEMORY


# One device sends all it can, over ten connections, from a process of its own.
FLOOD = """
import socket, sys, threading, time
port, urn, key, seconds = int(sys.argv[1]), *(one.encode() for one in sys.argv[2:4]), float(sys.argv[4])
until, sent = time.monotonic() + seconds, []
def packet(first, body):
    size, length = len(body), b""
    while size > 127:
        length, size = length + bytes([size % 128 | 128]), size // 128
    return bytes([first]) + length + bytes([size]) + body
def text(words):
    return len(words).to_bytes(2, "big") + words
def one(n):
    there = socket.create_connection(("127.0.0.1", port))
    there.settimeout(30)
    names = text(b"flood%d" % n) + text(urn) + text(key)
    there.sendall(packet(0x10, text(b"MQTT") + bytes([4, 0xC2, 0, 60]) + names))
    assert there.recv(4) == bytes([0x20, 2, 0, 0])
    while time.monotonic() < until:
        body = b'[{"n":"8867-4","u":"/min","v":70,"t":%f}]'
        there.sendall(b"".join(
            packet(0x32, text(b"devices/" + urn + b"/readings") + (i + 1).to_bytes(2, "big") + body % (time.time() - n))
            for i in range(100)
        ))
        left = 400
        while left:
            left -= len(there.recv(left)) or 1 / 0
        sent.append(100)
threads = [threading.Thread(target=one, args=(n,)) for n in range(10)]
for each in threads: each.start()
for each in threads: each.join()
print(sum(sent))
"""


def spread(times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=20)
    return f"p50 {statistics.median(times):.3f} s, p95 {cuts[-1]:.3f} s"


async def too_large(port: int, key: str) -> int:
    """Fifty megabytes in pieces, whose length was not said before."""

    async def pieces() -> Any:
        for _ in range(50):
            yield b"[" + b" " * 1_048_576

    async with httpx.AsyncClient(timeout=30, headers={"Authorization": f"Bearer {key}"}) as client:
        return (await client.post(f"http://127.0.0.1:{port + 2}/ingest", content=pieces())).status_code
