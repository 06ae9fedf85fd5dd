"""What is said of a person's day: from their readings, their own limits and the devices that are with them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.devices.models import Limit
from yiyang.devices.queries import devices, series
from yiyang.devices.queries.bands import bands
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.kinds import BY_KIND, DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.rules.telling import quiet_for_long
from yiyang.devices.rules.today import AS_AGREED, NOTHING_AGREED, OTHERWISE, Heart, Measured, Today, Worn
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import midnight
from yiyang.people import queries as people
from yiyang.records import queries as records

PULSE, UPPER, LOWER = BY_NAME["HEART_RATE"], BY_NAME["SYSTOLIC"], BY_NAME["DIASTOLIC"]
# Which one value is told beside the heart: the first that was measured lately.
TOLD = ("SYSTOLIC", "GLUCOSE", "OXYGEN", "TEMPERATURE", "WEIGHT")
LATELY, TOGETHER = timedelta(hours=36), timedelta(minutes=5)
MOSTLY = (5, 95)  # of a hundred readings: one wild value says nothing of a day


def today(actor: Actor, person_id: UUID, at: datetime) -> tuple[Any, Today]:
    """The person, whom the actor sees in full, and their day; figures only where these are open to the actor."""
    person = people.person_in_full(actor, person_id)
    ids = people.ids(person.pk)
    opens = bool(records.measured_open(actor, [person.pk]))
    own = (
        {one.code: one for one in Limit.objects.filter(person_id__in=ids, period__contains=at)}
        if opens
        else {}
    )
    latest = _latest(ids, at) if opens else {}
    told = Today(
        opens,
        _heart(ids, own.get(PULSE.no), at) if PULSE.no in latest else None,
        _measured(latest, own),
        _devices(ids, latest, at),
    )
    return person, told


def _latest(ids: list[UUID], at: datetime) -> dict[int, series.Latest]:
    codes = [PULSE.no, LOWER.no, *(BY_NAME[name].no for name in TOLD)]
    found: dict[int, series.Latest] = {}
    for (_person, code), one in series.latest(ids, at, LATELY, codes=codes).items():
        if code not in found or found[code].at < one.at:
            found[code] = one
    return found


def _heart(ids: list[UUID], own: Limit | None, at: datetime) -> Heart | None:
    found = series.series(ids, PULSE.no, midnight(localdate(at)), at)
    true = found.count > 0
    if not true.any():
        return None
    low, high = (round(float(np.percentile(found.mean[true], share))) for share in MOSTLY)
    least, most = bands(at).get(PULSE.no, (float("-inf"), float("inf")))
    least, most = (own.low or least, own.high or most) if own else (least, most)
    return Heart(low, high, calm=bool(found.low[true].min() >= least and found.high[true].max() < most))


def _measured(latest: dict[int, series.Latest], own: dict[int, Limit]) -> Measured | None:
    for name in TOLD:
        what, one = BY_NAME[name], latest.get(BY_NAME[name].no)
        if one is None:
            continue
        shown, agreed = f"{one.value:.{what.decimals}f}", [_agreed(one.value, own.get(what.no))]
        lower = latest.get(LOWER.no) if what is UPPER else None
        if what is UPPER:
            if lower is None or abs(lower.at - one.at) > TOGETHER:
                continue
            shown = _("{upper} over {lower}").format(upper=round(one.value), lower=round(lower.value))
            agreed.append(_agreed(lower.value, own.get(LOWER.no)))
        elif what.shown_unit:
            shown = f"{shown} {what.shown_unit}"
        said = OTHERWISE if OTHERWISE in agreed else AS_AGREED if AS_AGREED in agreed else NOTHING_AGREED
        return Measured(name, shown, one.at, said)
    return None


def _agreed(value: float, own: Limit | None) -> str:
    if own is None:
        return NOTHING_AGREED
    within = (own.low is None or value >= own.low) and (own.high is None or value <= own.high)
    return AS_AGREED if within else OTHERWISE


def _devices(ids: list[UUID], latest: dict[int, series.Latest], at: datetime) -> tuple[Worn, ...]:
    """The last sign of life is written every few minutes; a reading may be newer."""
    newest: dict[int, datetime] = {}
    for one in latest.values():
        newest[one.device_no] = max(one.at, newest.get(one.device_no, one.at))
    patience = patience_at(at)
    found = []
    for loan in devices.held_by(ids):
        device = loan.device
        heard = [seen for seen in (device.last_seen_at, newest.get(device.no)) if seen is not None]
        quiet = quiet_for_long(device, loan.period.lower, at, patience)
        found.append(Worn(BY_KIND[DeviceKind(device.kind)].label, max(heard, default=None), quiet))
    return tuple(found)
