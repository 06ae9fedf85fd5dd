"""Vital signs, measured at a bed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people.reach import in_full
from yiyang.records.commands.resources import create_resource, update_resource
from yiyang.records.r4.body import written
from yiyang.records.rules import vital_signs as rules
from yiyang.records.stored import Stored

if TYPE_CHECKING:
    from yiyang.people.models import Person

AHEAD = timedelta(minutes=1)


class NothingMeasured(Refusal):
    message = _("Nothing is entered. Enter at least one value, or cancel.")
    status = 422


class ValueNotPossible(Refusal):
    message = _(
        "{sign} cannot be {value} {unit}: between {low} and {high}. Check the digits, then enter it again."
    )
    status = 422


class PressuresCrossed(Refusal):
    message = _("The lower blood pressure ({low}) is not below the upper one ({high}). Check the two.")
    status = 422


class MeasuredInTheFuture(Refusal):
    message = _("The time of measuring lies ahead. Enter when it was measured.")
    status = 422


@command(Permission.RECORD_VITAL_SIGNS, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def record_vital_signs(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    values: Mapping[str, Decimal],
    consciousness: str = "",
    measured_at: datetime | None = None,
    measured_by: str = "",
    source: str = "",
    key: str = "",
) -> list[Stored]:
    """What was measured goes into the person's record, one Observation each; blood pressure as one.

    `values` by the names of `rules.vital_signs.SIGNS`, in the units named there; `source` is what they were written
    down in, where that was not here. The same `key` never enters them twice; what it corrects is a new version.
    """
    _check(values, consciousness, measured_at or at, at)
    resources = rules.observations(
        values,
        patient=f"Patient/{person.pk}",
        at=measured_at or at,
        performer=measured_by or by.label,
        consciousness=consciousness,
    )
    made = [_put(by, at, one, key) for one in resources]
    signs = [*values, *(["consciousness"] if consciousness else [])]
    record("vital_signs.recorded", by=by, at=at, person=person, signs=signs, source=source)
    return made


def _put(by: Actor, at: datetime, resource: dict[str, Any], key: str) -> Stored:
    if not key:
        return create_resource(by=by, at=at, body=written(resource))
    code = resource["code"]["coding"][0]["code"]
    id = str(uuid5(NAMESPACE_URL, f"{key}/{code}"))
    return update_resource(by=by, at=at, type="Observation", id=id, body=written(resource))


def _check(values: Mapping[str, Decimal], consciousness: str, measured_at: datetime, at: datetime) -> None:
    if not values and not consciousness:
        raise NothingMeasured
    if measured_at > at + AHEAD:
        raise MeasuredInTheFuture(field="measured_at")
    for sign in rules.impossible(values):
        told = {"sign": sign.label, "value": values[sign.name], "unit": rules.unit_words(sign.shown_unit)}
        raise ValueNotPossible(field=sign.name, low=f"{sign.low:g}", high=f"{sign.high:g}", **told)
    if all(name in values for name in rules.PRESSURE) and values["diastolic"] >= values["systolic"]:
        raise PressuresCrossed(field="diastolic", low=values["diastolic"], high=values["systolic"])
