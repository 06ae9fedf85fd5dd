"""What alarms of devices ask of beds: which unit answers for a person, and how a transfer is asked for."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds.models import Occupancy
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.beds.models.transfers import Trigger
from yiyang.beds.queries.transfer_pages import live_transfers_of
from yiyang.devices import places, responders
from yiyang.devices.queries import alarm_page
from yiyang.devices.queries import alarms as devices
from yiyang.duty.queries import calls_about
from yiyang.kernel.words import shown
from yiyang.people import queries as people

REASON = 200  # characters that the reason of a transfer holds


@responders.register(order=10)
def unit_of_the_bed(person_id: UUID, at: datetime) -> UUID | None:
    """Where the person is; else where a bed is kept, or an overlay runs: who is on leave is known there."""
    rows = Occupancy.objects.filter(
        person_id__in=people.ids(person_id), state__in=(State.PRESENT, State.HELD), period__endswith=None
    ).exclude(unit=None)
    found = sorted(rows, key=lambda row: (row.state != State.PRESENT, row.part.lower, row.pk))
    return found[0].unit_id if found else None


@responders.register_elsewhere
def away_from_home(person_ids: Collection[UUID], at: datetime) -> dict[UUID, UUID | None]:
    """Who lies in a ward or is outside: what stands in their home does not see them move."""
    rows = Occupancy.objects.filter(
        person_id__in=person_ids,
        state=State.PRESENT,
        period__contains=at,
        part__startswith=0,
        part__endswith=2,
    )
    return dict(rows.values_list("person_id", "unit_id"))


@responders.register_residents
def in_beds_of(unit_id: UUID) -> dict[UUID, str]:
    """Who is in a bed of the unit now, or has one kept and why: nobody runs to a room that is empty; one statement."""
    rows = Occupancy.objects.filter(
        unit=unit_id, state__in=(State.PRESENT, State.HELD), period__endswith=None
    ).exclude(person=None)
    away = {reason.value: str(reason.label) for reason in HoldFor}
    return {
        person_id: f"{label} · {away.get(reason, reason)}" if state == State.HELD else label
        for person_id, label, state, reason in rows.order_by("part").values_list(
            "person_id", "bed__label", "state", "reason"
        )
    }


@places.register
def beds_of(person_ids: Collection[UUID], at: datetime | None) -> dict[UUID, places.Place]:
    """The bed somebody lies in, or the one kept for them and why; where they live at home, their address tells more."""
    then = {"period__endswith": None} if at is None else {"period__contains": at}
    rows = Occupancy.objects.filter(person_id__in=person_ids, state__in=(State.PRESENT, State.HELD), **then)
    rows = rows.filter(Q(bed=None) | Q(bed__lane=Lane.RESIDENCE.value)).select_related("bed__room", "unit")
    away = {reason.value: str(reason.label) for reason in HoldFor}
    found: dict[UUID, places.Place] = {}
    for one in sorted(
        rows, key=lambda row: row.state == State.PRESENT
    ):  # where they are comes last and stays
        if one.person_id and one.bed is None and one.place_name:
            found[one.person_id] = places.Place(one.place_name)
        elif one.person_id and one.bed is not None:
            at_home = one.bed.kind == BedKind.HOME_CARE
            if at_home and one.state == State.PRESENT:
                found.pop(one.person_id, None)
                continue
            found[one.person_id] = places.Place(
                "" if at_home else door_of(one.bed), one.unit_id, one.unit.name if one.unit else "",
                away.get(one.reason, one.reason) if one.state == State.HELD else "",
            )  # fmt: skip
    return found


def door_of(bed: Any) -> str:
    room = bed.room.label if bed.room else ""
    # Some houses name a bed by its room already: "2楼-203A" in room 203, "A1" in room A.
    ends = r"(?!\d)" if room[-1:].isdigit() else ""
    named = not room or re.search(rf"(?<![0-9A-Za-z]){re.escape(room)}{ends}", bed.label)
    return bed.label if named else f"{room} {bed.label}"


responders.register_way(Permission.REQUEST_TRANSFER, "beds:request_transfer")


@responders.register_under_way
def transfers_under_way(actor: Any, person_id: UUID) -> list[tuple[str, str, datetime]]:
    """So that whoever opens the alarm next does not ask for a second one."""
    return [
        (
            _("Transfer: {state}").format(state=one.get_state_display()),
            reverse("beds:transfer", args=[one.pk]),
            one.requested_at,
        )
        for one in live_transfers_of(actor, person_id)
    ]


def _said(alarm: Any) -> list[str]:
    """What somebody wrote down of their last call about it: it is what the hospital asks first."""
    return [one.note for one in calls_about(alarm.pk) if one.note][:1]


def filled_in(actor: Any, person_id: UUID, alarm_id: str) -> dict[str, Any]:
    """What an alarm says for the request of a transfer: the trigger, how urgent, why, and the readings behind it."""
    wanted = people.id_from(alarm_id)
    found = devices.alarms(actor).filter(pk=wanted).first() if wanted else None
    if found is None or found.person_id not in people.ids(person_id):
        return {}
    told = [
        f"{one.quantity.label} {value} ({shown(at)})"
        for one in alarm_page.measured(found)
        if not one.is_event
        for at, value in one.rows[:3]
    ]
    return {
        "path": f"{Trigger.HEALTH_WORSENED}:HOSPITAL:",
        "urgency": found.severity,
        "reason": " · ".join([f"{found.get_cause_display()} ({shown(found.event_at)})", *_said(found)])[
            :REASON
        ],
        "evidence": "\n".join(told),
    }
