"""One connection of a device or gateway: it is answered after the commit, in the order in which it sent.

Back-pressure is the socket's own: while much of what it sent waits, or there is no room for more, no more is read.
"""

from __future__ import annotations

import asyncio
import logging
import time as stopwatch
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mqttium.enums import MQTTProtocolVersion, QoS

from yiyang.devices.packs import Why
from yiyang.gateways.devices import formats
from yiyang.gateways.devices.decoding import Decoded
from yiyang.gateways.ingest.inbox import AWAY, BROKEN, UNKNOWN_KEY, Answer, Full, Message
from yiyang.gateways.ingest.reading import read
from yiyang.gateways.mqtt import packets, told, topics
from yiyang.gateways.mqtt.packets import V5, PacketType, PublishPacket
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.gateways.mqtt.listener import Listener

log = logging.getLogger("yiyang.mqtt")
BEFORE_KNOWN, OF_A_DEVICE, OF_A_GATEWAY = 16_384, 512 * 1024, formats.MOST_BYTES + 1024
MOST_WAITING = 256  # messages of one connection that wait for their commit
LONGEST_SILENCE = 1800
TRY_AGAIN = 0.1
NO_ROOM_FOR = 30.0
FAULT_PAUSE = 10.0
MOST_FILTERS = 16
# Reasons of MQTT 5; 3.1.1 knows the first five in its own numbers.
NOT_AUTHORIZED, BAD_KEY, SERVER_GONE, BUSY, TAKEN_OVER = 0x87, 0x86, 0x88, 0x89, 0x8E
BROKEN_HERE = 0x83
MALFORMED, PROTOCOL, TOO_LARGE, TIMEOUT, QUOTA = 0x81, 0x82, 0x95, 0x8D, 0x97
REFUSED_311 = {BAD_KEY: 4, NOT_AUTHORIZED: 5, SERVER_GONE: 3, BUSY: 3, QUOTA: 3}


@dataclass(slots=True)
class Waiting:
    """A message that is not answered yet. Answers leave in the order of the messages."""

    packet: PublishPacket
    urn: str
    answer: Answer | None = None


