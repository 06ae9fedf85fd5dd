"""The JSON API of setting up home medical beds, and of district emergencies."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.beds import commands, queries
from yiyang.beds.api.shown import AN_ID, Act, Unit, Who, happened, unit, who
from yiyang.beds.models import HomeBedReview, HomeBedSetup
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Flag,
    Id,
    Instant,
    Line,
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
from yiyang.people import queries as people

routes = Routes("home medical beds and emergencies")


class SetupShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(50), "person": Who.example, "unit": Unit.example, "state": "APPLIED",
        "reason": "长期卧床，需上门换药", "place": "江宁路 123 弄 4 号 501 室", "applied_at": "2026-05-01T00:30:00Z",
        "visited_at": None, "visited_by": "", "findings": "", "agreed_at": None, "signer": "",
        "filed_at": None, "filing_number": "", "episode": None, "ended_at": None, "end_reason": "",
        "version": 1,
    }  # fmt: skip

    id: Id
    person: Who
    unit: Unit
    state: Annotated[str, OneOf(HomeBedSetup.State)]
    reason: str
    place: str
    applied_at: Instant
    visited_at: Instant | None
    visited_by: str
    findings: str
    agreed_at: Instant | None
    signer: str
    filed_at: Instant | None
    filing_number: str
    episode: Id | None
    ended_at: Instant | None
    end_reason: str
    version: int


class ReviewShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(51), "episode": AN_ID.format(30), "what": "REVIEW", "at": "2026-05-01T00:30:00Z",
        "by_label": "陈医生 · 家庭病床医生", "note": "伤口愈合中", "next_on": "2026-05-15",
    }  # fmt: skip

    id: Id
    episode: Id
    what: Annotated[str, OneOf(HomeBedReview.What)]
    at: Instant
    by_label: str
    note: str
    next_on: Day | None


class EmergencyShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(60), "organisation": {"id": AN_ID.format(4), "name": "区五床联动协调中心"},
        "reason": "高温极端天气", "since": "2026-05-01T00:30:00Z", "declared_by": "赵敏 · 区协调员",
        "until": None, "ended_by": "",
    }  # fmt: skip

    id: Id
    organisation: Unit
    reason: str
    since: Instant
    declared_by: str
    until: Instant | None
    ended_by: str


class SetupFilter(Paging):
    state: Annotated[str, OneOf(HomeBedSetup.State)] | None = None
    person: Id | None = None


class EmergencyFilter(Paging):
    open: Flag | None = None


class ApplyForHomeBed(Act):
    example: ClassVar[Example] = {
        "person": AN_ID.format(1), "unit": AN_ID.format(2), "reason": "长期卧床，需上门换药",
        "place": "江宁路 123 弄 4 号 501 室",
    }  # fmt: skip

    person: Id
    unit: Id
    reason: Sentence
    place: Line = ""
    transfer: Id | None = None


class RecordHomeVisit(Act):
    example: ClassVar[Example] = {"findings": "符合建床指征", "fit": True}

    findings: Sentence
    fit: bool


class SignHomeBedAgreement(Act):
    example: ClassVar[Example] = {"signer": "王建国（儿子）"}

    signer: Annotated[str, OneLine(120, 1)]


class FileWithInsurance(Act):
    example: ClassVar[Example] = {"filing_number": "JB-2026-0001"}

    filing_number: Annotated[str, OneLine(60)] = ""


class SetUpHomeBed(Act):
    example: ClassVar[Example] = {"bed": None}

    bed: Annotated[Id | None, Field(description="any free one, when left out")] = None


class CancelHomeBed(Act):
    example: ClassVar[Example] = {"reason": "家属放弃"}

    reason: Sentence


class ReviewHomeBed(Act):
    example: ClassVar[Example] = {"what": "REVIEW", "note": "伤口愈合中", "next_on": "2026-05-15"}

    what: Annotated[str, OneOf(HomeBedReview.What)]
    note: Text = ""
    next_on: Day | None = None


class DeclareEmergency(Act):
    example: ClassVar[Example] = {"organisation": AN_ID.format(4), "reason": "高温极端天气"}

    organisation: Id
    reason: Annotated[str, OneLine(200, 1)]


@routes.get("/home-beds", shows=Page[SetupShown])
def home_beds(request: Any, asked: Query[SetupFilter]) -> Answer:
    """Home medical beds that your units are setting up, or have set up; the latest application first."""
    rows = queries.home_bed_setups(request.actor)
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.person:
        rows = rows.filter(person=asked.person)
    open_persons: set[UUID] = set()

    def show(found: list[HomeBedSetup]) -> list[SetupShown]:
        open_persons.update(queries.open_to(request.actor, (one.person_id for one in found)))
        return [_shown(one, open_persons) for one in found]

    items, marker, _rows = page(rows, asked, by=("-applied_at", "-id"), show=show)
    return Answer(Page[SetupShown](items=items, next=marker), persons=open_persons)


@routes.post("/home-beds", shows=SetupShown, status=201, matches="")
def apply_for_home_bed(request: Any, body: ApplyForHomeBed) -> Answer:
    """Apply for a home medical bed at a community health centre."""
    person = named("person", lambda: people.person(request.actor, body.person))
    named("unit", lambda: access.organisation(request.actor, body.unit))
    transfer = None
    if body.transfer:
        transfer = named(
            "transfer",
            lambda: queries.transfers(request.actor).get_of_person(body.transfer, person.pk),
        )
    setup = commands.apply_for_home_bed(
        by=request.actor,
        at=happened(body),
        person=person,
        unit_id=body.unit,
        reason=body.reason,
        place=body.place,
        transfer=transfer,
    )
    answer = _answer(request, setup.pk)
    answer.location = f"/api/home-beds/{setup.pk}"
    return answer


@routes.get("/home-beds/{home_bed_setup_id}", shows=SetupShown)
def read_home_bed(request: Any, home_bed_setup_id: Id) -> Answer:
    """One home medical bed, from application to set-up."""
    return _answer(request, home_bed_setup_id)


@routes.post("/home-beds/{home_bed_setup_id}/visit", shows=SetupShown)
def record_home_visit(request: Any, home_bed_setup_id: Id, body: RecordHomeVisit) -> Answer:
    """The doctor has visited and says whether a home medical bed is right."""
    return _act(request, home_bed_setup_id, body, commands.record_home_visit)


@routes.post("/home-beds/{home_bed_setup_id}/sign", shows=SetupShown)
def sign_home_bed_agreement(request: Any, home_bed_setup_id: Id, body: SignHomeBedAgreement) -> Answer:
    """The person, or who decides for the person, has signed."""
    return _act(request, home_bed_setup_id, body, commands.sign_home_bed_agreement)


@routes.post("/home-beds/{home_bed_setup_id}/file", shows=SetupShown)
def file_with_insurance(request: Any, home_bed_setup_id: Id, body: FileWithInsurance) -> Answer:
    """The bed is filed with the insurance."""
    return _act(request, home_bed_setup_id, body, commands.file_with_insurance)


@routes.post("/home-beds/{home_bed_setup_id}/set-up", shows=SetupShown)
def set_up_home_bed(request: Any, home_bed_setup_id: Id, body: SetUpHomeBed) -> Answer:
    """The home medical bed is set up: from now on it is in use."""
    bed = named("bed", lambda: queries.bed(request.actor, body.bed)) if body.bed else None
    return _act(request, home_bed_setup_id, body, commands.set_up_home_bed, bed=bed)


@routes.post("/home-beds/{home_bed_setup_id}/cancel", shows=SetupShown)
def cancel_home_bed(request: Any, home_bed_setup_id: Id, body: CancelHomeBed) -> Answer:
    """The set-up is given up."""
    return _act(request, home_bed_setup_id, body, commands.cancel_home_bed)


@routes.post("/episodes/{episode_id}/review", shows=ReviewShown, status=201)
def review_home_bed(request: Any, episode_id: Id, body: ReviewHomeBed) -> Answer:
    """A visit to a home medical bed, a periodic review, or the renewal for another cycle."""
    episode = queries.episode(request.actor, episode_id)
    review = commands.review_home_bed(
        by=request.actor, at=happened(body), episode=episode, **body.model_dump(exclude={"at"})
    )
    same = {name: getattr(review, name) for name in ReviewShown.model_fields if name != "episode"}
    return Answer(ReviewShown(episode=episode.pk, **same), persons=[episode.person_id])


@routes.get("/emergencies", shows=Page[EmergencyShown])
def emergencies(request: Any, asked: Query[EmergencyFilter]) -> Answer:
    """Emergencies declared in your district, the latest first."""
    rows = queries.emergencies(request.actor)
    if asked.open is not None:
        rows = rows.filter(until__isnull=asked.open)
    items, marker, _rows = page(
        rows, asked, by=("-since", "-id"), show=lambda found: [_emergency(one) for one in found]
    )
    return Answer(Page[EmergencyShown](items=items, next=marker))


@routes.post("/emergencies", shows=EmergencyShown, status=201, matches="")
def declare_emergency(request: Any, body: DeclareEmergency) -> Answer:
    """Waive evaluation and agreement in the whole district until the emergency is ended."""
    named("organisation", lambda: access.organisation(request.actor, body.organisation))
    declared = commands.declare_emergency(
        by=request.actor, at=happened(body), organisation_id=body.organisation, reason=body.reason
    )
    return Answer(_emergency(queries.emergency(request.actor, declared.pk)))


@routes.post("/emergencies/{district_emergency_id}/end", shows=EmergencyShown, matches="")
def end_emergency(request: Any, district_emergency_id: Id, body: Act) -> Answer:
    """Back to the ordinary steps."""
    emergency = queries.emergency(request.actor, district_emergency_id)
    ended = commands.end_emergency(by=request.actor, at=happened(body), emergency=emergency)
    return Answer(_emergency(ended))


def _act(request: Any, setup_id: UUID, body: Act, command: Any, **resolved: Any) -> Answer:
    setup = queries.home_bed_setup(request.actor, setup_id)
    told = body.model_dump(exclude={"at", *resolved}) | resolved
    command(by=request.actor, at=happened(body), setup=setup, **told)
    return _answer(request, setup_id)


def _answer(request: Any, setup_id: UUID) -> Answer:
    setup = queries.home_bed_setup(request.actor, setup_id)
    open_persons = queries.open_to(request.actor, [setup.person_id])
    return Answer(_shown(setup, open_persons), version=setup.version, persons=open_persons)


def _shown(setup: HomeBedSetup, open_persons: set[UUID]) -> SetupShown:
    other = ("person", "unit", "episode")
    same = {name: getattr(setup, name) for name in SetupShown.model_fields if name not in other}
    return SetupShown(
        person=who(setup.person, open_persons), unit=unit(setup.unit), episode=setup.episode_id, **same
    )


def _emergency(one: Any) -> EmergencyShown:
    same = {name: getattr(one, name) for name in EmergencyShown.model_fields if name != "organisation"}
    return EmergencyShown(organisation=unit(one.organisation), **same)
