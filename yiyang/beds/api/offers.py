"""The JSON API of offers: what a unit is asked, and every answer that it may give."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.beds import commands, queries
from yiyang.beds.api.shown import AN_ID, Act, Unit, happened, unit
from yiyang.beds.models import Offer
from yiyang.beds.models.transfers import DeclineCode, OfferState
from yiyang.beds.rules import ranking
from yiyang.kernel.api import (
    Answer,
    Example,
    Flag,
    Id,
    Instant,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Text,
    named,
    page,
)
from yiyang.kernel.time import now

routes = Routes("offers")


class OfferShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(11), "transfer": AN_ID.format(10), "unit": Unit.example, "basis": "CONTRACT",
        "basis_reason": "", "rank": 1, "rank_reasons": [], "sent_at": "2026-05-01T00:40:00Z",
        "answer_by": "2026-05-01T01:10:00Z", "state": "SENT", "seen_at": None, "seen_by": "", "answered_at": None, "answered_by": "",
        "decline_code": "", "answer_text": "", "doctor": "", "ward": None, "conditions": "",
        "later_from": None, "alternative": "", "version": 1,
    }  # fmt: skip

    id: Id
    transfer: Id
    unit: Unit
    basis: Annotated[str, OneOf(Offer.Basis)]
    basis_reason: str
    rank: int
    rank_reasons: list[str]
    sent_at: Instant
    answer_by: Instant
    state: Annotated[str, OneOf(OfferState)]
    seen_at: Instant | None
    seen_by: str
    answered_at: Instant | None
    answered_by: str
    decline_code: Annotated[str, OneOf([*DeclineCode.values, ""])]
    answer_text: str
    doctor: str
    ward: Id | None
    conditions: str
    later_from: Instant | None
    alternative: str
    version: int


class OfferFilter(Paging):
    state: Annotated[str, OneOf(OfferState)] | None = None
    open: Annotated[Flag | None, Field(description="true: only those that can be answered")] = None
    unit: Id | None = None
    transfer: Id | None = None


class AcceptOffer(Act):
    example: ClassVar[Example] = {"doctor": "陈医生", "conditions": "请带既往病历"}

    doctor: Annotated[Name, Field(description="who takes the person; the caller, when left out")] = ""
    ward: Id | None = None
    conditions: Text = ""


class DeclineOffer(Act):
    example: ClassVar[Example] = {"code": "NO_BED", "text": "明日有床"}

    code: Annotated[str, OneOf(DeclineCode)]
    text: Text = ""


class AnswerOfferOtherwise(Act):
    example: ClassVar[Example] = {"answer": "NEED_INFORMATION", "text": "请补充血压和用药"}

    answer: Annotated[str, OneOf(["NEED_INFORMATION", "LATER", "ALTERNATIVE"])]
    text: Sentence
    later_from: Instant | None = None
    alternative: Annotated[str, OneLine(20)] = ""


class GiveInformation(Act):
    example: ClassVar[Example] = {"text": "血压 150/90，无过敏"}

    text: Sentence


@routes.get("/offers", shows=Page[OfferShown])
def offers(request: Any, asked: Query[OfferFilter]) -> Answer:
    """What your units are asked, and what was asked for the people whom they send; the next deadline first."""
    rows = queries.offers(request.actor)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.open is not None:
        rows = queries.open_offers(rows) if asked.open else queries.closed_offers(rows)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.transfer:
        rows = rows.filter(transfer=asked.transfer)
    items, marker, _rows = page(
        rows, asked, by=("answer_by", "id"), show=lambda found: [offer_shown(one) for one in found]
    )
    return Answer(Page[OfferShown](items=items, next=marker))


@routes.get("/offers/{offer_id}", shows=OfferShown)
def read_offer(request: Any, offer_id: Id) -> Answer:
    """One offer. The first reading by the asked unit is kept and shown to the sender (`seen_at`)."""
    offer = queries.offer(request.actor, offer_id)
    commands.note_opened(by=request.actor, at=now(), offers=[offer])
    return _answer(offer)


@routes.post("/offers/{offer_id}/accept", shows=OfferShown)
def accept_offer(request: Any, offer_id: Id, body: AcceptOffer) -> Answer:
    """The receiving doctor takes the person. The bed is the admission office's act. First acceptance wins."""
    offer = queries.offer(request.actor, offer_id)
    ward = named("ward", lambda: queries.ward_of(offer.unit_id, body.ward)) if body.ward else None
    commands.accept_offer(
        by=request.actor,
        at=happened(body),
        offer=offer,
        doctor=body.doctor,
        ward=ward,
        conditions=body.conditions,
    )
    return _answer(queries.offer(request.actor, offer_id))


@routes.post("/offers/{offer_id}/decline", shows=OfferShown)
def decline_offer(request: Any, offer_id: Id, body: DeclineOffer) -> Answer:
    """The unit cannot take the person; the code says why."""
    return _act(request, offer_id, body, commands.decline_offer)


@routes.post("/offers/{offer_id}/answer-otherwise", shows=OfferShown)
def answer_offer_otherwise(request: Any, offer_id: Id, body: AnswerOfferOtherwise) -> Answer:
    """Neither yes nor no: more information is needed, only later, or less is enough."""
    return _act(request, offer_id, body, commands.answer_offer_otherwise)


@routes.post("/offers/{offer_id}/give-information", shows=OfferShown)
def give_information(request: Any, offer_id: Id, body: GiveInformation) -> Answer:
    """Answer a unit that asked for more; its time to answer starts again."""
    return _act(request, offer_id, body, commands.give_information)


def _act(request: Any, offer_id: Any, body: Act, command: Any) -> Answer:
    offer = queries.offer(request.actor, offer_id)
    done = command(
        by=request.actor,
        at=happened(body),
        offer=offer,
        **body.model_dump(exclude={"at"}),
    )
    return _answer(queries.offer(request.actor, done.pk))


def _answer(offer: Offer) -> Answer:
    return Answer(offer_shown(offer), version=offer.version)


def offer_shown(offer: Offer) -> OfferShown:
    same = {
        name: getattr(offer, name)
        for name in OfferShown.model_fields
        if name not in ("transfer", "unit", "ward", "rank_reasons")
    }
    return OfferShown(
        transfer=offer.transfer_id,
        unit=unit(offer.unit),
        ward=offer.ward_id,
        rank_reasons=ranking.in_words(offer.rank_reasons),
        **same,
    )
