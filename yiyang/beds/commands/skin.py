"""The look at the skin at both ends of the way: one side writes it, the other signs that it is so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import SkinCheck, Transfer
from yiyang.beds.rules import skin
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import NotFound, Refusal, refuses

Moment = SkinCheck.Moment


class SkinNotLookedAt(Refusal):
    message = _("Mark what you found, or say that the skin is intact. Not both.")
    status = 422


class SkinFindingNotValid(Refusal):
    message = _("A finding cannot be kept: {problem}. Correct it, then save again.")
    status = 422


class SkinCheckSigned(Refusal):
    message = _("Both sides have signed this skin check. Write what is new into the record of the ward.")


class SkinCheckTooEarly(Refusal):
    message = _("The skin is checked at arrival once the person has left. Wait for the departure.")


class SkinCheckTooLate(Refusal):
    message = _("The person has arrived, or does not go. The receiving side checks the skin at arrival.")


class SignedByOneself(Refusal):
    message = _("You wrote this skin check yourself. Somebody of the other side signs it.")


@refuses("skin_check_signed_by_two")
def _signed_by_one(given: dict[str, Any]) -> Refusal:
    return SignedByOneself()


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
def check_skin_at_departure(
    *, by: Actor, at: datetime, transfer: Transfer, findings: Sequence[dict[str, Any]], intact: bool = False
) -> SkinCheck:
    """The sending side looks at the whole skin before the person leaves."""
    return _check(transfer, Moment.DEPARTURE, findings, intact, at=at, by=by)


@command(Permission.ARRIVE_TRANSFER, within="transfer.to_unit_id", about="transfer.person_id")
def check_skin_at_arrival(
    *, by: Actor, at: datetime, transfer: Transfer, findings: Sequence[dict[str, Any]], intact: bool = False
) -> SkinCheck:
    """The receiving side looks at the whole skin as the person arrives."""
    return _check(transfer, Moment.ARRIVAL, findings, intact, at=at, by=by)


@command(Permission.ARRIVE_TRANSFER, within="transfer.to_unit_id", about="transfer.person_id")
def confirm_skin_at_departure(*, by: Actor, at: datetime, transfer: Transfer) -> SkinCheck:
    """The receiving side signs what the sending one found."""
    return _confirm(transfer, Moment.DEPARTURE, at=at, by=by)


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
def confirm_skin_at_arrival(*, by: Actor, at: datetime, transfer: Transfer) -> SkinCheck:
    """The sending side signs what the receiving one found."""
    return _confirm(transfer, Moment.ARRIVAL, at=at, by=by)


def _check(
    transfer: Transfer,
    moment: str,
    findings: Sequence[dict[str, Any]],
    intact: bool,
    *,
    at: datetime,
    by: Actor,
) -> SkinCheck:
    if bool(findings) == intact:
        raise SkinNotLookedAt
    try:
        kept = skin.checked(findings)
    except ValueError as error:
        raise SkinFindingNotValid(problem=str(error)) from error
    transfer = locks.transfer(transfer)
    if moment == Moment.ARRIVAL and transfer.departed_at is None:
        raise SkinCheckTooEarly
    if moment == Moment.DEPARTURE and (transfer.arrived_at is not None or not transfer.live):
        raise SkinCheckTooLate
    if SkinCheck.objects.filter(transfer=transfer, moment=moment).exclude(confirmed_at=None).exists():
        raise SkinCheckSigned
    told = {
        "findings": kept,
        "checked_at": at,
        "checked_by": by.label,
        "checked_by_account": by.account_id,
    }
    check, _made = SkinCheck.objects.update_or_create(transfer=transfer, moment=moment, defaults=told)
    record_of(transfer, "transfer.skin_checked", by=by, at=at, moment=moment, found=len(kept))
    return check


def _confirm(transfer: Transfer, moment: str, *, at: datetime, by: Actor) -> SkinCheck:
    transfer = locks.transfer(transfer)
    check = SkinCheck.objects.select_for_update(no_key=True).filter(transfer=transfer, moment=moment).first()
    if check is None:
        raise NotFound
    if check.confirmed_at is not None:
        raise SkinCheckSigned
    check.confirmed_at, check.confirmed_by, check.confirmed_by_account = at, by.label, by.account_id
    check.save()
    record_of(transfer, "transfer.skin_check_confirmed", by=by, at=at, moment=moment)
    return check
