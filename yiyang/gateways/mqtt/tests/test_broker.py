"""A broker of others: what it hands over is acknowledged to it after the commit. Runs where Mosquitto is installed."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from mqttium.errors import MQTTError

from yiyang.gateways.ingest.inbox import Inbox
from yiyang.gateways.ingest.tests.test_ingest import Database
from yiyang.gateways.ingest.writer import Writers
from yiyang.gateways.mqtt.broker import Broker
from yiyang.gateways.mqtt.tests.test_listener import connected, pulse, send

FETCHED = Path(__file__).resolve().parents[4] / ".cache" / "mosquitto"  # by tools/set-up --dev
MOSQUITTO = next(
    filter(None, map(shutil.which, ("mosquitto", "/usr/sbin/mosquitto", f"{FETCHED}/usr/sbin/mosquitto"))), ""
)
LIBRARIES = ":".join(map(str, FETCHED.glob("**/lib/*-linux-*")))


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    written = tmp_path / "mosquitto.conf"
    written.write_text(f"listener {found} 127.0.0.1\nallow_anonymous true\n")
    process = subprocess.Popen(
        [MOSQUITTO, "-c", str(written)],
        stderr=subprocess.DEVNULL,
        env=os.environ | {"LD_LIBRARY_PATH": LIBRARIES},
    )
    yield found
    process.terminate()
    process.wait(10)


@pytest.mark.skipif(not MOSQUITTO, reason="needs Mosquitto: tools/set-up --dev fetches it where apt-get is")
def test_what_a_broker_hands_over_is_taken_and_its_small_queue_is_noticed(port, monkeypatch):
    database = Database(monkeypatch)

    async def work() -> None:
        inbox = Inbox()
        writers = Writers(inbox)
        writers.start()
        broker = Broker(f"mqtt://127.0.0.1:{port}", "key", inbox, "test")
        for _ in range(100):
            try:
                assert await broker.window() == (1000, 1000)  # Mosquitto's default queue lost the other half
                break
            except (MQTTError, OSError):
                await asyncio.sleep(0.05)
        running = asyncio.create_task(broker.run())
        device = await connected(port, "", "")
        await device.subscribe("devices/urn:dev:a/ack")
        while not broker.taken:
            await send(device, "devices/urn:dev:a/readings", pulse(71), 1)
            await asyncio.sleep(0.05)
        told = await asyncio.wait_for(anext(aiter(device.messages())), 5)
        assert told.topic == "devices/urn:dev:a/ack"
        running.cancel()
        await device.disconnect()
        await asyncio.to_thread(writers.stop)

    asyncio.run(asyncio.wait_for(work(), 30))

    assert set(database.taken) == {"urn:dev:a"}
