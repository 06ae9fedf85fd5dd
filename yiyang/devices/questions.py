"""What devices measured last, beside the questions of an assessment that ask for it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from yiyang.assessments import measuring
from yiyang.devices.queries import series
from yiyang.devices.queries.open_records import by_number
from yiyang.devices.rules.quantities import BY_LOINC, Shape
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records import queries as records
from yiyang.records.rules.vital_signs import Measured


@measuring.register
def told_by_devices(
    actor: Actor, person_id: UUID, codes: Collection[str], at: datetime, within: timedelta
) -> dict[str, Measured]:
    asked = {
        code: BY_LOINC[code] for code in codes if code in BY_LOINC and BY_LOINC[code].shape is Shape.VALUE
    }
    if not asked or not records.measured_open(actor, [person_id]):
        return {}
    numbers = {one.no for one in asked.values()}
    newest: dict[int, series.Latest] = {}
    for (_person, no), one in series.latest(people.ids(person_id), at, within, numbers).items():
        if no not in newest or newest[no].at < one.at:
            newest[no] = one
    devices = by_number(one.device_no for one in newest.values())
    return {
        code: Measured(
            code=code, value=f"{found.value:.{what.decimals}f}", unit=str(what.shown_unit), unit_code=what.ucum,
            at=found.at, by=str(devices.get(found.device_no, "")), id="",
            device=str(devices[found.device_no].pk) if found.device_no in devices else "",
        )
        for code, what in asked.items()
        if (found := newest.get(what.no)) is not None
    }  # fmt: skip
