"""The JSON API of areas and of the organisation tree."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Code,
    Example,
    Flag,
    Id,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.api.values import Strict
from yiyang.kernel.time import now

from .. import commands, queries
from ..models import Organisation
from ..models.areas import AreaLevel
from ..models.organisations import OperatorKind, OrganisationKind
from .shown import UNIT, own_unit

routes = Routes("organisations")
Degrees = Annotated[float, Strict()]


class AreaShown(Shown):
    example: ClassVar[Example] = {
        "code": "310106006002", "name": "新安居委会", "level": "COMMUNITY", "parent": "310106006",
    }  # fmt: skip

    code: str
    name: str
    level: Annotated[str, OneOf(AreaLevel)]
    parent: str | None


class AreaFilter(Paging):
    below: Annotated[str, OneLine(12), Field(description="the code's beginning: an area and all in it")] = ""
    level: Annotated[str, OneOf(AreaLevel)] | None = None


class OrganisationShown(Shown):
    example: ClassVar[Example] = {
        "id": UNIT, "code": "H1", "kind": "HOSPITAL", "name_zh": "区中心医院", "name_en": "", "short_name": "",
        "parent": None, "area": "310106006", "address": "延平路 1 号", "latitude": None, "longitude": None,
        "operator_kind": "GOVERNMENT", "operator_name": "", "phone": "", "night_contact": "",
        "member_unit": True, "active": True, "version": 2,
    }  # fmt: skip

    id: Id
    code: str
    kind: Annotated[str, OneOf(OrganisationKind)]
    name_zh: str
    name_en: str
    short_name: str
    parent: Id | None
    area: str
    address: str
    latitude: float | None
    longitude: float | None
    operator_kind: Annotated[str, OneOf(OperatorKind)]
    operator_name: str
    phone: str
    night_contact: str
    member_unit: bool
    active: bool
    version: int


class OrganisationFilter(Paging):
    kind: Annotated[str, OneOf(OrganisationKind)] | None = None
    area: Annotated[str, OneLine(12), Field(description="the code's beginning")] = ""
    search: Line = ""
    member_unit: Flag | None = None
    active: Flag | None = None


class OrganisationTold(Told):
    name_en: Annotated[str, OneLine(160)] = ""
    short_name: Code = ""
    code: Code = ""
    address: Line = ""
    latitude: Annotated[Degrees, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[Degrees, Field(ge=-180, le=180)] | None = None
    operator_kind: Annotated[str, OneOf(OperatorKind)] = "INSTITUTION"
    operator_name: Name = ""
    phone: Code = ""
    night_contact: Name = ""
    member_unit: bool = False


class AddOrganisation(OrganisationTold):
    example: ClassVar[Example] = {
        "kind": "INSTITUTION", "name_zh": "阳光养老院", "area": "310106006", "code": "Y1", "member_unit": True,
    }  # fmt: skip

    kind: Annotated[str, OneOf(OrganisationKind)]
    name_zh: Annotated[str, OneLine(120, 1)]
    area: Annotated[str, OneLine(12, 6)]
    parent: Id | None = None


class EditOrganisation(OrganisationTold):
    """Only what is sent is changed."""

    example: ClassVar[Example] = {"night_contact": "总值班 021-62530000"}

    name_zh: Annotated[str, OneLine(120, 1)] = ""
    area: Annotated[str, OneLine(12, 6)] = ""


class MoveOrganisation(Told):
    example: ClassVar[Example] = {"parent": UNIT}

    parent: Annotated[Id | None, Field(description="null: it stands for itself")]


class OrganisationReason(Told):
    example: ClassVar[Example] = {"reason": "机构合并"}

    reason: Annotated[Sentence, Field(max_length=200)]


@routes.get("/areas", shows=Page[AreaShown])
def areas(request: Any, asked: Query[AreaFilter]) -> Answer:
    """Districts, sub-districts and communities in the order of their codes; a code begins with its parent's."""
    rows = queries.areas_below(asked.below)
    if asked.level:
        rows = rows.filter(level=asked.level)
    items, marker, _rows = page(rows, asked, by=("code",), show=lambda found: [_area(one) for one in found])
    return Answer(Page[AreaShown](items=items, next=marker))


