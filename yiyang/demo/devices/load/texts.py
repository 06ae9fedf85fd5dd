"""Messages ready to send: SenML of generated wearers, made once; only whose it is and the base time are put in.

Nobody falls ill in them. In a city that has long been running, alarms come from those who fall ill just now, a few a
minute; here every wearer would be met for the first time, and all who are ill at once would alarm at once.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

import cbor2
import numpy as np

from yiyang.demo.devices.physiology import DAY, MINUTE, Wearers

PREPARED = 1024
TELLS = (("HEART_RATE", "/min", 45, 131), ("OXYGEN", "%", 92, 101))
OUTSIDE = 1  # readings of one message that may lie where rules would alarm; they ask for three


@dataclass(frozen=True)
class Texts:
    """`tails`: what stands behind the base time, or behind the name where that is all there is."""

    tails: tuple[bytes, ...]
    format: str
    values: tuple[float, ...]

    @property
    def content_type(self) -> str:
        return f"application/senml+{self.format}"

    def of_devices(self, parts: list[bytes], readings: int) -> bytes:
        """A whole message of some devices."""
        if self.format == "json":
            return b"[" + b",".join(parts) + b"]"
        return _array(readings) + b"".join(parts)

    def of_device(self, urn: str, seconds: int, milliseconds: int, which: int) -> bytes:
        """One device's readings, whose last was at that instant."""
        tail = self.tails[which % len(self.tails)]
        if self.format == "json":
            return b'{"bn":"%b/","bt":%d.%03d,' % (urn.encode(), seconds, milliseconds) + tail
        return _head(urn, seconds + milliseconds / 1000) + tail

    def fall(self, urn: str, seconds: int, milliseconds: int) -> bytes:
        record = {"bn": f"{urn}/", "bt": seconds + milliseconds / 1000, "n": "FALL", "v": 1}
        if self.format == "json":
            return json.dumps([record]).encode()
        return bytes(cbor2.dumps([record]))


def prepare(seed: int, of_device: int, format: str) -> Texts:
    """The same for the same seed."""
    tails: list[bytes] = []
    values: list[float] = []
    chance = np.random.default_rng(seed)
    while len(tails) < PREPARED:
        who = chance.integers(0, 1_000_000, PREPARED)
        at = np.floor(chance.uniform(0, 365 * DAY, PREPARED))
        ago = np.array([nth // 2 for nth in range(of_device)][::-1]) * MINUTE
        measured = _measured(seed, who, at[:, None] - ago[None, :], of_device)
        for row in measured:
            if _well(row):
                tails.append(_tail(row.tolist(), ago.tolist(), format))
                values += row.tolist()
    return Texts(tuple(tails[:PREPARED]), format, tuple(values[: PREPARED * of_device]))


def _measured(seed: int, who: Any, at: Any, of_device: int) -> Any:
    wearers = Wearers(seed)
    found = np.empty(at.shape)
    for nth in range(of_device):
        found[:, nth] = wearers.truth(TELLS[nth % 2][0], who, at[:, nth])
    return found


def _well(row: Any) -> bool:
    outside = sum(not TELLS[nth % 2][2] <= value < TELLS[nth % 2][3] for nth, value in enumerate(row))
    return outside <= OUTSIDE


def _tail(values: list[float], ago: list[float], format: str) -> bytes:
    """The records without the base name and time that open the first of them."""
    records: list[dict[str, Any]] = []
    for nth, (value, back) in enumerate(zip(values, ago, strict=True)):
        name, unit, *_ = TELLS[nth % 2]
        record = {"n": name, "u": unit, "v": int(value) if value == int(value) else value}
        records.append(record | {"t": -int(back)} if back else record)
    if format == "json":
        return json.dumps(records, separators=(",", ":")).encode()[2:-1]
    labels = {"n": 0, "u": 1, "v": 2, "t": 6}
    encoded = [cbor2.dumps({labels[key]: value for key, value in one.items()}) for one in records]
    # The first map is always opened as one of six: what it lacks of them is told, as unit and time zero.
    first = {0: records[0]["n"], 1: records[0]["u"], 2: records[0]["v"], 6: records[0].get("t", 0)}
    return bytes(cbor2.dumps(first)[1:] + b"".join(encoded[1:]))


def _head(urn: str, at: float) -> bytes:
    """A CBOR map of six, of which name and time are here and four follow."""
    name = f"{urn}/".encode()
    size = bytes((0x60 + len(name),)) if len(name) < 24 else bytes((0x78, len(name)))
    return b"\xa6\x21" + size + name + b"\x22\xfb" + struct.pack(">d", at)


def _array(size: int) -> bytes:
    return (
        bytes((0x80 + size,))
        if size < 24
        else bytes((0x98, size))
        if size < 256
        else b"\x99" + size.to_bytes(2, "big")
    )
