"""Devices that send over HTTP and MQTT, as they should: a reading is kept until it is acknowledged."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any

import httpx
from mqttium import MQTTProtocolVersion
from mqttium.api import AsyncClient
from mqttium.errors import MQTTError

BUILD = """
import django, json; django.setup()
from uuid import uuid4
from yiyang.access.tests import factories as access
from yiyang.devices.tests import factories
from yiyang.devices.tests.lending import lend
from yiyang.people.tests import factories as people
unit = access.organisation()
devices = [factories.device(unit, serial=uuid4().hex[:12]) for _ in range({number})]
for one in devices: lend(one, people.person().pk)
box = factories.gateway(unit, urn=f"urn:dev:ops:{{uuid4().hex}}")
print(json.dumps({{"box": [box.urn, factories.key(box)],
    "devices": [[one.urn, factories.key(one), one.no] for one in devices]}}))
"""
Reading = tuple[int, int]  # the device's number, and its millisecond
FALLS_EVERY = 50  # packs


def build(environment: dict[str, str], number: int) -> dict[str, Any]:
    command = [sys.executable, "-c", BUILD.format(number=number)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Senders:
    """`acknowledged`: what was answered as stored. Each reading has a millisecond of its own. `falls`: those too."""

    def __init__(self, port: int, built: dict[str, Any], seconds: float) -> None:
        self.port, self.box, self.devices = port, built["box"], built["devices"]
        self.until = time.monotonic() + seconds
        self.base = int(time.time() * 1000) - 3_000_000
        self.next = {no: 0 for _, _, no in self.devices}
        self.no_of = {urn: no for urn, _, no in self.devices}
        self.acknowledged: set[Reading] = set()
        self.falls: set[Reading] = set()
        self.sent_again = 0

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        half = len(self.devices) // 2
        works = [self._over_mqtt(one, n) for n, one in enumerate(self.devices[:half])]
        await asyncio.gather(*works, *(self._over_http(self.devices[half:]) for _ in range(4)))

    def _pack(self, urn: str, no: int, number: int) -> tuple[list[dict[str, Any]], list[Reading]]:
        first = self.base + self.next[no]
        self.next[no] += number
        times = range(first, first + number)
        name = f"{urn}/8867-4"
        records: list[dict[str, Any]] = [{"n": name, "u": "/min", "v": 70, "t": ms / 1000} for ms in times]
        if (first - self.base) % (number * FALLS_EVERY) == 0:
            records.append({"n": f"{urn}/FALL", "vb": True, "t": first / 1000})
        return records, [(no, ms) for ms in times]

    def _are_stored(self, readings: list[Reading], records: list[dict[str, Any]]) -> None:
        self.acknowledged.update(readings)
        fell = {
            (record["n"].rpartition("/")[0], round(record["t"] * 1000))
            for record in records
            if "vb" in record
        }
        self.falls |= {(self.no_of[urn], ms) for urn, ms in fell}

    async def _over_mqtt(self, device: list[Any], n: int) -> None:
        urn, key, no = device
        protocol = MQTTProtocolVersion.MQTTv5 if n % 2 else MQTTProtocolVersion.MQTTv311
        client, pack = None, None
        while time.monotonic() < self.until or pack:
            try:
                if client is None:
                    client = AsyncClient("one", protocol=protocol, username=urn, password=key)
                    await client.connect("127.0.0.1", self.port + 3, timeout=3)
                pack = pack or self._pack(urn, no, 5)
                topic = f"devices/{urn}/readings"
                receipt = await client.publish(topic, json.dumps(pack[0]), qos=1 + n % 3 % 2)
                await asyncio.wait_for(receipt.wait(), 15)
                self._are_stored(pack[1], pack[0])
                pack = None
            except (MQTTError, OSError, TimeoutError):
                self.sent_again += 1
                client = await _dropped(client)
        await _dropped(client)

    async def _over_http(self, devices: list[list[Any]]) -> None:
        address, headers = (
            f"http://127.0.0.1:{self.port + 2}/ingest",
            {"Authorization": f"Bearer {self.box[1]}"},
        )
        async with httpx.AsyncClient(timeout=30, headers=headers) as client:
            while time.monotonic() < self.until:
                packs = [self._pack(urn, no, 5) for urn, _, no in devices]
                body = [record for records, _ in packs for record in records]
                while not await self._posted(client, address, body):
                    self.sent_again += 1
                    await asyncio.sleep(0.2)
                self._are_stored([one for _, readings in packs for one in readings], body)

    async def _posted(self, client: httpx.AsyncClient, address: str, body: list[Any]) -> bool:
        try:
            answer = await client.post(address, json=body)
        except httpx.HTTPError:
            return False
        assert answer.status_code in (202, 503), answer.text
        if answer.status_code == 202:
            told = answer.json()
            assert told["stored"] + told["repeated"] == len(body), told
        return answer.status_code == 202


async def _dropped(client: AsyncClient | None) -> None:
    if client is not None:
        with suppress(MQTTError, OSError, TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(client.disconnect(), 2)
    await asyncio.sleep(0.2)
