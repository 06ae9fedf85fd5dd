"""SenML (RFC 8428), as JSON and as CBOR.

A name is the device and what it measured: `urn:dev:mac:0024befffe804ff1/8867-4`, or with a base name. What: a LOINC
code, a code or name of ISO/IEEE 11073, or our own name; beside them `battery` (%), `lat` and `lon` of one time
(`accuracy` in m; `datum` GCJ02 or BD09 when it is not WGS-84), and `signal/<code>/<rate>[/<scale>]` with int16
samples in `vd`. A device that sends with its own key need not name itself.
"""

from __future__ import annotations

import binascii
import io
import json
import re
from base64 import urlsafe_b64decode
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any

import cbor2
import msgspec

from yiyang.devices.packs import Signal, Why
from yiyang.devices.rules.kinds import Datum
from yiyang.devices.rules.quantities import Quantity, Shape
from yiyang.gateways.devices.decoding import LATEST, PLAIN, SECOND, Decoded, microseconds, unreadable
from yiyang.gateways.devices.names import NAMES, SPECIAL, device_of, split

RELATIVE = 2**28  # a time below it counts from now (RFC 8428, 4.5.3)
VERSION = 10
MUST_UNDERSTAND = re.compile(rb'"[^"\\]*_"\s*:')
Number = float | None


class Record(msgspec.Struct, gc=False):
    bn: str = ""
    bt: Number = None
    bu: str | None = None
    bv: Number = None
    bs: Number = None
    bver: int | None = None
    n: str = ""
    u: str | None = None
    v: Number = None
    vs: str | None = None
    vb: bool | None = None
    vd: Any = None  # base64url in JSON, bytes in CBOR
    s: Number = None
    t: Number = None
    ut: Number = None


RECORDS = msgspec.json.Decoder(list[Record])
ONE = msgspec.json.Decoder(Record)
PIECES = msgspec.json.Decoder(list[msgspec.Raw])
LABELS = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs",
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip

Numbered = tuple[int, Record]


def decode_json(body: bytes, now: datetime, most: int) -> Decoded:
    decoded = Decoded()
    try:
        records: list[Numbered] = list(enumerate(RECORDS.decode(body)))
    except msgspec.ValidationError:
        records = _one_by_one(body, decoded)
    except (msgspec.DecodeError, RecursionError) as wrong:
        if b"NaN" not in body and b"Infinity" not in body:
            return unreadable(Why.MALFORMED, wrong)
        records = _with_words_for_numbers(body, decoded)
    if b'_"' in body and MUST_UNDERSTAND.search(body):
        return unreadable(Why.MALFORMED, "a field that must be understood is not known here")
    return _resolve(records, decoded, now, most)


