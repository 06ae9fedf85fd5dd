"""What another version of an instrument would make of assessments that were signed on this one. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from yiyang.assessments.commands.locks import context_of, outcome_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries import standing
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score
from yiyang.kernel import time

if TYPE_CHECKING:
    from yiyang.assessments.rules.rescoring import Laid

BATCH = 20_000


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
    # numpy is for those alone who compare thousands of assessments.
    from yiyang.assessments.rules.rescoring import lay

    now = time.now()
    for first, last in standing.ranges(content.code, BATCH):
        rows = standing.rows(content.code, first, last, now)
        if rows is not None:
            yield _batch(lay(content, rows), comparison)


def _batch(laid: Laid, comparison: Comparison) -> list[Moved]:
    rows = laid.standing
    comparison.rows += len(rows)
    comparison.incomplete += int((~laid.results.complete).sum())
    comparison.flows.update(zip(rows.levels, laid.levels, strict=True))
    columns = rows.ids, rows.levels, laid.levels, rows.totals, laid.totals
    found = (Moved(*row) for row in zip(*columns, strict=True))
    return [one for one in found if (one.level, one.total) != (one.level_then, one.total_then)]
