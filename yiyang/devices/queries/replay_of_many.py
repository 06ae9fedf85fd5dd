"""The readings of many persons that a rule which is tried has to look at: a few statements for all of them together.

The same hours and readings as `replay.worth` and the same scores as one person's readings give, one after the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from yiyang.devices import wire
from yiyang.devices.queries import bands
from yiyang.devices.queries.replay import HOUR, beyond, spans
from yiyang.devices.queries.rules import valid_seconds, warning_instrument
from yiyang.devices.rules.judging.rules import Rule
from yiyang.devices.rules.judging.series import NOT_TRUE, Reading
from yiyang.devices.rules.judging.warning_score import ITEMS, RAREST, totals

# Which hours of whom matter: something lies beyond the limits asked for.
HOURS = """
SELECT array_agg(place ORDER BY place, hour), array_agg(hour ORDER BY place, hour) FROM (
    SELECT DISTINCT a.place, p.hour
    FROM unnest(%(places)s, %(persons)s, %(codes)s, %(lows)s, %(highs)s) a(place, person_id, code, low, high)
    JOIN devices_pack p ON p.person_id = a.person_id AND p.code = a.code AND (p.min < a.low OR p.max >= a.high)
    WHERE p.hour >= %(since)s AND p.hour < %(until)s
) h
"""
# Readings of several times of several persons, wherever they lie; what was packed stands before what came late.
READINGS = """
WITH a AS MATERIALIZED (
    SELECT * FROM unnest(%(places)s, %(persons)s, %(hours)s, %(begins)s, %(ends)s) a(place, person_id, hour, begins, ends)
)
SELECT array_agg(place), array_agg(code), array_agg(at), array_agg(ms), array_agg(value), array_agg(mark), array_agg(later)
FROM (
    SELECT a.place, p.code, p.hour AS at, u.ms, u.value, coalesce(u.mark, 0::smallint) AS mark, 0::smallint AS later
    FROM a JOIN devices_pack p ON p.person_id = a.person_id AND p.code = ANY(%(codes)s) AND p.hour >= a.hour AND p.hour < a.ends
    CROSS JOIN LATERAL unnest(p.offsets, p.values, p.marks) u(ms, value, mark)
    WHERE p.hour >= %(first)s AND p.hour < %(last)s
    UNION ALL
    SELECT a.place, r.code, r.at, 0, r.value, r.marks, 1::smallint
    FROM a JOIN devices_reading r ON r.person_id = a.person_id AND r.code = ANY(%(codes)s) AND r.at >= a.begins AND r.at < a.ends
    WHERE r.at >= %(first)s AND r.at < %(last)s
    UNION ALL
    SELECT a.place, r.code, r.at, 0, r.value, r.marks, 1::smallint
    FROM a JOIN devices_late r ON r.person_id = a.person_id AND r.code = ANY(%(codes)s) AND r.at >= a.begins AND r.at < a.ends
    WHERE r.at >= %(first)s AND r.at < %(last)s
) r
"""
CODE_HOURS = 20_000  # hours of one quantity at once: about a million readings
_START, _HOUR = datetime(2000, 1, 1, tzinfo=UTC), 3_600_000_000
COLUMNS = (wire.INT4, wire.INT2, wire.INSTANTS, wire.INT4, wire.FLOAT4, wire.INT2, wire.INT2)


@dataclass(frozen=True)
class Span:
    """A time of one person that is looked at."""

    person_id: UUID
    begins: datetime
    ends: datetime


def worth_of(
    rules: Mapping[UUID, Collection[Rule]], since: datetime, until: datetime
) -> dict[UUID, list[Reading]]:
    """Of each person the readings that can matter to their own rules, all about one quantity."""
    asked = {person: [(next(iter(mine)).quantity, *beyond(mine))] for person, mine in rules.items()}
    found: dict[UUID, list[Reading]] = {person: [] for person in rules}
    by_code: dict[int, list[UUID]] = {}
    for person, [(code, _low, _high)] in asked.items():
        by_code.setdefault(code, []).append(person)
    for code, persons in by_code.items():
        several = _spans({one: asked[one] for one in persons}, since, until, 2 * HOUR)
        for first, told in _told(several, [code]):
            for place, start, end in _parts(told.place):
                columns = (column[start:end].tolist() for column in (told.at, told.value, told.marks))
                found[several[first + place].person_id] += map(Reading, *columns)
    return found


def scores_of(scales: Mapping[UUID, str], since: datetime, until: datetime) -> dict[UUID, list[Reading]]:
    """Of each person one early warning score after each reading of hours in which something is worth several points,
    or the rarest one, and of the hours for which that counts: elsewhere no score of five can be."""
    valid, instrument = valid_seconds(until), warning_instrument()
    several_points = bands.worth_several(until)
    asked = [(code, *bands.points_from(code, 1 if code == RAREST else several_points)) for code in ITEMS]
    back = timedelta(seconds=max(valid.values(), default=0))
    several = _spans(dict.fromkeys(scales, asked), since, until, back)
    found: dict[UUID, list[Reading]] = {person: [] for person in scales}
    for first, told in _told(several, list(ITEMS)):
        told = told.ordered(np.lexsort((told.code, told.marks, told.value, told.at, told.place)))
        for place, start, end in _parts(told.place):
            person, at = several[first + place].person_id, told.at[start:end]
            total = totals(
                instrument, at, told.code[start:end], told.value[start:end], valid=valid, scale=scales[person]
            )
            found[person] += map(Reading, at.tolist(), total.tolist())
    return found


def every_one_of(
    persons: Sequence[UUID], codes: Sequence[int], since: datetime, until: datetime
) -> Iterator[tuple[UUID, Told]]:
    """Of each person who told any all readings of these quantities, one quantity after the other."""
    several = [Span(person, since, until) for person in persons]
    for first, told in _told(several, list(codes)):
        for place, start, end in _parts(told.place):
            yield several[first + place].person_id, told.ordered(slice(start, end))


def _spans(
    asked: Mapping[UUID, Sequence[tuple[int, float, float]]],
    since: datetime,
    until: datetime,
    beside: timedelta,
) -> list[Span]:
    persons = list(asked)
    rows = [(place, person.bytes, *one) for place, person in enumerate(persons) for one in asked[person]]
    if not rows:
        return []
    places, ids, codes, lows, highs = zip(*rows, strict=True)
    with wire.cursor() as cursor:
        cursor.execute(
            HOURS,
            {
                "places": wire.sent(wire.INT4, places), "persons": wire.sent(wire.UUIDS, _bytes(ids)),
                "codes": wire.sent(wire.INT2, codes), "lows": wire.sent(wire.FLOAT8, lows),
                "highs": wire.sent(wire.FLOAT8, highs), "since": since, "until": until,
            },
        )  # fmt: skip
        row = cursor.fetchone()
    assert row
    hours: dict[int, list[datetime]] = {}
    told = (wire.received(kind, data) for kind, data in zip((wire.INT4, wire.INSTANTS), row, strict=True))
    for place, at in zip(*(one.tolist() for one in told), strict=True):
        hours.setdefault(place, []).append(_instant(at))
    return [
        Span(person, begins, ends)
        for place, person in enumerate(persons)
        for begins, ends in spans([*hours.get(place, []), until - 3 * HOUR], until, beside)
    ]


@dataclass(frozen=True)
class Told:
    """Trusted readings of several spans, each once: by the place of the span, the quantity, then in order of time."""

    place: Any
    code: Any
    at: Any  # µs since 1970
    value: Any
    marks: Any

    def ordered(self, order: Any) -> Told:
        return Told(*(column[order] for column in (self.place, self.code, self.at, self.value, self.marks)))


def _told(several: list[Span], codes: list[int]) -> Iterator[tuple[int, Told]]:
    """So many spans at once as fit into the memory, with the number of the first."""
    first = 0
    while first < len(several):
        last, hours = first, 0.0
        while last < len(several) and (last == first or hours < CODE_HOURS / len(codes)):
            hours += (several[last].ends - several[last].begins) / HOUR
            last += 1
        yield first, _read(several[first:last], codes)
        first = last


def _read(several: list[Span], codes: list[int]) -> Told:
    begins = np.array([_micro(one.begins) for one in several])
    ends = np.array([_micro(one.ends) for one in several])
    hours = begins - begins % _HOUR
    with wire.cursor() as cursor:
        cursor.execute(
            READINGS,
            {
                "places": wire.sent(wire.INT4, range(len(several))),
                "persons": wire.sent(wire.UUIDS, _bytes([one.person_id.bytes for one in several])),
                "hours": wire.sent(wire.INSTANTS, hours), "begins": wire.sent(wire.INSTANTS, begins),
                "ends": wire.sent(wire.INSTANTS, ends), "codes": wire.sent(wire.INT2, codes),
                "first": _instant(int(hours.min())), "last": max(one.ends for one in several),
            },
        )  # fmt: skip
        row = cursor.fetchone()
    assert row
    place, code, at, ms, value, marks, later = (
        wire.received(kind, data) for kind, data in zip(COLUMNS, row, strict=True)
    )
    at = at + ms.astype(np.int64) * 1000
    order = np.lexsort((later, at, code, place))
    found = Told(place, code, at, value, marks).ordered(order)
    first = np.ones(len(at), bool)
    first[1:] = (np.diff(found.place) != 0) | (np.diff(found.code) != 0) | (np.diff(found.at) != 0)
    inside = (found.at >= begins[found.place]) & (found.at < ends[found.place])
    found = found.ordered(first & inside & (found.marks & NOT_TRUE == 0))
    return replace(found, at=found.at + wire.EPOCH)


def _parts(place: Any) -> Iterator[tuple[int, int, int]]:
    """Where each span begins and ends in arrays in the order of spans."""
    edges = [0, *(np.nonzero(np.diff(place))[0] + 1).tolist(), len(place)] if len(place) else []
    for start, end in itertools.pairwise(edges):
        yield int(place[start]), start, end


def _bytes(ids: Sequence[bytes]) -> Any:
    return np.frombuffer(b"".join(ids), "V16")


def _micro(at: datetime) -> int:
    """µs since 2000, as the database sends instants."""
    return (at - _START) // timedelta(microseconds=1)


def _instant(at: int) -> datetime:
    return _START + timedelta(microseconds=at)
