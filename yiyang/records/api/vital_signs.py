"""Vital signs of a person: entered, and read by the newest value of each."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import Answer, Example, Id, Instant, Line, OneOf, Routes, Shown, Told
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records import commands
from yiyang.records.queries import vital_signs
from yiyang.records.rules.vital_signs import CONSCIOUSNESS, SIGNS

routes = Routes("records")
SHOWN_FOR = timedelta(days=30)
Value = Annotated[Decimal | None, Field(max_digits=6, decimal_places=2)]


class RecordVitalSigns(Told):
    example: ClassVar[Example] = {
        "temperature": 37.2,
        "pulse": 78,
        "systolic": 132,
        "diastolic": 76,
        "oxygen": 97,
    }

    temperature: Annotated[Value, Field(description="°C")] = None
    pulse: Annotated[Value, Field(description="/min")] = None
    breathing: Annotated[Value, Field(description="/min")] = None
    systolic: Annotated[Value, Field(description="mmHg")] = None
    diastolic: Annotated[Value, Field(description="mmHg")] = None
    oxygen: Annotated[Value, Field(description="%")] = None
    glucose: Annotated[Value, Field(description="mmol/L")] = None
    weight: Annotated[Value, Field(description="kg")] = None
    consciousness: Annotated[str, OneOf(["", *CONSCIOUSNESS]), Field(description="ACVPU")] = ""
    measured_at: Annotated[Instant | None, Field(description="now, when left out")] = None
    source: Annotated[Line, Field(description="what it was written down in before, if anything")] = ""


class MeasuredShown(Shown):
    example: ClassVar[Example] = {
        "name": "oxygen", "code": "2708-6", "value": "97", "unit": "%", "measured_at": "2026-05-01T08:30:00+08:00",
        "by": "护士 王丽", "observation": "0190a3b0-0000-7000-8000-000000000001",
    }  # fmt: skip

    name: str
    code: Annotated[str, Field(description="LOINC")]
    value: str
    unit: str
    measured_at: Instant
    by: str
    observation: Annotated[str, Field(description="id of the FHIR Observation that holds it")]


class VitalSignsShown(Shown):
    example: ClassVar[Example] = {"items": [MeasuredShown.example]}

    items: list[MeasuredShown]


@routes.get("/people/{person_id}/vital-signs", shows=VitalSignsShown)
def vital_signs_of_person(request: Any, person_id: Id) -> Answer:
    """The newest value of each sign in the last 30 days."""
    person = people.person_in_full(request.actor, person_id)
    return _shown(request, person)


@routes.post(
    "/people/{person_id}/vital-signs",
    shows=VitalSignsShown,
    status=201,
    matches="",
    permission=Permission.RECORD_VITAL_SIGNS,
)
def record_vital_signs(request: Any, person_id: Id, body: RecordVitalSigns) -> Answer:
    """Enter what was measured; each value becomes an Observation, the two blood pressures one."""
    person = people.person_in_full(request.actor, person_id)
    told = body.model_dump()
    values = {sign.name: told.pop(sign.name) for sign in SIGNS}
    commands.record_vital_signs(
        by=request.actor,
        at=now(),
        person=person,
        values={name: value for name, value in values.items() if value is not None},
        **told,
    )
    return _shown(request, person)


def _shown(request: Any, person: Any) -> Answer:
    rows = vital_signs.latest_signs(request.actor, person.pk, at=now(), within=SHOWN_FOR)
    items = [
        MeasuredShown(
            name=sign.name, code=one.code, value=one.value, unit=one.unit, measured_at=one.at, by=one.by,
            observation=one.id,
        )
        for sign, one in rows
    ]  # fmt: skip
    return Answer(VitalSignsShown(items=items), persons={person.pk})
