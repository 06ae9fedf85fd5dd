"""Alarms: those that wait, and one with what was told of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from yiyang.access import delivering
from yiyang.access import queries as access
from yiyang.devices.models import Alarm
from yiyang.devices.models.alarms import AlarmQuerySet
from yiyang.devices.rules.alarms import EVENTS, FIGURE, TECHNICAL, Severity
from yiyang.duty.queries import waiting_since
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.policy import policy
from yiyang.people import queries as people
from yiyang.people.queries.emergency import emergency_numbers, have_contacts

AT_ONCE = 200  # contacts that are asked in one go
GRAVEST = Case(
    *(When(severity=severity.value, then=Value(-FIGURE[severity])) for severity in Severity),
    default=Value(0), output_field=IntegerField(),
)  # fmt: skip
SHOWN = ("person", "unit", "device", "gateway", "assignee")


def alarms(actor: Any) -> AlarmQuerySet:
    return Alarm.objects.visible_to(actor).select_related(*SHOWN)


def inbox(actor: Any, *, technical: bool = False) -> QuerySet[Alarm]:
    """Open ones: whoever nobody has taken first, the gravest and newest of those first."""
    found = alarms(actor).open()
    if technical:  # a device that speaks again needs nobody's word
        found = found.active().filter(cause__in=TECHNICAL)
    else:
        found = found.exclude(cause__in=TECHNICAL)
    waits = Case(
        When(acknowledged_at=None, cleared_at=None, then=Value(0)),
        When(cleared_at=None, then=Value(1)), default=Value(2), output_field=IntegerField(),
    )  # fmt: skip
    return found.order_by(waits, GRAVEST, "-raised_at", "-pk")


def of_own_unit(actor: Any) -> QuerySet[Alarm]:
    """Of persons for whom the actor's own unit answers: what is not over, for the first page of the day."""
    return inbox(actor).filter(cleared_at=None, unit=actor.organisation_id)


def alarm(actor: Any, alarm_id: UUID) -> Alarm:
    found: Alarm = get_object_or_404(alarms(actor), pk=alarm_id)
    return found


def alarm_of(alarm_id: UUID) -> Alarm:
    """For reactions: as it is now."""
    return Alarm.objects.select_related("unit").get(pk=alarm_id)


def waiting(ids: Collection[UUID]) -> set[UUID]:
    """Those that nobody has taken and that have not cleared by themselves."""
    found = Alarm.objects.active().filter(pk__in=ids, acknowledged_at=None)
    return set(found.values_list("pk", flat=True))


def staff_of(alarm: Alarm) -> list[Any]:
    """Who works in the unit that answers, to be put in charge of it."""
    if alarm.unit is None:
        return []
    there = access.staff(SYSTEM, alarm.unit, at=alarm.raised_at).filter(suspended_at=None)
    return sorted({one.account for one in there}, key=lambda one: (one.name, one.pk))


def open_of_persons(person_ids: Collection[UUID]) -> dict[UUID, list[Alarm]]:
    """Active alarms by person, under whatever record they lie; for those who judge."""
    found: dict[UUID, list[Alarm]] = {}
    merged = people.aliases_of(person_ids)
    for one in Alarm.objects.active().filter(person_id__in=[*person_ids, *merged]):
        found.setdefault(merged.get(one.person_id, one.person_id), []).append(one)
    return found


def unacknowledged_dangers(at: datetime, before: datetime) -> list[Alarm]:
    """Dangers to life that nobody has taken since before then, whose emergency contact can be asked and was not."""
    rows = Alarm.objects.active().filter(
        severity=Severity.EMERGENCY, acknowledged_at=None, contact_asked_at=None, raised_at__lte=before
    )
    found = list(rows.exclude(person=None).exclude(cause__in=TECHNICAL).order_by("raised_at", "pk"))
    # What came back or got worse is told anew, and waits anew.
    called = waiting_since(one.pk for one in found)
    contacts = have_contacts({one.person_id for one in found if one.person_id}, localdate(at))
    telephones = {unit: delivering.telephone_of_unit(unit) for unit in {one.unit_id for one in found}}
    reached = [one for one in found if one.person_id in contacts and telephones[one.unit_id]]
    return [one for one in reached if called.get(one.pk, one.raised_at) <= before][:AT_ONCE]


def contact_of(alarm: Alarm, at: datetime) -> bool:
    """Whether an agreement names somebody who can be asked to call, and the unit a telephone to call."""
    if alarm.person_id is None or not delivering.telephone_of_unit(alarm.unit_id):
        return False
    return bool(emergency_numbers(alarm.person_id, localdate(at)))


def unseen_events(at: datetime) -> list[Alarm]:
    """What happened to a person and was taken so long ago that they should have been seen."""
    found: list[Alarm] = []
    for severity in Severity:
        minutes = policy("devices.seen_minutes", on=localdate(at)).value[severity.value]
        rows = Alarm.objects.active().filter(cause__in=EVENTS, severity=severity, seen_at=None)
        found += rows.filter(acknowledged_at__lte=at - timedelta(minutes=minutes))[:200]
    return found


def unseen_of(person_id: UUID, until: datetime) -> list[Alarm]:
    """What happened to somebody until then, where nobody has said yet that they saw them."""
    found = Alarm.objects.active().filter(person_id__in=people.ids(person_id), cause__in=EVENTS)
    return list(found.filter(seen_at=None, judged_at__lte=until))
