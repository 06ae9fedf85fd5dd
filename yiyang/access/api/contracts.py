"""The JSON API of the contracts between units."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
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
from yiyang.kernel.time import now

from .. import commands, queries
from ..bed_kinds import BedKind
from ..models import Contract
from ..models.contracts import ContractState, Direction
from .shown import HOME, UNIT, Party, party

routes = Routes("contracts")
Kinds = Annotated[list[Annotated[str, OneOf(BedKind)]], Field(min_length=1, max_length=5)]
Directions = Annotated[list[Annotated[str, OneOf(Direction)]], Field(min_length=1, max_length=2)]


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


@routes.post("/contracts/{contract_id}/sign", shows=ContractShown)
def sign_contract(request: Any, contract_id: Id, body: SignContract) -> Answer:
    """One party signs; with the second signature the contract holds."""
    contract = queries.contract(request.actor, contract_id)
    named("party", lambda: _party_of(contract, body.party))
    signed = commands.sign_contract(by=request.actor, at=now(), contract=contract, party=body.party)
    return _answer(request, signed)


@routes.post("/contracts/{contract_id}/suspend", shows=ContractShown)
def suspend_contract(request: Any, contract_id: Id, body: ContractReason) -> Answer:
    """No new routine transfers under it until it is resumed."""
    return _step(request, contract_id, body, commands.suspend_contract)


@routes.post("/contracts/{contract_id}/resume", shows=ContractShown)
def resume_contract(request: Any, contract_id: Id, body: ContractReason) -> Answer:
    """The contract holds again."""
    return _step(request, contract_id, body, commands.resume_contract)


@routes.post("/contracts/{contract_id}/end", shows=ContractShown)
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


def _contract(one: Contract) -> ContractShown:
    same = {
        name: getattr(one, name)
        for name in ContractShown.model_fields
        if name not in ("first", "second", "valid_from", "valid_to")
    }
    return ContractShown(
        first=party(one.first),
        second=party(one.second),
        valid_from=one.valid.lower,
        valid_to=one.valid.upper,
        **same,
    )
