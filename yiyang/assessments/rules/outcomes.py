"""What scoring gives: what is missing or impossible, the scores, the level, and every step in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yiyang.assessments.rules.instruments import Alert, Band
from yiyang.assessments.rules.texts import Text


class StepKind(StrEnum):
    IGNORED = "ignored"  # an answer to a question that is not put
    ROUNDED = "rounded"
    COMPUTED = "computed"
    SCORE = "score"
    SUBSCORE = "subscore"
    TOTAL = "total"
    BAND = "band"
    ADJUSTMENT = "adjustment"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that cannot be; `item` is empty when the fault is of the whole."""

    item: str
    words: Text


@dataclass(frozen=True, slots=True)
class Step:
    kind: StepKind
    words: Text
    of: str = ""  # the item, sub-score, level or adjustment
    value: float | None = None
    applied: bool | None = None  # of an adjustment; None: not known


@dataclass(frozen=True, slots=True)
class Outcome:
    missing: tuple[str, ...] = ()
    impossible: tuple[Fault, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    subscores: dict[str, float] = field(default_factory=dict)
    total: float | None = None
    band: Band | None = None
    level: Band | None = None
    alerts: tuple[Alert, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing and not self.impossible

    @property
    def adjusted(self) -> bool:
        """Whether an adjustment moved the level."""
        return self.band is not None and self.level is not None and self.band.level != self.level.level

    def as_data(self) -> dict[str, Any]:
        """For JSON: whole numbers without a point, words in both languages."""
        return {
            "complete": self.complete,
            "missing": list(self.missing),
            "impossible": [{"item": fault.item, "words": fault.words.as_data()} for fault in self.impossible],
            "scores": {code: plain(score) for code, score in self.scores.items()},
            "subscores": {code: plain(score) for code, score in self.subscores.items()},
            "total": plain(self.total),
            "band": self.band.level if self.band else None,
            "level": self.level.level if self.level else None,
            "level_title": self.level.title.as_data() if self.level else None,
            "action": self.level.action.as_data() if self.level and self.level.action else None,
            "alerts": [
                {"code": alert.code, "urgency": alert.urgency, "demand": alert.demand.as_data()}
                for alert in self.alerts
            ],
            "steps": [step_as_data(step) for step in self.steps],
        }


def step_as_data(step: Step) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": str(step.kind), "of": step.of, "words": step.words.as_data()}
    if step.value is not None:
        data["value"] = plain(step.value)
    if step.kind is StepKind.ADJUSTMENT:
        data["applied"] = step.applied
    return data


def plain(number: float | None) -> float | int | None:
    if number is None:
        return None
    return int(number) if float(number).is_integer() else number
