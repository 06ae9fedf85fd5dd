"""Contracts between two units: drafted by one, signed by both, then fixed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.versions import compare

from ..models import Contract, ContractStatus, Organisation
from ..models.contracts import ContractState
from ..permissions import Permission
from ..refusals import NotAStepFromHere, PeriodEndsBeforeItStarts
from ..rules import CONTRACT_STEPS
from ..texts import fit, line, reason_of
from .notices import notify


class TwoUnitsNeeded(Refusal):
    message = _("A contract binds two different units. Choose another partner.")
    status = 422


class NotAMemberUnit(Refusal):
    message = _(
        "{name} is not a member unit of the five-bed network. Ask the district coordinator to add it."
    )


class NothingAgreed(Refusal):
    message = _("Choose at least one kind of bed and one direction.")
    status = 422


class ContractAlreadySigned(Refusal):
    message = _(
        "A party has signed these terms, so they cannot change. End the contract and draft a new one."
    )


class AlreadySigned(Refusal):
    message = _("Your unit has signed already, at {at}. It now waits for the other party.")


class ContractOver(Refusal):
    message = _("The agreed period ended on {end}. Draft a new contract.")


@dataclass(frozen=True)
class ContractTerms:
    """What two units agree on."""

    bed_kinds: list[str]
    directions: list[str]
    valid_from: date
    valid_to: date | None = None
    number: str = ""
    service_items: list[str] = field(default_factory=list)
    daily_quota: int | None = None
    cost_sharing: str = ""
    responsibility: str = ""
    night_contact: str = ""
    designated_order: int | None = None
    routine_minutes: int = 24 * 60
    urgent_minutes: int = 30
    emergency_minutes: int = 10


def my_party(by: Actor, first_id: UUID, second_id: UUID) -> UUID:
    """The party that the actor may speak for; the first one's id when neither (and it is refused)."""
    return second_id if by.may(Permission.MANAGE_CONTRACTS, second_id) else first_id


def _of_contract(by: Actor, contract: Contract, **_given: Any) -> UUID:
    return my_party(by, contract.first_id, contract.second_id)


@command(
    Permission.MANAGE_CONTRACTS, within=lambda by, first, second, **_given: my_party(by, first.pk, second.pk)
)
def draft_contract(
    *, by: Actor, at: datetime, first: Organisation, second: Organisation, terms: ContractTerms
) -> Contract:
    """Write down what two units mean to agree; nothing holds until both have signed."""
    if first.pk == second.pk:
        raise TwoUnitsNeeded(field="second")
    for unit in (first, second):
        if not unit.member_unit or not unit.active:
            raise NotAMemberUnit(name=unit.name)
    contract = Contract(first=first, second=second, created_at=at, created_by=by.account_id)
    _write(contract, terms)
    _enter(contract, ContractState.DRAFT, by, at, "")
    record("contract.drafted", by=by, at=at, subject=contract, first=first, second=second)
    return contract


@command(Permission.MANAGE_CONTRACTS, within=_of_contract)
def edit_contract(
    *, by: Actor, at: datetime, contract: Contract, terms: ContractTerms, version: int
) -> Contract:
    """Change the terms of a draft that nobody has signed."""
    current = _lock(contract, version)
    if current.state != ContractState.DRAFT or current.first_signed_at or current.second_signed_at:
        raise ContractAlreadySigned
    current.version += 1
    _write(current, terms)
    record("contract.edited", by=by, at=at, subject=current)
    return current


@command(Permission.MANAGE_CONTRACTS, within=_of_contract)
def sign_contract(*, by: Actor, at: datetime, contract: Contract, party: Organisation | UUID) -> Contract:
    """One party signs; with the second signature the contract holds."""
    current = _lock(contract)
    party_id = party.pk if isinstance(party, Organisation) else party
    if not by.may(Permission.MANAGE_CONTRACTS, party_id):
        raise NotAllowed
    if current.state != ContractState.DRAFT:
        raise NotAStepFromHere(state=ContractState(current.state).label)
    if current.valid.upper and current.valid.upper <= at.date():
        raise ContractOver(end=current.valid.upper)
    side = "first" if party_id == current.first_id else "second"
    if signed_at := getattr(current, f"{side}_signed_at"):
        raise AlreadySigned(at=signed_at)
    setattr(current, f"{side}_signed_at", at)
    setattr(current, f"{side}_signed_by", by.account_id or _nobody(by))
    current.version += 1
    record("contract.signed_by_party", by=by, at=at, subject=current, party=party_id)
    if not (current.first_signed_at and current.second_signed_at):
        current.save()
        _tell_other_party(current, side, by, at)
        return current
    _enter(current, ContractState.SIGNED, by, at, "")
    record("contract.signed", by=by, at=at, subject=current, first=current.first_id, second=current.second_id)
    _tell_both(current, "access.contract_signed", by, at)
    return current


