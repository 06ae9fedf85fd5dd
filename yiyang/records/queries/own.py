"""The record as the persons themselves, their families and guardians read it: a few parts, plain words.

What may be read is decided where it is for everybody (`visible`); here it is only put into words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from yiyang.access.queries.naming import NAME_OF_UNIT, in_english
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.people import queries as people
from yiyang.records.queries import timeline, vital_signs
from yiyang.records.queries.disclosed import avoided_words
from yiyang.records.queries.shown_of_person import Shown
from yiyang.records.r4.definitions import kind_of
from yiyang.records.rules import plain
from yiyang.records.rules.items import Item, item
from yiyang.records.rules.judging import HIGH, LOW, NORMAL, Limits, within
from yiyang.records.rules.says import bits_of
from yiyang.records.rules.vital_signs import BY_NAME, LOINC, PRESSURE, Measured, Sign

PAGE = 20
MOST_STAYS = 100
LOOKED_BACK = timedelta(days=365)
HOLDS_NOW = ("allergies", "medicines", "problems")
BESIDE = f"""
    SELECT r.kind, r.id, r.says, {NAME_OF_UNIT}
    FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_resource r ON r.person_id = ANY(%(persons)s::uuid[]) AND r.kind = asked.kind AND r.id = asked.id
    LEFT JOIN access_organisation o ON o.id = r.written_in
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
    beside = _beside(person_id, items)
    withheld, avoided = (0, []) if people.is_self(actor, person_id) else _withheld(person_id)
    lines = []
    for one in items:
        unit, says = beside.get((one.type, one.id), ("", 0))
        words = " ".join((one.title, *one.details)).lower()
        untold = bool(says & withheld) or any(word in words for word in avoided)
        lines.append(plain.line(one, unit, untold=untold))
    if name == "visits" and not after:
        lines = sorted([*_stays(actor, person_id), *lines], key=_begun, reverse=True)
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


def _beside(person_id: UUID, items: Iterable[Item]) -> dict[tuple[str, str], tuple[str, int]]:
    """Which unit wrote each of these entries, and of which matters it speaks."""
    asked = {(kind_of(one.type), one.id): (one.type, one.id) for one in items}
    if not asked:
        return {}
    values: dict[str, Any] = {
        "kinds": [kind for kind, _id in asked], "ids": [id for _kind, id in asked],
        "english": in_english(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {**values, "persons": people.ids(person_id)})
        return {asked[kind, id]: (name or "", says) for kind, id, says, name in cursor.fetchall()}


def _withheld(person_id: UUID) -> tuple[int, list[str]]:
    """What must not be said before the person: for those who read beside them."""
    known = people.known(person_id)
    return bits_of(known.untold), avoided_words(known)


def _stays(actor: Actor, person_id: UUID) -> list[plain.Line]:
    """The stays that the platform itself runs, each once and without what clinicians wrote of the reason."""
    found, _more = Shown(actor, people.ids(person_id), ["Encounter"]).page("", MOST_STAYS)
    told = [json.loads(one.body) for one in found]
    return [
        replace(plain.line(item({**one, "reasonCode": []}), ""), said=[])
        for one in told
        if "partOf" not in one and one.get("status") != "cancelled"
    ]


def _begun(line: plain.Line) -> str:
    """By the day with which it began, as it is written in the record."""
    found = plain.DAY.search(line.item.when) if line.item else None
    return found[0] if found else ""


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
