"""“I phoned” about a transfer or a stay: recorded by whoever is concerned, shown beside the countdown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.models import Episode, Transfer, WaitingEntry
from yiyang.duty import commands as duty
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.refusals import NotAllowed, Refusal


class NotConcerned(Refusal):
    message = _(
        "This unit has nothing to do with the transfer. Choose one that sends, is asked, or coordinates."
    )
    status = 422


def concerned(transfer: Transfer) -> list[UUID]:
    """The units that have to do with a transfer: it is they who telephone each other about it."""
    units = [transfer.from_unit_id, transfer.requested_unit_id, transfer.to_unit_id, transfer.coordinator_id]
    units += list(transfer.offers.values_list("unit_id", flat=True))
    return list(dict.fromkeys(unit for unit in units if unit is not None))


def calling(by: Any, transfer: Transfer, **_given: object) -> UUID | None:
    """The unit for which somebody telephones."""
    if by.role == "SYSTEM":
        return transfer.coordinator_id
    mine = set(getattr(by, "organisation_ids", ()))
    for unit in concerned(transfer):
        if unit in mine:
            return unit
    raise NotAllowed


@command(Permission.RECORD_CALL, within=calling)
def phone_about_transfer(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    unit_id: UUID,
    result: str,
    to_name: str = "",
    telephone: str = "",
    text: str = "",
) -> Transfer:
    """Somebody telephoned the unit that should act; one who was reached gets time before the next is told."""
    if unit_id not in concerned(transfer):
        raise NotConcerned(field="unit_id")
    duty.note_call(
        by=by,
        at=at,
        from_unit=calling(by, transfer),
        to_unit=unit_id,
        to_name=to_name,
        telephone=telephone,
        result=result,
        note=text,
        subject=transfer,
        person=transfer.person_id,
        link=f"/transfers/{transfer.pk}/",
    )
    return transfer


def calling_about_stay(by: Any, episode: Episode, **_given: object) -> UUID | None:
    """The unit of the stay, or the one in whose charge it is."""
    if by.role == "SYSTEM" or episode.unit_id in getattr(by, "organisation_ids", ()):
        return episode.unit_id
    if episode.unit_id in getattr(by, "reach", ()):
        unit: UUID | None = by.organisation_id
        return unit
    raise NotAllowed


@command(Permission.RECORD_CALL, within=calling_about_stay, about="episode.person_id")
def phone_about_stay(
    *,
    by: Actor,
    at: datetime,
    episode: Episode,
    result: str,
    to_name: str = "",
    telephone: str = "",
    text: str = "",
) -> Episode:
    """Somebody telephoned about a leave or a held bed: the unit its resident's companion or where the
    resident is now, the coordinator the unit."""
    caller = calling_about_stay(by, episode)
    duty.note_call(
        by=by,
        at=at,
        from_unit=caller,
        to_unit=None if caller == episode.unit_id else episode.unit_id,
        to_name=to_name,
        telephone=telephone,
        result=result,
        note=text,
        subject=episode,
        person=episode.person_id,
        link=f"/episodes/{episode.pk}/",
    )
    return episode


@command(Permission.RECORD_CALL, within="entry.list_owner_id", about="entry.person_id")
def phone_about_place(
    *,
    by: Actor,
    at: datetime,
    entry: WaitingEntry,
    result: str,
    to_name: str = "",
    telephone: str = "",
    text: str = "",
) -> WaitingEntry:
    """Somebody asked the person or the family whether the offered place is taken."""
    duty.note_call(
        by=by,
        at=at,
        from_unit=entry.list_owner_id,
        to_name=to_name,
        telephone=telephone,
        result=result,
        note=text,
        subject=entry,
        person=entry.person_id,
        link=f"/waiting/{entry.pk}/",
    )
    return entry
