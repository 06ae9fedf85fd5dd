"""Places in and out of an agreed area: circles and polygons in WGS-84, hours of the day, and how long. Pure.

A place is known to some metres only. Whoever may be on either side of the line is UNSURE, which neither raises an
alarm nor ends one. Outside means outside for `dwell`, so that one wild place calls nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from math import cos, hypot, radians

from shapely import Point, Polygon
from shapely.validation import explain_validity

METRES_A_DEGREE = 111_320.0  # of latitude; one of longitude is shorter by the cosine
LARGEST_RADIUS_M = 50_000.0
MOST_CORNERS = 500


class Side(StrEnum):
    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    UNSURE = "UNSURE"


class NoFence(ValueError):
    """Why this is no area somebody can be in. `code` is stable: the page has the words."""

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        super().__init__(detail or code)


@dataclass(frozen=True)
class Place:
    """Where a device was. `accuracy`: metres within which it truly was."""

    at: datetime
    lat: float
    lon: float
    accuracy: float = 0.0


@dataclass(frozen=True)
class Circle:
    lat: float
    lon: float
    radius: float

    def __post_init__(self) -> None:
        _on_earth(self.lat, self.lon)
        if not 0 < self.radius <= LARGEST_RADIUS_M:
            raise NoFence("RADIUS")

    def beyond(self, lat: float, lon: float) -> float:
        """Metres to the line: positive outside, negative inside."""
        east, north = _metres(self.lat, self.lon, lat, lon)
        return hypot(east, north) - self.radius


@dataclass(frozen=True)
class Area:
    """A polygon by its corners, (lat, lon) each; the last joins the first."""

    corners: tuple[tuple[float, float], ...]
    _shape: Polygon = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for lat, lon in self.corners:
            _on_earth(lat, lon)
        if not 3 <= len(set(self.corners)) <= MOST_CORNERS:
            raise NoFence("CORNERS")
        lat, lon = self.corners[0]
        shape = Polygon([_metres(lat, lon, *corner) for corner in self.corners])
        if not shape.is_valid:
            raise NoFence("CROSSES_ITSELF", explain_validity(shape))
        object.__setattr__(self, "_shape", shape)

    def beyond(self, lat: float, lon: float) -> float:
        """Metres to the line: positive outside, negative inside."""
        point = Point(_metres(*self.corners[0], lat, lon))
        distance = float(self._shape.exterior.distance(point))
        return -distance if self._shape.covers(point) else distance


@dataclass(frozen=True)
class Fence:
    """An agreed area. Between `since` and `until` of the day it counts (over midnight too); without them always."""

    shape: Circle | Area
    dwell: timedelta = timedelta(minutes=2)
    since: time | None = None
    until: time | None = None

    def counts_at(self, clock: time) -> bool:
        if self.since is None or self.until is None:
            return True
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until


def side(fence: Fence, place: Place) -> Side:
    """Which side of the line a place is on, as far as its accuracy tells."""
    beyond = fence.shape.beyond(place.lat, place.lon)
    if beyond > place.accuracy:
        return Side.OUTSIDE
    return Side.INSIDE if beyond < -place.accuracy else Side.UNSURE


def standing(fence: Fence, places: Sequence[Place]) -> Side:
    """Where somebody stands after these places, the oldest first: OUTSIDE once they were out for `dwell` and no place
    since says otherwise, INSIDE as soon as one place is surely in, else UNSURE. The hours are those of `places`."""
    out_since: datetime | None = None
    verdict = Side.UNSURE
    for place in places:
        if not fence.counts_at(place.at.timetz().replace(tzinfo=None)):
            out_since = None
            continue
        where = side(fence, place)
        if where is Side.INSIDE:
            out_since, verdict = None, Side.INSIDE
        elif where is Side.OUTSIDE:
            out_since = out_since or place.at
            if place.at - out_since >= fence.dwell:
                verdict = Side.OUTSIDE
    return verdict


def _on_earth(lat: float, lon: float) -> None:
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise NoFence("NOT_ON_EARTH")


def _metres(from_lat: float, from_lon: float, lat: float, lon: float) -> tuple[float, float]:
    """East and north of a place near by; within 50 km it errs by less than a place is known to."""
    east = (lon - from_lon) * METRES_A_DEGREE * cos(radians(from_lat))
    return east, (lat - from_lat) * METRES_A_DEGREE
