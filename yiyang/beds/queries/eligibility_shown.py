"""The answer for one person as pages, papers and the API show it: every criterion in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy, pgettext

from yiyang.access.bed_kinds import BedKind
from yiyang.assessments.queries import names as of_instruments
from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules.eligibility import (
    Criteria,
    Evidence,
    Found,
    Lacking,
    Rest,
    Result,
    Verdict,
    words,
)
from yiyang.beds.models import EligibilityOverride
from yiyang.beds.queries import eligibility as queries
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.rules.kinds import InsuranceKind

TONES = {"ELIGIBLE": "good", "NOT_ELIGIBLE": "danger", "JUDGEMENT": "warning"}
MARKS = {Verdict.MET: "good", Verdict.NOT_MET: "danger", Verdict.UNKNOWN: "warning"}
GRADES = {
    "A": gettext_lazy("official text"),
    "B": gettext_lazy("public copies that agree"),
    "C": gettext_lazy("one weak copy"),
}


class Names(of_instruments.Names):
    """Also of groups, insurances and beds."""

    def value(self, about: str, instrument: str, item: str, code: Any) -> str:
        if about == "group":
            return str(people.group_names().get(code, code))
        if about == "insurance":
            return str(InsuranceKind(code).label) if code in InsuranceKind.values else str(code)
        if about in ("bed", "consent"):
            return str(BedKind(code).label) if code in BedKind.values else str(code)
        return super().value(about, instrument, item, code)


@dataclass(frozen=True)
class RestShown:
    """What an answer rested on, how old it is, and where to read it."""

    name: str
    on: date | None
    days: int | None
    id: str
    supposed: bool


@dataclass(frozen=True)
class CriterionShown:
    code: str
    text: str
    verdict: str
    verdict_words: Any
    tone: str
    rests: list[RestShown]
    lacks: list[str]
    source: str
    grade: str
    reserved: bool
    judged: bool
    suggested: Any


@dataclass(frozen=True)
class GroupShown:
    """Criteria of which one is enough (`text` says so), or one by itself."""

    text: str
    verdict_words: Any
    tone: str
    criteria: list[CriterionShown]


@dataclass(frozen=True)
class KindShown:
    kind: str
    label: Any
    answer: str
    words: Any
    tone: str
    groups: list[GroupShown]
    priority: list[tuple[str, str]]
    changes: list[str]
    to_assess: list[tuple[str, str]]
    override: EligibilityOverride | None
    judges: bool
    before: Any = None  # the words without what a what-if supposes, where they differ

    @property
    def standing(self) -> str:
        """What counts: a clinician's word that still holds, else what the criteria give."""
        return self.override.given if self.override else self.answer


@dataclass(frozen=True)
class Shown:
    """One person against the kinds of beds."""

    kinds: list[KindShown]
    evidence: Evidence
    criteria: Mapping[str, Criteria]
    names: Names
    results: Mapping[str, Result]
    real: Mapping[str, Result]  # without what a what-if supposes

    def kind(self, kind: str) -> KindShown:
        return next(one for one in self.kinds if one.kind == kind)


def shown(
    actor: Actor, person_id: UUID, at: datetime, *, kinds: list[str] | None = None, supposed: Any = None
) -> Shown:
    """All kinds, or these. `supposed` changes the evidence for a what-if; the answers without it stand beside."""
    criteria = queries.criteria_on(localdate(at))
    if kinds is not None:
        criteria = {kind: criteria[kind] for kind in kinds}
    known = queries.evidence(person_id, at, criteria)
    names = Names(of_instruments.contents({code for one in criteria.values() for code in one.instruments}))
    real = rules.all_kinds(criteria, known)
    evidence = supposed(known, names.known) if supposed else known
    results = rules.all_kinds(criteria, evidence) if supposed else real
    overrides = queries.overrides_of(person_id, at)
    found = [
        _kind(one, results[kind], real[kind], names, at, overrides.get(kind), queries.may_judge(actor, one))
        for kind, one in criteria.items()
    ]
    return Shown(found, evidence, criteria, names, results, real)


def _kind(
    criteria: Criteria,
    result: Result,
    real: Result,
    names: Names,
    at: datetime,
    override: EligibilityOverride | None,
    judges: bool,
) -> KindShown:
    today = localdate(at)
    groups = [
        GroupShown(
            str(one.text) if one.text else "",
            words.VERDICTS[one.verdict],
            MARKS[one.verdict],
            [_criterion(each, names, today) for each in one.found],
        )
        for one in result.groups
    ]
    return KindShown(
        kind=result.kind,
        label=BedKind(result.kind).label,
        answer=str(result.answer),
        words=words.ANSWERS[result.answer],
        tone=TONES[result.answer],
        groups=groups,
        priority=[(str(one.priority.text), one.priority.source) for one in result.priority],
        changes=[_change(one, names) for one in result.decisive],
        to_assess=[(code, names.instrument(code)) for code in result.to_assess],
        override=override,
        judges=judges,
        before=words.ANSWERS[real.answer] if real.answer != result.answer else None,
    )


def _criterion(one: Found, names: Names, today: date) -> CriterionShown:
    rests = [shown for rest in one.rests if (shown := _rest(rest, names, today))]
    return CriterionShown(
        code=one.criterion.code,
        text=str(one.criterion.text),
        verdict=str(one.verdict),
        verdict_words=words.VERDICTS[one.verdict],
        tone=MARKS[one.verdict],
        rests=rests,
        lacks=_lacks(one, names),
        source=one.criterion.source,
        grade=str(GRADES.get(one.criterion.grade, "")),
        reserved=one.criterion.reserved,
        judged=one.judged,
        suggested=words.VERDICTS[one.suggested] if one.suggested in (Verdict.MET, Verdict.NOT_MET) else None,
    )


def _lacks(one: Found, names: Names) -> list[str]:
    """What a clinician decides needs no assessment: then only that is said."""
    lacks = one.lacks
    if one.criterion.reserved:
        lacks = tuple(lack for lack in lacks if lack.why is Lacking.NOT_JUDGED)
    return list(dict.fromkeys(words.lack(lack, names) for lack in lacks))


def _change(one: Found, names: Names) -> str:
    return (
        f"{one.criterion.text}{pgettext('between a criterion and why', ': ')}{pgettext('between reasons', '; ').join(_lacks(one, names))}"
        if one.lacks
        else str(one.criterion.text)
    )


def _rest(rest: Rest, names: Names, today: date) -> RestShown | None:
    if rest.about == "judged":
        return None
    name = (
        names.instrument(rest.instrument) if rest.instrument else str(words.ABOUT.get(rest.about, rest.about))
    )
    days = (today - rest.on).days if rest.on else None
    return RestShown(name, rest.on, days, "" if rest.supposed else rest.id, rest.supposed)
