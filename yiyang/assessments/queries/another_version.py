"""One assessment scored on another version of its instrument, beside what it was; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment, Instrument
from yiyang.assessments.queries import rescoring
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.kernel.refusals import NotFound


@dataclass(frozen=True)
class Pair:
    """What the answers gave, and what they would give."""

    given: dict[str, Any]
    newer: dict[str, Any]

    @property
    def same(self) -> bool:
        return (self.given["level"], self.given["total"]) == (self.newer["level"], self.newer["total"])


def side_by_side(found: Assessment, version: str = "") -> Pair:
    """On its own version, and on the one asked for: the newest in use when none is."""
    rows = Instrument.objects.filter(code=found.code)
    asked = rows.filter(version=version) if version else rows.filter(retired_at=None)
    other = asked.order_by("-serial").first()
    if other is None:
        raise NotFound
    given, newer = rescoring.side_by_side(found, content_of(other))
    return Pair(_shown(found.instrument, given), _shown(other, newer))


def _shown(instrument: Instrument, outcome: Outcome) -> dict[str, Any]:
    return {
        "version": instrument.version,
        "missing": list(outcome.missing),
        "impossible": [str(one.words) for one in outcome.impossible],
        "total": outcome.total,
        "level": outcome.level.level if outcome.level else "",
        "level_title": str(outcome.level.title) if outcome.level else "",
        "steps": [str(one.words) for one in outcome.steps],
    }
