"""Acceleration in multiples of the earth's, whatever unit a sensor speaks. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STANDARD_GRAVITY = 9.80665  # m/s2, CGPM 1901
IN_G = {"g": 1.0, "[g]": 1.0, "mg": 0.001, "m[g]": 0.001, "m/s2": 1 / STANDARD_GRAVITY}
# Without a unit, the weight of a body at rest tells which one it is.
AT_REST = ((0.5, 2.0, "g"), (5.0, 20.0, "m/s2"), (500.0, 2000.0, "mg"))


def in_g(samples: NDArray[Any], unit: str = "") -> NDArray[Any]:
    """(n, 3) in g. Raises ValueError for another shape, an unknown unit or values that are not numbers."""
    force = np.asarray(samples, dtype=float)
    if force.ndim != 2 or force.shape[1] != 3:
        raise ValueError("An acceleration has three columns: x, y, z.")
    if not np.isfinite(force).all():
        raise ValueError("An acceleration holds numbers only.")
    if not len(force):
        return force
    factor = IN_G.get(unit or _told(force))
    if factor is None:
        raise ValueError(f"The unit of an acceleration is one of {', '.join(sorted(IN_G))}.")
    return force * factor


def _told(force: NDArray[Any]) -> str:
    weight = float(np.median(np.linalg.norm(force, axis=1)))
    return next((unit for low, high, unit in AT_REST if low <= weight < high), "?")
