"""How figures are made of rows, compared and dated. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from yiyang.kernel.time import midnight


class How(StrEnum):
    """What a figure is of the values of its rows."""

    COUNT = "COUNT"  # how many rows
    SHARE = "SHARE"  # of 100 rows, how many have the value 1
    MEDIAN = "MEDIAN"  # the value in the middle
    SUM = "SUM"  # the values together


@dataclass(frozen=True)
class Figure:
    """A figure with the number of its rows; None when there is nothing to make it of."""

    value: Decimal | None
    number: int
    rows: tuple[UUID, ...] = ()


def figure(how: str, number: int, total: Any, middle: Any, rows: Collection[UUID] = ()) -> Figure:
    """The figure of so many rows, whose values are this together and have this middle."""
    if how == How.COUNT:
        value: Decimal | None = Decimal(number)
    elif how == How.SUM:
        value = _two(total or 0)
    elif number == 0:
        value = None
    else:
        value = _two(Decimal(str(total)) * 100 / number if how == How.SHARE else middle)
    return Figure(value, number, tuple(rows))


def difference(then: Decimal | None, now: Decimal | None) -> Decimal | None:
    """What was corrected since: now less then; None where nothing changed."""
    if then == now:
        return None
    return (now or Decimal(0)) - (then or Decimal(0))


def bounds(month: date) -> tuple[datetime, datetime]:
    """From the first instant of the month to the first of the next."""
    return midnight(month), midnight(after(month))


def month_named(text: str) -> date | None:
    """The first day of a month written as 2026-04; None when it is none."""
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def before(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def is_over(month: date, at: datetime) -> bool:
    return bounds(month)[1] <= at


def _two(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
