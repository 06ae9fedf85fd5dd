"""The JSON API of organisations and of the contracts between units."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Flag,
    Id,
    Instant,
    Line,
    Name,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Text,
    Told,
    named,
    page,
)
from yiyang.kernel.api.values import Strict
from yiyang.kernel.time import now

from . import commands, queries
from .bed_kinds import BedKind
from .models import Contract, Notice, Organisation
from .models.accounts import AccountKind
from .models.contracts import ContractState, Direction
from .models.notices import Priority
from .models.organisations import OperatorKind, OrganisationKind

routes = Routes("organisations")
UNIT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d02"
HOME = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d03"
Kinds = Annotated[list[Annotated[str, OneOf(BedKind)]], Field(min_length=1, max_length=5)]
Directions = Annotated[list[Annotated[str, OneOf(Direction)]], Field(min_length=1, max_length=2)]
Degrees = Annotated[float, Strict()]


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


class Party(Shown):
    example: ClassVar[Example] = {"id": UNIT, "name": "区中心医院"}

    id: Id
    name: str


class ContractShown(Shown):
    example: ClassVar[Example] = {
        "id": "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d05", "first": {"id": HOME, "name": "阳光养老院"},
        "second": Party.example, "number": "2026-001", "bed_kinds": ["HOSPITAL"], "directions": ["OUT", "BACK"],
        "service_items": [], "daily_quota": 5, "cost_sharing": "", "responsibility": "", "night_contact": "",
        "designated_order": 1, "routine_minutes": 1440, "urgent_minutes": 30, "emergency_minutes": 10,
        "valid_from": "2026-01-01", "valid_to": "2027-01-01", "state": "SIGNED",
        "first_signed_at": "2025-12-20T02:00:00Z", "second_signed_at": "2025-12-21T02:00:00Z", "version": 3,
    }  # fmt: skip

    id: Id
    first: Party
    second: Party
    number: str
    bed_kinds: list[str]
    directions: list[str]
    service_items: list[str]
    daily_quota: int | None
    cost_sharing: str
    responsibility: str
    night_contact: str
    designated_order: int | None
    routine_minutes: int
    urgent_minutes: int
    emergency_minutes: int
    valid_from: Day | None
    valid_to: Day | None
    state: Annotated[str, OneOf(ContractState)]
    first_signed_at: Instant | None
    second_signed_at: Instant | None
    version: int


class ContractFilter(Paging):
    unit: Id | None = None
    state: Annotated[str, OneOf(ContractState)] | None = None


class Terms(Told):
    bed_kinds: Kinds
    directions: Directions
    valid_from: Day
    valid_to: Day | None = None
    number: Annotated[str, OneLine(60)] = ""
    service_items: Annotated[list[Annotated[str, OneLine(60, 1)]], Field(max_length=50)] = []
    daily_quota: Annotated[int, Number(0, 1000)] | None = None
    cost_sharing: Text = ""
    responsibility: Text = ""
    night_contact: Name = ""
    designated_order: Annotated[int, Number(1, 99)] | None = None
    routine_minutes: Annotated[int, Number(1, 100_000)] = 24 * 60
    urgent_minutes: Annotated[int, Number(1, 10_000)] = 30
    emergency_minutes: Annotated[int, Number(1, 1_000)] = 10


class DraftContract(Terms):
    example: ClassVar[Example] = {
        "first": HOME, "second": UNIT, "bed_kinds": ["HOSPITAL"], "directions": ["OUT", "BACK"],
        "valid_from": "2026-01-01", "valid_to": "2027-01-01", "daily_quota": 5,
    }  # fmt: skip

    first: Id
    second: Id


class EditContract(Terms):
    example: ClassVar[Example] = {
        "bed_kinds": ["HOSPITAL", "PALLIATIVE"], "directions": ["OUT"], "valid_from": "2026-01-01",
    }  # fmt: skip


class SignContract(Told):
    example: ClassVar[Example] = {"party": HOME}

    party: Id


class ContractReason(Told):
    example: ClassVar[Example] = {"reason": "双方协商"}

    reason: Annotated[Sentence, Field(max_length=200)]


class Me(Shown):
    """Who acts with this token."""

    example: ClassVar[Example] = {
        "account": HOME, "name": "李敏", "kind": "STAFF", "role": "CARE_HOME_NURSE", "area": "310106006",
        "organisation": {"id": HOME, "name": "阳光养老院"}, "person": None, "reads_records": True,
        "permissions": ["ADMIT", "REQUEST_TRANSFER"],
    }  # fmt: skip

    account: Id
    name: str
    kind: Annotated[str, OneOf(AccountKind)]
    role: str
    area: str
    organisation: Party | None
    person: Annotated[Id | None, Field(description="the record of the account's own person")]
    reads_records: bool
    permissions: list[str]


class NoticeShown(Shown):
    example: ClassVar[Example] = {
        "id": UNIT, "subject": "beds.transfer_offered", "text": "有机构询问贵单位能否接收一位老人。请在 10:30 前答复。",
        "priority": "URGENT", "person": None, "link": "/offers/…", "created_at": "2026-05-01T00:30:00Z",
        "due_at": None, "reminders": 0, "acknowledged_at": None,
    }  # fmt: skip

    id: Id
    subject: str
    text: str
    priority: Annotated[str, OneOf(Priority)]
    person: Id | None
    link: str
    created_at: Instant
    due_at: Instant | None
    reminders: int
    acknowledged_at: Instant | None


class NoticeFilter(Paging):
    open: Annotated[Flag | None, Field(description="true: only those not acknowledged")] = None


class AcknowledgeNotice(Told):
    example: ClassVar[Example] = {}


@routes.get("/me", shows=Me)
def me(request: Any) -> Answer:
    """Who acts with this token: account, role, organisation, what it may do."""
    actor = request.actor
    where = actor.organisation
    shows = Me(
        account=actor.account.pk,
        name=actor.account.name,
        kind=actor.account.kind,
        role=actor.role,
        area=actor.area,
        organisation=Party(id=where.pk, name=where.name) if where else None,
        person=actor.person_id,
        reads_records=actor.reads_records,
        permissions=sorted(actor.permissions),
    )
    return Answer(shows)


@routes.get("/notices", shows=Page[NoticeShown])
def notices(request: Any, asked: Query[NoticeFilter]) -> Answer:
    """Your inbox and that of the role you act in, the latest first."""
    rows = queries.notices(request.actor, only_open=asked.open is True)
    if asked.open is False:
        rows = rows.exclude(acknowledged_at=None)
    items, marker, _rows = page(
        rows, asked, by=("-created_at", "-id"), show=lambda found: [_notice(request, one) for one in found]
    )
    return Answer(Page[NoticeShown](items=items, next=marker))


@routes.post("/notices/{notice_id}/acknowledge", shows=NoticeShown, matches="")
def acknowledge_notice(request: Any, notice_id: Id, body: AcknowledgeNotice) -> Answer:
    """Somebody deals with it; no more reminders."""
    notice = queries.notice(request.actor, notice_id)
    done = commands.acknowledge_notice(by=request.actor, at=now(), notice=notice)
    return Answer(_notice(request, done))


def _notice(request: Any, one: Notice) -> NoticeShown:
    """Offices that read no records are told what happened, not to whom."""
    same = {name: getattr(one, name) for name in NoticeShown.model_fields if name != "person"}
    return NoticeShown(person=one.person_id if request.actor.reads_records else None, **same)


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


@routes.get("/contracts", shows=Page[ContractShown])
def contracts(request: Any, asked: Query[ContractFilter]) -> Answer:
    """Contracts of which your units are a party."""
    rows = queries.contracts(request.actor, unit=asked.unit, state=asked.state or "")
    items, marker, _rows = page(
        rows, asked, by=("-created_at", "-id"), show=lambda found: [_contract(one) for one in found]
    )
    return Answer(Page[ContractShown](items=items, next=marker))


@routes.post("/contracts", shows=ContractShown, status=201, matches="")
def draft_contract(request: Any, body: DraftContract) -> Answer:
    """Write down what two units mean to agree; nothing holds until both have signed."""
    first = named("first", lambda: queries.organisation(request.actor, body.first))
    second = named("second", lambda: queries.organisation(request.actor, body.second))
    terms = commands.ContractTerms(**body.model_dump(exclude={"first", "second"}))
    made = commands.draft_contract(by=request.actor, at=now(), first=first, second=second, terms=terms)
    return _answer(request, made, location=f"/api/contracts/{made.pk}")


@routes.get("/contracts/{contract_id}", shows=ContractShown)
def read_contract(request: Any, contract_id: Id) -> Answer:
    """One contract."""
    return _answer(request, queries.contract(request.actor, contract_id))


@routes.patch("/contracts/{contract_id}", shows=ContractShown)
def edit_contract(request: Any, contract_id: Id, body: EditContract) -> Answer:
    """Change the terms of a draft that nobody has signed. All terms are sent, as for a new draft."""
    contract = queries.contract(request.actor, contract_id)
    edited = commands.edit_contract(
        by=request.actor,
        at=now(),
        contract=contract,
        terms=commands.ContractTerms(**body.model_dump()),
        version=request.version,
    )
    return _answer(request, edited)


@routes.post("/contracts/{contract_id}/sign", shows=ContractShown, matches="")
def sign_contract(request: Any, contract_id: Id, body: SignContract) -> Answer:
    """One party signs; with the second signature the contract holds."""
    contract = queries.contract(request.actor, contract_id)
    named("party", lambda: _party_of(contract, body.party))
    signed = commands.sign_contract(by=request.actor, at=now(), contract=contract, party=body.party)
    return _answer(request, signed)


@routes.post("/contracts/{contract_id}/suspend", shows=ContractShown, matches="")
def suspend_contract(request: Any, contract_id: Id, body: ContractReason) -> Answer:
    """No new routine transfers under it until it is resumed."""
    return _step(request, contract_id, body, commands.suspend_contract)


@routes.post("/contracts/{contract_id}/resume", shows=ContractShown, matches="")
def resume_contract(request: Any, contract_id: Id, body: ContractReason) -> Answer:
    """The contract holds again."""
    return _step(request, contract_id, body, commands.resume_contract)


@routes.post("/contracts/{contract_id}/end", shows=ContractShown, matches="")
def end_contract(request: Any, contract_id: Id, body: ContractReason) -> Answer:
    """It ends today, before its time; a draft is dropped the same way."""
    return _step(request, contract_id, body, commands.end_contract)


def _step(request: Any, contract_id: Any, body: ContractReason, command: Any) -> Answer:
    contract = queries.contract(request.actor, contract_id)
    return _answer(request, command(by=request.actor, at=now(), contract=contract, reason=body.reason))


def _party_of(contract: Contract, party: Any) -> Any:
    return party if party in (contract.first_id, contract.second_id) else None


def _answer(request: Any, contract: Contract, *, location: str = "") -> Answer:
    return Answer(_contract(contract), version=contract.version, location=location)


def _organisation(one: Organisation) -> OrganisationShown:
    same = {
        name: getattr(one, name) for name in OrganisationShown.model_fields if name not in ("parent", "area")
    }
    return OrganisationShown(parent=one.parent_id, area=one.area_id, **same)


def _contract(one: Contract) -> ContractShown:
    same = {
        name: getattr(one, name)
        for name in ContractShown.model_fields
        if name not in ("first", "second", "valid_from", "valid_to")
    }
    return ContractShown(
        first=Party(id=one.first.pk, name=one.first.name),
        second=Party(id=one.second.pk, name=one.second.name),
        valid_from=one.valid.lower,
        valid_to=one.valid.upper,
        **same,
    )
