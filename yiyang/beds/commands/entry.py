"""Documents and tests that a unit asks for before entry."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import EntryDocument, EntryRequirement, Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
from yiyang.kernel.refusals import Refusal, refuses


class AskedForAlready(Refusal):
    message = _("Your unit asks for {name} already. Stop asking for it first to change its age.")


class NotAskedForHere(Refusal):
    message = _("The receiving unit does not ask for this document.")


class IssuedInTheFuture(Refusal):
    message = _("A document cannot be issued in the future. Check its date.")
    status = 422


class AgeOfADay(Refusal):
    message = _("A document may be at least one day old. Leave the age empty if it does not matter.")
    status = 422


@refuses("entry_requirement_once_per_unit")
def _asked_already(given: dict[str, Any]) -> Refusal:
    return AskedForAlready(name=given.get("name", ""))


@refuses("entry_requirement_for_a_day_at_least")
def _no_day(given: dict[str, Any]) -> Refusal:
    return AgeOfADay(field="days")


@command(Permission.MANAGE_BEDS, within="unit_id")
def ask_for_document(
    *, by: Actor, at: datetime, unit_id: UUID, name: str, days: int | None = None, thing: bool = False
) -> EntryRequirement:
    """From now on the unit asks for this before somebody new comes in, or for a thing to be brought along."""
    made = EntryRequirement.objects.create(
        unit_id=unit_id, name=name.strip(), days=None if thing else days, thing=thing, since=at
    )
    record("entry.document_asked_for", by=by, at=at, subject=made, unit=unit_id)
    return made


@command(Permission.MANAGE_BEDS, within="requirement.unit_id")
def stop_asking_for(*, by: Actor, at: datetime, requirement: EntryRequirement) -> EntryRequirement:
    """The unit does not ask for it any more; what was shown stays."""
    if requirement.until is None:
        requirement.until = max(at, requirement.since)
        requirement.save()
    record("entry.document_not_asked_for", by=by, at=at, subject=requirement, unit=requirement.unit_id)
    return requirement


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
def show_document(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    requirement: EntryRequirement,
    issued_on: date,
    note: str = "",
) -> EntryDocument:
    """The sending side has the document, issued on this day; one that is too old is shown to be so."""
    if issued_on > localdate(at):
        raise IssuedInTheFuture(field="issued_on")
    transfer = locks.transfer(transfer)
    if requirement.unit_id != transfer.to_unit_id:
        raise NotAskedForHere
    told = {"issued_on": issued_on, "note": note.strip()[:200], "shown_at": at, "shown_by": by.label}
    shown, _made = EntryDocument.objects.update_or_create(
        transfer=transfer, requirement=requirement, defaults=told
    )
    record_of(transfer, "transfer.document_shown", by=by, at=at, unit=transfer.to_unit_id)
    return shown
