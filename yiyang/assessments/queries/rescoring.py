"""What another version of an instrument would make of assessments that were signed on this one. Nothing is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.assessments.commands.locks import context_of, outcome_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score
from yiyang.people.rules import ages

BATCH = 20_000
NO_LEVEL = ""
ASKED = ("id", "level", "total", "answers", "assessed_at", "person__born_on", "person__sex")


@dataclass(frozen=True)
class Moved:
    """One assessment whose level or total the other version changes; no level: it misses an answer now asked for."""

    assessment: UUID
    level: str
    level_then: str
    total: float | None
    total_then: float | None


@dataclass
class Comparison:
    """All standing assessments of an instrument on another version of it."""

    rows: int = 0
    flows: Counter[tuple[str, str]] = field(default_factory=Counter)  # level now, level then
    incomplete: int = 0

    @property
    def moved(self) -> int:
        return sum(number for (now, then), number in self.flows.items() if now != then)


def side_by_side(assessment: Assessment, content: Content) -> tuple[Outcome, Outcome]:
    """What followed from the answers on their own version, and what would on another."""
    context = context_of(assessment.person, assessment.assessed_at)
    return outcome_of(assessment), score(content, assessment.answers, context=context)


def on_version(content: Content, comparison: Comparison) -> Iterator[list[Moved]]:
    """Go through all that stand, in batches; what moves comes out, what there is adds up in the comparison."""
    standing = Assessment.objects.filter(code=content.code).standing().order_by("id").values_list(*ASKED)
    rows = standing.iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        yield _batch(content, batch, comparison)


def _batch(content: Content, rows: list[tuple[Any, ...]], comparison: Comparison) -> list[Moved]:
    ids, levels, totals, answers, at, born, sexes = zip(*rows, strict=True)
    days = [localdate(instant) for instant in at]
    context = {
        "age": [None if one is None else ages.age(one, day) for one, day in zip(born, days, strict=True)],
        "sex": list(sexes),
        "today": days,
    }
    # numpy is for those alone who compare thousands of assessments.
    from yiyang.assessments.rules.columns import Columns
    from yiyang.assessments.rules.columns_scoring import score_columns

    results = score_columns(Columns(content, answers), context=context)
    then = [content.bands[place].level if place >= 0 else NO_LEVEL for place in results.level]
    totals_then = [None if math.isnan(total) else float(total) for total in results.total]
    comparison.rows += len(rows)
    comparison.incomplete += int((~results.complete).sum())
    comparison.flows.update(zip(levels, then, strict=True))
    found = (Moved(*row) for row in zip(ids, levels, then, totals, totals_then, strict=True))
    return [one for one in found if (one.level, one.total) != (one.level_then, one.total_then)]
