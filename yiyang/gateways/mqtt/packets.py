"""The packets of MQTT 3.1.1 and 5 as a server reads and writes them, from the parts of mqttium's codec.

mqttium is a client: it writes CONNECT and SUBSCRIBE and reads their answers. Here it is the other way round; framing,
strings, properties and their rules, PUBLISH and acknowledgements are its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mqttium.codec import properties as contexts
from mqttium.codec.primitives import unpack_binary, unpack_u16, unpack_utf8
from mqttium.codec.properties import decode_properties, encode_properties
from mqttium.codec.vbi import decode_vbi
from mqttium.enums import MQTTProtocolVersion, PacketType, QoS
from mqttium.errors import MalformedPacketError, MQTTError, PacketTooLargeError
from mqttium.packets import PubAckPacket, PubCompPacket, PublishPacket, PubRecPacket, encode_frame
from mqttium.types import Properties

V311, V5 = MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5
PINGRESP = b"\xd0\x00"
OTHER_PROTOCOL = b"\x20\x02\x00\x01"  # CONNACK of 3.1.1: unacceptable protocol version

__all__ = ["MQTTError", "MalformedPacketError", "PacketTooLargeError", "PacketType", "PublishPacket"]


@dataclass(slots=True)
class Connect:
    protocol: MQTTProtocolVersion
    client_id: str
    keep_alive: int
    username: str
    password: str
    properties: Properties | None


class UnknownProtocol(MQTTError):
    """Neither MQTT 3.1.1 nor 5."""


def next_frame(buffer: bytearray, largest: int) -> tuple[int, bytes] | None:
    """First byte and body of the next whole packet, taken out of the buffer; None while it is not whole."""
    if len(buffer) < 2:
        return None
    try:
        length, begin = decode_vbi(buffer, 1)
    except MalformedPacketError:
        if len(buffer) >= 5 or any(byte < 0x80 for byte in buffer[1:]):
            raise
        return None
    end = begin + length
    if end > largest:
        raise PacketTooLargeError(f"{end} bytes, {largest} at most")
    if len(buffer) < end:
        return None
    first, body = buffer[0], bytes(memoryview(buffer)[begin:end])
    del buffer[:end]
    return first, body


def decode_connect(body: bytes) -> Connect:
    name, at = unpack_utf8(body)
    if at + 4 > len(body):
        raise MalformedPacketError("CONNECT too short")
    level, flags = body[at], body[at + 1]
    if name != "MQTT" or level not in (4, 5):
        raise UnknownProtocol(f"{name[:10]} {level}")
    protocol = MQTTProtocolVersion(level)
    keep_alive, at = unpack_u16(body, at + 2)
    if flags & 1 or (flags >> 3) & 3 == 3 or (not flags & 4 and flags & 0x38):
        raise MalformedPacketError("CONNECT flags")
    if protocol is V311 and flags & 0x40 and not flags & 0x80:
        raise MalformedPacketError("CONNECT with a password and no user name")
    properties = None
    if protocol is V5:
        properties, at = decode_properties(body, at, contexts.CONNECT)
    client_id, at = unpack_utf8(body, at)
    if flags & 4:  # the will is read and let go: who is gone is noticed by silence
        if protocol is V5:
            _, at = decode_properties(body, at, contexts.WILL)
        _, at = unpack_utf8(body, at)
        _, at = unpack_binary(body, at)
    username, password = "", b""
    if flags & 0x80:
        username, at = unpack_utf8(body, at)
    if flags & 0x40:
        password, at = unpack_binary(body, at)
    if at != len(body):
        raise MalformedPacketError("CONNECT has bytes behind its end")
    return Connect(protocol, client_id, keep_alive, username, password.decode("utf-8", "replace"), properties)


def decode_subscribe(body: bytes, protocol: MQTTProtocolVersion) -> tuple[int, list[str]]:
    number, at = _numbered(body, protocol, contexts.SUBSCRIBE)
    filters = []
    while at < len(body):
        topic, at = unpack_utf8(body, at)
        if at >= len(body) or body[at] & 3 == 3:
            raise MalformedPacketError("SUBSCRIBE options")
        filters.append(topic)
        at += 1
    if not filters:
        raise MalformedPacketError("SUBSCRIBE without a filter")
    return number, filters


def decode_unsubscribe(body: bytes, protocol: MQTTProtocolVersion) -> tuple[int, list[str]]:
    number, at = _numbered(body, protocol, contexts.UNSUBSCRIBE)
    filters = []
    while at < len(body):
        topic, at = unpack_utf8(body, at)
        filters.append(topic)
    return number, filters


def _numbered(body: bytes, protocol: MQTTProtocolVersion, context: str) -> tuple[int, int]:
    number, at = unpack_u16(body)
    if not number:
        raise MalformedPacketError("packet identifier 0")
    if protocol is V5:
        _, at = decode_properties(body, at, context)
    return number, at


def connack(protocol: MQTTProtocolVersion, code: int, **properties: Any) -> bytes:
    body = bytes((0, code))
    if protocol is V5:
        body += encode_properties(Properties(properties), contexts.CONNACK)
    return encode_frame(PacketType.CONNACK, 0, body)


def suback(protocol: MQTTProtocolVersion, number: int, codes: list[int]) -> bytes:
    return encode_frame(PacketType.SUBACK, 0, _head(protocol, number) + bytes(codes))


def unsuback(protocol: MQTTProtocolVersion, number: int, count: int) -> bytes:
    codes = bytes(count) if protocol is V5 else b""
    return encode_frame(PacketType.UNSUBACK, 0, _head(protocol, number) + codes)


def _head(protocol: MQTTProtocolVersion, number: int) -> bytes:
    return bytes((number >> 8, number & 255)) + (b"\0" if protocol is V5 else b"")


def acknowledged(
    protocol: MQTTProtocolVersion, qos: QoS, number: int, code: int = 0, reason: str = ""
) -> bytes:
    """PUBACK, or PUBREC for QoS 2. Only MQTT 5 can say that something was refused."""
    if protocol is not V5 or not code:
        return bytes((0x40 if qos == 1 else 0x50, 2, number >> 8, number & 255))
    properties = Properties({"reason_string": reason}) if reason else None
    kind = PubAckPacket if qos == 1 else PubRecPacket
    return kind(number, code, properties).encode(protocol)


def number_of(body: bytes) -> int:
    """Which message PUBREL is about."""
    return unpack_u16(body)[0]


def completed(protocol: MQTTProtocolVersion, number: int) -> bytes:
    return PubCompPacket(number).encode(protocol)


def publish(protocol: MQTTProtocolVersion, topic: str, payload: bytes, properties: dict[str, Any]) -> bytes:
    given = Properties(properties) if protocol is V5 else None
    return PublishPacket(topic, payload, QoS.AT_MOST_ONCE, False, False, None, given).encode(protocol)


def disconnect(protocol: MQTTProtocolVersion, code: int, reason: str = "") -> bytes:
    """A server of 3.1.1 has no word for it: it hangs up."""
    if protocol is not V5:
        return b""
    properties = Properties({"reason_string": reason} if reason else {})
    return encode_frame(
        PacketType.DISCONNECT, 0, bytes((code,)) + encode_properties(properties, contexts.DISCONNECT)
    )
