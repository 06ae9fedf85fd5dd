"""Which days are workdays: the published holidays and make-up days of China, and what the district adds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from yiyang.access.queries import naming
from yiyang.duty.rules.calendar import year
from yiyang.duty.rules.hours import Hours
from yiyang.kernel.policy import NoPolicy, policy

SATURDAY = 5


def published(of: int) -> bool:
    """Whether the make-up workdays of a year are in the package, or the district has entered some itself."""
    own = [one for one in _extra(date(of, 12, 31)) if one["works"] and one["on"].year == of]
    return year(of).published or bool(own)


def works(day: date, unit: str = "") -> bool:
    """Whether a day is worked, in the district or in the unit with this institution code."""
    for one in _extra(day):
        if one["on"] == day and one["unit"] in ("", unit):
            return bool(one["works"])
    known = year(day.year)
    if day in known.worked:
        return True
    return day.weekday() < SATURDAY and day not in known.off


def name_of(day: date) -> str:
    """What a day off is called; empty for an ordinary day."""
    for one in _extra(day):
        if one["on"] == day and not one["unit"]:
            return str(one["name"])
    return year(day.year).off.get(day, "")


def hours_of(unit_id: UUID | None, on: date) -> Hours:
    """When a unit works, as the rules in force on a day say."""
    code = naming.organisation_code(unit_id) if unit_id else ""
    return hours_by_code(code, on)


def hours_by_code(code: str, on: date) -> Hours:
    value = _value(f"duty.hours.{code}", on) if code else None
    value = value or policy("duty.hours", on=on).value
    return Hours(
        time.fromisoformat(value["opens"]),
        time.fromisoformat(value["closes"]),
        timezone.get_current_timezone(),
        _works_in(code),
    )


def _works_in(code: str) -> Callable[[date], bool]:
    return lambda day: works(day, code)


def _value(key: str, on: date) -> Any:
    try:
        return policy(key, on=on).value
    except NoPolicy:
        return None


def _extra(on: date) -> list[dict[str, Any]]:
    rows = _value("duty.extra_days", on) or []
    return [
        {
            "on": one["on"] if isinstance(one["on"], date) else date.fromisoformat(one["on"]),
            "works": one.get("works", False),
            "name": one.get("name", ""),
            "unit": one.get("unit", ""),
        }
        for one in rows
    ]
