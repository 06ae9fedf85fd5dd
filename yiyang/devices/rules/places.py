"""From the coordinates that Chinese maps and devices speak (GCJ-02, BD-09) to WGS-84, which is kept. Pure."""

from __future__ import annotations

from math import isfinite

import prcoords  # type: ignore[import-untyped]

from .kinds import Datum

_BACK = {Datum.GCJ02: prcoords.gcj_wgs_bored, Datum.BD09: prcoords.bd_wgs_bored}


def to_wgs84(latitude: float, longitude: float, datum: Datum) -> tuple[float, float]:
    """The same place in WGS-84. Outside China nothing was shifted, so nothing is shifted back."""
    back = _BACK.get(datum)
    if back is None or not prcoords.sanity_in_china_p(prcoords.Coords(latitude, longitude)):
        return latitude, longitude
    found = back((latitude, longitude))
    return float(found.lat), float(found.lon)


def on_earth(latitude: float, longitude: float) -> bool:
    """0, 0 is no place either: devices that have found no satellite say so."""
    if not (isfinite(latitude) and isfinite(longitude)):
        return False
    return abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0)
