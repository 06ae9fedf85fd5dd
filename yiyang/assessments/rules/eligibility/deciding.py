"""Which of the five beds a person qualifies for, why, and what would change it. Pure; every step can be shown.

A kind is refused by one criterion that is not met (of a group: when none is met), open while something is
unknown or a clinician has not said what is reserved to clinicians, and given when all is met.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yiyang.assessments.rules.eligibility.conditions import look
from yiyang.assessments.rules.eligibility.criteria import Criteria, Criterion, Priority
from yiyang.assessments.rules.eligibility.evidence import (
    TO_ASSESS,
    Evidence,
    Lack,
    Lacking,
    Looked,
    Rest,
    Verdict,
)
from yiyang.assessments.rules.texts import Text


class Answer(StrEnum):
    ELIGIBLE = "ELIGIBLE"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    JUDGEMENT = "JUDGEMENT"


SAID = {"YES": Verdict.MET, "NO": Verdict.NOT_MET}


@dataclass(frozen=True)
class Found:
    """One criterion with its answer, what that rests on, and what is lacking."""

    criterion: Criterion
    verdict: Verdict
    rests: tuple[Rest, ...] = ()
    lacks: tuple[Lack, ...] = ()
    judged: bool = False  # a clinician has said it
    suggested: Verdict | None = None  # what the data would say where a clinician decides

    @property
    def oldest(self) -> date | None:
        return min((one.on for one in self.rests if one.on), default=None)


@dataclass(frozen=True)
class Group:
    """What is asked together: a criterion by itself, or several of which one is enough."""

    code: str
    text: Text | None
    verdict: Verdict
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Reason:
    """Why the person comes first."""

    priority: Priority
    rests: tuple[Rest, ...]


@dataclass(frozen=True)
class Result:
    kind: str
    answer: Answer
    groups: tuple[Group, ...]
    priority: tuple[Reason, ...] = ()

    @property
    def found(self) -> tuple[Found, ...]:
        return tuple(one for group in self.groups for one in group.found)

    @property
    def decisive(self) -> tuple[Found, ...]:
        """What would change the answer: criteria not met when it is no, open ones when it is open."""
        turning = {Answer.NOT_ELIGIBLE: Verdict.NOT_MET, Answer.JUDGEMENT: Verdict.UNKNOWN}.get(self.answer)
        groups = [group for group in self.groups if group.verdict is turning]
        return tuple(one for group in groups for one in group.found if one.verdict is not Verdict.MET)

    @property
    def to_assess(self) -> tuple[str, ...]:
        """The instruments whose missing or expired assessment leaves the answer open."""
        if self.answer is not Answer.JUDGEMENT:
            return ()
        open_ones = [one for one in self.decisive if not one.criterion.reserved]
        lacks = [lack for one in open_ones for lack in one.lacks]
        return tuple(
            dict.fromkeys(one.instrument for one in lacks if one.instrument and one.why in TO_ASSESS)
        )

    @property
    def rests(self) -> tuple[Rest, ...]:
        return tuple(dict.fromkeys(rest for one in self.found for rest in one.rests))


def decide(criteria: Criteria, evidence: Evidence) -> Result:
    """The answer for one kind of bed."""
    found = [_find(one, evidence) for one in criteria.criteria]
    groups = _groups(criteria, found)
    verdicts = {group.verdict for group in groups}
    if Verdict.NOT_MET in verdicts:
        answer = Answer.NOT_ELIGIBLE
    elif Verdict.UNKNOWN in verdicts:
        answer = Answer.JUDGEMENT
    else:
        answer = Answer.ELIGIBLE
    return Result(criteria.kind, answer, groups, _priority(criteria, evidence))


def all_kinds(criteria: Mapping[str, Criteria], evidence: Evidence) -> dict[str, Result]:
    """One person against every kind of bed."""
    return {kind: decide(one, evidence) for kind, one in criteria.items()}


def _find(criterion: Criterion, evidence: Evidence) -> Found:
    looked = _looked(criterion, evidence)
    said = SAID.get(evidence.judged.get(criterion.code, ""))
    if criterion.reserved:
        suggested = looked.verdict if criterion.when is not None else None
        if said is not None:
            return Found(criterion, said, looked.rests, judged=True, suggested=suggested)
        unsaid = Lack(Lacking.NOT_JUDGED, "judged", item=criterion.code)
        return Found(criterion, Verdict.UNKNOWN, looked.rests, (unsaid, *looked.lacks), suggested=suggested)
    if looked.verdict is Verdict.UNKNOWN and said is not None:
        return Found(criterion, said, looked.rests, judged=True)
    return Found(criterion, looked.verdict, looked.rests, looked.lacks)


def _looked(criterion: Criterion, evidence: Evidence) -> Looked:
    if criterion.when is None:
        return Looked(Verdict.UNKNOWN)
    return look(criterion.when, evidence, criterion.max_age_days)


def _groups(criteria: Criteria, found: list[Found]) -> tuple[Group, ...]:
    together: dict[str, list[Found]] = {}
    for one in found:
        together.setdefault(one.criterion.group or f"={one.criterion.code}", []).append(one)
    return tuple(
        Group(code.lstrip("="), criteria.groups.get(code), _any_of(members), tuple(members))
        for code, members in together.items()
    )


def _any_of(members: list[Found]) -> Verdict:
    verdicts = {one.verdict for one in members}
    for verdict in (Verdict.MET, Verdict.UNKNOWN):
        if verdict in verdicts:
            return verdict
    return Verdict.NOT_MET


def _priority(criteria: Criteria, evidence: Evidence) -> tuple[Reason, ...]:
    looked = [(one, look(one.when, evidence)) for one in criteria.priorities]
    return tuple(Reason(one, seen.rests) for one, seen in looked if seen.verdict is Verdict.MET)
