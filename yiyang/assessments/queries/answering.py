"""The form of an assessment: each question with its answer, what was answered last time, and what still lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from yiyang.assessments.commands.locks import content_of, context_of, outcome_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries.assessments import before
from yiyang.assessments.queries.measured import measured, token
from yiyang.assessments.rules.asking import asked
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.instruments import Item, ItemKind, Section
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.wording import unit_of, worded
from yiyang.kernel.actors import Actor
from yiyang.records.rules.vital_signs import Measured

SHORT = 80  # signs: what is at most as long is asked for on one line


@dataclass(frozen=True)
class Choice:
    code: str
    text: str
    chosen: bool
    exclusive: bool = False


@dataclass(frozen=True)
class TakenOver:
    """Who or what had measured the value that was taken over, and when; by which LOINC code, and the ids of the
    Observation of the record or of the device, where these are known."""

    by: str
    at: datetime
    code: str = ""
    id: str = ""
    device: str = ""


@dataclass(frozen=True)
class Asked:
    """One question as the form draws it."""

    item: Item
    number: int
    value: Any
    words: str
    last: str
    shown: bool
    missing: bool
    choices: list[Choice]
    units: list[tuple[str, str, bool]]
    fault: str = ""
    measured: Measured | None = None
    token: str = ""
    taken_over: TakenOver | None = None

    @property
    def id(self) -> str:
        return f"q{self.number}"

    @property
    def name(self) -> str:
        return f"a:{self.item.code}"

    @property
    def kind(self) -> str:
        return str(self.item.kind)

    @property
    def plain(self) -> str:
        """What stands in an input for a number, a date or a text."""
        value = self.value.get("value") if isinstance(self.value, Mapping) else self.value
        return "" if value is None else str(value)

    @property
    def short(self) -> bool:
        """A name or a telephone number: one line is enough."""
        return self.kind == ItemKind.TEXT and (self.item.maximum or SHORT + 1) <= SHORT

    @property
    def step(self) -> str:
        return (
            "any" if self.item.decimals == 0 and self.item.other_units else f"{10**-self.item.decimals:.10g}"
        )

    @property
    def usable(self) -> str:
        """The measured value, where one press may put it into the field: a number in the unit that is asked for."""
        one = self.measured
        return (
            one.value if one and self.item.kind is ItemKind.NUMBER and one.unit_code == self.item.unit else ""
        )

    @property
    def reads(self) -> list[str]:
        """What is read aloud: the question, then every option."""
        return [str(self.item.text), *(one.text for one in self.choices)]


@dataclass(frozen=True)
class Part:
    section: Section
    asked: list[Asked]

    @property
    def shown(self) -> bool:
        return any(one.shown for one in self.asked)

    @property
    def missing(self) -> int:
        return sum(one.missing for one in self.asked)


@dataclass(frozen=True)
class Sheet:
    """The whole form of one assessment."""

    assessment: Assessment
    content: Content
    parts: list[Part]
    outcome: Outcome
    last: Assessment | None
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def asked(self) -> list[Asked]:
        """The questions that are put now, in their order; computed values are not asked."""
        return [one for part in self.parts for one in part.asked if one.shown and not one.item.computed]

    @property
    def needed(self) -> int:
        return sum(one.item.required for one in self.asked)

    @property
    def answered(self) -> int:
        return sum(one.item.required and not one.missing for one in self.asked)

    @property
    def lacking(self) -> list[Asked]:
        return [one for one in self.asked if one.missing]

    @property
    def by_code(self) -> dict[str, Asked]:
        return {one.item.code: one for part in self.parts for one in part.asked}


def sheet(
    found: Assessment,
    typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
    *,
    reader: Actor | None = None,
) -> Sheet:
    """As kept; `typed` are answers that were not kept and are shown all the same.

    For a `reader` who fills it in, what the clinical record knows stands beside the questions.
    """
    content = content_of(found.instrument)
    answers = {**found.answers, **(typed or {})}
    outcome = outcome_of(found)
    put = asked(content, answers, context_of(found.person, found.assessed_at))
    last = before(found)
    last_words = _words_of(last)
    known = {**answers, **_computed(content, outcome)}
    beside = measured(reader, found, content) if reader else {}
    drawn = {
        item.code: replace(
            _drawn(number, item, known.get(item.code), last_words, put, outcome, faults or {}),
            measured=beside.get(item.code),
            token=token(found, item.code, beside[item.code]) if item.code in beside else "",
            taken_over=taken_over_by(found, item.code),
        )
        for number, item in enumerate(content.items, start=1)
    }
    parts = [
        Part(section, [drawn[item.code] for item in content.items_of(section.code)])
        for section in content.sections
    ]
    return Sheet(found, content, parts, outcome, last, faults or {})


def taken_over_by(found: Assessment, code: str) -> TakenOver | None:
    """Where the answer to an item is from; None: it was measured or asked by who answered."""
    mark = found.changed.get(code, [])
    source = mark[5] if len(mark) > 5 and code in found.answers else None
    return TakenOver(**{**source, "at": datetime.fromisoformat(source["at"])}) if source else None


def as_data(found: Sheet) -> dict[str, Any]:
    """What a form in the browser needs after each save."""
    return {
        "revision": found.assessment.revision,
        "shown": [one.item.code for one in found.asked],
        "missing": [one.item.code for one in found.lacking],
        "answered": found.answered,
        "needed": found.needed,
        "answers": found.assessment.answers,
    }


def _computed(content: Content, outcome: Outcome) -> dict[str, Any]:
    """Values that are worked out, such as the body-mass index."""
    codes = {item.code for item in content.items if item.computed}
    return {step.of: step.value for step in outcome.steps if step.of in codes and step.kind == "computed"}


def _words_of(last: Assessment | None) -> dict[str, str]:
    if last is None:
        return {}
    content = content_of(last.instrument)
    return {
        code: str(worded(content.item(code), value))
        for code, value in last.answers.items()
        if code in content.by_code
    }


def _drawn(
    number: int,
    item: Item,
    value: Any,
    last: dict[str, str],
    put: set[str],
    outcome: Outcome,
    faults: Mapping[str, str],
) -> Asked:
    chosen = value if isinstance(value, list) else [value]
    return Asked(
        item=item,
        number=number,
        value=value,
        words=str(worded(item, value)),
        last=last.get(item.code, ""),
        shown=item.code in put,
        missing=item.code in outcome.missing,
        choices=[Choice(one.code, str(one.text), one.code in chosen, one.exclusive) for one in item.options],
        units=_units(item, value),
        fault=faults.get(item.code, ""),
    )


def _units(item: Item, value: Any) -> list[tuple[str, str, bool]]:
    """The units that may be chosen; one alone is only shown."""
    if item.kind is not ItemKind.NUMBER or not item.unit:
        return []
    given = value.get("unit", item.unit) if isinstance(value, Mapping) else item.unit
    codes = [item.unit, *(one.unit for one in item.other_units)]
    return [(code, str(unit_of(item, code)), code == given) for code in codes]