@command(Permission.MANAGE_CONTRACTS, within=_of_contract)
def suspend_contract(*, by: Actor, at: datetime, contract: Contract, reason: str) -> Contract:
    """No new routine transfers under it until it is resumed; what runs already goes on."""
    return _step(contract, "suspend", "contract.suspended", by, at, reason)


@command(Permission.MANAGE_CONTRACTS, within=_of_contract)
def resume_contract(*, by: Actor, at: datetime, contract: Contract, reason: str) -> Contract:
    return _step(contract, "resume", "contract.resumed", by, at, reason)


@command(Permission.MANAGE_CONTRACTS, within=_of_contract)
def end_contract(*, by: Actor, at: datetime, contract: Contract, reason: str) -> Contract:
    """It ends today, before its time; a draft is dropped the same way."""
    return _step(contract, "end", "contract.ended", by, at, reason)


def _write(contract: Contract, terms: ContractTerms) -> None:
    if not terms.bed_kinds or not terms.directions:
        raise NothingAgreed(field="bed_kinds" if not terms.bed_kinds else "directions")
    if terms.valid_to and terms.valid_to <= terms.valid_from:
        raise PeriodEndsBeforeItStarts(field="valid_to")
    values = asdict(terms)
    values["service_items"] = [line(item, "service_items", 60) for item in terms.service_items]
    contract.valid = DateRange(values.pop("valid_from"), values.pop("valid_to"))
    for name, value in fit(Contract, **values).items():
        setattr(contract, name, value)
    contract.save()


def _step(contract: Contract, verb: str, fact: str, by: Actor, at: datetime, reason: str) -> Contract:
    reason = reason_of(reason)
    current = _lock(contract)
    state = CONTRACT_STEPS.get((current.state, verb))
    if state is None:
        raise NotAStepFromHere(state=ContractState(current.state).label)
    current.version += 1
    _enter(current, ContractState(state), by, at, reason)
    record(
        fact, by=by, at=at, subject=current, first=current.first_id, second=current.second_id, reason=reason
    )
    if verb in ("suspend", "end"):
        _tell_both(current, f"access.contract_{verb}ed", by, at, reason=reason)
    return current


def _enter(contract: Contract, state: ContractState, by: Actor, at: datetime, reason: str) -> None:
    contract.state = state
    contract.save()
    ContractStatus.objects.create(
        contract=contract, state=state, reason=reason, at=at, by_account=by.account_id, by_label=by.label
    )


def _lock(contract: Contract, version: int | None = None) -> Contract:
    current = (
        Contract.objects.select_for_update(no_key=True, of=("self",))
        .select_related("first", "second")
        .get(pk=contract.pk)
    )
    compare(current, version)
    return current


def _tell_other_party(contract: Contract, signed: str, by: Actor, at: datetime) -> None:
    other = contract.second if signed == "first" else contract.first
    signer = contract.first if signed == "first" else contract.second
    _tell(contract, other, "access.contract_to_sign", by, at, other=signer.name_zh)


def _tell_both(contract: Contract, subject: str, by: Actor, at: datetime, **params: str) -> None:
    for unit in (contract.first, contract.second):
        _tell(
            contract, unit, subject, by, at,
            first=contract.first.name_zh, second=contract.second.name_zh, **params,
        )  # fmt: skip


def _tell(
    contract: Contract, unit: Organisation, subject: str, by: Actor, at: datetime, **params: str
) -> None:
    role = (
        "CARE_HOME_MANAGER" if unit.kind in ("INSTITUTION", "COMMUNITY_CARE_CENTRE") else "ADMISSION_OFFICE"
    )
    notify(
        by=by, at=at, subject=subject, organisation=unit, role=role, params=params,
        link=reverse("access:contract", args=[contract.pk]),
    )  # fmt: skip


def _nobody(by: Actor) -> UUID:
    """The platform itself signs only in demonstrations and imports of paper contracts: marked by a nil id."""
    return UUID(int=0)
