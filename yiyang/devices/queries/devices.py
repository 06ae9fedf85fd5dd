"""Devices of units, to whom they are lent, and gateways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import ExpressionWrapper
from django.db.models.fields import DateTimeField, DurationField
from django.db.models.functions import Greatest
from django.db.models.lookups import LessThan
from django.utils.timezone import localdate

from yiyang.devices.models.registry import Device, DeviceGateway, DeviceState, Loan
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.kinds import KINDS
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people

STATES = ("SILENT", "LOW_BATTERY", "MAINTENANCE", "IN_STOCK", "LENT", "OVERDUE", "RETIRED")


def low_battery(at: datetime) -> int:
    """Below how many percent a battery is low."""
    return int(policy("devices.battery_low", on=localdate(at)).value["below"])


@dataclass
class Row:
    """A device as lists show it: with its loan, and the person where their record is open to the reader."""

    device: Device
    loan: Loan | None
    at: datetime
    named: bool

    @property
    def whom(self) -> str:
        """Empty when the device is with nobody, or when the name is not for the reader."""
        return self.loan.person.full_name if self.loan and self.named else ""

    @cached_property
    def state(self) -> str:
        device = self.device
        if device.state == DeviceState.RETIRED:
            return "RETIRED"
        if device.quiet_until and device.quiet_until > self.at:
            return "MAINTENANCE"
        if self.loan is None:
            return "IN_STOCK"
        if self.loan.period.upper and self.loan.period.upper <= self.at:
            return "OVERDUE"
        return "SILENT" if getattr(device, "is_silent", False) else "LENT"

    @property
    def low(self) -> bool:
        return self.device.battery is not None and self.device.battery < low_battery(self.at)


def devices(
    actor: Actor,
    *,
    unit_id: UUID | None = None,
    kind: str = "",
    state: str = "",
    search: str = "",
) -> QuerySet[Device]:
    """Devices in the actor's reach; given-up ones only when asked for."""
    found = with_silence(Device.objects.visible_to(actor)).select_related("unit")
    if unit_id is not None:
        found = found.filter(unit=unit_id)
    if kind:
        found = found.filter(kind=kind)
    if search:
        held = Loan.objects.filter(returned_at=None, person__in=_named(actor, search)).values("device")
        found = found.filter(
            Q(serial__icontains=search) | Q(urn__iexact=search) | Q(model__icontains=search) | Q(pk__in=held)
        )
    return _in_state(found, state)


def _named(actor: Actor, text: str) -> Any:
    return people.persons(actor).filter(full_name__icontains=text).values("pk")


def with_silence(found: QuerySet[Device]) -> Any:
    """`is_silent`: lent, expected to be heard from, not in maintenance, and nothing came for too long."""
    at = now()
    patience = patience_at(at)
    of_kind = Case(
        *(When(kind=one.kind, then=Value(patience.of(one.expected_seconds)))
          for one in KINDS if one.expected_seconds),
        output_field=DurationField(),
    )  # fmt: skip
    own = ExpressionWrapper(
        Greatest(F("expected_seconds") * Value(patience.times), Value(patience.least_seconds))
        * Value(timedelta(seconds=1)),
        DurationField(),
    )
    since = (
        Loan.objects.filter(device=OuterRef("pk"), returned_at=None, period__contains=at)
        .values("period__startswith")[:1]
    )  # fmt: skip
    found = found.annotate(
        lent_since=Subquery(since, output_field=DateTimeField()),
        patience=Case(When(expected_seconds=None, then=of_kind), default=own),
    )
    heard = Greatest(F("lent_since"), F("last_seen_at"))
    quiet = Q(quiet_until__gt=at)
    late = ExpressionWrapper(Value(at, DateTimeField()) - F("patience"), DateTimeField())
    return found.annotate(
        is_silent=Case(
            When(Q(lent_since=None) | Q(patience=None) | quiet, then=Value(False)),
            When(LessThan(heard, late), then=Value(True)),
            default=Value(False),
        )
    )


def _in_state(found: QuerySet[Device], state: str) -> QuerySet[Device]:
    at = now()
    if state == "RETIRED":
        return found.filter(state=DeviceState.RETIRED)
    found = found.exclude(state=DeviceState.RETIRED)
    if state == "SILENT":
        return found.filter(is_silent=True)
    if state == "LOW_BATTERY":
        return found.filter(battery__lt=low_battery(at))
    if state == "MAINTENANCE":
        return found.filter(quiet_until__gt=at)
    if state == "LENT":
        return found.filter(state=DeviceState.LENT)
    if state == "OVERDUE":
        over = Loan.objects.filter(returned_at=None, period__endswith__lte=at).values("device")
        return found.filter(pk__in=over)
    if state == "IN_STOCK":
        return found.exclude(state=DeviceState.LENT).exclude(quiet_until__gt=at)
    return found


