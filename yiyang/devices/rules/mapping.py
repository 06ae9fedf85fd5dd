"""Places and agreed areas as a drawing with a scale, without anybody else's map. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

from yiyang.devices.rules.detecting.fences import METRES_A_DEGREE, Area, Circle

WIDTH, HEIGHT, EDGE = 640.0, 420.0, 24.0
LEAST_M = 200.0  # a street's width of wandering is not blown up to a city
SCALES = (20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
LatLon = tuple[float, float]


@dataclass(frozen=True)
class DrawnCircle:
    x: float
    y: float
    r: float


@dataclass(frozen=True)
class Drawing:
    """In pixels of a view of WIDTH by HEIGHT; north is up. `scale_m` is `scale_px` long."""

    circles: tuple[DrawnCircle, ...]
    polygons: tuple[str, ...]
    path: str
    last: tuple[float, float] | None
    scale_m: int
    scale_px: float
    width: float = WIDTH
    height: float = HEIGHT


def drawing(areas: Sequence[Circle | Area], path: Sequence[LatLon]) -> Drawing | None:
    """All areas and the whole path in one view; None where there is nothing to draw."""
    corners = [*path, *(corner for area in areas for corner in _box(area))]
    if not corners:
        return None
    south, north = min(lat for lat, _ in corners), max(lat for lat, _ in corners)
    west, east = min(lon for _, lon in corners), max(lon for _, lon in corners)
    middle = ((south + north) / 2, (west + east) / 2)
    shrink = cos(radians(middle[0]))
    across = max((east - west) * METRES_A_DEGREE * shrink, LEAST_M)
    up = max((north - south) * METRES_A_DEGREE, LEAST_M)
    pixels = min((WIDTH - 2 * EDGE) / across, (HEIGHT - 2 * EDGE) / up)  # of a metre

    def at(place: LatLon) -> tuple[float, float]:
        x = WIDTH / 2 + (place[1] - middle[1]) * METRES_A_DEGREE * shrink * pixels
        y = HEIGHT / 2 - (place[0] - middle[0]) * METRES_A_DEGREE * pixels
        return round(x, 1), round(y, 1)

    scale = max((one for one in SCALES if one * pixels <= WIDTH / 3), default=SCALES[0])
    return Drawing(
        circles=tuple(
            DrawnCircle(*at((one.lat, one.lon)), round(one.radius * pixels, 1))
            for one in areas
            if isinstance(one, Circle)
        ),
        polygons=tuple(_points(map(at, one.corners)) for one in areas if isinstance(one, Area)),
        path=_points(map(at, path)),
        last=at(path[-1]) if path else None,
        scale_m=scale,
        scale_px=round(scale * pixels, 1),
    )


def _box(area: Circle | Area) -> list[LatLon]:
    if isinstance(area, Area):
        return list(area.corners)
    up = area.radius / METRES_A_DEGREE
    across = up / cos(radians(area.lat))
    return [(area.lat - up, area.lon - across), (area.lat + up, area.lon + across)]


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
