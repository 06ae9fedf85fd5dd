"""Places and agreed areas as a drawing with a scale, without anybody else's map. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

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
class Marked:
    """Somebody's last place, with the number under which they stand in the list beside the drawing."""

    at: LatLon
    number: str
    outside: bool = False
    stale: bool = False


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    marked: Marked


@dataclass(frozen=True)
class Drawing:
    """In pixels of a view of WIDTH by HEIGHT; north is up. `scale_m` is `scale_px` long.

    Of one person the way and where it ends; of several the last place of each.
    """

    circles: tuple[DrawnCircle, ...]
    polygons: tuple[str, ...]
    scale_m: int
    scale_px: float
    path: str = ""
    last: tuple[float, float] | None = None
    marks: tuple[Mark, ...] = ()
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True)
class _View:
    """Which part of the earth is seen, and how large. Places go to pixels."""

    middle: LatLon
    shrink: float
    pixels: float  # of a metre

    def at(self, place: LatLon) -> tuple[float, float]:
        x = WIDTH / 2 + (place[1] - self.middle[1]) * METRES_A_DEGREE * self.shrink * self.pixels
        y = HEIGHT / 2 - (place[0] - self.middle[0]) * METRES_A_DEGREE * self.pixels
        return round(x, 1), round(y, 1)

    @property
    def scale(self) -> int:
        return max((one for one in SCALES if one * self.pixels <= WIDTH / 3), default=SCALES[0])

    def draw(self, areas: Sequence[Circle | Area], **more: Any) -> Drawing:
        circles = [one for one in areas if isinstance(one, Circle)]
        return Drawing(
            tuple(DrawnCircle(*self.at((one.lat, one.lon)), round(one.radius * self.pixels, 1)) for one in circles),
            tuple(_points(map(self.at, one.corners)) for one in areas if isinstance(one, Area)),
            self.scale, round(self.scale * self.pixels, 1), **more,
        )  # fmt: skip


def drawing(areas: Sequence[Circle | Area], path: Sequence[LatLon]) -> Drawing | None:
    """All areas and the whole path in one view; None where there is nothing to draw."""
    view = _view(areas, path)
    if view is None:
        return None
    return view.draw(areas, path=_points(map(view.at, path)), last=view.at(path[-1]) if path else None)


def together(areas: Sequence[Circle | Area], marked: Sequence[Marked]) -> Drawing | None:
    """The last places of several persons; who is outside is drawn last, so that nobody covers them."""
    view = _view(areas, [one.at for one in marked])
    if view is None:
        return None
    ordered = sorted(marked, key=lambda one: (one.outside, not one.stale))
    return view.draw(areas, marks=tuple(Mark(*view.at(one.at), one) for one in ordered))


def _view(areas: Sequence[Circle | Area], places: Sequence[LatLon]) -> _View | None:
    corners = [*places, *(corner for area in areas for corner in _box(area))]
    if not corners:
        return None
    south, north = min(lat for lat, _ in corners), max(lat for lat, _ in corners)
    west, east = min(lon for _, lon in corners), max(lon for _, lon in corners)
    middle = ((south + north) / 2, (west + east) / 2)
    shrink = cos(radians(middle[0]))
    across = max((east - west) * METRES_A_DEGREE * shrink, LEAST_M)
    up = max((north - south) * METRES_A_DEGREE, LEAST_M)
    return _View(middle, shrink, min((WIDTH - 2 * EDGE) / across, (HEIGHT - 2 * EDGE) / up))


def _box(area: Circle | Area) -> list[LatLon]:
    if isinstance(area, Area):
        return list(area.corners)
    up = area.radius / METRES_A_DEGREE
    across = up / cos(radians(area.lat))
    return [(area.lat - up, area.lon - across), (area.lat + up, area.lon + across)]


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in places)
