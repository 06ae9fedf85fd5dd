"""What happened to a person through a window of time: alarms, events, notes, beds, devices. The caller has authorised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.devices import beside
from yiyang.devices.models import Alarm, Loan, ReadingNote
from yiyang.devices.queries.consents import may_show
from yiyang.devices.queries.held import limits_held
from yiyang.devices.queries.notes import notes_between
from yiyang.devices.rules.alarms import Severity
from yiyang.devices.rules.axis import Lane, Mark, in_order
from yiyang.devices.rules.buckets import HOUR_SPAN
from yiyang.devices.rules.held import Line
from yiyang.devices.rules.quantities import BY_NAME, BY_NO, Quantity
from yiyang.devices.rules.spans import Window
from yiyang.people import queries as people

MOST = 200
HAPPENED = [BY_NAME[one].no for one in ("FALL", "CALL", "GAS_ALARM", "SMOKE_ALARM", "OUT_OF_BED", "OUT_OF_FENCE", "CAMERA_EVENT")]  # fmt: skip
LATELY = timedelta(days=3)  # whose days may not have been made yet
# Each event once, wherever it lies: in the hours just gone, late, or packed.
EVENTS = """
SELECT code, at, 1 FROM devices_reading WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s)
    AND at >= %(since)s AND at < %(until)s AND value >= 1 AND marks & 18 = 0
UNION
SELECT code, at, 1 FROM devices_late WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s)
    AND at >= %(since)s AND at < %(until)s AND value >= 1 AND marks & 18 = 0
UNION
SELECT p.code, p.hour + e.ms * interval '1 millisecond', 1 FROM devices_pack p, unnest(p.offsets, p."values") e(ms, value)
    WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND hour > %(packed_since)s
    AND hour < %(until)s AND e.value >= 1 AND p.hour + e.ms * interval '1 millisecond' >= %(since)s
    AND p.hour + e.ms * interval '1 millisecond' < %(until)s
"""
# Through years: so many on a day.
DAYS = """
UNION ALL
SELECT code, day::timestamp AT TIME ZONE %(zone)s, round(mean * count)::int FROM devices_day
    WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s) AND day >= %(first)s AND day < %(last)s AND max >= 1
"""


@dataclass(frozen=True)
class Axis:
    marks: list[Mark]  # the newest first
    limits: list[Line]
    notes: list[ReadingNote]  # withdrawn ones too
    devices: dict[int, str]  # by number, of those that were lent


def axis(actor: Any, person_id: UUID, quantity: Quantity, window: Window) -> Axis:
    """Everything that goes under the chart of a quantity, and the limits that go into it."""
    ids = people.ids(person_id)
    loans = _loans(ids, window)
    notes = notes_between(ids, window.since, window.until, quantity.no)
    marks = [
        *_alarms(actor, ids, window),
        *_events(ids, window),
        *(_note(one) for one in notes if one.stands),
        *(_loan(one) for one in loans),
        *beside.told(actor, ids, window.since, window.until),
    ]
    devices = {one.device.no: str(one.device) for one in loans}
    return Axis(in_order(marks), limits_held(person_id, ids, quantity, window, loans), notes, devices)


def _alarms(actor: Any, ids: list[UUID], window: Window) -> list[Mark]:
    found = Alarm.objects.visible_to(actor).filter(
        person_id__in=ids, event_at__gte=window.since, event_at__lt=window.until
    )
    opens = actor.may(Permission.TAKE_DUTY)
    return [
        Mark(
            Lane.ALARM, one.event_at, f"{one.get_cause_display()} · {one.get_severity_display()}",
            until=one.cleared_at or one.closed_at, open=one.active,
            link=reverse("devices:alarm", args=[one.pk]) if opens else "",
            grave=one.severity == Severity.EMERGENCY,
        )
        for one in found[:MOST]
    ]  # fmt: skip


def _events(ids: list[UUID], window: Window) -> list[Mark]:
    long = window.length > HOUR_SPAN
    since = max(window.since, window.until - LATELY) if long else window.since
    asked: dict[str, Any] = {
        "persons": ids, "codes": [one for one in HAPPENED if may_show(ids, one)], "since": since, "until": window.until,
        "packed_since": since - timedelta(hours=1),  # reckoned here, so that other partitions are not even planned
        "first": localdate(window.since), "last": localdate(since), "zone": str(get_default_timezone()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"{EVENTS}{DAYS if long else ''} ORDER BY 2 DESC LIMIT {MOST}", asked)
        rows = cursor.fetchall()
    return [
        Mark(Lane.EVENT, at, f"{BY_NO[code].label} × {times}" if times > 1 else str(BY_NO[code].label))
        for code, at, times in rows
    ]


def _note(one: ReadingNote) -> Mark:
    return Mark(Lane.NOTE, one.since, one.text, until=one.until)


def _loans(ids: list[UUID], window: Window) -> list[Loan]:
    seen = DateTimeTZRange(window.since, window.until)
    found = Loan.objects.filter(person_id__in=ids, period__overlap=seen).select_related("device")
    return list(found.order_by("period")[:MOST])


def _loan(one: Loan) -> Mark:
    return Mark(
        Lane.DEVICE, one.period.lower, _("{device} handed out").format(device=one.device),
        until=one.period.upper, open=one.period.upper is None,
    )  # fmt: skip
