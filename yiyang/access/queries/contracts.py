from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from yiyang.kernel.actors import identity

from ..bed_kinds import BedKind
from ..models import Contract, ContractPaper, Organisation
from ..models.contracts import ContractState, Direction
from ..permissions import Permission
from .licences import local_day
from .ordering import in_order


def live_contract(
    from_unit: Organisation | UUID,
    to_unit: Organisation | UUID,
    kind: BedKind | str,
    at: datetime | date,
    direction: Direction | str | None = None,
) -> Contract | None:
    """The signed contract under which `from_unit` sends people to a bed of this kind at `to_unit`.

    It may be written down from either side; `direction` asks for the one written from this side (OUT) or
    from the other (BACK) alone. Designated-first ones come first.
    """
    return (
        live_contracts(from_unit, at, kind=kind, direction=direction)
        .filter(Q(first_id=identity(to_unit)) | Q(second_id=identity(to_unit)))
        .first()
    )


def live_contracts(
    from_unit: Organisation | UUID,
    at: datetime | date,
    *,
    kind: BedKind | str | None = None,
    direction: Direction | str | None = None,
) -> QuerySet[Contract]:
    """All contracts by which a unit may send people on that day, the designated partner first."""
    unit = identity(from_unit)
    out = Q(first_id=unit, directions__contains=[Direction.OUT])
    back = Q(second_id=unit, directions__contains=[Direction.BACK])
    wanted = {Direction.OUT: out, Direction.BACK: back, None: out | back}[
        Direction(direction) if direction else None
    ]
    found = Contract.objects.filter(wanted, state=ContractState.SIGNED, valid__contains=local_day(at))
    if kind:
        found = found.filter(bed_kinds__contains=[kind])
    return found.select_related("first", "second").order_by("designated_order", "-valid", "id")


def partners(from_unit: Organisation | UUID, at: datetime | date) -> dict[UUID, Contract]:
    """The unit's live contracts by the partner's id."""
    unit = identity(from_unit)
    found: dict[UUID, Contract] = {}
    for one in live_contracts(from_unit, at):
        found.setdefault(one.second_id if one.first_id == unit else one.first_id, one)
    return found


def partners_for(from_unit: UUID, kind: BedKind | str, at: datetime | date) -> dict[UUID, Contract]:
    """The unit's live contracts for one kind of bed by the partner's id, designated ones first."""
    found: dict[UUID, Contract] = {}
    for one in live_contracts(from_unit, at, kind=kind):
        found.setdefault(one.second_id if one.first_id == from_unit else one.first_id, one)
    return found


COLUMNS = {
    "first": "first__name_zh", "second": "second__name_zh", "number": "number", "valid": "valid__endswith",
    "state": "state",
}  # fmt: skip


def contracts(actor: Any, *, unit: UUID | None = None, state: str = "", sort: str = "") -> QuerySet[Contract]:
    """Contracts of which the actor's own units are a party, or that lie in the actor's charge."""
    found = Contract.objects.select_related("first", "second")
    if not actor.sees_all:
        found = found.filter(Q(first__in=actor.reach) | Q(second__in=actor.reach))
    if unit:
        found = found.filter(Q(first=unit) | Q(second=unit))
    return in_order(found.filter(state=state) if state else found, sort, COLUMNS)


def papers(contract: Contract) -> list[ContractPaper]:
    """What is attached, without its content; with what was taken out, last."""
    return list(
        contract.papers.defer("content").order_by(F("taken_out_at").asc(nulls_first=True), "added_at", "id")
    )


def contract_paper(actor: Any, paper_id: UUID) -> ContractPaper:
    """404 unless the actor manages contracts for one of the parties."""
    found = get_object_or_404(
        ContractPaper.objects.select_related("contract"), pk=paper_id, taken_out_at=None
    )
    of = contract(actor, found.contract_id)
    if not any(actor.may(Permission.MANAGE_CONTRACTS, party) for party in (of.first_id, of.second_id)):
        raise Http404
    found.contract = of
    return found


def contract(actor: Any, contract_id: UUID) -> Contract:
    found: Contract = get_object_or_404(contracts(actor).prefetch_related("statuses"), pk=contract_id)
    return found
