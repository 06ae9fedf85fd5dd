"""A unit's wall: everybody in its beds and everybody who wears something of it, who needs looking at first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yiyang.devices import responders
from yiyang.devices.models import Alarm, Device, Loan
from yiyang.devices.queries import alarms, rules, series
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.warning_score import WarningScore, warning_score
from yiyang.devices.rules.quantities import BY_NAME, Quantity
from yiyang.devices.rules.silence import Patience
from yiyang.devices.rules.telling import quiet_for_long
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records import queries as records

SHOWN = tuple(
    BY_NAME[one] for one in ("HEART_RATE", "OXYGEN", "BREATHING", "SYSTOLIC", "DIASTOLIC", "TEMPERATURE")
)
PULSE = BY_NAME["HEART_RATE"].no
MOST = 600
WITHIN, SPARK_OF = timedelta(hours=24), timedelta(hours=24)
# Of a loan and its device: making whole ones of three hundred took a tenth of the page.
NEEDED = (
    "person", "place", "period", "device__kind", "device__expected_seconds", "device__last_seen_at", "device__quiet_until",
)  # fmt: skip
SPARKS = """
    SELECT person_id, array_agg(mean ORDER BY hour) FROM devices_pack
    WHERE person_id = ANY(%s) AND code = %s AND hour >= %s AND count > 0 GROUP BY person_id
"""


@dataclass
class Resident:
    """Somebody on the wall. `values`: in the order of SHOWN, None for what was not measured in a day."""

    person: Any
    devices: list[Device] = field(default_factory=list)
    silent: list[Device] = field(default_factory=list)
    resting: list[Device] = field(default_factory=list)  # in maintenance: their silence calls nobody
    place: str = ""
    values: list[tuple[Quantity, series.Latest | None]] = field(default_factory=list)
    spark: list[float] = field(default_factory=list)
    score: WarningScore | None = None
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Silent devices first, then alarms, then by the score; who wears nothing last."""
        return (
            not self.silent,
            not self.alarms,
            not self.devices,
            -(self.score.total if self.score else -1),
            self.person.full_name,
        )


def wall(actor: Actor, unit_id: UUID, at: datetime) -> list[Resident]:
    """Who has a bed of this unit or wears a device of it, and is open to the actor; nine statements however many."""
    found = _residents(actor, unit_id, at)
    shown = records.measured_open(actor, found)
    found = {one: resident for one, resident in found.items() if one in shown}
    latest = series.latest(list(found), at, WITHIN, codes=[one.no for one in SHOWN])
    sparks, open_alarms = _sparks(list(found), at), alarms.open_of_persons(list(found))
    instrument, valid = rules.warning_instrument(), rules.valid_seconds(at)
    now = round(at.timestamp() * 1_000_000)
    for one, resident in found.items():
        resident.values = [(what, latest.get((one, what.no))) for what in SHOWN]
        known = {what.no: Reading(_micro(value.at), value.value) for what, value in resident.values if value}
        score = warning_score(instrument, known, at=now, valid=valid)
        resident.score = score if score.points else None
        pulse = latest.get((one, PULSE))
        resident.spark = [round(value) for value in [*sparks.get(one, []), *([pulse.value] if pulse else [])]]
        resident.alarms = open_alarms.get(one, [])
    return sorted(found.values(), key=lambda resident: resident.urgency)


def _residents(actor: Actor, unit_id: UUID, at: datetime) -> dict[UUID, Resident]:
    """In beds of the unit, and wearers of its devices elsewhere; the devices of either, whoever lent them."""
    beds = responders.residents_of(unit_id)
    worn = Loan.objects.filter(returned_at=None, period__contains=at)
    loans = worn.filter(Q(device__unit=unit_id) | Q(person__in=list(beds)))
    loans = loans.select_related("device").only(*NEEDED).order_by("person", "device__kind")[: 3 * MOST]
    wanted = list(dict.fromkeys([*beds, *(one.person_id for one in loans)]))[:MOST]
    found = {
        one.pk: Resident(one, place=beds.get(one.pk) or "")
        for one in people.persons(actor).filter(pk__in=wanted).only("full_name")
    }
    patience = patience_at(at)
    for loan in loans:
        if loan.person_id in found:
            _add(found[loan.person_id], loan, at, patience)
    return found


def _add(resident: Resident, loan: Loan, at: datetime, patience: Patience) -> None:
    resident.devices.append(loan.device)
    resident.place = resident.place or loan.place
    if loan.device.quiet_until and loan.device.quiet_until > at:
        resident.resting.append(loan.device)
    elif quiet_for_long(loan.device, loan.period.lower, at, patience):
        resident.silent.append(loan.device)


def _sparks(persons: Collection[UUID], at: datetime) -> dict[UUID, list[float]]:
    found: dict[UUID, list[float]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SPARKS, [list(persons), PULSE, at - SPARK_OF])
        for person, means in cursor.fetchall():
            found[person] = means
    return found


def _micro(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)
