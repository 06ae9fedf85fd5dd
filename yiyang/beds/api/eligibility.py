"""Which of the five beds fits a person, with every criterion; a clinician's word against the criteria."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from django.utils.timezone import localdate
from pydantic import Field

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.assessments.rules.eligibility import Supposition, Verdict
from yiyang.assessments.rules.eligibility.keeping import kept
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, happened
from yiyang.beds.models import EligibilityAnswer, EligibilityOverride
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_shown
from yiyang.beds.queries.eligibility_supposed import supposed
from yiyang.beds.rules.criteria import ANSWERS
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Flag,
    Id,
    Instant,
    Number,
    OneOf,
    Routes,
    Sentence,
    Shown,
    Told,
)
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.rules.kinds import InsuranceKind

routes = Routes("eligibility")
ONE = AN_ID.format(60)
Answers = Annotated[
    dict[Code, Any],
    Field(max_length=400, description="by question, as in an assessment; null takes an answer away"),
]
SETS = ("groups", "insurance", "beds")


class RestedOn(Shown):
    """`about` is `assessment`, or what the record of the person says: `age`, `group`, `insurance`, `bed`, `consent`."""

    example: ClassVar[Example] = {
        "about": "assessment", "instrument": "GBT42195", "assessment": AN_ID.format(61), "on": "2026-05-01",
    }  # fmt: skip

    about: str
    instrument: str
    assessment: Id | None
    on: Day | None


class CriterionShown(Shown):
    example: ClassVar[Example] = {
        "code": "DISABLED", "text": "能力评估为中度及以上失能", "group": "need", "verdict": "MET", "judged": False,
        "reserved": False, "source": "上海保基本养老床位说明（公开转载）", "lacks": [], "rests": [RestedOn.example],
    }  # fmt: skip

    code: str
    text: str
    group: str
    verdict: Annotated[str, OneOf([str(one) for one in Verdict])]
    judged: bool
    reserved: bool
    source: str
    lacks: list[str]
    rests: list[RestedOn]


class OverrideShown(Shown):
    example: ClassVar[Example] = {
        "id": ONE, "person": AN_ID.format(1), "kind": "INSTITUTION", "computed": "NOT_ELIGIBLE",
        "given": "ELIGIBLE", "reason": "女儿明天离沪", "clinician": "李敏 · 养老机构护士",
        "at": "2026-05-01T00:30:00Z", "holds_until": "2026-07-30", "withdrawn_at": None,
    }  # fmt: skip

    id: Id
    person: Id
    kind: Annotated[str, OneOf(BedKind)]
    computed: Annotated[str, OneOf(EligibilityAnswer)]
    given: Annotated[str, OneOf(EligibilityAnswer)]
    reason: str
    clinician: str
    at: Instant
    holds_until: Day
    withdrawn_at: Instant | None


class KindShown(Shown):
    """`answer` is what the criteria give; `stands` what counts, a clinician's word included."""

    example: ClassVar[Example] = {
        "kind": "INSTITUTION", "answer": "ELIGIBLE", "stands": "ELIGIBLE", "criteria": [CriterionShown.example],
        "priority": ["照护环境恶化，优先安排养老床位"], "changes": [], "to_assess": [], "override": None,
    }  # fmt: skip

    kind: Annotated[str, OneOf(BedKind)]
    answer: Annotated[str, OneOf(EligibilityAnswer)]
    stands: Annotated[str, OneOf(EligibilityAnswer)]
    criteria: list[CriterionShown]
    priority: list[str]
    changes: list[str]
    to_assess: list[str]
    override: OverrideShown | None


class EligibilityShown(Shown):
    example: ClassVar[Example] = {"kinds": [KindShown.example]}

    kinds: list[KindShown]


class KindSupposed(KindShown):
    """`as_things_are` is what the criteria give without what was supposed."""

    example: ClassVar[Example] = KindShown.example | {"as_things_are": "NOT_ELIGIBLE"}

    as_things_are: Annotated[str, OneOf(EligibilityAnswer)]


class EligibilitySupposed(Shown):
    example: ClassVar[Example] = {"kinds": [KindSupposed.example]}

    kinds: list[KindSupposed]


class SupposeEligibility(Told):
    """What is to be otherwise; what is left out stays as it is. `null` takes an answer away."""

    example: ClassVar[Example] = {
        "answers": {"CARE_ENVIRONMENT": {"main_carer": "NOBODY"}}, "levels": {"GBT42195": "3"},
        "judged": {"STABLE": "YES"},
    }  # fmt: skip

    answers: Annotated[
        dict[Code, Answers], Field(max_length=40, description="by instrument and item; scored anew")
    ] = {}
    levels: Annotated[
        dict[Code, Code], Field(max_length=40, description="by instrument, put in by hand")
    ] = {}
    totals: Annotated[
        dict[Code, float], Field(max_length=40, description="by instrument, put in by hand")
    ] = {}
    judged: Annotated[
        dict[Code, Annotated[str, OneOf(list(ANSWERS))]],
        Field(max_length=100, description="by criterion, what a clinician would say"),
    ] = {}
    age: Annotated[int, Number(0, 130)] | None = None
    groups: Annotated[list[Code], Field(max_length=40)] | None = None
    insurance: Annotated[list[Annotated[str, OneOf(InsuranceKind)]], Field(max_length=20)] | None = None
    beds: Annotated[list[Annotated[str, OneOf(BedKind)]], Field(max_length=20)] | None = None
    consents: Annotated[dict[Annotated[str, OneOf(BedKind)], Flag], Field(max_length=20)] = {}


