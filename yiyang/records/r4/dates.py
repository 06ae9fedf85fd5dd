"""FHIR's dates: as much of a date as is known, read as the half-open span of time that it covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

HERE: tzinfo = ZoneInfo("Asia/Shanghai")
"""Where a day begins for a date that says no zone."""

PAST = datetime(1, 1, 2, tzinfo=UTC)
FUTURE = datetime(9999, 12, 30, tzinfo=UTC)
"""Open ends; nothing lies beyond them."""

DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<part>\d{1,9}))?)?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?)?)?)?"
)


@dataclass(frozen=True)
class Span:
    """From `start` until before `end`."""

    start: datetime
    end: datetime


def span(text: str) -> Span | None:
    """The time that a date, dateTime or instant covers; None for what is no date."""
    found = DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return _span(found)
    except (ValueError, OverflowError):
        return None


def _span(found: re.Match[str]) -> Span:
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    zone = _zone(found["zone"])
    if found["hour"] is None:
        start = datetime(year, month, day, tzinfo=zone)
        return _within(start, _day_after(found, start, zone))
    leap = found["second"] == "60"
    second = 59 if leap else int(found["second"] or 0)
    part = (found["part"] or "")[:6]
    start = datetime(
        year,
        month,
        day,
        int(found["hour"]),
        int(found["minute"]),
        second,
        int(part.ljust(6, "0")),
        tzinfo=zone,
    ).astimezone(UTC)
    if found["second"] is None:
        return _within(start, start + timedelta(minutes=1))
    if leap:
        start += timedelta(seconds=1)
    width = timedelta(microseconds=10 ** (6 - len(part))) if part else timedelta(seconds=1)
    return _within(start, start + width)


def _day_after(found: re.Match[str], start: datetime, zone: tzinfo) -> datetime:
    if start.year == 9999 and (found["month"] is None or start.month == 12):
        return FUTURE
    if found["month"] is None:
        return datetime(start.year + 1, 1, 1, tzinfo=zone)
    if found["day"] is None:
        return datetime(start.year + start.month // 12, start.month % 12 + 1, 1, tzinfo=zone)
    return start + timedelta(days=1)


def _zone(text: str | None) -> tzinfo:
    if text is None:
        return HERE
    if text == "Z":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[4:6])
    if hours > 14 or minutes > 59:
        raise ValueError(text)
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _within(start: datetime, end: datetime) -> Span:
    first, last = _clamped(start), _clamped(end)
    if first < last:
        return Span(first, last)
    moment = timedelta(seconds=1)
    return Span(FUTURE - moment, FUTURE) if last == FUTURE else Span(PAST, PAST + moment)


def _clamped(at: datetime) -> datetime:
    try:
        return min(max(at.astimezone(UTC), PAST), FUTURE)
    except OverflowError:
        return PAST if at.year < 5000 else FUTURE


def of_period(value: dict[str, Any]) -> Span | None:
    """A Period; an end that is missing is open."""
    first, last = _part(value, "start"), _part(value, "end")
    if first is None and last is None:
        return None
    start, end = first.start if first else PAST, last.end if last else FUTURE
    return Span(start, end) if start < end else None


def of_timing(value: dict[str, Any]) -> Span | None:
    """All that a Timing says: from the first of its events or bounds to the last."""
    events = value.get("event")
    spans = [span(one) for one in events if isinstance(one, str)] if isinstance(events, list) else []
    repeat = value.get("repeat")
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    if isinstance(bounds, dict):
        spans.append(of_period(bounds))
    known = [one for one in spans if one is not None]
    return Span(min(one.start for one in known), max(one.end for one in known)) if known else None


def _part(value: dict[str, Any], key: str) -> Span | None:
    text = value.get(key)
    return span(text) if isinstance(text, str) else None