def decode_cbor(body: bytes, now: datetime, most: int) -> Decoded:
    try:
        found = cbor2.CBORDecoder(
            io.BytesIO(body), max_depth=6, strict_hashable_types=False, semantic_decoders=REFUSED_TAGS
        ).decode()
    except (cbor2.CBORError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as wrong:
        return unreadable(Why.MALFORMED, wrong)
    if not isinstance(found, list):
        return unreadable(Why.MALFORMED, "this is no list of records")
    decoded, records = Decoded(), []
    for number, one in enumerate(found[: most + 1]):
        try:
            records.append((number, _record(one)))
        except (msgspec.ValidationError, TypeError, ValueError, OverflowError) as wrong:
            decoded.refuse(number, Why.MALFORMED, wrong)
    return _resolve(records, decoded, now, most)


def _refuse_tag(decoder: cbor2.CBORDecoder, *immutable: bool) -> Any:
    raise ValueError("a tag that has no place in SenML")


# Numbers may come as decimal fractions (4); everything that builds other objects is kept out.
REFUSED_TAGS = {
    tag: _refuse_tag for tag in (0, 1, 5, 25, 28, 29, 30, 35, 36, 37, 43000, 100, 256, 258, 260, 261)
}


def _record(one: Any) -> Record:
    if not isinstance(one, dict):
        raise TypeError("this is no record")
    named: dict[str, Any] = {}
    for label, value in one.items():
        name = LABELS.get(label) if type(label) is int else label
        if isinstance(name, str) and name.endswith("_"):
            raise ValueError("a field that must be understood is not known here")
        if isinstance(name, str):
            named[name] = float(value) if isinstance(value, Decimal) else value
    return msgspec.convert(named, Record)


def _one_by_one(body: bytes, decoded: Decoded) -> list[Numbered]:
    """Something in it is of the wrong kind: name that record, keep the others."""
    try:
        pieces = PIECES.decode(body)
    except (msgspec.DecodeError, RecursionError) as wrong:
        decoded.refuse(None, Why.MALFORMED, wrong)
        return []
    records = []
    for number, piece in enumerate(pieces):
        try:
            records.append((number, ONE.decode(piece)))
        except (msgspec.DecodeError, RecursionError) as wrong:
            decoded.refuse(number, _kind_of_fault(wrong), wrong)
    return records


def _with_words_for_numbers(body: bytes, decoded: Decoded) -> list[Numbered]:
    """NaN and Infinity are no JSON; some makers write them all the same. Name those records, keep the others."""
    try:
        found = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError) as wrong:
        decoded.refuse(None, Why.MALFORMED, wrong)
        return []
    if not isinstance(found, list):
        decoded.refuse(None, Why.MALFORMED, "this is no list of records")
        return []
    records = []
    for number, one in enumerate(found):
        try:
            records.append((number, msgspec.convert(one, Record)))
        except msgspec.ValidationError as wrong:
            decoded.refuse(number, _kind_of_fault(wrong), wrong)
    return records


def _kind_of_fault(wrong: Exception) -> Why:
    words = str(wrong)
    return (
        Why.NOT_A_NUMBER if words.startswith("Expected `float") or "out of range" in words else Why.MALFORMED
    )


def _resolve(records: list[Numbered], decoded: Decoded, now: datetime, most: int) -> Decoded:
    """Base fields hold until another one comes; names and times become whole."""
    if len(records) > most:
        return unreadable(Why.TOO_LARGE, f"{most} records at most")
    base = _Base(decoded, microseconds(now))
    for number, record in records:
        if record.bver is not None and record.bver > VERSION:
            return unreadable(Why.MALFORMED, f"version {record.bver} of SenML")
        base.take(number, record)
    base.close()
    return decoded


