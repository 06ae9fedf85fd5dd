"""Assessments as answers show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.assessments.models import Assessment, Reason, State
from yiyang.assessments.queries import answering, results
from yiyang.kernel.actors import Actor
from yiyang.kernel.api import Answer, Day, Example, Id, Instant, OneOf, Shown

AN_ID = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e{:02d}"
Answers = Annotated[
    dict[str, Any],
    Field(
        max_length=400,
        description="by question: an option's code, a list of them, a number or {value, unit}, a text, a date; null takes away",
    ),
]
REASONS = [one for one in Reason.values if one != Reason.DISPUTE]


class AssessmentListed(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(1), "person": AN_ID.format(2), "instrument": "GBT42195", "version": "2022.1",
        "state": "SIGNED", "reason": "ROUTINE", "assessed_at": "2026-05-01T00:30:00Z", "total": 72, "level": "1",
        "level_title": "1级 轻度失能", "valid_until": "2027-05-01", "revision": 4,
    }  # fmt: skip

    id: Id
    person: Id
    instrument: str
    version: str
    state: Annotated[str, OneOf(State)]
    reason: Annotated[str, OneOf(Reason)]
    assessed_at: Instant
    total: float | None
    level: str
    level_title: str
    valid_until: Day | None
    revision: Annotated[int, Field(description="send it with answers and with the signature")]


class AlertShown(Shown):
    example: ClassVar[Example] = {"urgency": "EMERGENCY", "demand": "不要让其独处，马上告知医生"}

    urgency: str
    demand: str


class AssessmentShown(AssessmentListed):
    """`answers`, `steps`, `demand` and `alerts` are empty before persons who were not told a diagnosis."""

    example: ClassVar[Example] = AssessmentListed.example | {
        "answers": {"B.1.1": "4"}, "missing": [], "asked": ["B.1.1"], "subscores": {"B.1": 28}, "demand": "",
        "alerts": [], "steps": ["72 分属于“1级 轻度失能”（66–89）"], "signed_by": "李敏 · 护士", "signed_at": "2026-05-01T00:40:00Z",
        "second_signed_by": "", "second_signed_at": None, "amends": None, "amendment_reason": "", "void_reason": "",
    }  # fmt: skip

    answers: dict[str, Any]
    missing: Annotated[list[str], Field(description="questions of a draft that are still to be answered")]
    asked: Annotated[list[str], Field(description="questions that are put, given the answers")]
    subscores: dict[str, float]
    demand: str
    alerts: list[AlertShown]
    steps: Annotated[list[str], Field(description="how the level came about, in words")]
    signed_by: str
    signed_at: Instant | None
    second_signed_by: str
    second_signed_at: Instant | None
    amends: Id | None
    amendment_reason: str
    void_reason: str


class DifferenceShown(Shown):
    example: ClassVar[Example] = {"question": "行走", "was": "有人扶", "now": "自己走"}

    question: str
    was: str
    now: str


def listed(rows: Iterable[Assessment]) -> list[AssessmentListed]:
    return [AssessmentListed(**_line(one)) for one in rows]


def in_full(actor: Actor, found: Assessment) -> Answer:
    """One with everything that this reader may know."""
    result = results.result(actor, found)
    sheet = answering.sheet(found)
    told = result.in_full
    shows = AssessmentShown(
        **_line(found),
        answers=found.answers if told else {},
        missing=[one.item.code for one in sheet.lacking] if found.is_open else [],
        asked=[one.item.code for one in sheet.asked] if told else [],
        subscores=found.subscores,
        demand=result.demand,
        alerts=[AlertShown(**one) for one in result.alerts],
        steps=[str(one.words) for one in result.steps],
        signed_by=found.signed_by,
        signed_at=found.signed_at,
        second_signed_by=found.second_signed_by,
        second_signed_at=found.second_signed_at,
        amends=found.amends_id,
        amendment_reason=found.amendment_reason,
        void_reason=found.void_reason,
    )
    return Answer(shows, persons=[found.person_id])


def _line(one: Assessment) -> dict[str, Any]:
    return {
        "id": one.pk, "person": one.person_id, "instrument": one.code, "version": one.instrument.version,
        "state": one.state, "reason": one.reason, "assessed_at": one.assessed_at, "total": one.total,
        "level": one.level, "level_title": results.level_of(one), "valid_until": one.valid_until,
        "revision": one.revision,
    }  # fmt: skip
