"""What persons and families said of their moves: who is still to be asked, and figures in which nobody is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from yiyang.access.queries import naming
from yiyang.beds.models import Experience, Transfer
from yiyang.beds.models.transfers import TransferState
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now

ASKED_FOR = timedelta(days=30)
SENDER = ("told_in_time", "well_treated")
RECEIVER = ("well_received",)
GOOD, FAIR, BAD = Experience.Answer.values


@dataclass(frozen=True)
class Cell:
    """The answers to one question about one unit."""

    good: int
    fair: int
    bad: int


@dataclass(frozen=True)
class Line:
    """One unit in a month; without cells where too few answered for anybody to stay unknown."""

    unit_id: UUID | None
    unit: str
    cells: dict[str, Cell] | None
    answers: int | None


@dataclass(frozen=True)
class Month:
    first: date
    least: int
    sender: list[Line]
    receiver: list[Line]


def is_answered(transfer: Transfer) -> bool:
    return Experience.objects.filter(transfer=transfer).exists()


def to_ask() -> Q:
    """The moves that were completed lately and that nobody has spoken of."""
    return Q(state=TransferState.COMPLETED, ended_at__gte=now() - ASKED_FOR, experience=None)


def of_month(actor: Actor, first: date) -> Month:
    """By unit within the actor's reach: what concerns the sender, and what concerns the receiver."""
    least = int(policy("beds.experience_least_answers", on=first).value)
    reach = list(getattr(actor, "reach", ()))
    return Month(
        first,
        least,
        _lines(first, "transfer__from_unit", SENDER, reach, least),
        _lines(first, "transfer__to_unit", RECEIVER, reach, least),
    )


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _lines(first: date, side: str, names: Sequence[str], reach: list[UUID], least: int) -> list[Line]:
    counted = {
        f"{name}_{answer}": Count("pk", filter=Q(**{name: answer}))
        for name in names
        for answer in (GOOD, FAIR, BAD)
    }
    rows: Any = (
        Experience.objects.filter(answered_on__gte=first, answered_on__lt=next_month(first))
        .filter(**{f"{side}__in": reach})
        .values(side)
        .annotate(answers=Count("pk"), **counted)
        .order_by()
    )
    found = list(rows)
    units = naming.contacts(row[side] for row in found)
    lines = [_line(row, row[side], units[row[side]].name, names, least) for row in found]
    return sorted(lines, key=lambda line: (-(line.answers or 0), line.unit))


def _line(row: dict[str, Any], unit_id: UUID, unit: str, names: Sequence[str], least: int) -> Line:
    if row["answers"] < least:
        return Line(unit_id, unit, None, None)
    cells = {name: Cell(row[f"{name}_{GOOD}"], row[f"{name}_{FAIR}"], row[f"{name}_{BAD}"]) for name in names}
    return Line(unit_id, unit, cells, row["answers"])
