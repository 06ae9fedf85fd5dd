"""Who is not heard from: devices with persons, gateways with all their devices, or nobody at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from yiyang.access.queries import naming
from yiyang.devices.models import Alarm, Device, DeviceCredential, DeviceGateway, Loan
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.silence import Patience, expected
from yiyang.kernel.policy import policy

NAMED = 400


@dataclass(frozen=True)
class Quiet:
    """One device with a person that should have been heard from."""

    device: Device
    person_id: UUID
    name: str
    since: datetime


@dataclass
class Silence:
    """What is to be alarmed: single devices, gateways with those behind them, or everything.

    `judged`: not while we have just begun to listen ourselves.
    """

    devices: list[Quiet] = field(default_factory=list)
    gateways: list[tuple[DeviceGateway, list[Quiet]]] = field(default_factory=list)
    intake: list[Quiet] = field(default_factory=list)
    judged: bool = True


def patience_at(at: datetime) -> Patience:
    """How long a device may be quiet, by the policy in force."""
    row = policy("devices.silent_after", on=localdate(at)).value
    return Patience(row["times"], row["least_minutes"] * 60)


def silence(at: datetime) -> Silence:
    """By the policy: so many times the expected interval, at least so many minutes; not what is in maintenance."""
    row, patience = policy("devices.silent_after", on=localdate(at)).value, patience_at(at)
    if just_begun(row["least_minutes"]):
        return Silence(judged=False)
    lately = at - timedelta(minutes=row["least_minutes"])
    loans = Loan.objects.filter(period__contains=at).select_related("device", "person")
    not_lately = Q(device__last_seen_at=None) | Q(device__last_seen_at__lt=lately)
    quiet = []
    for loan in loans.filter(not_lately).iterator(2000):
        seconds = expected(loan.device.kind, loan.device.expected_seconds)
        since = max(loan.period.lower, loan.device.last_seen_at or loan.period.lower)
        paused = loan.device.quiet_until is not None and loan.device.quiet_until > at
        if seconds is not None and not paused and at - since > patience.of(seconds):
            quiet.append(Quiet(loan.device, loan.person_id, loan.person.full_name, since))
    if len(quiet) >= row["all_of"] and not loans.filter(device__last_seen_at__gte=lately).exists():
        return Silence(intake=quiet)
    return _by_gateway(quiet, at, patience)


def just_begun(minutes: int) -> bool:
    """Whether what takes readings in, or who would tell of it, was away itself until a moment ago.

    What nobody could hear is no silence of the devices; that we were away is an alarm of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(bool_or(started_at > clock_timestamp() - %s * interval '1 minute'), false) FROM devices_beat",
            [minutes],
        )
        return bool(cursor.fetchone()[0])


def heard_at(gateway: DeviceGateway) -> datetime:
    """When it was heard from last; one that never was counts from its beginning."""
    return gateway.last_seen_at or gateway.created_at


def _by_gateway(quiet: list[Quiet], at: datetime, patience: Patience) -> Silence:
    """A gateway is out when it is not heard from itself and every device behind it is silent."""
    found = Silence()
    behind: set[UUID] = set()
    for gateway in DeviceGateway.objects.filter(stopped_at=None):
        if at - heard_at(gateway) < patience.of(gateway.expected_seconds):
            continue
        units = set(naming.below(gateway.unit_id))
        mine = [one for one in quiet if one.device.unit_id in units and one.device.pk not in behind]
        if not mine or _any_heard(units, at - patience.of(gateway.expected_seconds), at):
            continue
        found.gateways.append((gateway, mine))
        behind |= {one.device.pk for one in mine}
    found.devices = [one for one in quiet if one.device.pk not in behind]
    return found


def _any_heard(units: set[UUID], since: datetime, at: datetime) -> bool:
    """Whether a device speaks through the gateway: those with keys of their own aside, which do without it."""
    heard = Device.objects.filter(unit__in=units, loans__period__contains=at, last_seen_at__gte=since)
    own_key = DeviceCredential.objects.filter(device=OuterRef("pk"), revoked_at=None)
    return heard.exclude(Exists(own_key)).exists()


def heard_again() -> list[Alarm]:
    """Alarms of silence and batteries that are over."""
    spoken = Alarm.objects.active().filter(
        cause=Cause.SILENT, device__last_seen_at__gt=F("event_at") + timedelta(seconds=1)
    )
    gateways = Alarm.objects.active().filter(
        cause=Cause.GATEWAY_SILENT, gateway__last_seen_at__gt=F("raised_at")
    )
    return [*spoken.select_related("device"), *gateways.select_related("gateway")]


def batteries(at: datetime) -> tuple[list[tuple[Device, UUID]], list[Alarm]]:
    """Devices with persons whose battery is low, and alarms of batteries that were charged."""
    row = policy("devices.battery_low", on=localdate(at)).value
    low = Loan.objects.filter(period__contains=at, device__battery__lt=row["below"]).select_related("device")
    known = set(Alarm.objects.active().filter(cause=Cause.BATTERY).values_list("device_id", flat=True))
    back = Alarm.objects.active().filter(cause=Cause.BATTERY, device__battery__gte=row["back"])
    return [(one.device, one.person_id) for one in low if one.device_id not in known], list(back)


def told() -> bool:
    """Whether any silence is alarmed now."""
    of_silence = (Cause.SILENT, Cause.GATEWAY_SILENT, Cause.INTAKE_SILENT)
    return Alarm.objects.active().filter(cause__in=of_silence).exists()
