"""What the page of one alarm shows: readings behind it, who was told, who was phoned, whom to telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from yiyang.devices.models import Alarm, AlarmVisit, Device, DeviceGateway
from yiyang.devices.models.alarms import LATE
from yiyang.devices.queries import aside
from yiyang.devices.queries.alarms import contact_of, staff_of
from yiyang.devices.queries.signals import Strip, behind
from yiyang.devices.rules.alarms import TECHNICAL, Cause, Severity
from yiyang.devices.rules.calls import CAME_OF_IT
from yiyang.devices.rules.quantities import BY_NO, Quantity
from yiyang.duty.queries import Answerer, calls_about, steps_about, who_answers
from yiyang.duty.rules.posts import Act
from yiyang.people.queries.emergency import telephones_to_dial

ROWS = 12


@dataclass(frozen=True)
class Measured:
    quantity: Quantity
    rows: list[tuple[datetime, str]]  # the newest first

    @property
    def is_event(self) -> bool:
        return self.quantity.shape == "EVENT"


@dataclass(frozen=True)
class Page:
    measured: list[Measured]
    score: dict[str, Any]
    told: list[Any]
    calls: list[tuple[Any, Any]]  # each with what came of it
    notes: list[Any]
    answers: Answerer | None
    telephones: list[str]
    staff: list[Any]
    may_ask_contact: bool
    no_contact: bool
    named: list[str]
    strips: list[Strip]  # raw signals around it
    visits: list[tuple[AlarmVisit, bool]]  # whether each is late
    set_aside: aside.Waiting | None
    told_by: list[Source]
    # Devices of an alarm about missing movement: when they were heard from, and whether they are silent.
    listened: list[tuple[str, datetime | None, bool]]


@dataclass(frozen=True)
class Source:
    """Who or what said it: a device, through a gateway or by itself, or somebody on the person's own page."""

    name: str
    gateway: str
    page: bool
    event_at: datetime
    at: datetime
    taken_back_at: datetime | None

    @property
    def late(self) -> timedelta | None:
        late = self.at - self.event_at
        return late if late >= LATE else None


def page(actor: Any, alarm: Alarm, at: datetime) -> Page:
    person = alarm.person
    dangerous = (
        alarm.active
        and alarm.severity == Severity.EMERGENCY
        and person is not None
        and alarm.cause not in TECHNICAL
        and alarm.contact_asked_at is None
    )
    reachable = dangerous and contact_of(alarm, at)
    return Page(
        measured=measured(alarm),
        score=alarm.evidence.get("score", {}),
        told=steps_about([alarm.pk]).get(alarm.pk, []),
        calls=[(one, CAME_OF_IT.get(one.result, one.result)) for one in calls_about(alarm.pk)],
        notes=list(alarm.notes.all()),
        answers=who_answers(alarm.unit_id, Act.ACT_ON_ALARM, at) if alarm.unit_id else None,
        telephones=telephones_to_dial(person.pk) if person else [],
        staff=staff_of(alarm) if alarm.closed_at is None else [],
        may_ask_contact=reachable,
        no_contact=dangerous and not reachable,
        named=list(alarm.evidence.get("persons", [])),
        strips=behind(alarm),
        visits=[(one, one.late(at)) for one in alarm.visits.select_related("unit").order_by("ordered_at")],
        set_aside=aside.waiting() if alarm.active and alarm.cause == Cause.SET_ASIDE else None,
        told_by=told_by(alarm),
        listened=[
            (name, datetime.fromisoformat(heard) if heard else None, not speaks)
            for name, heard, speaks in alarm.evidence.get("heard", [])
        ],
    )


def told_by(alarm: Alarm) -> list[Source]:
    """Everybody and everything that said it, in the order in which it was heard."""
    said = alarm.told_by
    devices = {
        str(one.no): one for one in Device.objects.filter(no__in=[row.get("device", 0) for row in said])
    }
    boxes = [row["gateway"] for row in said if "gateway" in row]
    gateways = {str(one.pk): one.name for one in DeviceGateway.objects.filter(pk__in=boxes)} if boxes else {}
    return [
        Source(
            str(devices.get(row.get("device", ""), "")) or row.get("page", ""), gateways.get(row.get("gateway", ""), ""),
            "page" in row, datetime.fromisoformat(row["event_at"]), datetime.fromisoformat(row["at"]),
            datetime.fromisoformat(row["taken_back_at"]) if "taken_back_at" in row else None,
        )
        for row in said
    ]  # fmt: skip


def measured(alarm: Alarm) -> list[Measured]:
    """The readings that it was judged by, by quantity."""
    found = []
    for code, rows in alarm.evidence.get("readings", {}).items():
        quantity = BY_NO[int(code)]
        shown = [
            (datetime.fromisoformat(at), f"{value:.{quantity.decimals}f} {quantity.shown_unit}".strip())
            for at, value, _marks in reversed(rows)
        ]
        found.append(Measured(quantity, shown[:ROWS]))
    return found
