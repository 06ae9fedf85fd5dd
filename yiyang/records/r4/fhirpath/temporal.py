"""Dates, instants and times of FHIRPath: as precise as they were written, compared only as far as both are."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

CLOCK = r"(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?"
DATE = re.compile(
    rf"(\d{{4}})(?:-(\d{{2}})(?:-(\d{{2}}))?)?(T(?:{CLOCK})?(Z|[+-]\d{{2}}:\d{{2}})?)?", re.ASCII
)
TIME = re.compile(CLOCK, re.ASCII)
LIMITS = ((1, 9999), (1, 12), (1, 31), (0, 23), (0, 59), (0, 60))
Part = int | Decimal
UNITS = {"year": 12, "years": 12, "month": 1, "months": 1}
SECONDS: dict[str, int | Decimal] = {
    "week": 604800,
    "day": 86400,
    "hour": 3600,
    "minute": 60,
    "second": 1,
    "millisecond": Decimal("0.001"),
}


@dataclass(frozen=True, slots=True)
class Temporal:
    """`parts` from the year, or of a time from the hour; seconds with their fraction are one part."""

    kind: str
    parts: tuple[Part, ...]
    zone: int | None
    text: str

    @classmethod
    def literal(cls, text: str) -> Temporal:
        found = cls.read(text[1:])
        if found is None:
            raise ValueError(f"{text} is no date")
        return found

    @classmethod
    def read(cls, text: str, kind: str = "") -> Temporal | None:
        """`kind` Date, DateTime or Time; without, what the text shows."""
        if kind == "Time" or text.startswith("T"):
            found = TIME.fullmatch(text.removeprefix("T"))
            parts = _parts(found.groups(), 3) if found else None
            return cls("Time", parts, None, text.removeprefix("T")) if parts else None
        found = DATE.fullmatch(text)
        if found is None or (kind == "Date" and found[4]):
            return None
        parts = _parts((*found.groups()[:3], *found.groups()[4:7]), 0)
        if parts is None or (len(parts) > 2 and parts[2] > monthrange(int(parts[0]), int(parts[1]))[1]):
            return None
        said = kind or ("DateTime" if found[4] else "Date")
        return cls(said, parts, _zone(found[8]), text)

    def __str__(self) -> str:
        return self.text

    def compare(self, other: Temporal) -> int | None:
        """-1, 0, 1; None when it cannot be known."""
        if (self.kind == "Time") != (other.kind == "Time"):
            return None
        mine, its = self.parts, other.parts
        if self.zone != other.zone and len(mine) > 3 and len(its) > 3:
            if self.zone is None or other.zone is None:
                return None
            mine, its = self.in_utc(), other.in_utc()
        for one, two in zip(mine, its, strict=False):
            if one != two:
                return -1 if one < two else 1
        return 0 if len(mine) == len(its) else None

    def in_utc(self) -> tuple[Part, ...]:
        year, month, day, hour, minute, *second = [*self.parts, *([0] if len(self.parts) == 4 else [])]
        try:
            at = datetime(int(year), int(month), int(day), int(hour), int(minute))  # noqa: DTZ001
            at -= timedelta(minutes=self.zone or 0)
        except (ValueError, OverflowError):
            return self.parts
        return (at.year, at.month, at.day, at.hour, at.minute, *second)[: len(self.parts)]

    def plus(self, amount: Decimal, unit: str) -> Temporal | None:
        """So much later; None when the unit does not fit."""
        unit = unit.removesuffix("s") if unit not in UNITS else unit
        if unit in UNITS:
            return None if self.kind == "Time" else self._months(int(amount) * UNITS[unit])
        if unit not in SECONDS:
            return None
        seconds = amount * SECONDS[unit]
        if self.kind == "Time":
            return self._clock(seconds)
        if len(self.parts) < 3:
            days = int(seconds // 86400)
            return self._months(int(days / 365) * 12 if len(self.parts) == 1 else int(days / 30))
        whole = [int(p) for p in self.parts] + [0] * (6 - len(self.parts))
        if len(self.parts) == 3:
            seconds = Decimal(int(seconds / 86400) * 86400)
        fraction = Decimal(self.parts[5]) % 1 if len(self.parts) == 6 else Decimal(0)
        total = fraction + seconds
        try:
            at = datetime(*whole[:6]) + timedelta(seconds=int(total // 1))  # type: ignore[arg-type]  # noqa: DTZ001
        except (ValueError, OverflowError):
            return None
        second = at.second + total % 1
        moved = (at.year, at.month, at.day, at.hour, at.minute, second)
        return self._with(moved[: len(self.parts)])

    def _clock(self, seconds: Decimal) -> Temporal:
        hour, minute, second = [*map(Decimal, self.parts), Decimal(0), Decimal(0)][:3]
        total = (hour * 3600 + minute * 60 + second + seconds) % 86400
        moved = (int(total // 3600), int(total % 3600 // 60), total % 60)
        return self._with(moved[: len(self.parts)])

    def _months(self, months: int) -> Temporal | None:
        parts = [int(p) for p in self.parts[:3]]
        if len(parts) == 1:
            parts[0] += months // 12 if months >= 0 else -(-months // 12)
        else:
            total = parts[0] * 12 + parts[1] - 1 + months
            parts[0], parts[1] = total // 12, total % 12 + 1
        if not 1 <= parts[0] <= 9999:
            return None
        if len(parts) == 3:
            parts[2] = min(parts[2], monthrange(parts[0], parts[1])[1])
        return self._with((*parts, *self.parts[3:]))

    def _with(self, parts: tuple[Part, ...]) -> Temporal:
        found = replace(self, parts=parts)
        return replace(found, text=found.written())

    def written(self) -> str:
        if self.kind == "Time":
            return ":".join(map(_two, self.parts))
        date = "-".join([f"{self.parts[0]:04}", *map(_two, self.parts[1:3])])
        clock = ":".join(map(_two, self.parts[3:]))
        return date + (
            f"T{clock}{_zone_text(self.zone)}" if clock else "T" if self.kind == "DateTime" else ""
        )

    def boundary(self, high: bool, precision: int | None) -> Temporal | None:
        """The first or last moment that this may mean, in so many digits."""
        digits = precision if precision is not None else {"Date": 8, "DateTime": 17, "Time": 9}[self.kind]
        steps = (
            {4: 1, 6: 2, 8: 3, 10: 4, 12: 5, 14: 6, 17: 6}
            if self.kind != "Time"
            else {2: 1, 4: 2, 6: 3, 9: 3}
        )
        if digits not in steps:
            return None
        parts = list(self.parts)
        fills: list[Part] = (
            [9999, 12, 31, 23, 59, Decimal("59.999")] if high else [1, 1, 1, 0, 0, Decimal("0.000")]
        )
        fills = fills[3:] if self.kind == "Time" else fills
        while len(parts) < steps[digits]:
            fill = fills[len(parts)]
            if self.kind != "Time" and len(parts) == 2 and high:
                fill = monthrange(int(parts[0]), int(parts[1]))[1]
            parts.append(fill)
        zone = self.zone
        if self.kind == "DateTime" and zone is None and steps[digits] > 3:
            zone = -12 * 60 if high else 14 * 60
        kind = "DateTime" if self.kind != "Time" and steps[digits] > 3 else self.kind
        return replace(self, kind=kind, zone=zone)._with(tuple(parts[: steps[digits]]))

    def precision(self) -> int:
        digits = len(re.sub(r"(Z|[+-]\d{2}:\d{2})$", "", self.text) if "T" in self.text else self.text)
        return (
            digits - sum(map(self.text.split("+")[0].count, "-:T."))
            if self.zone is None
            else len(re.sub(r"\D", "", re.sub(r"(Z|[+-]\d{2}:\d{2})$", "", self.text)))
        )


def _parts(found: tuple[Any, ...], first: int) -> tuple[Part, ...] | None:
    parts: list[Part] = []
    for text, (least, most) in zip(found, LIMITS[first:], strict=False):
        if text is None:
            break
        value: Part = Decimal(text) if "." in text else int(text)
        if not least <= value < most + 1:
            return None
        parts.append(value)
    return tuple(parts)


def _two(value: Part) -> str:
    if isinstance(value, Decimal):
        whole, _, part = f"{value:f}".partition(".")
        return whole.zfill(2) + (f".{part}" if part else "")
    return f"{value:02}"


def _zone(text: str | None) -> int | None:
    if not text:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def _zone_text(zone: int | None) -> str:
    if zone is None:
        return ""
    if zone == 0:
        return "Z"
    return f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
