"""Places against agreed areas, in the transaction that stores them: a crossing becomes a reading like any event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from yiyang.devices.models.fences import Fence
from yiyang.devices.rules.areas import shape
from yiyang.devices.rules.detecting import fences
from yiyang.devices.rules.detecting.fences import Place, Side, standing
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.people import queries as people

OUT_OF_FENCE = BY_NAME["OUT_OF_FENCE"].no
LOOK_BACK = timedelta(hours=3)
MOST_PLACES = 400
# The newest places of each, oldest first, and whether they were out before.
PLACES = """
    SELECT one.person_id, place.at, place.lat, place.lon, coalesce(place.accuracy, 0), place.device_no
    FROM unnest(%(persons)s::uuid[]) AS one (person_id), LATERAL (
        SELECT at, lat, lon, accuracy, device_no FROM devices_position p
        WHERE p.person_id = one.person_id AND p.at > %(since)s AND p.at <= %(until)s ORDER BY p.at DESC LIMIT %(most)s
    ) place ORDER BY one.person_id, place.at
"""
OUT_BEFORE = """
    SELECT DISTINCT ON (person_id) person_id, value FROM (
        SELECT person_id, at, value FROM devices_reading
        WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND at > %(since)s
        UNION ALL SELECT person_id, at, value FROM devices_late
        WHERE person_id = ANY(%(persons)s) AND code = %(code)s AND at > %(since)s
    ) told ORDER BY person_id, at DESC
"""
Crossing = tuple[UUID, datetime, int, float]  # person, when, number of the device, 1: left, 0: back


def crossings(persons: Iterable[UUID], now: datetime) -> list[Crossing]:
    """Who has left an agreed area, or is surely back in all of them, since they were last told of."""
    agreed = defaultdict(list)
    whom = set(persons)
    merged = people.aliases_of(whom)
    for one in Fence.objects.filter(person_id__in=[*whom, *merged], ended_at=None):
        agreed[merged.get(one.person_id, one.person_id)].append(_fence(one))
    if not agreed:
        return []
    places, devices = _places(list(agreed), now)
    out = _out_before(list(agreed), now)
    found = []
    for person, seen in places.items():
        sides = {standing(fence, seen) for fence in agreed[person]}
        if Side.OUTSIDE in sides and not out.get(person):
            found.append((person, seen[-1].at, devices[person], 1.0))
        elif sides == {Side.INSIDE} and out.get(person):
            found.append((person, seen[-1].at, devices[person], 0.0))
    return found


def _fence(one: Fence) -> fences.Fence:
    return fences.Fence(shape(one.area), timedelta(seconds=one.dwell_seconds), one.since, one.until)


def _places(persons: list[UUID], now: datetime) -> tuple[dict[UUID, list[Place]], dict[UUID, int]]:
    found: dict[UUID, list[Place]] = defaultdict(list)
    devices = {}
    for person, at, lat, lon, accuracy, device in _rows(
        PLACES, persons=persons, since=now - LOOK_BACK, until=now, most=MOST_PLACES
    ):
        found[person].append(Place(timezone.localtime(at), lat, lon, accuracy))
        devices[person] = device
    return found, devices


def _out_before(persons: list[UUID], now: datetime) -> dict[UUID, bool]:
    rows = _rows(OUT_BEFORE, persons=persons, code=OUT_OF_FENCE, since=now - timedelta(days=2))
    return {person: value > 0 for person, value in rows}


def _rows(statement: str, **asked: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return cursor.fetchall()
