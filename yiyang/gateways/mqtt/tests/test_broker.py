"""A broker of others: what it hands over is acknowledged to it after the commit. Runs where Mosquitto is installed."""

from __future__ import annotations

import asyncio
import getpass
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
from yiyang.gateways.mqtt.broker import Broker, _all_that_come
from yiyang.gateways.mqtt.tests.test_listener import connected, pulse, send

FETCHED = Path(__file__).resolve().parents[4] / ".cache" / "mosquitto"  # by tools/set-up --dev
MOSQUITTO = next(
    filter(None, map(shutil.which, ("mosquitto", "/usr/sbin/mosquitto", f"{FETCHED}/usr/sbin/mosquitto"))), ""
)
LIBRARIES = ":".join(map(str, FETCHED.glob("**/lib/*-linux-*")))


def free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    found = free()
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


SENT = 3_000
SETTINGS = {
    "as shipped": "",
    "max_queued_messages 0": "max_queued_messages 0\n",
    "and written to disk each second": (
        "max_queued_messages 0\npersistence true\nautosave_on_changes true\nautosave_interval 1\n"
    ),
}


@pytest.mark.proof
@pytest.mark.skipif(
    not (MOSQUITTO and os.environ.get("YIYANG_PROOF_READINGS")), reason="counts what Mosquitto loses"
)
@pytest.mark.parametrize("named", SETTINGS)
def test_what_mosquitto_acknowledged_and_lost_is_counted(named, tmp_path):
    """Nothing of ours can mend it: the figures stand in docs/devices.md."""
    found = free()
    written = tmp_path / "mosquitto.conf"
    written.write_text(
        f"listener {found} 127.0.0.1\nallow_anonymous true\nuser {getpass.getuser()}\n"
        f"persistence_location {tmp_path}/\n{SETTINGS[named]}"
    )

    def begin() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [MOSQUITTO, "-c", str(written)],
            stderr=subprocess.DEVNULL,
            env=os.environ | {"LD_LIBRARY_PATH": LIBRARIES},
        )

    async def work(process: subprocess.Popen[bytes]) -> tuple[int, subprocess.Popen[bytes]]:
        broker = Broker(f"mqtt://127.0.0.1:{found}", "key", Inbox(), "counted")
        await there(broker)
        async with broker._connected("takes", clean=False) as taker:
            await taker.subscribe("devices/+/readings", qos=1)
        async with broker._connected("sends", clean=True) as sender:
            receipts = [await sender.publish("devices/a/readings", b"[]", qos=1) for _ in range(SENT)]
            for one in receipts:
                await one.wait()
            await asyncio.sleep(2)
        process.kill()
        process.wait()
        process = begin()
        await there(broker)
        async with broker._connected("takes", clean=False) as taker:
            messages, kept = taker.messages(), 0
            while waiting := await _all_that_come(messages):
                kept += len(waiting)
                for message in waiting:
                    await taker.ack(message)
        return kept, process

    async def there(broker: Broker) -> None:
        for _ in range(100):
            try:
                async with broker._connected("asks", clean=True):
                    return
            except (MQTTError, OSError):
                await asyncio.sleep(0.05)

    kept, process = asyncio.run(asyncio.wait_for(work(begin()), 90))
    process.terminate()
    process.wait(10)
    print(f"Mosquitto, {named}: {kept} of {SENT} acknowledged messages after kill -9")  # noqa: T201
    assert kept <= SENT
