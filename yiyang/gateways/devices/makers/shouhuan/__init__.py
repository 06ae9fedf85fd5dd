"""The worked example of a maker's format; README.md says what each field means."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec

from yiyang.devices.packs import Why
from yiyang.devices.rules.kinds import Datum
from yiyang.devices.rules.places import to_wgs84
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.gateways.devices.decoding import Decoded, microseconds, unreadable

CONTENT_TYPE = "application/vnd.shouhuan+json"
CHINA = timezone(timedelta(hours=8))
MEASURED = {
    "hr": "HEART_RATE",
    "spo2": "OXYGEN",
    "temp": "TEMPERATURE",
    "sbp": "SYSTOLIC",
    "dbp": "DIASTOLIC",
}
HAPPENED = {"sos": "CALL", "fall": "FALL"}
Number = float | None


class Message(msgspec.Struct):
    imei: str
    time: str | int
    hr: Number = None
    spo2: Number = None
    temp: Number = None
    sbp: Number = None
    dbp: Number = None
    step: Number = None
    lat: Number = None
    lng: Number = None
    acc: Number = None
    bat: Number = None
    sos: Number = None
    fall: Number = None


MESSAGE = msgspec.json.Decoder(Message)
PIECES = msgspec.json.Decoder(list[msgspec.Raw])


def decode(body: bytes, now: datetime, most: int) -> Decoded:
    decoded = Decoded()
    try:
        pieces = PIECES.decode(body) if body.lstrip()[:1] == b"[" else [body]
    except (msgspec.DecodeError, RecursionError) as wrong:
        return unreadable(Why.MALFORMED, wrong)
    if len(pieces) > most:
        return unreadable(Why.TOO_LARGE, f"{most} messages at most")
    for number, piece in enumerate(pieces):
        try:
            _take(number, MESSAGE.decode(piece), decoded)
        except (msgspec.DecodeError, RecursionError, ValueError, OverflowError) as wrong:
            decoded.refuse(number, Why.MALFORMED, wrong)
    return decoded


def _take(number: int, message: Message, decoded: Decoded) -> None:
    urn, at = f"urn:dev:imei:{message.imei}", _instant(message.time)
    for field, name in MEASURED.items():
        if value := getattr(message, field):
            decoded.reading(number, urn, BY_NAME[name], at, value, None)
    if message.step is not None:
        decoded.reading(number, urn, BY_NAME["STEPS"], at, message.step, None)
    for field, name in HAPPENED.items():
        if getattr(message, field):
            decoded.reading(number, urn, BY_NAME[name], at, 1.0, None)
    if message.lat and message.lng:
        decoded.position(number, urn, at, message.lat, message.lng, message.acc, Datum.GCJ02)
    if message.bat is not None:
        decoded.battery(number, urn, message.bat)


def _instant(time: str | int) -> int:
    if isinstance(time, int):
        return time * 1000
    instant = datetime.fromisoformat(time)
    return microseconds(instant if instant.tzinfo else instant.replace(tzinfo=CHINA))
