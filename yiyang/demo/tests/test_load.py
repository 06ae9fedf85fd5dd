"""The load generator: what it sends can be read, it keeps to the clock, and it counts what was acknowledged."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from yiyang.demo.devices.load.plan import Plan, Sender, Turns
from yiyang.demo.devices.load.sending import Load
from yiyang.demo.devices.load.texts import prepare
from yiyang.gateways.devices import formats
from yiyang.gateways.mqtt import packets

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SENDERS = (Sender("urn:dev:ops:a", "d_a", 1, 2, 50), Sender("urn:dev:ops:b", "d_b", 2, 2, 50))


@pytest.mark.parametrize("format", ["json", "cbor"])
def test_every_message_says_twenty_readings_of_each_device(format: str) -> None:
    texts = prepare(1, 20, format)
    seconds = int(NOW.timestamp())
    parts = [texts.of_device(f"urn:dev:mac:{number:012x}", seconds, 125, number) for number in (7, 8)]

    decoded = formats.decode(texts.of_devices(parts, 40), texts.content_type, NOW)

    assert not decoded.refused
    assert [(pack.urn, len(pack.at)) for pack in decoded.packs] == [
        ("urn:dev:mac:000000000007", 20),
        ("urn:dev:mac:000000000008", 20),
    ]
    assert max(decoded.packs[0].at) == seconds * 1_000_000 + 125_000
    assert len(set(zip(decoded.packs[0].at, decoded.packs[0].code, strict=True))) == 20


def test_each_device_has_its_turn_before_any_has_a_second() -> None:
    turns = Turns(Sender("urn:dev:ops:a", "", 3, 40, 100), seed=5)

    first = [turns.number(turns.next()) for _ in range(100)]

    assert sorted(first) == list(range(3, 3 + 40 * 100, 40))
    assert first != sorted(first)


async def _platform(answer: bytes, taken: list[bytes]) -> asyncio.Server:
    """Takes requests, and answers each as it is told to."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readuntil(b"\r\n\r\n"):
            size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            taken.append(await reader.readexactly(size))
            writer.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
        return _until_gone(talk(reader, writer))

    return await asyncio.start_server(begin, "127.0.0.1", 0)


async def _broker(taken: list[bytes]) -> asyncio.Server:
    """Takes messages of MQTT 5, and acknowledges each."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = bytearray()
        while data := await reader.read(65_536):
            buffer += data
            while frame := packets.next_frame(buffer, 100_000):
                kind, body = frame
                if kind == 0x10:
                    assert packets.decode_connect(body).username.startswith("urn:dev:ops:")
                    writer.write(b"\x20\x03\x00\x00\x00")
                elif kind & 0xF0 == 0x30:
                    packet = packets.PublishPacket.decode(kind & 15, body, packets.V5)
                    assert packet.mid
                    taken.append(bytes(packet.payload))
                    writer.write(packets.acknowledged(packets.V5, packet.qos, packet.mid))

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
        return _until_gone(talk(reader, writer))

    return await asyncio.start_server(begin, "127.0.0.1", 0)


async def _until_gone(talk: Any) -> None:
    try:
        await talk
    except (asyncio.IncompleteReadError, ConnectionError):
        return


@pytest.mark.parametrize("way", ["http", "mqtt"])
def test_readings_are_sent_by_the_clock_and_counted_when_acknowledged(way: str) -> None:
    taken: list[bytes] = []

    async def run() -> tuple[Load, dict[str, Any]]:
        server = await (_broker(taken) if way == "mqtt" else _platform(b'{"stored":20}', taken))
        port = server.sockets[0].getsockname()[1]
        plan = Plan(
            way, "127.0.0.1", port, SENDERS, 4000, 0.5, connections=4, falls=4, fallers=((0, 7), (1, 8))
        )
        load = Load(plan)
        told = await load.run(lambda _line: None)
        server.close()
        return load, told

    load, told = asyncio.run(run())

    falls = [body for body in taken if b"FALL" in body]
    assert told["acknowledged"] == told["sent"] == 20 * (len(taken) - len(falls))
    assert told["not_acknowledged"] == 0
    assert 0.8 * told["due"] <= told["sent"] <= told["due"]
    assert len(falls) == len(load.account.falls) == 1
    assert len(json.loads(falls[0])) == 1
    assert told["persons"] == min(100, len(taken) - 1)