class Connection(asyncio.Protocol):
    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.transport: asyncio.Transport
        self.buffer = bytearray()
        self.protocol: MQTTProtocolVersion = V5
        self.largest = BEFORE_KNOWN
        self.urn = self.secret = self.client_id = ""
        self.is_gateway = self.known = self.checking = self.closed = False
        self.explains = True
        self.listens: set[str] = set()
        self.waiting: deque[Waiting] = deque()
        self.held: Message | None = None
        self.held_since = 0.0
        self.slow = self.stopped = False
        self.out: list[bytes] = []
        self.keep_alive = 0.0
        self.heard = stopwatch.monotonic()
        self.timer: asyncio.TimerHandle | None = None

    # The server's calls

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        if not self.listener.welcome(self):
            self._close()
            return
        self.timer = self.listener.loop.call_later(self.listener.patience, self._connect_or_go)

    def connection_lost(self, problem: Exception | None) -> None:
        self.closed = True
        self.listener.farewell(self)
        self.buffer.clear()
        self.held = None
        if self.timer:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        self.heard = stopwatch.monotonic()
        self.buffer += data
        self._work()

    def pause_writing(self) -> None:
        self.slow = True
        self._read_or_wait()

    def resume_writing(self) -> None:
        self.slow = False
        self._work()

    # Reading

    def _full(self) -> bool:
        return bool(self.checking or self.held or self.slow or len(self.waiting) >= MOST_WAITING)

    def _work(self) -> None:
        """Every whole packet that has come, until there is reason to wait."""
        try:
            while not (self.closed or self._full()):
                frame = packets.next_frame(self.buffer, self.largest)
                if frame is None:
                    break
                self._take(*frame)
        except packets.UnknownProtocol:
            self._write(packets.OTHER_PROTOCOL)
            self._close()
        except packets.PacketTooLargeError as wrong:
            self.end(TOO_LARGE, str(wrong))
        except packets.MQTTError as wrong:
            self.end(MALFORMED, str(wrong)[:100])
        self._read_or_wait()

    def _read_or_wait(self) -> None:
        stop = self._full()
        if self.closed or stop == self.stopped:
            return
        self.stopped = stop
        if stop:
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _take(self, first: int, body: bytes) -> None:
        kind, flags = first & 0xF0, first & 0x0F
        if not self.known:
            if kind != PacketType.CONNECT or flags:
                raise packets.MalformedPacketError("the first packet is CONNECT")
            self._connect(packets.decode_connect(body))
        elif kind == PacketType.PUBLISH:
            self._publish(PublishPacket.decode(flags, body, self.protocol))
        elif flags != (2 if kind in (PacketType.PUBREL, PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE) else 0):
            raise packets.MalformedPacketError("flags of the packet")
        elif kind == PacketType.PINGREQ:
            self._write(packets.PINGRESP)
        elif kind == PacketType.PUBREL:
            self._write(packets.completed(self.protocol, packets.number_of(body)))
        elif kind == PacketType.SUBSCRIBE:
            self._subscribe(*packets.decode_subscribe(body, self.protocol))
        elif kind == PacketType.UNSUBSCRIBE:
            self._unsubscribe(*packets.decode_unsubscribe(body, self.protocol))
        elif kind == PacketType.DISCONNECT:
            self._close()
        elif kind not in (PacketType.PUBACK, PacketType.PUBCOMP, PacketType.PUBREC):
            self.end(PROTOCOL, "this packet has no place here")

    # Who it is

    def _connect(self, connect: packets.Connect) -> None:
        self.protocol, self.checking = connect.protocol, True
        self.listener.background(self._find_out(connect))

    async def _find_out(self, connect: packets.Connect) -> None:
        code = await self.listener.check(connect)
        self.checking = False
        if self.closed:
            return
        if isinstance(code, int):
            self.refuse(code)
            return
        self.urn, self.secret, self.is_gateway = (
            code.urn,
            connect.password,
            code.sender.gateway_id is not None,
        )
        self.client_id = connect.client_id or f"{self.urn} {id(self)}"
        self.known, self.largest = True, OF_A_GATEWAY if self.is_gateway else OF_A_DEVICE
        given = connect.properties
        self.explains = given is None or given.get("request_problem_information", 1) == 1
        self.keep_alive = float(min(connect.keep_alive or LONGEST_SILENCE, LONGEST_SILENCE))
        self.listener.take_over(self)
        self._write(packets.connack(self.protocol, 0, **self._terms(connect)))
        if self.timer:
            self.timer.cancel()
        self._watch()
        self._work()

    def _terms(self, connect: packets.Connect) -> dict[str, Any]:
        """What a client of MQTT 5 is told of this server."""
        terms: dict[str, Any] = {
            "session_expiry_interval": 0,
            "receive_maximum": MOST_WAITING,
            "retain_available": 0,
            "maximum_packet_size": self.largest,
            "topic_alias_maximum": 0,
            "shared_subscription_available": 0,
            "subscription_identifier_available": 0,
        }
        if not connect.client_id:
            terms["assigned_client_identifier"] = self.client_id
        if self.keep_alive != connect.keep_alive:
            terms["server_keep_alive"] = int(self.keep_alive)
        return terms

    def refuse(self, code: int) -> None:
        self._write(packets.connack(self.protocol, code if self.protocol is V5 else REFUSED_311.get(code, 3)))
        self._close()

    def _connect_or_go(self) -> None:
        if not self.known:
            self._close()

    def _watch(self) -> None:
        """Silence of one and a half keep-alives ends the connection; while we do not read, it is ours."""
        if self.stopped:
            self.heard = stopwatch.monotonic()
        left = self.heard + self.keep_alive * 1.5 - stopwatch.monotonic()
        if left <= 0:
            self.end(TIMEOUT, "")
        else:
            self.timer = self.listener.loop.call_later(max(left, 0.05), self._watch)

    # What it sends

    def _publish(self, packet: PublishPacket) -> None:
        found = topics.readings(packet.topic)
        waiting = Waiting(packet, found.urn if found else "")
        kind = only = ""
        if found is None:
            decoded = Decoded()
            decoded.refuse(None, Why.UNKNOWN_QUANTITY, f"no topic of readings: {packet.topic[:40]}")
        elif found.urn != self.urn and not self.is_gateway:
            decoded = Decoded()
            decoded.refuse(None, Why.NOT_YOURS, found.urn, found.urn)
        else:
            properties = packet.properties
            kind = (properties.get("content_type") if properties else "") or found.format
            only = found.urn if found.urn != self.urn else ""
            decoded = read(packet.payload, kind, only, now())
        self.waiting.append(waiting)
        message = Message(
            self.secret, decoded, len(packet.payload), lambda answer: self._told(waiting, answer),
            packet.payload, kind, only,
        )  # fmt: skip
        self._put(message)

    def _put(self, message: Message) -> None:
        try:
            self.listener.inbox.put(message)
            self.held = None
        except Full:
            if self.held is None:
                self.held, self.held_since = message, stopwatch.monotonic()
            self.listener.loop.call_later(TRY_AGAIN, self._try_again, message)

    def _try_again(self, message: Message) -> None:
        if self.closed or self.held is not message:
            return
        if stopwatch.monotonic() - self.held_since > NO_ROOM_FOR:
            self.end(BUSY, "")
            return
        self._put(message)
        self._work()

    def _told(self, waiting: Waiting, answer: Answer) -> None:
        waiting.answer = answer
        while self.waiting and self.waiting[0].answer is not None and not self.closed:
            first = self.waiting.popleft()
            assert first.answer is not None
            self._acknowledge(first, first.answer)
        if self.stopped or self.buffer:
            self._work()

    def _acknowledge(self, waiting: Waiting, answer: Answer) -> None:
        """Without an acknowledgement the device keeps its message and sends it again."""
        if answer.fault:
            self.listener.door.forget(self.secret)
            if answer.fault == BROKEN:  # it will come again: not at once
                self.checking = True
                self.listener.loop.call_later(FAULT_PAUSE, self.end, BROKEN_HERE, answer.fault)
                return
            self.end({UNKNOWN_KEY: NOT_AUTHORIZED, AWAY: BUSY}.get(answer.fault, BROKEN_HERE), answer.fault)
            return
        packet = waiting.packet
        code, reason = told.reason(answer)
        if packet.qos:
            assert packet.mid is not None
            words = reason if self.explains else ""
            self._write(packets.acknowledged(self.protocol, packet.qos, packet.mid, code, words))
        self._answer(waiting, answer)

    def _answer(self, waiting: Waiting, answer: Answer) -> None:
        """On the answer topics, for those who listen: what became of it."""
        kind = topics.NACK if answer.refused else topics.ACK
        if kind not in self.listens:
            return
        given = waiting.packet.properties
        correlation = given.get("correlation_data") if given else None
        properties = {"correlation_data": correlation} if correlation else {}
        urn = waiting.urn if waiting.urn and self.is_gateway else self.urn
        topic = topics.answers(urn, kind)
        self._write(packets.publish(self.protocol, topic, told.body(answer, waiting.packet.mid), properties))

    # What it listens to

    def _subscribe(self, number: int, filters: list[str]) -> None:
        codes = []
        for one in filters[:MOST_FILTERS]:
            granted = topics.listens(one, self.urn, self.is_gateway)
            self.listens |= granted
            codes.append(QoS.AT_MOST_ONCE if granted else NOT_AUTHORIZED if self.protocol is V5 else 0x80)
        codes += [QUOTA if self.protocol is V5 else 0x80] * (len(filters) - len(codes))
        self._write(packets.suback(self.protocol, number, codes))

    def _unsubscribe(self, number: int, filters: list[str]) -> None:
        for one in filters[:MOST_FILTERS]:
            self.listens -= topics.listens(one, self.urn, self.is_gateway)
        self._write(packets.unsuback(self.protocol, number, len(filters)))

    # Writing and ending

    def _write(self, data: bytes) -> None:
        """Together with whatever else is written in this turn of the loop."""
        if not self.out:
            self.listener.loop.call_soon(self._flush)
        self.out.append(data)

    def _flush(self) -> None:
        data, self.out = b"".join(self.out), []
        if data and not self.transport.is_closing():
            self.transport.write(data)

    def end(self, code: int, reason: str) -> None:
        """Hang up, with a reason where the protocol has one."""
        if self.closed:
            return
        if self.known:
            self._write(packets.disconnect(self.protocol, code, reason if self.explains else ""))
        self._close()

    def _close(self) -> None:
        self._flush()
        self.closed = True
        self.transport.close()
