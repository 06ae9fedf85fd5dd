"""What a person has agreed with units, and the signed papers."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Id,
    Instant,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.api.papers import Base64, PaperListed, PaperShown, in_full, listed, read_paper
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import EndWithReason
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.models import ServiceAgreement
from yiyang.people.models.agreements import AgreementKind, Capacity

routes = Routes("agreements")
Short = Annotated[str, OneLine(60)]


class AgreementTerms(Shown):
    kind: Annotated[str, OneOf(AgreementKind)]
    number: str
    signer: str
    capacity: Annotated[str, OneOf(Capacity)]
    payer: str
    guarantor: str
    emergency_contact: str
    hold_days: Annotated[int | None, Field(description="null: as the district's policy says")]
    hold_fee_rule: str
    sends_record: Annotated[bool, Field(description="agreed that the record goes with the person")]
    signed_on: Day
    ended_at: Instant | None
    end_reason: str
    recorded_by: str


class ServiceAgreementShown(AgreementTerms):
    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "unit": ROW, "name": "阳光养老院", "kind": "ADMISSION", "number": "2026-017",
        "from_on": "2026-05-01", "to_on": "2027-05-01", "in_force": True, "signed_on": "2026-04-28",
        "signer": "王秀英", "capacity": "PERSON", "payer": "王建国", "guarantor": "王建国",
        "emergency_contact": "王建国", "emergency_phone": "13900000000", "hold_days": 14,
        "hold_fee_rule": "床位费七折", "designated_hospital": ROW, "sends_record": True, "renews": None,
        "ended_at": None, "end_reason": "", "recorded_by": "李敏 · 护士长", "papers": [PaperListed.example],
    }  # fmt: skip

    id: Id
    person: Id
    unit: Id
    name: Annotated[str, Field(description="of the unit")]
    from_on: Day
    to_on: Annotated[Day | None, Field(description="the first day without it")]
    in_force: bool
    emergency_phone: str
    designated_hospital: Id | None
    renews: Id | None
    papers: list[PaperListed]


class SignAgreement(Told):
    example: ClassVar[Example] = {
        "kind": "ADMISSION", "from_on": "2026-01-01", "signed_on": "2026-01-01", "signer": "王秀英", "capacity": "PERSON",
        "emergency_contact": "王建国", "emergency_phone": "13900000000", "hold_days": 14,
    }  # fmt: skip

    unit: Annotated[Id | None, Field(description="yours, when left out")] = None
    kind: Annotated[str, OneOf(AgreementKind)]
    from_on: Day
    to_on: Annotated[Day | None, Field(description="the first day without it; null: no end")] = None
    signed_on: Day
    signer: Annotated[str, OneLine(60, 1)]
    capacity: Annotated[str, OneOf(Capacity)]
    number: Code = ""
    payer: Short = ""
    guarantor: Short = ""
    emergency_contact: Short = ""
    emergency_phone: Code = ""
    hold_days: Annotated[int, Number(1, 365)] | None = None
    hold_fee_rule: Short = ""
    designated_hospital: Id | None = None
    sends_record: bool = False
    paper: Base64 | None = None


class RenewAgreement(Told):
    example: ClassVar[Example] = {"signed_on": "2026-05-01", "to_on": "2028-05-01"}

    signed_on: Day
    to_on: Annotated[Day | None, Field(description="the first day without it; null: no end")] = None


class AttachPaper(Told):
    example: ClassVar[Example] = {"paper": "JVBERi0xLjQ="}

    paper: Base64


@routes.get("/people/{person_id}/agreements", shows=Page[ServiceAgreementShown])
def agreements(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """What the person has agreed with units, what is over included, the latest first."""
    items, marker, found = page(
        queries.agreement_rows(request.actor, person_id),
        asked,
        by=("-signed_on", "-id"),
        show=lambda found: [_shown(one) for one in found],
    )
    persons = {one.person_id for one in found}
    return Answer(Page[ServiceAgreementShown](items=items, next=marker), persons=persons)


@routes.post(
    "/people/{person_id}/agreements",
    shows=ServiceAgreementShown,
    status=201,
    permission=Permission.ADMIT,
)
def sign_agreement(request: Any, person_id: Id, body: SignAgreement) -> Answer:
    """Keep what the person, or who may sign for them, agreed with a unit. Those who pay or guarantee decide nothing."""
    person = queries.person_in_full(request.actor, person_id)
    unit_id = body.unit or request.actor.organisation_id
    named("unit", lambda: access.organisation(request.actor, unit_id) if unit_id else None)
    told = body.model_dump(exclude={"unit", "designated_hospital", "paper"})
    made = commands.sign_agreement(
        by=request.actor, at=now(), person=person, unit_id=unit_id,
        designated_hospital_id=_hospital(person, body.designated_hospital), paper=read_paper(body.paper), **told,
    )  # fmt: skip
    return _answer(request, made)


@routes.get("/agreements/{service_agreement_id}", shows=ServiceAgreementShown)
def read_agreement(request: Any, service_agreement_id: Id) -> Answer:
    """One agreement, with the list of its papers."""
    return _answer(request, queries.agreement(request.actor, service_agreement_id))


@routes.post("/agreements/{service_agreement_id}/renew", shows=ServiceAgreementShown, status=201, matches="")
def renew_agreement(request: Any, service_agreement_id: Id, body: RenewAgreement) -> Answer:
    """The same terms from the day on which this agreement ends: another agreement, which names this one."""
    agreement = queries.agreement(request.actor, service_agreement_id)
    made = commands.renew_agreement(by=request.actor, at=now(), agreement=agreement, **body.model_dump())
    return _answer(request, made)


@routes.post("/agreements/{service_agreement_id}/end", shows=ServiceAgreementShown, matches="")
def end_agreement(request: Any, service_agreement_id: Id, body: EndWithReason) -> Answer:
    """The agreement ends before its day; its terms no longer count."""
    agreement = queries.agreement(request.actor, service_agreement_id)
    commands.end_agreement(by=request.actor, at=now(), agreement=agreement, reason=body.reason)
    return _answer(request, agreement)


@routes.post("/agreements/{service_agreement_id}/papers", shows=ServiceAgreementShown, status=201, matches="")
def attach_agreement_paper(request: Any, service_agreement_id: Id, body: AttachPaper) -> Answer:
    """Keep the signed paper with the agreement."""
    agreement = queries.agreement(request.actor, service_agreement_id)
    commands.attach_agreement_paper(
        by=request.actor, at=now(), agreement=agreement, content=read_paper(body.paper) or b""
    )
    return _answer(request, agreement)


@routes.get("/agreement-papers/{agreement_paper_id}", shows=PaperShown)
def agreement_paper(request: Any, agreement_paper_id: Id) -> Answer:
    """A signed paper of an agreement or the document of a guardianship, itself."""
    paper = queries.agreement_paper(request.actor, agreement_paper_id)
    return Answer(in_full(paper), persons=[paper.person_id])


def _hospital(person: Any, hospital: UUID | None) -> UUID | None:
    if hospital is None:
        return None
    choices = {pk for pk, _name in queries.hospitals(person)}
    return named("designated_hospital", lambda: hospital if str(hospital) in choices else None)


def _answer(request: Any, agreement: ServiceAgreement) -> Answer:
    fresh = queries.agreement_rows(request.actor, agreement.person_id).get(pk=agreement.pk)
    return Answer(_shown(fresh), persons=[fresh.person_id])


def _shown(one: ServiceAgreement) -> ServiceAgreementShown:
    same = {name: getattr(one, name) for name in AgreementTerms.model_fields}
    return ServiceAgreementShown(
        id=one.pk,
        person=one.person_id,
        unit=one.unit_id,
        name=one.unit.name,
        from_on=one.valid.lower,
        to_on=one.valid.upper,
        in_force=queries.is_live(one),
        emergency_phone=one.emergency_number,
        designated_hospital=one.designated_hospital_id,
        renews=one.renews_id,
        papers=[listed(paper) for paper in one.papers.all()],
        **same,
    )
