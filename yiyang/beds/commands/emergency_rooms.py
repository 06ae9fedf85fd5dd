"""The way of an emergency: the ambulance's times, the emergency room, on to another hospital, back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.arrivals import leave_outside
from yiyang.beds.commands.effects import come_home, depart_others
from yiyang.beds.commands.steps import handling, move, note, open_to, touch
from yiyang.beds.models import Transfer
from yiyang.beds.models.occupancy import Place
from yiyang.beds.rules.effects import Event
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal


class UnknownTime(Refusal):
    message = _(
        "This step is not one of: 120 called, ambulance there, ambulance left, hospital named, handed over."
    )
    status = 422


class NotAnEmergency(Refusal):
    message = _("This is possible only in an emergency. Change the urgency first if it has become one.")


ONE_TAP_TIMES = {
    "called_120": "called_120_at",
    "ambulance_arrived": "ambulance_arrived_at",
    "ambulance_left": "ambulance_left_at",
    "hospital_named": "hospital_named_at",
    "handed_over": "handed_over_at",
}


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def note_emergency_time(
    *, by: Actor, at: datetime, transfer: Transfer, what: str, hospital: str = "", version: int | None = None
) -> Transfer:
    """One tap: 120 called, ambulance there, ambulance left, hospital named, handed over."""
    if what not in ONE_TAP_TIMES:
        raise UnknownTime
    transfer = locks.transfer(transfer, version)
    if not transfer.emergency:
        raise NotAnEmergency
    setattr(transfer, ONE_TAP_TIMES[what], at)
    if hospital:
        transfer.destination_outside = hospital[:160]
    touch(transfer)
    note(transfer, what, transfer.state, at=at, by=by, reason=hospital)
    record_of(transfer, f"emergency.{what}", by=by, at=at, from_unit=transfer.from_unit_id)
    return transfer


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def enter_emergency_room(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    hospital: str,
    unit_id: Any = None,
    version: int | None = None,
) -> Transfer:
    """The person is in an emergency room or under observation (急诊/留观): a place without a bed of ours."""
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    move(transfer, "enter_emergency_room", at=at, by=by, reason=hospital)
    depart_others(person, Event.WARD_ADMISSION, at=at, by=by)
    rows.stay_outside(
        person,
        at=at,
        place=Place.EMERGENCY_ROOM,
        place_name=hospital[:120],
        unit_id=unit_id,
        transfer=transfer,
        by=by,
    )
    transfer.destination_outside = hospital[:160]
    touch(transfer)
    if unit_id:
        open_to(transfer, unit_id, "FULL", at=at, by=by)
    record_of(transfer, "transfer.in_emergency_room", by=by, at=at, unit=unit_id)
    return transfer


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def move_on(
    *, by: Actor, at: datetime, transfer: Transfer, hospital: str, version: int | None = None
) -> Transfer:
    """From one emergency room on to another hospital."""
    transfer = locks.transfer(transfer, version)
    move(transfer, "move_on", at=at, by=by, reason=hospital)
    leave_outside(transfer, at=at, by=by)
    transfer.destination_outside = hospital[:160]
    touch(transfer)
    record_of(transfer, "transfer.moved_on", by=by, at=at)
    return transfer


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def send_back(
    *, by: Actor, at: datetime, transfer: Transfer, note: str = "", version: int | None = None
) -> Transfer:
    """Back the same night without admission: the held bed is theirs again, what was suspended goes on."""
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    move(transfer, "send_back", at=at, by=by, reason=note)
    leave_outside(transfer, at=at, by=by)
    come_home(person, at=at, by=by)
    transfer.arrived_at = at
    touch(transfer)
    record_of(transfer, "transfer.sent_back", by=by, at=at, from_unit=transfer.from_unit_id)
    return transfer