@routes.get("/organisations", shows=Page[OrganisationShown])
def organisations(request: Any, asked: Query[OrganisationFilter]) -> Answer:
    """Organisations whose names you may know: those of your district, and your own."""
    rows = queries.organisations(
        request.actor, kind=asked.kind or "", area=asked.area, search=asked.search, active=asked.active
    )
    if asked.member_unit is not None:
        rows = rows.filter(member_unit=asked.member_unit)
    items, marker, _rows = page(
        rows, asked, by=("name_zh", "id"), show=lambda found: [_organisation(one) for one in found]
    )
    return Answer(Page[OrganisationShown](items=items, next=marker))


@routes.post("/organisations", shows=OrganisationShown, status=201, matches="")
def add_organisation(request: Any, body: AddOrganisation) -> Answer:
    """Place a new organisation in the tree; without a parent it stands for itself in your area."""
    area = named("area", lambda: queries.area(body.area))
    parent = (
        named("parent", lambda: queries.organisation(request.actor, body.parent)) if body.parent else None
    )
    told = body.model_dump(exclude={"area", "parent"})
    made = commands.add_organisation(by=request.actor, at=now(), area=area, parent=parent, **told)
    return Answer(_organisation(made), version=made.version, location=f"/api/organisations/{made.pk}")


@routes.get("/organisations/{organisation_id}", shows=OrganisationShown)
def read_organisation(request: Any, organisation_id: Id) -> Answer:
    """One organisation."""
    found = queries.organisation(request.actor, organisation_id)
    return Answer(_organisation(found), version=found.version)


@routes.patch("/organisations/{organisation_id}", shows=OrganisationShown)
def edit_organisation(request: Any, organisation_id: Id, body: EditOrganisation) -> Answer:
    """Change what is known of an organisation."""
    found = queries.organisation(request.actor, organisation_id)
    told = body.model_dump(exclude_unset=True)
    if "area" in told:
        told["area"] = named("area", lambda: queries.area(body.area))
    edited = commands.edit_organisation(
        by=request.actor, at=now(), organisation=found, version=request.version, **told
    )
    return Answer(_organisation(edited), version=edited.version)


@routes.post("/organisations/{organisation_id}/move", shows=OrganisationShown)
def move_organisation(request: Any, organisation_id: Id, body: MoveOrganisation) -> Answer:
    """Hang an organisation, with all below it, under another parent."""
    found = queries.internal_organisation(request.actor, organisation_id)
    parent = own_unit(request, "parent", body.parent) if body.parent else None
    moved = commands.move_organisation(by=request.actor, at=now(), organisation=found, parent=parent)
    return Answer(_organisation(moved), version=moved.version)


@routes.post("/organisations/{organisation_id}/close", shows=OrganisationShown)
def close_organisation(request: Any, organisation_id: Id, body: OrganisationReason) -> Answer:
    """It works no more: its staff can no longer act for it. What happened there stays."""
    return _act(request, organisation_id, body, commands.close_organisation)


@routes.post("/organisations/{organisation_id}/reopen", shows=OrganisationShown)
def reopen_organisation(request: Any, organisation_id: Id, body: OrganisationReason) -> Answer:
    """It works again, and its staff can act for it."""
    return _act(request, organisation_id, body, commands.reopen_organisation)


def _act(request: Any, organisation_id: UUID, body: OrganisationReason, command: Any) -> Answer:
    found = queries.internal_organisation(request.actor, organisation_id)
    done = command(by=request.actor, at=now(), organisation=found, reason=body.reason)
    return Answer(_organisation(done), version=done.version)


def _area(one: Any) -> AreaShown:
    return AreaShown(code=one.code, name=one.name, level=one.level, parent=one.parent_id)


def _organisation(one: Organisation) -> OrganisationShown:
    same = {
        name: getattr(one, name) for name in OrganisationShown.model_fields if name not in ("parent", "area")
    }
    return OrganisationShown(parent=one.parent_id, area=one.area_id, **same)
