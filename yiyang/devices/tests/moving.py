"""Movements as the rules take them, of readings as tests write them."""

from __future__ import annotations

import numpy as np

from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import Moved, moved


def as_moved(told: dict[int, list[Reading]], *, lay: bool = False) -> Moved:
    rows = sorted((code, one.at, one.value) for code, readings in told.items() for one in readings)
    return moved(*(np.array(column) for column in zip(*rows, strict=True)), lay=lay)
