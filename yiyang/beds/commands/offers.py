"""Asking units whether they can take somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import live_contract, naming
from yiyang.assessments.rules.eligibility import Answer
from yiyang.beds.commands import locks
from yiyang.beds.commands.admissions import check_licence
from yiyang.beds.commands.steps import after, deadline, handling, move
from yiyang.beds.models import Offer, Outbreak, Transfer, Ward
from yiyang.beds.models.transfers import Urgency
from yiyang.beds.queries.eligibility import overrides_of
from yiyang.beds.rules.ranking import Why
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal, refuses


class NoContract(Refusal):
    message = _(
        "There is no live contract with {unit} for {kind}. Choose a contracted unit, or mark it as the person's choice."
    )


class AlreadyOffered(Refusal):
    message = _("This unit has been asked already. Wait for its answer, or ask another unit.")


class NoUnitChosen(Refusal):
    message = _("Choose at least one unit to ask.")
    status = 422


class ClosedToOffers(Refusal):
    message = _("{unit} takes nobody new at the moment. Ask another unit.")


class SaidNotToQualify(Refusal):
    message = _(
        "{clinician} said that the person does not qualify for this kind of bed, because: {reason}. Evaluate again, or "
        "let that word be withdrawn, before a bed is asked for."
    )


@refuses("offer_once_per_unit")
def _offered(given: dict[str, Any]) -> Refusal:
    return AlreadyOffered()


@command(Permission.OFFER_TRANSFER, within=handling, about="transfer.person_id")
def offer_transfer(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    units: Sequence[UUID],
    reason: str = "",
    rank_reasons: dict[UUID, list[Why]] | None = None,
    version: int | None = None,
) -> list[Offer]:
    """Ask one unit, or several at once; each has its deadline. The first to accept has the person.

    A routine transfer is offered where a live contract covers it, or where the person chose the unit. Urgent
    ones outside a contract are allowed, marked, and counted.
    """
    if not units:
        raise NoUnitChosen
    transfer = locks.transfer(transfer, version)
    if transfer.urgency != Urgency.EMERGENCY:
        refuse_when_overridden(transfer.person_id, transfer.target_kind, at)
    move(transfer, "offer", at=at, by=by, reason=reason)
    offers = [
        _ask(transfer, unit_id, rank, at=at, reason=reason, why=(rank_reasons or {}).get(unit_id, []))
        for rank, unit_id in enumerate(units, start=1)
    ]
    transfer.act_by = min(offer.answer_by for offer in offers)
    transfer.save(update_fields=["act_by"])
    for offer in offers:
        record_of(
            transfer,
            "transfer.offered",
            by=by,
            at=at,
            unit=offer.unit_id,
            offer=offer.pk,
            basis=offer.basis,
            answer_by=offer.answer_by,
            urgency=transfer.urgency,
        )
    return offers


def refuse_when_overridden(person_id: UUID, kind: str, at: datetime) -> None:
    """A clinician's word that somebody does not qualify stops the asking for such a bed."""
    said = overrides_of(person_id, at).get(kind)
    if said is not None and said.given == Answer.NOT_ELIGIBLE:
        raise SaidNotToQualify(clinician=said.clinician, reason=said.reason)


def _ask(transfer: Transfer, unit_id: UUID, rank: int, *, at: datetime, reason: str, why: list[Why]) -> Offer:
    check_licence(unit_id, transfer.target_kind, at)
    if closed_to_offers(unit_id, transfer.target_kind):
        raise ClosedToOffers(unit=naming.unit_name(unit_id))
    basis, contract = _basis(transfer, unit_id, at)
    return Offer.objects.create(
        transfer=transfer,
        unit_id=unit_id,
        contract_id=contract.pk if contract is not None else None,
        basis=basis,
        basis_reason=reason[:200],
        rank=rank,
        rank_reasons=why,
        sent_at=at,
        answer_by=answer_deadline(transfer, unit_id, contract, at),
    )


def answer_deadline(transfer: Transfer, unit_id: UUID, contract: Any, at: datetime) -> datetime:
    """By when a unit must answer: as the contract says, else as the district's policy does."""
    if contract is None:
        return deadline(transfer.urgency, at, unit_id)
    return after(contract.answer_minutes(transfer.urgency), transfer.urgency, at, unit_id)


def closed_to_offers(unit_id: UUID, kind: str) -> bool:
    """Whether the unit, or all its wards that hold such beds, take nobody new, as in an outbreak."""
    if Outbreak.objects.filter(unit=unit_id, ward=None, until=None).exists():
        return True
    wards = Ward.objects.filter(unit_id=unit_id, rooms__beds__kind=kind, rooms__beds__closed_at=None)
    states = set(wards.values_list("closed_to_offers", flat=True))
    return states == {True}


def _basis(transfer: Transfer, unit_id: UUID, at: datetime) -> tuple[str, Any]:
    sender = transfer.from_unit_id or transfer.requested_unit_id
    if sender == unit_id:
        return Offer.Basis.OWN_UNIT, None
    contract = live_contract(sender, unit_id, transfer.target_kind, at) if sender else None
    if contract is not None:
        return Offer.Basis.CONTRACT, contract
    if transfer.chosen_unit_id == unit_id:
        return Offer.Basis.CHOICE, None
    if transfer.urgency == Urgency.ROUTINE and sender is not None:
        raise NoContract(unit=naming.unit_name(unit_id), kind=BedKind(transfer.target_kind).label)
    return Offer.Basis.URGENT if transfer.urgency != Urgency.ROUTINE else Offer.Basis.CHOICE, None
