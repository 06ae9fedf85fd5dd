"""Consents: the person agrees that an organisation sees the record, and may take it back at any time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.access.purposes import Purpose
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.api.papers import Base64, read_paper
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.api.sight import routes
from yiyang.people.commands.consenting import Said
from yiyang.people.models import Capacity, Consent, ConsentAct, Scope
from yiyang.people.rules.consents import Way, Witness
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

Kinds = Annotated[list[Annotated[str, OneOf(KindOfData)]], Field(max_length=20)]
Labels = Annotated[list[Annotated[str, OneOf(Sensitive)]], Field(max_length=20)]
Purposes = Annotated[
    list[Annotated[str, OneOf(Purpose)]],
    Field(
        min_length=1,
        max_length=4,
        description="what for it is open; to who acts for another purpose it opens nothing",
    ),
]
Short = Annotated[str, OneLine(60)]


class WitnessTold(Told):
    example: ClassVar[Example] = {"name": "李大妈", "relation": "邻居"}

    name: Short
    relation: Annotated[Short, Field(description="who that is to the person")]


class ConsentActShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "way": "SPOKEN", "capacity": "PERSON", "finding_by": "", "finding_on": None, "read_by": "周社工",
        "witnesses": [{"name": "王芳", "relation": "女儿"}, WitnessTold.example], "consents": [ROW],
    }  # fmt: skip

    id: Id
    way: Annotated[str, OneOf(Way)]
    capacity: Annotated[str, OneOf(Capacity)]
    finding_by: Annotated[
        str, Field(description="who found that the person cannot decide, where a guardian did")
    ]
    finding_on: Day | None
    read_by: str
    witnesses: list[dict[str, str]]
    consents: Annotated[list[Id], Field(description="all that were given by the same act, one for each unit")]


class ConsentShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "organisation": ROW, "name": "江宁路社区卫生服务中心", "scope": "BASIC",
        "kinds": ["MEDICINES", "RESULTS"], "labels": [],
        "purpose": "联合查房", "purposes": ["CARE"], "given_by": "本人签字，存院办", "given_at": "2026-05-01T00:30:00Z",
        "expires_at": "2027-05-01T00:00:00Z", "withdrawn_at": None, "withdrawn_by": "", "agreement": None,
        "act": ConsentActShown.example, "narrows": None,
    }  # fmt: skip

    id: Id
    person: Id
    organisation: Id
    name: Annotated[str, Field(description="of the organisation")]
    scope: Annotated[str, OneOf(Scope)]
    kinds: Annotated[
        Kinds | None, Field(description="opened beside name, age and address; null: as the scope says")
    ]
    labels: Annotated[Labels, Field(description="sensitive data that are open as well")]
    purpose: Annotated[str, Field(description="in words")]
    purposes: Purposes
    given_by: str
    given_at: Instant
    expires_at: Instant | None
    withdrawn_at: Instant | None
    withdrawn_by: str
    agreement: Annotated[Id | None, Field(description="the agreement with a unit that carries it")]
    act: Annotated[ConsentActShown | None, Field(description="how it was given")]
    narrows: Annotated[Id | None, Field(description="the wider consent whose place it took")]


class HowSaid(Told):
    """How somebody agreed, as staff tell it who were there."""

    given_by: Annotated[Name, Field(description="who agreed and how; staff must say")] = ""
    capacity: Annotated[str, OneOf(["PERSON", "GUARDIAN"])] = "PERSON"
    way: Annotated[str, OneOf(["SIGNED", "THUMB_PRINT", "SPOKEN"])] = "SIGNED"
    read_by: Annotated[Short, Field(description="who read it aloud, for a thumb print or a spoken word")] = ""
    witnesses: Annotated[list[WitnessTold], Field(max_length=4)] = []
    paper: Annotated[Base64 | None, Field(description="the signed paper")] = None

    def said(self) -> Said:
        witnesses = [Witness(one.name, one.relation) for one in self.witnesses]
        told = self.model_dump(include={"given_by", "capacity", "way", "read_by"})
        return Said(**told, witnesses=witnesses, paper=read_paper(self.paper) if self.paper else b"")


class GiveConsent(HowSaid):
    example: ClassVar[Example] = {
        "organisation": ROW, "others": [], "scope": "BASIC", "kinds": ["MEDICINES", "RESULTS"], "labels": [],
        "purpose": "联合查房", "purposes": ["CARE"], "starts_at": None, "expires_at": "2027-05-01T00:00:00+08:00",
        "given_by": "本人签字，存院办", "way": "SIGNED", "capacity": "PERSON", "read_by": "", "witnesses": [],
    }  # fmt: skip

    organisation: Annotated[Id, Field(description="the member unit that may see the record")]
    others: Annotated[list[Id], Field(max_length=20, description="further units, by the same act")] = []
    purpose: Reason
    purposes: Purposes = ["CARE"]
    scope: Annotated[str, OneOf(Scope)] = "FULL"
    kinds: Kinds | None = None
    labels: Labels = []
    starts_at: Instant | None = None
    expires_at: Instant | None = None


class NarrowConsent(HowSaid):
    example: ClassVar[Example] = {"kinds": ["RESULTS"], "given_by": "本人签字，存院办"}

    scope: Annotated[str | None, OneOf(Scope)] = None
    kinds: Annotated[
        Kinds | None, Field(description="what is still open; an empty list: the basics alone")
    ] = None
    labels: Labels | None = None
    purposes: Purposes | None = None
    expires_at: Instant | None = None


class WithdrawConsent(Told):
    example: ClassVar[Example] = {"said_by": "本人来电"}

    said_by: Annotated[Name, Field(description="who withdraws it and how, where staff were told")] = ""


@routes.get("/people/{person_id}/consents", shows=Page[ConsentShown])
def consents(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """To which organisations the person has opened the record, what is over included, the latest first."""
    items, marker, found = page(
        queries.consents(request.actor, person_id),
        asked,
        by=("-given_at", "-id"),
        show=lambda found: [_consent(one) for one in found],
    )
    return Answer(Page[ConsentShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/consents",
    shows=ConsentShown,
    status=201,
    matches="",
    permission=Permission.MANAGE_DELEGATION,
)
def give_consent(request: Any, person_id: Id, body: GiveConsent) -> Answer:
    """The person agrees that organisations see the record, or part of it, for a purpose and a time.

    The answer is the consent of the first; `act` names those of the others, which had the same said of them.
    """
    person = queries.person_in_full(request.actor, person_id)
    first, *others = [
        named("organisation", lambda one=one: access.units().filter(pk=one).first())
        for one in (body.organisation, *body.others)
    ]
    told = body.model_dump(
        include={"purpose", "purposes", "scope", "kinds", "labels", "starts_at", "expires_at"}
    )
    made = commands.give_consent(
        by=request.actor, at=now(), person=person, organisation_id=first.pk, others=[one.pk for one in others],
        said=body.said(), **told,
    )  # fmt: skip
    return Answer(_consent(made), persons=[made.person_id])


@routes.post("/consents/{consent_id}/narrow", shows=ConsentShown, matches="")
def narrow_consent(request: Any, consent_id: Id, body: NarrowConsent) -> Answer:
    """Less is open from now on, or for a shorter time; the answer is the consent that took its place."""
    consent = queries.consent(request.actor, consent_id)
    told = body.model_dump(include={"scope", "kinds", "labels", "purposes", "expires_at"})
    made = commands.narrow_consent(by=request.actor, at=now(), consent=consent, said=body.said(), **told)
    return Answer(_consent(made), persons=[made.person_id])


@routes.post("/consents/{consent_id}/withdraw", shows=ConsentShown, matches="")
def withdraw_consent(request: Any, consent_id: Id, body: WithdrawConsent) -> Answer:
    """The person no longer agrees; what was seen stays in the log."""
    consent = queries.consent(request.actor, consent_id)
    done = commands.withdraw_consent(by=request.actor, at=now(), consent=consent, said_by=body.said_by)
    return Answer(_consent(done), persons=[done.person_id])


def _consent(one: Consent) -> ConsentShown:
    apart = ("id", "person", "organisation", "name", "agreement", "act", "narrows", "purposes")
    same = {name: getattr(one, name) for name in ConsentShown.model_fields if name not in apart}
    return ConsentShown(
        id=one.pk, person=one.person_id, organisation=one.organisation_id, name=one.organisation.name,
        agreement=one.agreement_id, act=_act(one.act) if one.act else None, narrows=one.narrows_id,
        purposes=one.purposes or [Purpose.CARE], **same,
    )  # fmt: skip


def _act(act: ConsentAct) -> ConsentActShown:
    return ConsentActShown(
        id=act.pk, way=act.way, capacity=act.capacity, finding_by=act.finding_by, finding_on=act.finding_on,
        read_by=act.read_by, witnesses=[asdict(one) for one in act.before()],
        consents=sorted(one.pk for one in act.consents.all()),
    )  # fmt: skip
