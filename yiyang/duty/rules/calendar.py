"""Statutory holidays and make-up workdays of China, as published each year. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays


@dataclass(frozen=True)
class Year:
    """One year as the package knows it: days off by name, and weekend days that are worked instead."""

    off: dict[date, str]
    worked: frozenset[date]

    @property
    def published(self) -> bool:
        """Make-up days are published late in the year before; until then a year has none."""
        return bool(self.worked)


@lru_cache(maxsize=16)
def year(of: int) -> Year:
    known = holidays.China(years=of, language="zh_CN")  # type: ignore[no-untyped-call]
    return Year(
        {day: name for day, name in known.items() if day.year == of},
        frozenset(day for day in known.weekend_workdays if day.year == of),
    )
