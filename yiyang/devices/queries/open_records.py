"""Devices, loans and alarms as far as records are open: for what is shown to other systems."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery

from yiyang.devices.models import Alarm, Device, Loan
from yiyang.devices.queries.devices import with_silence
from yiyang.devices.rules.alarms import TECHNICAL, Cause
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.rules.kinds_of_data import KindOfData

RESULTS = str(KindOfData.RESULTS)
"""Whoever sees what is measured of a person sees by which device."""


def open_loans(actor: Actor) -> QuerySet[Loan]:
    """What is and was with persons whose readings the actor may see."""
    return Loan.objects.filter(people.in_full(actor, kind=RESULTS)).select_related("device")


def open_devices(actor: Actor) -> QuerySet[Device]:
    """The stock of the actor's units, and what is or was with persons whose readings the actor may see."""
    found = Device.objects.all()
    if not actor.sees_all:
        lent = open_loans(actor).order_by().values("device")
        found = found.filter(Q(unit__in=getattr(actor, "reach", ())) | Q(pk__in=lent))
    return with_silence(found).select_related("unit")


def wearers(actor: Actor, devices: Iterable[Device]) -> dict[UUID, UUID]:
    """With whom each of these devices is now, where the actor may know it."""
    held = open_loans(actor).filter(device__in=[one.pk for one in devices], returned_at=None)
    return dict(held.order_by("period").values_list("device_id", "person_id"))


def held_by_any(persons: Collection[UUID]) -> QuerySet[Loan]:
    """What is with these persons now; a condition for whoever looks through open devices."""
    return Loan.objects.filter(person__in=persons, returned_at=None).order_by()


def told_of(subjects: Collection[UUID]) -> QuerySet[Any, Any]:
    """The devices of which facts with these subjects tell: their own, of a loan, of an alarm that one is silent."""
    silent = Q(alarms__in=subjects, alarms__cause=Cause.SILENT)
    found = Device.objects.filter(Q(pk__in=subjects) | Q(loans__in=subjects) | silent)
    return found.order_by().values("pk")


def lent_last(column: str) -> Subquery:
    """Of a device, the last instant at which it was lent or came back."""
    found = Loan.objects.filter(device=OuterRef("pk")).order_by().values("device")
    return Subquery(found.annotate(last=Max(column)).values("last"))


def open_alarms(actor: Actor) -> QuerySet[Alarm]:
    """Alarms of persons whose whole record is open to the actor, and of gateways of the actor's units."""
    found = Alarm.objects.select_related("device")
    if actor.sees_all:
        return found
    of_units = Q(person=None, unit__in=getattr(actor, "reach", ()))
    return found.filter(Q(people.in_full(actor), person__isnull=False) | of_units)


def waiting_alarms(actor: Actor, persons: Collection[UUID]) -> list[Alarm]:
    """Of these persons, what nobody has closed and is not of a device itself; the newest first."""
    found = open_alarms(actor).filter(person__in=persons, closed_at=None).exclude(cause__in=TECHNICAL)
    return list(found.order_by("-event_at", "-pk")[:20])


def ids_of(numbers: Iterable[int]) -> dict[int, UUID]:
    """Devices by the short number that stands in readings."""
    return dict(Device.objects.filter(no__in=set(numbers)).values_list("no", "pk"))


def by_number(numbers: Iterable[int]) -> dict[int, Device]:
    return {one.no: one for one in Device.objects.filter(no__in=set(numbers))}