class _Base:
    """What holds for the records that follow, and the places that are not whole yet."""

    def __init__(self, decoded: Decoded, now: int) -> None:
        self.decoded, self.now = decoded, now
        self.name, self.device = "", ""
        self.time = self.value = self.sum = 0.0
        self.unit: str | None = None
        self.halves: dict[tuple[str, int], dict[str, Any]] = {}

    def take(self, number: int, record: Record) -> None:
        if record.bn:
            self.name, self.device = record.bn, device_of(record.bn)
        if record.bt is not None:
            self.time = record.bt
        if record.bu is not None:
            self.unit = record.bu
        if record.bv is not None:
            self.value = record.bv
        if record.bs is not None:
            self.sum = record.bs
        if record.v is None and record.vb is None and record.s is None and not record.vs and not record.vd:
            if record.n or not (record.bn or record.bt or record.bu or record.bver or record.bv or record.bs):
                self.decoded.refuse(number, Why.MALFORMED, "no value", self.device)
            return
        at = self.instant(record.t)
        if record.v is not None and at is not None and (self.device or not self.name):
            how = PLAIN.get((record.n, self.unit if record.u is None else record.u))
            if how is not None and self.decoded.plain(number, self.device, how, at, self.value + record.v):
                return
        quantity = NAMES.get(record.n)
        if quantity is not None and (self.device or not self.name):
            urn, what = self.device, record.n
        else:
            urn, what = split(self.name + record.n)
            quantity = NAMES.get(what)
        if at is None:
            self.decoded.refuse(number, Why.MALFORMED, "the time is none", urn)
        elif quantity is not None:
            self.reading(number, urn, quantity, at, record)
        elif what in SPECIAL:
            self.special(number, urn, what, at, record)
        elif "signal/" in record.n and record.vd is not None:
            self.signal(number, at, record)
        else:
            self.decoded.refuse(number, Why.UNKNOWN_QUANTITY, what, urn)

    def instant(self, offset: float | None) -> int | None:
        seconds = self.time + (offset or 0.0)
        if not isfinite(seconds):
            return None
        micro = round(seconds * SECOND)
        at = micro + self.now if seconds < RELATIVE else micro
        return at if 0 <= at < LATEST else None

    def reading(self, number: int, urn: str, quantity: Quantity, at: int, record: Record) -> None:
        value = self.number(record)
        if value is None and quantity.name == "STEPS" and record.s is not None:
            value = self.sum + record.s
        if value is None and record.vb is not None and quantity.shape is Shape.EVENT:
            value = float(record.vb)
        if value is None:
            return self.decoded.refuse(number, Why.NOT_A_NUMBER, quantity.name, urn)
        unit = record.u if record.u is not None else self.unit
        return self.decoded.reading(number, urn, quantity, at, value, unit)

    def number(self, record: Record) -> float | None:
        return None if record.v is None else self.value + record.v

    def special(self, number: int, urn: str, what: str, at: int, record: Record) -> None:
        value = self.number(record)
        if what == "datum":
            if record.vs not in Datum.__members__:
                return self.decoded.refuse(number, Why.NOT_A_PLACE, f"datum {record.vs}", urn)
        elif value is None or not isfinite(value):
            return self.decoded.refuse(number, Why.NOT_A_NUMBER, what, urn)
        if what == "battery":
            unit = record.u if record.u is not None else self.unit
            percent = value * 100 if unit in ("/", "1") else value  # type: ignore[operator]
            return self.decoded.battery(number, urn, percent)  # type: ignore[arg-type]
        half = self.halves.setdefault((urn, at), {"record": number})
        half[what] = record.vs if what == "datum" else value
        return None

    def close(self) -> None:
        """Latitude and longitude of one time are one place."""
        for (urn, at), half in self.halves.items():
            if "lat" not in half or "lon" not in half:
                self.decoded.refuse(half["record"], Why.NOT_A_PLACE, "half of a place", urn)
                continue
            datum = Datum(half["datum"]) if "datum" in half else None
            self.decoded.position(
                half["record"], urn, at, half["lat"], half["lon"], half.get("accuracy"), datum
            )

    def signal(self, number: int, at: int, record: Record) -> None:
        name = self.name + record.n
        prefix, _, rest = name.rpartition("signal/")
        code, rate, scale, *_ = [*rest.split("/"), "", ""]
        urn = device_of(prefix)
        try:
            samples = _samples(record.vd)
            hertz, factor = float(rate), float(scale or 1)
        except (ValueError, binascii.Error) as wrong:
            return self.decoded.refuse(number, Why.MALFORMED, wrong, urn)
        if not (0 < hertz <= 100_000 and isfinite(factor) and factor and samples and not len(samples) % 2):
            return self.decoded.refuse(number, Why.MALFORMED, "the rate, the scale or the samples", urn)
        unit = record.u if record.u is not None else self.unit or ""
        return self.decoded.signal(
            number,
            urn,
            Signal(at=at, code=code[:40], rate=hertz, unit=unit[:20], samples=samples, scale=factor),
        )


def _samples(data: Any) -> bytes:
    if isinstance(data, bytes):
        return data
    if not isinstance(data, str):
        raise ValueError("the samples are neither bytes nor base64url")
    return urlsafe_b64decode(data + "=" * (-len(data) % 4))
