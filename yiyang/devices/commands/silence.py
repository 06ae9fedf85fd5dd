"""Silence is an alarm: one for a device, one for a gateway with all behind it, one when nothing at all is heard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.queries import naming
from yiyang.devices.commands.alarms import ask_contact_to_call, call_unseen_again, clear_alarm, raise_alarm
from yiyang.devices.models import Alarm
from yiyang.devices.places import places_of
from yiyang.devices.queries import silence as queries
from yiyang.devices.queries.alarms import unacknowledged_dangers, unseen_events
from yiyang.devices.queries.silence import NAMED, Quiet, Silence
from yiyang.devices.rules.alarms import Cause
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy

AT_ONCE = 25  # alarms of one transaction: pages with alarms wait for the oldest that is open


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_silence(*, by: Actor, at: datetime, found: Silence) -> int:
    """Raise what is new, clear what is heard again; what stands in an outage is no alarm of its own.

    How many it was: while it is as many as are done at once, there may be more. Devices that were told leave `found`.
    """
    severity = policy("devices.technical", on=localdate(at)).value
    known = set(Alarm.objects.active().values_list("cause", "about"))
    told = 0
    while found.devices and told < AT_ONCE:
        one = found.devices.pop(0)
        if (Cause.SILENT, str(one.device.no)) not in known:
            raise_alarm(
                by=by, at=at, person=one.person_id, cause=Cause.SILENT, severity=severity["SILENT"],
                event_at=one.since, about=str(one.device.no), device=one.device, evidence=_named([one]),
            )  # fmt: skip
            told += 1
    for gateway, behind in found.gateways:
        told += _outage(
            by, at, AT_ONCE - told, known, Cause.GATEWAY_SILENT, severity, behind, about=str(gateway.pk), gateway=gateway,
            event_at=queries.heard_at(gateway), unit_id=gateway.unit_id,
        )  # fmt: skip
    if found.intake:
        unit = naming.coordination_centre(naming.area_of(found.intake[0].device.unit_id))
        told += _outage(
            by, at, AT_ONCE - told, known, Cause.INTAKE_SILENT, severity, found.intake, event_at=max(one.since for one in found.intake),
            unit_id=unit or found.intake[0].device.unit_id,
        )  # fmt: skip
    cleared = _over(by, at, AT_ONCE - told, found)
    record("silence.watched", by=by, at=at, told=told, cleared=cleared)
    return told + cleared


def _outage(
    by: Actor, at: datetime, most: int, known: set[tuple[str, str]], cause: Cause, severity: dict[str, str],
    behind: list[Quiet], **fields: Any,
) -> int:  # fmt: skip
    """One alarm that names all whom it touches; the single ones of those devices end with it."""
    if most <= 0:
        return 0
    alone = Alarm.objects.active().filter(cause=Cause.SILENT, device__in=[one.device for one in behind])
    done = 0
    if (cause, fields.get("about", "")) not in known:
        raise_alarm(by=by, at=at, cause=cause, severity=severity[cause], evidence=_named(behind), **fields)
        done = 1
    for one in alone[: most - done]:
        clear_alarm(by=by, at=at, alarm=one)
        done += 1
    return done


def _named(found: list[Quiet]) -> dict[str, Any]:
    """Each person once, with their bed, however many devices they have."""
    names = {one.person_id: one.name for one in found}
    named = dict(list(names.items())[:NAMED])
    doors = {pk: place.door for pk, place in places_of(list(named)).items() if not place.away}
    return {
        "persons": [" · ".join(filter(None, (name, doors.get(pk, "")))) for pk, name in named.items()],
        "count": len(found),
    }


def _over(by: Actor, at: datetime, most: int, found: Silence) -> int:
    over = queries.heard_again()
    if found.judged and not found.intake:
        over += list(Alarm.objects.active().filter(cause=Cause.INTAKE_SILENT))
    for one in over[: max(0, most)]:
        clear_alarm(by=by, at=at, alarm=one)
    return len(over[: max(0, most)])


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_batteries(*, by: Actor, at: datetime) -> int:
    """Low ones, each once until it was charged."""
    low, charged = queries.batteries(at)
    severity = policy("devices.technical", on=localdate(at)).value["BATTERY"]
    for device, person_id in low:
        raise_alarm(
            by=by, at=at, person=person_id, cause=Cause.BATTERY, severity=severity, about=str(device.no),
            device=device, evidence={"battery": device.battery},
        )  # fmt: skip
    for alarm in charged:
        clear_alarm(by=by, at=at, alarm=alarm)
    record("batteries.watched", by=by, at=at, low=len(low), charged=len(charged))
    return len(low)


@command(SYSTEM_ONLY, within=ANYWHERE)
def ask_contacts_of_unanswered(*, by: Actor, at: datetime, before: datetime) -> int:
    """Nobody has taken a danger to life for too long: the emergency contacts are asked to call, each once."""
    found = unacknowledged_dangers(at, before)
    for alarm in found:
        ask_contact_to_call(by=by, at=at, alarm=alarm)
    record("alarms.unanswered", by=by, at=at, count=len(found))
    return len(found)


@command(SYSTEM_ONLY, within=ANYWHERE)
def call_again_about_unseen(*, by: Actor, at: datetime) -> int:
    """Somebody took what happened to a person, and nobody has seen the person since: it is told anew."""
    found = unseen_events(at)
    for alarm in found:
        call_unseen_again(by=by, at=at, alarm=alarm)
    record("alarms.unseen", by=by, at=at, count=len(found))
    return len(found)
