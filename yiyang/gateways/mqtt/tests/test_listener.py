"""Our MQTT listener, with a client of others: acknowledged is stored; what is not one's own is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from mqttium import MQTTProtocolVersion
from mqttium.api import AsyncClient
from mqttium.errors import MQTTError, PublishRejectedError

from yiyang.access.tests import factories as access
from yiyang.devices.tests import factories
from yiyang.devices.tests.lending import lend, stored
from yiyang.gateways.devices import formats
from yiyang.gateways.ingest import writer
from yiyang.gateways.mqtt import packets, topics
from yiyang.gateways.mqtt.listener import Listener
from yiyang.people.tests import factories as people

V311, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5


def test_topics_name_a_device_and_a_format_and_nobody_listens_to_others():
    assert topics.readings("devices/urn:dev:a/readings") == ("urn:dev:a", "")
    assert topics.readings("devices/urn:dev:a/b/readings/senml-cbor") == ("urn:dev:a/b", "senml-cbor")
    for wrong in ("devices//readings", "devices/a/ack", "other/a/readings", "devices/a/readingsx", "$SYS/a"):
        assert topics.readings(wrong) is None
    assert topics.listens("devices/a/nack", "a", False) == {topics.NACK}
    assert topics.listens("devices/a/#", "a", False) == {topics.ACK, topics.NACK}
    for wrong in ("#", "devices/#", "devices/+/ack", "devices/b/ack", "devices/a/readings"):
        assert topics.listens(wrong, "a", False) == set()
    assert topics.listens("devices/+/ack", "box", True) == {topics.ACK}


def test_frames_come_whole_however_they_were_cut():
    buffer = bytearray()
    whole = b"\xc0\x00" + b"\x30\x83\x01" + b"x" * 131
    found = []
    for byte in whole:
        buffer.append(byte)
        while frame := packets.next_frame(buffer, 1000):
            found.append(frame)

    assert found == [(0xC0, b""), (0x30, b"x" * 131)]
    for wrong, why in (
        (b"\x30\xff\xff\xff\x7f", packets.PacketTooLargeError),
        (b"\x30\xff\xff\xff\xff", MQTTError),
    ):
        with pytest.raises(why):
            packets.next_frame(bytearray(wrong), 1000)


def listening(work: Callable[[Listener, int], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        listener = Listener(patience=1.0)
        port = await listener.start("127.0.0.1", 0)
        try:
            await asyncio.wait_for(work(listener, port), 30)
        finally:
            await listener.stop()

    asyncio.run(whole())


async def connected(
    port: int, urn: str, key: str, protocol: Any = V5, name: str = "c", **more: Any
) -> AsyncClient:
    tls, host = more.pop("tls", None), more.pop("host", "127.0.0.1")
    client = AsyncClient(name, protocol=protocol, username=urn, password=key, **more)
    await client.connect(host, port, ssl=tls, timeout=5)
    return client


async def send(client: AsyncClient, topic: str, payload: bytes, qos: int) -> None:
    receipt = await client.publish(topic, payload, qos=qos)
    await receipt.wait()


def pulse(value: float, ago: int = 0, urn: str = "") -> bytes:
    name = f"{urn}/8867-4" if urn else "8867-4"
    return json.dumps([{"n": name, "u": "/min", "v": value, "t": -ago}]).encode()


@pytest.mark.usefixtures("committed_readings")
def test_what_is_acknowledged_is_stored_and_only_ones_own_is_taken(monkeypatch):
    monkeypatch.setitem(formats.BY_NAME, "broken", lambda *given: {}["a fault of ours"])
    unit = access.organisation()
    wang, li = people.person(), people.person("李大爷")
    bracelet, other = factories.device(unit), factories.device(unit)
    lend(bracelet, wang.pk), lend(other, li.pk)
    own, box = factories.key(bracelet), factories.gateway(unit)
    box_key = factories.key(box)
    mine, theirs = f"devices/{bracelet.urn}/readings", f"devices/{other.urn}/readings"

    async def work(listener: Listener, port: int) -> None:
        for key, urn in (("wrong", bracelet.urn), (own, other.urn)):
            for protocol in (V5, V311):
                with pytest.raises(MQTTError):
                    await connected(port, urn, key, protocol)

        client = await connected(port, bracelet.urn, own)
        await client.subscribe(f"devices/{bracelet.urn}/nack")
        await send(client, mine, pulse(71, 9), 1)
        await send(client, mine, pulse(70, 8), 2)
        await send(client, mine + "/senml", pulse(69, 7), 0)
        with pytest.raises(PublishRejectedError) as refused:
            await send(client, theirs, pulse(66), 1)
        assert refused.value.reason_code == 0x87
        with pytest.raises(PublishRejectedError):
            await send(client, mine, pulse(66, urn=other.urn), 1)
        with pytest.raises(PublishRejectedError):
            await send(client, "anything", b"", 1)
        with pytest.raises(PublishRejectedError) as aside:  # and no more: it would come for ever
            await send(client, mine + "/broken", b"x", 1)
        assert aside.value.reason_code == 0x83
        nack = await asyncio.wait_for(anext(aiter(client.messages())), 5)
        assert (nack.topic, json.loads(nack.payload)["rejections"][0]["code"]) == (
            f"devices/{bracelet.urn}/nack",
            "NOT_YOURS",
        )

        old = await connected(port, bracelet.urn, own, V311, name="again")
        await send(old, mine, pulse(71, 5), 1)
        await send(old, theirs, pulse(66), 1)  # 3.1.1 has no word for no
        newer = await connected(port, bracelet.urn, own, V311, name="again")
        await send(newer, mine, pulse(72, 4), 1)
        for _ in range(100):
            if not old.is_connected:
                break
            await asyncio.sleep(0.02)
        assert not old.is_connected

        gateway = await connected(port, box.urn, box_key, name="box")
        await send(gateway, theirs, pulse(60, 3), 1)
        await send(gateway, f"devices/{box.urn}/readings", pulse(61, 2, other.urn), 1)
        with pytest.raises(PublishRejectedError):
            await send(gateway, theirs, pulse(62, 1, bracelet.urn), 1)
        for one in (client, newer, gateway):
            await one.disconnect()

    listening(work)

    assert sorted((row[0] == wang.pk, row[3]) for row in stored()) == [
        (False, 60), (False, 61), (True, 69), (True, 70), (True, 71), (True, 71), (True, 72),
    ]  # fmt: skip


def test_nothing_is_acknowledged_before_the_commit_and_a_flood_is_read_no_faster(monkeypatch):
    """The database stands still; one device sends all it can. Then it goes on, and all is acknowledged."""
    from yiyang.gateways.ingest.tests.test_ingest import Database

    database, go = Database(monkeypatch), __import__("threading").Event()
    database.mood = lambda packs: go.wait(20) and None

    async def known(self: Any, secret: str) -> Any:
        return writer.senders_of({secret}, None)[secret]

    monkeypatch.setattr("yiyang.gateways.ingest.door.Door.who", known)

    async def work(listener: Listener, port: int) -> None:
        reader, sender = await asyncio.open_connection("127.0.0.1", port)
        client = await connected(port, "", "quiet")
        sender.write(CONNECT)
        assert (await reader.readexactly(4)) == b"\x20\x02\x00\x00"
        for number in range(1, 2001):
            sender.write(_publish(number))
        await asyncio.sleep(0.3)
        [flooding] = [one for one in listener.connections if one.client_id == "flood"]
        assert len(flooding.waiting) <= 256 and listener.inbox.readings < 1200
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.1)

        go.set()
        await asyncio.wait_for(send(client, "devices/quiet/readings", b'[{"n":"8867-4","v":70}]', 1), 5)
        told = await asyncio.wait_for(reader.readexactly(4 * 2000), 10)
        assert told == b"".join(bytes((0x40, 2, n >> 8, n & 255)) for n in range(1, 2001))
        await client.disconnect()
        sender.close()

    listening(work)


CONNECT = b"\x10\x1a\x00\x04MQTT\x04\xc2\x00\x3c\x00\x05flood\x00\x00\x00\x05flood"


def _publish(number: int) -> bytes:
    body = b"\x00\x16devices/flood/readings" + bytes((number >> 8, number & 255)) + b'[{"n":"8867-4","v":70}]'
    return bytes((0x32, len(body))) + body
