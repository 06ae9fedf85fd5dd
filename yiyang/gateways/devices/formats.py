"""Which format a message is in, and how much of it there may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from yiyang.devices.packs import Why
from yiyang.gateways.devices import fhir, senml
from yiyang.gateways.devices.decoding import Decoded, unreadable
from yiyang.gateways.devices.makers import shouhuan

MOST_BYTES = 4 * 1024 * 1024
MOST_RECORDS = 20_000
Decode = Callable[[bytes, datetime, int], Decoded]

BY_CONTENT_TYPE: dict[str, Decode] = {
    "application/senml+json": senml.decode_json,
    "application/senml+cbor": senml.decode_cbor,
    "application/fhir+json": fhir.decode,
    shouhuan.CONTENT_TYPE: shouhuan.decode,
}
BY_NAME: dict[str, Decode] = {
    "senml": senml.decode_json,
    "senml-cbor": senml.decode_cbor,
    "fhir": fhir.decode,
    "shouhuan": shouhuan.decode,
}
UNNAMED = frozenset({"", "application/json", "application/octet-stream", "application/cbor", "text/plain",
                     "application/x-www-form-urlencoded"})  # fmt: skip


def decode(body: bytes, content_type: str, now: datetime) -> Decoded:
    """What a message says. `content_type`: as HTTP and MQTT 5 name it, or a name of BY_NAME; else by its looks."""
    if len(body) > MOST_BYTES:
        return unreadable(Why.TOO_LARGE, f"{len(body)} bytes, {MOST_BYTES} at most")
    named = content_type.partition(";")[0].strip().lower()
    how = BY_CONTENT_TYPE.get(named) or BY_NAME.get(named)
    if how is None:
        how = _by_its_looks(body) if named in UNNAMED else None
    if how is None:
        return unreadable(Why.MALFORMED, f"the format {named or 'of this message'} is not known here")
    return how(body, now, MOST_RECORDS)


def _by_its_looks(body: bytes) -> Decode | None:
    """A list is SenML; an object with a resourceType is FHIR; a byte that no JSON begins with is CBOR."""
    if not body:
        return None
    first = body.lstrip(b" \t\r\n")[:1]
    if first == b"[":
        return senml.decode_json
    if first == b"{":
        return fhir.decode if b'"resourceType"' in body else None
    return senml.decode_cbor if body[0] >= 0x80 else None
