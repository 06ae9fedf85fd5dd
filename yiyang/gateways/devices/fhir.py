"""FHIR R4: an Observation, or a Bundle of them, as devices and gateways of others send them.

The device is `device.identifier.value`, or `device.reference` (`Device/<urn>`); whose reading it is, the loan of
the device says and never `subject`. Codes are LOINC or ISO/IEEE 11073; a blood pressure is one Observation with
components. Without `effective[x]` the time of issue counts.
"""

from __future__ import annotations

import struct
from datetime import datetime
from typing import Any

import msgspec

from yiyang.devices.packs import Signal, Why
from yiyang.devices.rules.quantities import Quantity
from yiyang.gateways.devices.decoding import Decoded, microseconds, unreadable
from yiyang.gateways.devices.names import NAMES

NOT_SO = frozenset({"entered-in-error", "cancelled"})
MOST_COMPONENTS = 50


class Coding(msgspec.Struct, frozen=True):
    code: str = ""


class Concept(msgspec.Struct, frozen=True):
    coding: list[Coding] = []


class Amount(msgspec.Struct, frozen=True):
    value: float | None = None
    unit: str | None = None
    code: str | None = None


class Sampled(msgspec.Struct, frozen=True):
    period: float
    data: str = ""
    origin: Amount = Amount()
    factor: float = 1.0


class Component(msgspec.Struct, rename="camel"):
    code: Concept = Concept()
    value_quantity: Amount | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    value_sampled_data: Sampled | None = None
    data_absent_reason: Any = None


class Period(msgspec.Struct, frozen=True):
    start: str | None = None
    end: str | None = None


class Identifier(msgspec.Struct, frozen=True):
    value: str = ""


class Reference(msgspec.Struct, frozen=True):
    reference: str = ""
    identifier: Identifier = Identifier()


class Observation(Component, rename="camel"):
    resource_type: str = ""
    status: str = ""
    effective_date_time: str | None = None
    effective_instant: str | None = None
    effective_period: Period | None = None
    issued: str | None = None
    device: Reference | None = None
    component: list[Component] = []


class Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class Envelope(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    entry: list[Entry] = []


ENVELOPE = msgspec.json.Decoder(Envelope)
OBSERVATION = msgspec.json.Decoder(Observation)


def decode(body: bytes, now: datetime, most: int) -> Decoded:
    try:
        envelope = ENVELOPE.decode(body)
    except (msgspec.DecodeError, RecursionError) as wrong:
        return unreadable(Why.MALFORMED, wrong)
    decoded = Decoded()
    if envelope.resource_type == "Observation":
        _take_one(0, body, decoded)
    elif envelope.resource_type != "Bundle":
        return unreadable(Why.MALFORMED, "neither an Observation nor a Bundle")
    elif len(envelope.entry) > most:
        return unreadable(Why.TOO_LARGE, f"{most} entries at most")
    else:
        for number, entry in enumerate(envelope.entry):
            _take_one(number, bytes(entry.resource), decoded)
    return decoded


def _take_one(number: int, raw: bytes, decoded: Decoded) -> None:
    try:
        one = OBSERVATION.decode(raw)
    except (msgspec.DecodeError, RecursionError) as wrong:
        words = str(wrong)
        number_expected = words.startswith("Expected `float") or "out of range" in words
        return decoded.refuse(number, Why.NOT_A_NUMBER if number_expected else Why.MALFORMED, wrong)
    urn = _device(one.device)
    if one.resource_type != "Observation":
        return decoded.refuse(
            number, Why.MALFORMED, f"{one.resource_type or 'no resource'} is no Observation", urn
        )
    if one.status in NOT_SO:
        return decoded.refuse(number, Why.MALFORMED, f"status {one.status}", urn)
    at = _instant(one)
    if at is None:
        return decoded.refuse(number, Why.MALFORMED, "no time with its zone", urn)
    if len(one.component) > MOST_COMPONENTS:
        return decoded.refuse(number, Why.TOO_LARGE, f"{MOST_COMPONENTS} components at most", urn)
    parts = [part for part in (one, *one.component) if _says_something(part)]
    if not parts:
        if one.data_absent_reason is None and not any(part.data_absent_reason for part in one.component):
            decoded.refuse(number, Why.NOT_A_NUMBER, "no value", urn)
        return None
    for part in parts:
        _take_value(number, urn, at, part, decoded)
    return None


def _says_something(part: Component) -> bool:
    given = (part.value_quantity, part.value_integer, part.value_boolean, part.value_sampled_data)
    return any(value is not None for value in given)


def _take_value(number: int, urn: str, at: int, part: Component, decoded: Decoded) -> None:
    if part.value_sampled_data is not None:
        return _take_signal(number, urn, at, part, part.value_sampled_data, decoded)
    quantity = _quantity(part.code)
    if quantity is None:
        codes = ", ".join(coding.code for coding in part.code.coding[:4])
        return decoded.refuse(number, Why.UNKNOWN_QUANTITY, codes, urn)
    value, unit = part.value_integer, ""
    if part.value_boolean is not None:
        value = int(part.value_boolean)
    if part.value_quantity is not None:
        unit = part.value_quantity.code or part.value_quantity.unit or ""
        if part.value_quantity.value is None:
            return decoded.refuse(number, Why.NOT_A_NUMBER, quantity.name, urn)
        return decoded.reading(number, urn, quantity, at, part.value_quantity.value, unit)
    return decoded.reading(number, urn, quantity, at, float(value or 0), unit)


def _take_signal(number: int, urn: str, at: int, part: Component, data: Sampled, decoded: Decoded) -> None:
    """SampledData: numbers in a text, `period` in milliseconds. E, U and L (no number) end the episode's use."""
    try:
        values = [float(word) for word in data.data.split()]
        samples = _floats([value * data.factor + (data.origin.value or 0.0) for value in values])
        rate = 1000 / data.period
    except (ValueError, ZeroDivisionError, OverflowError, struct.error) as wrong:
        return decoded.refuse(number, Why.NOT_A_NUMBER, wrong, urn)
    if not samples or not 0 < rate <= 100_000:
        return decoded.refuse(number, Why.MALFORMED, "the period or the samples", urn)
    code = next((coding.code for coding in part.code.coding if coding.code), "")
    unit = data.origin.code or data.origin.unit or ""
    return decoded.signal(
        number, urn, Signal(at=at, code=SIGNALS.get(code, code)[:40], rate=rate, unit=unit[:20], samples=samples, floating=True)
    )  # fmt: skip


SIGNALS = {"131328": "ECG", "131329": "ECG", "11524-6": "ECG"}


def _floats(values: list[float]) -> bytes:
    return struct.pack(f"<{len(values)}f", *values)


def _quantity(code: Concept) -> Quantity | None:
    return next((NAMES[coding.code] for coding in code.coding if coding.code in NAMES), None)


def _device(reference: Reference | None) -> str:
    if reference is None:
        return ""
    return reference.identifier.value or reference.reference.removeprefix("Device/")


def _instant(one: Observation) -> int | None:
    period = one.effective_period
    given = one.effective_date_time or one.effective_instant
    given = given or (period and (period.end or period.start)) or one.issued
    try:
        instant = datetime.fromisoformat(given or "")
        return microseconds(instant) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None
