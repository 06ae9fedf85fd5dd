"""Who sees one entry of a record and why, and why somebody does not."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.purposes import Purpose
from yiyang.kernel.api import Answer, Example, Id, Instant, OneOf, Routes, Shown, Told
from yiyang.people.queries import Held
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive
from yiyang.records.queries import explaining
from yiyang.records.rules.labels import BITS
from yiyang.records.rules.sight import Why

routes = Routes("records")
REASONS = [str(one) for one in Why]


class WhoIsMeant(Told):
    """Of whom it is asked why they see the entry or not."""

    account: Annotated[Id | None, Field(description="an account, in all that it may act as")] = None
    organisation: Annotated[Id | None, Field(description="whoever reads clinical records in this unit")] = (
        None
    )
    purpose: Annotated[str, OneOf(Purpose), Field(description="what for they would look")] = "CARE"


class RelationshipTold(Shown):
    example: ClassVar[Example] = {
        "who": "阳光养老院", "basis": "EPISODE", "scope": "FULL", "kinds": None, "labels": [], "purposes": None,
        "starts_at": "2026-01-01T01:00:00Z", "ends_at": None, "reason": "", "why": "OPEN", "said": "整份档案",
    }  # fmt: skip

    who: str
    basis: str
    scope: str
    kinds: Annotated[
        list[Annotated[str, OneOf(KindOfData)]] | None,
        Field(description="the kinds of data that it opens beside name, age and address; null: all"),
    ]
    labels: Annotated[
        list[Annotated[str, OneOf(Sensitive)]], Field(description="the sensitive data that it opens besides")
    ]
    purposes: Annotated[
        list[Annotated[str, OneOf(Purpose)]] | None,
        Field(description="what for it is open; null: for care alone"),
    ]
    starts_at: Instant | None
    ends_at: Instant | None
    reason: str
    why: Annotated[str, OneOf(REASONS)]
    said: Annotated[str, Field(description="the same in words")]


class AskedTold(Shown):
    example: ClassVar[Example] = {
        "who": "区中心医院", "open": False, "why": "SENSITIVE", "said": "该条目标为敏感。",
        "remedy": "本人可在同意书中列出这类敏感信息。",
    }  # fmt: skip

    who: str
    open: bool
    why: Annotated[str, OneOf(REASONS)]
    said: str
    remedy: Annotated[str, Field(description="what can be done about it")]


class ExplanationShown(Shown):
    example: ClassVar[Example] = {
        "type": "Condition", "id": "0190a3b0-0000-7000-8000-000000000001", "title": "高血压", "labels": [], "unit": "",
        "untold": False, "open_to": [RelationshipTold.example], "closed_to": [], "all": True, "asked": None,
    }  # fmt: skip

    type: str
    id: str
    title: str
    labels: Annotated[list[Annotated[str, OneOf(Sensitive)]], Field(description="what makes it sensitive")]
    unit: Annotated[str, Field(description="that wrote it, where it is known")]
    untold: Annotated[bool, Field(description="the person was not told of it, and is not shown it")]
    open_to: list[RelationshipTold]
    closed_to: Annotated[
        list[RelationshipTold], Field(description="in force, but they do not open this entry")
    ]
    all: Annotated[bool, Field(description="false: only the relationships of who asks are listed")]
    asked: AskedTold | None


@routes.get("/people/{person_id}/record/{resource_type}/{resource_id}/explain", shows=ExplanationShown)
def explain(
    request: Any, person_id: Id, resource_type: str, resource_id: str, asked: Query[WhoIsMeant]
) -> Answer:
    """Who sees this entry of the clinical record, by which relationship or consent, and why others do not.

    Who sees the person but not the entry gets 403 ENTRY_NOT_OPEN with the kind of reason, and nothing of the entry.
    """
    found = explaining.explain(request.actor, person_id, resource_type, resource_id, **asked.model_dump())
    shows = ExplanationShown(
        type=found.thing.type,
        id=resource_id,
        title=found.item.title,
        labels=[code for code, bit in BITS.items() if found.thing.labels & bit],
        unit=found.unit,
        untold=bool(found.untold),
        open_to=[_line(one) for one in found.open_to],
        closed_to=[_line(one) for one in found.closed_to],
        all=found.all,
        asked=_asked(found.asked) if found.asked else None,
    )
    return Answer(shows, persons=[person_id])


def _line(one: explaining.Line) -> RelationshipTold:
    held: Held = one.held
    same = {
        name: getattr(held, name) for name in RelationshipTold.model_fields if name not in ("why", "said")
    }
    return RelationshipTold(why=one.why, said=one.said, **same)


def _asked(one: explaining.Answer) -> AskedTold:
    return AskedTold(who=one.who, open=one.open, why=one.why, said=one.said, remedy=one.remedy)
