"""The record as the persons themselves, their families and guardians read it: a few parts, plain words.

What may be read is decided where it is for everybody (`visible`); here it is only put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import get_language

from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.people import queries as people
from yiyang.records.queries import timeline, vital_signs
from yiyang.records.r4.definitions import kind_of
from yiyang.records.rules import plain
from yiyang.records.rules.items import Item
from yiyang.records.rules.judging import HIGH, LOW, NORMAL, Limits, within
from yiyang.records.rules.vital_signs import BY_NAME, LOINC, PRESSURE, Measured, Sign

PAGE = 20
LOOKED_BACK = timedelta(days=365)
HOLDS_NOW = ("allergies", "medicines", "problems")
WRITTEN_IN = """
    SELECT r.kind, r.id, CASE WHEN %(english)s AND o.name_en <> '' THEN o.name_en ELSE o.name_zh END
    FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_resource r ON r.person_id = ANY(%(persons)s::uuid[]) AND r.kind = asked.kind AND r.id = asked.id
    JOIN access_organisation o ON o.id = r.written_in
"""


@dataclass(frozen=True)
class Part:
    """The lines of a part: what holds now, what is over, and where to go on."""

    lines: list[plain.Line]
    past: list[plain.Line]
    next: str = ""


@dataclass(frozen=True)
class Reading:
    """What was measured last, in words: both blood pressures are one."""

    name: str
    label: Any
    value: str
    judged: str
    high_or_low: bool
    at: datetime
    by: str


def part(actor: Actor, person_id: UUID, name: str, after: str = "") -> Part:
    """One part of the record, the newest first."""
    types = plain.PARTS[name][1]
    count = timeline.PAGE if name in HOLDS_NOW else PAGE
    without = [(LOINC, code) for code in plain.SIGN_CODES] if name == "results" else []
    page = timeline.timeline(actor, person_id, types=types, after=after, count=count, without=without)
    items = plain.worth_saying(page.items)
    units = written_in(person_id, [one for one in items if not one.who])
    lines = [plain.line(one, units.get((one.type, one.id), "")) for one in items]
    if name not in HOLDS_NOW:
        return Part(lines, [], page.next)
    now = _distinct(one for one in lines if not one.past)
    titles = {one.title for one in now}
    past = [one for one in _distinct(one for one in lines if one.past) if one.title not in titles]
    return Part(now, past, page.next)


def measured(actor: Actor, person_id: UUID, at: datetime) -> list[Reading]:
    """The newest of each that was measured within a year."""
    limits = usual_limits(at)
    found = vital_signs.latest_signs(actor, person_id, at=at, within=LOOKED_BACK)
    values = {sign.name: (sign, one) for sign, one in found}
    together = _pressure(values, limits)
    readings = [
        _reading(sign.name, plain.SIGN_WORDS[sign.name], one.words, _judged(sign, one, limits), one)
        for name, (sign, one) in values.items()
        if not together or name not in PRESSURE
    ]
    return [*([together] if together else []), *readings]


def results_of_sign(actor: Actor, person_id: UUID, name: str) -> list[dict[str, Any]]:
    """What was measured of one sign over time, the oldest first, as `rules.trends` reads it."""
    code = BY_NAME["systolic" if name == "pressure" else name].code
    return timeline.results_of(actor, person_id, f"{LOINC}|{code}")


def usual_limits(at: datetime) -> Mapping[str, Limits]:
    """What is usual for most adults, by the name of what is measured."""
    told = policy("records.usual_limits", on=localdate(at)).value
    return {one["sign"]: (one.get("low"), one.get("high")) for one in told}


def written_in(person_id: UUID, items: Iterable[Item]) -> dict[tuple[str, str], str]:
    """Which unit wrote each of these entries."""
    asked = {(kind_of(one.type), one.id): (one.type, one.id) for one in items}
    if not asked:
        return {}
    values = {
        "kinds": [kind for kind, _id in asked], "ids": [id for _kind, id in asked],
        "english": not (get_language() or "zh").startswith("zh"),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_IN, {**values, "persons": people.ids(person_id)})
        return {asked[kind, id]: name for kind, id, name in cursor.fetchall()}


def _distinct(lines: Iterable[plain.Line]) -> list[plain.Line]:
    found: dict[str, plain.Line] = {}
    for one in lines:
        found.setdefault(one.title, one)
    return list(found.values())


def _judged(sign: Sign, one: Measured, limits: Mapping[str, Limits]) -> str:
    try:
        return within(float(one.value), limits[sign.name])
    except (KeyError, ValueError):
        return ""


def _pressure(values: Mapping[str, tuple[Sign, Measured]], limits: Mapping[str, Limits]) -> Reading | None:
    """Both figures of one measurement, as they are said: 132/76."""
    if not all(name in values for name in PRESSURE):
        return None
    (upper, high), (lower, low) = (values[name] for name in PRESSURE)
    if high.id != low.id:
        return None
    told = [_judged(upper, high, limits), _judged(lower, low, limits)]
    judged = next((one for one in told if one in (HIGH, LOW)), NORMAL if all(told) else "")
    return _reading("pressure", plain.SIGN_WORDS["pressure"], f"{high.value}/{low.words}", judged, high)


def _reading(name: str, label: Any, value: str, judged: str, one: Measured) -> Reading:
    return Reading(
        name, label, value, str(plain.JUDGED.get(judged, "")), judged in (HIGH, LOW), one.at, one.by
    )
