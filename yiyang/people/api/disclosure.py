"""What a person wants to know of their own care and was told. For staff: an elder's own account has no answer here."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import Answer, Example, Id, Instant, Line, Name, OneOf, Shown
from yiyang.kernel.api import Told as Body
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.api.sight import routes
from yiyang.people.models import Told
from yiyang.people.rules.disclosure import Audience, Topic, Wish


class ToldShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "topic": "PALLIATIVE", "told_at": "2026-05-01T00:30:00Z",
        "told_by": "陈医生 · 病房医生", "present": "女儿在场",
    }  # fmt: skip

    id: Id
    person: Id
    topic: Annotated[str, OneOf(Topic)]
    told_at: Instant
    told_by: str
    present: str


class DisclosureShown(Shown):
    example: ClassVar[Example] = {
        "person": PERSON, "wish": "WHEN_ASKING", "own_words": "我问的时候再说", "avoid": ["肺癌"],
        "asked_by": "陈医生 · 病房医生", "asked_at": "2026-05-01T00:30:00Z", "told": [ToldShown.example],
    }  # fmt: skip

    person: Id
    wish: Annotated[str, OneOf(Wish)]
    own_words: str
    avoid: list[str]
    asked_by: str
    asked_at: Instant | None
    told: list[ToldShown]


class SetDisclosure(Body):
    example: ClassVar[Example] = {"wish": "WHEN_ASKING", "own_words": "我问的时候再说", "avoid": ["肺癌"]}

    wish: Annotated[str, OneOf(Wish)]
    own_words: Annotated[Line, Field(description="as the person put it")] = ""
    avoid: Annotated[
        list[Name], Field(description="words that must not stand on the person's pages", max_length=20)
    ] = []


class RecordTold(Body):
    example: ClassVar[Example] = {"topic": "PALLIATIVE", "present": "女儿在场"}

    topic: Annotated[str, OneOf(Topic)]
    present: Annotated[Name, Field(description="who was there")] = ""


class WithdrawTold(Body):
    example: ClassVar[Example] = {"reason": "记错了人"}

    reason: Reason


@routes.get("/people/{person_id}/disclosure", shows=DisclosureShown)
def disclosure(request: Any, person_id: Id) -> Answer:
    """What the person wants to know, and what they were told: to read before one speaks."""
    person = queries.person_in_full(request.actor, person_id)
    if queries.audience(request.actor, person.pk) != Audience.STAFF:
        raise NotFound
    return _answer(person.pk)


@routes.post(
    "/people/{person_id}/disclosure", shows=DisclosureShown, matches="", permission=Permission.SET_DISCLOSURE
)
def set_disclosure(request: Any, person_id: Id, body: SetDisclosure) -> Answer:
    """A clinician asked the person what they want to know."""
    person = queries.person_in_full(request.actor, person_id)
    commands.set_disclosure(by=request.actor, at=now(), person=person, **body.model_dump())
    return _answer(person.pk)


@routes.post(
    "/people/{person_id}/told", shows=ToldShown, status=201, matches="", permission=Permission.SET_DISCLOSURE
)
def record_told(request: Any, person_id: Id, body: RecordTold) -> Answer:
    """The person was told: their own pages and answers name it from now on."""
    person = queries.person_in_full(request.actor, person_id)
    made = commands.record_told(by=request.actor, at=now(), person=person, **body.model_dump())
    return Answer(_told(made), persons=[person.pk])


@routes.post("/told/{told_id}/withdraw", shows=ToldShown, matches="", permission=Permission.SET_DISCLOSURE)
def withdraw_told(request: Any, told_id: Id, body: WithdrawTold) -> Answer:
    """Noted by mistake: the person's own pages go back to neutral words."""
    told = queries.told_row(request.actor, told_id)
    if told is None:
        raise NotFound
    done = commands.withdraw_told(by=request.actor, at=now(), told=told, reason=body.reason)
    return Answer(_told(done), persons=[done.person_id])


def _answer(person_id: Any) -> Answer:
    known = queries.known(person_id)
    one = known.disclosure
    shown = DisclosureShown(
        person=person_id, wish=known.wish, own_words=one.own_words if one else "", avoid=one.avoid if one else [],
        asked_by=one.asked_by if one else "", asked_at=one.asked_at if one else None,
        told=[_told(row) for row in queries.told_so_far(person_id)],
    )  # fmt: skip
    return Answer(shown, persons=[person_id])


def _told(one: Told) -> ToldShown:
    same = {name: getattr(one, name) for name in ToldShown.model_fields if name not in ("id", "person")}
    return ToldShown(id=one.pk, person=one.person_id, **same)