def rows(actor: Actor, found: Iterable[Device]) -> list[Row]:
    """With the loans of these devices, and with names where the record is open to the actor."""
    listed = list(found)
    loans = Loan.objects.filter(device__in=[one.pk for one in listed], returned_at=None)
    held = {one.device_id: one for one in loans.select_related("person").order_by("period")}
    whom = [one.person_id for one in held.values()]
    seen = (
        set(people.everyone_visible(actor).filter(pk__in=whom).values_list("pk", flat=True))
        if whom
        else set()
    )
    at = now()
    return [
        Row(one, loan, at, named=loan is not None and loan.person_id in seen)
        for one in listed
        for loan in [held.get(one.pk)]
    ]


def device(actor: Actor, device_id: UUID) -> Device:
    """404 unless its unit is in the actor's reach."""
    found: Device | None = (
        with_silence(Device.objects.visible_to(actor)).select_related("unit").filter(pk=device_id).first()
    )
    if found is None:
        raise NotFound
    return found


def device_by_serial(actor: Actor, text: str) -> list[Device]:
    """Devices in the actor's reach with this serial number or name, as typed or scanned."""
    text = text.strip()
    found = Device.objects.visible_to(actor).exclude(state=DeviceState.RETIRED)
    return list(found.filter(Q(serial__iexact=text) | Q(urn__iexact=text)).select_related("unit")[:20])


def loan(actor: Actor, loan_id: UUID) -> Loan:
    """A loan of a device in the actor's reach, or of a person whose whole record is open to the actor."""
    found = Loan.objects.select_related("device__unit", "person").filter(pk=loan_id).first()
    if found is None:
        raise NotFound
    if actor.sees_all or found.device.unit_id in getattr(actor, "reach", ()):
        return found
    people.person_in_full(actor, found.person_id)
    return found


def loan_of_unit(actor: Actor, loan_id: UUID) -> Loan:
    """As `loan`, for whoever keeps the device."""
    found = loan(actor, loan_id)
    if not (actor.sees_all or found.device.unit_id in getattr(actor, "reach", ())):
        raise NotFound
    return found


def loans_of_device(device: Device) -> list[Loan]:
    """Every loan of a device that the caller holds, the latest first."""
    return list(Loan.objects.filter(device=device).select_related("person").order_by("-period")[:100])


def live_loan(device: Device) -> Loan | None:
    """With whom the device is now."""
    return (
        Loan.objects.filter(device=device, returned_at=None)
        .select_related("person", "device__unit")
        .order_by("-period")
        .first()
    )


def loans_of_person(actor: Actor, person_id: UUID, *, live: bool = False) -> list[Loan]:
    """What is and was lent to a person, the latest first; live: what has not come back."""
    found = people.person_in_full(actor, person_id)
    mine = Loan.objects.filter(people.of_person(found.pk)).select_related("device__unit")
    if live:
        mine = mine.filter(returned_at=None)
    return list(mine.order_by("-period")[:100])


def ever_lent(person_id: UUID) -> bool:
    """Whether a device was ever with this person, under whatever id; without one there are no readings."""
    return Loan.objects.filter(people.of_person(person_id)).exists()


def held_by(person_ids: list[UUID]) -> list[Loan]:
    """What is with a person whose whole record the caller holds, in one statement."""
    mine = Loan.objects.filter(person_id__in=person_ids, returned_at=None)
    return list(mine.select_related("device").order_by("device__kind", "period"))


def gateways(actor: Actor, *, unit_id: UUID | None = None) -> list[DeviceGateway]:
    found = DeviceGateway.objects.visible_to(actor).select_related("unit")
    if unit_id is not None:
        found = found.filter(unit=unit_id)
    return list(found.order_by("stopped_at", "name", "id")[:500])


def gateway(actor: Actor, gateway_id: UUID) -> DeviceGateway:
    found = DeviceGateway.objects.visible_to(actor).select_related("unit").filter(pk=gateway_id).first()
    if found is None:
        raise NotFound
    return found
