"""What if this were so: evidence as it would be with other answers, facts or words of clinicians. Keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from yiyang.assessments.rules.eligibility.evidence import Assessed, Evidence
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.scoring import score

NO_ANSWER: tuple[Any, ...] = (None, "", [])
Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Supposition:
    """What is to be otherwise; what is left out stays as it is."""

    age: int | None = None
    groups: frozenset[str] | None = None
    insurance: frozenset[str] | None = None
    beds: frozenset[str] | None = None
    consents: Mapping[str, bool] = field(default_factory=dict)
    judged: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Answers] = field(default_factory=dict)  # by instrument; None takes one away
    levels: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)


def suppose(evidence: Evidence, given: Supposition, instruments: Mapping[str, Instrument]) -> Evidence:
    """The evidence with what is supposed; changed answers are scored anew, a level or total is put in by hand."""
    changes: dict[str, Any] = {}
    if given.age is not None and given.age != evidence.age:
        changes["age"] = given.age
    for name in ("groups", "insurance", "beds"):
        chosen = getattr(given, name)
        if chosen is not None and chosen != (getattr(evidence, name) or frozenset()):
            changes[name] = chosen
    if given.consents:
        changes["consents"] = {**evidence.consents, **given.consents}
    if given.judged:
        changes["judged"] = {**evidence.judged, **given.judged}
    assessed = {
        code: found
        for code, one in instruments.items()
        if (found := _assessed(one, evidence, given)) is not None
    }
    if assessed:
        changes["assessed"] = {**evidence.assessed, **assessed}
    return evidence.supposing(**changes) if changes else evidence


def answers_with(evidence: Evidence, code: str, changed: Answers) -> dict[str, Any]:
    """The last answers to an instrument with what is supposed instead."""
    now = evidence.assessed.get(code)
    both = {**(now.answers if now else {}), **changed}
    return {item: answer for item, answer in both.items() if item not in changed or answer not in NO_ANSWER}


def _assessed(instrument: Instrument, evidence: Evidence, given: Supposition) -> Assessed | None:
    code = instrument.code
    now = evidence.assessed.get(code)
    before = dict(now.answers) if now else {}
    answers = answers_with(evidence, code, given.answers.get(code, {}))
    level, total = given.levels.get(code), given.totals.get(code)
    if answers == before and not level and total is None:
        return None
    fresh = replace(
        now or Assessed(code, evidence.on), on=evidence.on, valid_until=None, answers=answers, supposed=True
    )
    if answers != before:
        outcome = score(instrument, answers, context={"age": evidence.age, "today": evidence.on})
        fresh = replace(
            fresh,
            level=outcome.level.level if outcome.level else "",
            total=outcome.total,
            subscores=outcome.subscores,
        )
    return replace(fresh, level=level or fresh.level, total=fresh.total if total is None else total)
