"""Clients as they come: encrypted or not, of either protocol, silent, too large, or speaking nonsense."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from mqttium.errors import MQTTError

from yiyang.gateways.ingest import writer
from yiyang.gateways.ingest.tests.test_ingest import Database
from yiyang.gateways.mqtt import packets
from yiyang.gateways.mqtt.__main__ import _tls
from yiyang.gateways.mqtt.connection import OF_A_DEVICE
from yiyang.gateways.mqtt.listener import Listener
from yiyang.gateways.mqtt.tests.test_listener import V5, V311, connected, pulse, send
from yiyang.kernel.time import now

READINGS = "devices/urn:dev:a/readings"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now() - timedelta(days=1)).not_valid_after(now() + timedelta(days=1))
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False).sign(
        key, hashes.SHA256()
    )
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = Database(monkeypatch)

    async def known(self: Any, secret: str) -> Any:
        return writer.senders_of({secret}, None)[secret]

    monkeypatch.setattr("yiyang.gateways.ingest.door.Door.who", known)
    return made


def test_over_tls_both_protocols_and_every_quality_of_service_are_taken(database, certificate):
    async def work() -> None:
        listener = Listener(patience=1.0)
        names = ("mqtt.certificate", "mqtt.key")
        settings = {
            name: SimpleNamespace(value=str(path)) for name, path in zip(names, certificate, strict=True)
        }
        port = await listener.start("127.0.0.1", 0, _tls(settings))
        trusted = ssl.create_default_context(cafile=str(certificate[0]))
        for protocol in (V5, V311):
            client = await connected(
                port, "urn:dev:a", "urn:dev:a", protocol, name="tls", tls=trusted, host="localhost"
            )
            for qos in (0, 1, 2):
                await send(client, READINGS, pulse(70), qos)
            await send(client, READINGS, pulse(70), 1)  # behind the unanswered one
            await client.disconnect()
        with pytest.raises((MQTTError, OSError, TimeoutError)):
            await connected(
                port, "urn:dev:a", "urn:dev:a", tls=ssl.create_default_context(), host="localhost"
            )
        with pytest.raises((MQTTError, OSError, TimeoutError)):
            await connected(port, "urn:dev:a", "urn:dev:a")
        await listener.stop()

    asyncio.run(asyncio.wait_for(work(), 20))

    assert len(database.taken) == 8


def test_who_falls_silent_or_sends_too_much_at_once_is_hung_up_on_and_the_others_go_on(database):
    async def work() -> None:
        listener = Listener(patience=0.3)
        port = await listener.start("127.0.0.1", 0)
        good = await connected(port, "urn:dev:a", "urn:dev:a")
        began, hung_up = time.monotonic(), []

        async def reads(name: str, reader: asyncio.StreamReader) -> bytes:
            said = await reader.read()
            hung_up.append(name)
            return said

        says_nothing, silent, large, garbage = [
            await asyncio.open_connection("127.0.0.1", port) for _ in range(4)
        ]
        silent[1].write(connect("silent", 1))
        large[1].write(connect("large", 60) + b"\x32" + length(OF_A_DEVICE))
        garbage[1].write(connect("garbage", 60) + b"\x62\x00" + b"\xff" * 99)

        first = asyncio.create_task(reads("says nothing", says_nothing[0]))
        then = asyncio.create_task(reads("silent", silent[0]))
        assert await first == b""
        assert await large[0].read() == WELCOME
        assert await garbage[0].read() == WELCOME
        await send(good, READINGS, pulse(70), 1)
        assert await then == WELCOME
        assert hung_up == [
            "says nothing",
            "silent",
        ]  # after its patience, and after one and a half times its own
        assert time.monotonic() - began > 1.4
        await send(good, READINGS, pulse(71), 1)
        for _, sender in (says_nothing, silent, large, garbage):
            sender.close()
        await good.disconnect()
        await listener.stop()

    asyncio.run(asyncio.wait_for(work(), 20))


def test_however_many_topics_one_names_nothing_is_kept_of_them(database):
    async def work() -> None:
        listener = Listener()
        port = await listener.start("127.0.0.1", 0)
        client = await connected(port, "urn:dev:a", "urn:dev:a")
        for number in range(600):
            await client.publish(f"devices/urn:dev:{number}/readings", pulse(70), qos=0)
        for number in range(3):
            with pytest.raises(MQTTError):
                await client.subscribe(f"devices/{number}/+/ack")
        await send(client, READINGS, pulse(71), 1)
        [connection] = listener.connections
        assert (connection.listens, len(connection.waiting)) == (set(), 0)
        assert (listener.inbox.rows, listener.inbox.held, len(listener.sessions)) == ({}, {}, 1)
        await client.disconnect()
        await listener.stop()

    asyncio.run(asyncio.wait_for(work(), 20))

    assert len(database.taken) == 1


WELCOME = b"\x20\x02\x00\x00"


def connect(client: str, keep_alive: int) -> bytes:
    name = client.encode()
    body = b"\x00\x04MQTT\x04\xc2" + keep_alive.to_bytes(2, "big")
    for part in (name, b"urn:dev:a", b"urn:dev:a"):
        body += len(part).to_bytes(2, "big") + part
    return b"\x10" + bytes([len(body)]) + body


def length(number: int) -> bytes:
    found = b""
    while number > 127:
        found += bytes([number % 128 | 128])
        number //= 128
    return found + bytes([number])


def test_packets_cut_or_spoilt_anywhere_are_malformed_and_nothing_else():
    """Whoever decodes raises nothing but an error of the protocol, so that one connection ends and no more."""
    chance = random.Random(6)
    whole = {
        "connect": connect("c", 60)[2:],
        "connect 5": b"\x00\x04MQTT\x05\xc6\x00\x3c\x05\x11\x00\x00\x00\x0a\x00\x01c\x00\x00\x01w\x00\x01x\x00\x01u\x00\x01p",
        "subscribe": b"\x00\x07\x00\x00\x0ddevices/a/ack\x01",
        "unsubscribe": b"\x00\x07\x00\x00\x0ddevices/a/ack",
        "publish": b"\x00\x12devices/a/readings\x00\x09\x03\x03\x00\x00[]",
    }
    readers = {
        "connect": lambda body: packets.decode_connect(body),
        "connect 5": lambda body: packets.decode_connect(body),
        "subscribe": lambda body: packets.decode_subscribe(body, V5),
        "unsubscribe": lambda body: packets.decode_unsubscribe(body, V5),
        "publish": lambda body: packets.PublishPacket.decode(2, body, V5),
    }
    for name, read in readers.items():
        body = whole[name]
        read(body)
        spoilt = [body[:cut] for cut in range(len(body))]
        for _ in range(400):
            changed = bytearray(body)
            for _ in range(chance.randint(1, 3)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            spoilt.append(bytes(changed))
        for one in spoilt:
            try:
                read(one)
            except MQTTError:
                continue
