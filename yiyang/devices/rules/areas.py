"""An agreed area as it is kept, as a shape to judge places by, and as people type it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiyang.devices.rules.detecting.fences import Area, Circle, NoFence


def shape(area: Mapping[str, Any]) -> Circle | Area:
    """Raises NoFence for what is no area."""
    if "circle" in area:
        circle = area["circle"]
        if not isinstance(circle, (list, tuple)) or len(circle) != 3 or None in circle:
            raise NoFence("MIDDLE")
        return Circle(*(_number(one) for one in circle))
    if "corners" in area:
        corners = area["corners"]
        if not isinstance(corners, (list, tuple)):
            raise NoFence("CORNERS")
        return Area(tuple((_number(lat), _number(lon)) for lat, lon in (_list(one, 2) for one in corners)))
    raise NoFence("CORNERS")


def corners_typed(text: str) -> list[list[float]]:
    """One corner a line: latitude, longitude. Raises NoFence."""
    rows = [line.replace("，", ",").replace(",", " ").split() for line in text.splitlines() if line.strip()]
    return [[_number(one) for one in _list(row, 2)] for row in rows]


def _list(value: Any, length: int) -> Any:
    if not isinstance(value, (list, tuple)) or len(value) != length:
        raise NoFence("CORNERS")
    return value


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise NoFence("CORNERS") from None