class OverrideEligibility(Act):
    example: ClassVar[Example] = {
        "kind": "INSTITUTION", "given": "ELIGIBLE", "reason": "女儿明天离沪，家中无人",
    }  # fmt: skip

    kind: Annotated[str, OneOf(BedKind)]
    given: Annotated[str, OneOf([EligibilityAnswer.ELIGIBLE, EligibilityAnswer.NOT_ELIGIBLE])]
    reason: Sentence


@routes.get("/people/{person_id}/eligibility", shows=EligibilityShown, permission=Permission.SEARCH_PERSONS)
def eligibility(request: Any, person_id: Id) -> Answer:
    """All five kinds: the answer, every criterion with its evidence, and what would change it."""
    person = people.person_in_full(request.actor, person_id)
    found = eligibility_shown.shown(request.actor, person.pk, now())
    kinds = [_kind(one, kept(found.results[one.kind])) for one in found.kinds]
    return Answer(EligibilityShown(kinds=kinds), persons=[person.pk])


@routes.post(
    "/people/{person_id}/eligibility/what-if",
    shows=EligibilitySupposed,
    matches="",
    permission=Permission.SEARCH_PERSONS,
)
def suppose_eligibility(request: Any, person_id: Id, body: SupposeEligibility) -> Answer:
    """What would follow for all five kinds if answers or facts were otherwise. Nothing is saved."""
    person = people.person_in_full(request.actor, person_id)
    told = body.model_dump()
    sets = {name: frozenset(told.pop(name)) for name in SETS if told[name] is not None}
    given = Supposition(**{**told, **dict.fromkeys(SETS), **sets})
    criteria = queries.criteria_on(localdate(now()))
    found = eligibility_shown.shown(
        request.actor,
        person.pk,
        now(),
        supposed=lambda known, instruments: supposed(known, given, instruments, criteria),
    )
    kinds = [
        KindSupposed(
            **_kind(one, kept(found.results[one.kind])).model_dump(),
            as_things_are=str(found.real[one.kind].answer),
        )
        for one in found.kinds
    ]
    return Answer(EligibilitySupposed(kinds=kinds), persons=[person.pk])


@routes.post("/people/{person_id}/eligibility/override", shows=OverrideShown, status=201)
def override_eligibility(request: Any, person_id: Id, body: OverrideEligibility) -> Answer:
    """Answer otherwise than the criteria, with a reason."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.override_eligibility(
        by=request.actor, at=happened(body), person=person, **body.model_dump(exclude={"at"})
    )
    return Answer(_override(made), persons=[made.person_id])


@routes.post("/eligibility/overrides/{eligibility_override_id}/withdraw", shows=OverrideShown, matches="")
def withdraw_override(request: Any, eligibility_override_id: Id, body: Act) -> Answer:
    """The criteria count again."""
    found = queries.override(request.actor, eligibility_override_id)
    done = commands.withdraw_override(by=request.actor, at=happened(body), override=found)
    return Answer(_override(done), persons=[done.person_id])


def _kind(one: eligibility_shown.KindShown, data: dict[str, Any]) -> KindShown:
    shown = [each for group in one.groups for each in group.criteria]
    return KindShown(
        kind=one.kind,
        answer=one.answer,
        stands=one.standing,
        criteria=[_criterion(each, row) for each, row in zip(shown, data["criteria"], strict=True)],
        priority=[text for text, _source in one.priority],
        changes=one.changes,
        to_assess=[code for code, _title in one.to_assess],
        override=_override(one.override) if one.override else None,
    )


def _criterion(one: eligibility_shown.CriterionShown, row: dict[str, Any]) -> CriterionShown:
    rests = [
        RestedOn(
            about=rest["about"],
            instrument=rest.get("instrument", ""),
            assessment=rest.get("id"),
            on=rest.get("on"),
        )
        for rest in row["rests"]
    ]
    return CriterionShown(
        code=one.code,
        text=one.text,
        group=row["group"],
        verdict=one.verdict,
        judged=one.judged,
        reserved=one.reserved,
        source=one.source,
        lacks=one.lacks,
        rests=rests,
    )


def _override(one: EligibilityOverride) -> OverrideShown:
    same = {name: getattr(one, name) for name in OverrideShown.model_fields if name not in ("id", "person")}
    return OverrideShown(id=one.pk, person=one.person_id, **same)
