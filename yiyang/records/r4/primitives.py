"""The primitive types of FHIR R4: which JSON value is one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

LONGEST_STRING = 1_048_576
YEAR = r"(?P<y>\d{3}[1-9]|\d\d[1-9]0|\d[1-9]00|[1-9]000)"
DAY = r"(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])"
CLOCK = r"(?P<H>[01]\d|2[0-3]):(?P<M>[0-5]\d):(?P<S>[0-5]\d|60)(?:\.\d{1,12})?"
ZONE = r"(?P<zone>Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))"
DATE = re.compile(rf"{YEAR}(?:-(?:{DAY}|(?:0[1-9]|1[0-2])))?", re.ASCII)
DATE_TIME = re.compile(rf"{YEAR}(?:-(?:{DAY}(?:T{CLOCK}{ZONE})?|(?:0[1-9]|1[0-2])))?", re.ASCII)
INSTANT = re.compile(rf"{YEAR}-{DAY}T{CLOCK}{ZONE}", re.ASCII)
TIME = re.compile(CLOCK, re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CODE = re.compile(r"[^\s]+(?:[\s][^\s]+)*")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
OID = re.compile(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+")
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
BASE64 = re.compile(r"[0-9a-zA-Z+/]*={0,2}")
SPACES = dict.fromkeys(map(ord, " \t\r\n"))
Fits = Callable[[Any], bool]


def is_string(value: Any) -> bool:
    return (
        type(value) is str
        and 0 < len(value) <= LONGEST_STRING
        and (value.isprintable() or CONTROL.search(value) is None)
    )


def is_uri(value: Any) -> bool:
    return is_string(value) and not any(map(str.isspace, value))


def _matches(pattern: re.Pattern[str]) -> Fits:
    fullmatch = pattern.fullmatch
    return lambda value: type(value) is str and len(value) <= LONGEST_STRING and fullmatch(value) is not None


def is_base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    packed = value.translate(SPACES)
    return len(packed) % 4 == 0 and BASE64.fullmatch(packed) is not None


def is_boolean(value: Any) -> bool:
    return value is True or value is False


def is_decimal(value: Any) -> bool:
    return type(value) is int or isinstance(value, Decimal)


def _whole(least: int) -> Fits:
    return lambda value: type(value) is int and least <= value < 2**31


def is_date(value: Any) -> bool:
    return type(value) is str and (found := DATE.fullmatch(value)) is not None and _in_calendar(found)


def is_date_time(value: Any) -> bool:
    return type(value) is str and (found := DATE_TIME.fullmatch(value)) is not None and _in_calendar(found)


def is_instant(value: Any) -> bool:
    return type(value) is str and (found := INSTANT.fullmatch(value)) is not None and _in_calendar(found)


def is_time(value: Any) -> bool:
    return (
        type(value) is str
        and (found := TIME.fullmatch(value)) is not None
        and (found["S"] != "60" or found["M"] == "59")
    )


def _in_calendar(found: re.Match[str]) -> bool:
    """The month has that day; and a leap second is where one can be, at the end of a month in UTC."""
    day = found["d"]
    if day is None or (day <= "28" and found.groupdict().get("S") != "60"):
        return True
    try:
        on = date(int(found["y"]), int(found["m"]), int(day))
    except ValueError:
        return False
    parts = found.groupdict()
    return parts.get("S") != "60" or _may_leap(on, parts)


def _may_leap(on: date, parts: dict[str, str | None]) -> bool:
    minutes = int(parts["H"] or 0) * 60 + int(parts["M"] or 0)
    zone = parts["zone"] or "Z"
    if zone != "Z":
        ahead = int(zone[1:3]) * 60 + int(zone[4:6])
        minutes -= ahead if zone[0] == "+" else -ahead
    try:
        tomorrow = on + timedelta(days=minutes // 1440 + 1)
    except OverflowError:
        return False
    return minutes % 1440 == 1439 and tomorrow.day == 1


FITS: dict[str, Fits] = {
    "base64Binary": is_base64,
    "boolean": is_boolean,
    "canonical": is_uri,
    "code": _matches(CODE),
    "date": is_date,
    "dateTime": is_date_time,
    "decimal": is_decimal,
    "id": _matches(ID),
    "instant": is_instant,
    "integer": _whole(-(2**31)),
    "markdown": is_string,
    "oid": _matches(OID),
    "positiveInt": _whole(1),
    "string": is_string,
    "time": is_time,
    "unsignedInt": _whole(0),
    "uri": is_uri,
    "url": is_uri,
    "uuid": _matches(UUID),
    "xhtml": is_string,
}
