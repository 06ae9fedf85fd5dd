"""How generated elders move: the acceleration of a fall, and where they walk, some of them too far."""

from __future__ import annotations

import numpy as np

from .chance import Floats, Ints, smooth, uniform
from .physiology import DAY, HOUR, MINUTE, SHANGHAI

METRES_A_DEGREE = 111_320.0
WALK_AT, WALK_FOR, WALK_M = 9.5 * HOUR, HOUR, 350.0
WANDER_SHARE, WANDER_AT, WANDER_FOR, WANDER_M = 1 / 200, 14 * HOUR, 3 * HOUR, 2200.0


def fall_window(seed: int, who: int, rate: float = 50.0) -> Floats:
    """Twelve seconds of acceleration in g, (n, 3): standing, a drop, a landing, lying."""
    parts = uniform(seed, who, 501, np.arange(4))
    upright, lying = (
        np.array([0.0, 1.0, 0.0]),
        np.array([np.cos(parts[0] * 6.28), 0.05, np.sin(parts[0] * 6.28)]),
    )
    drop, landing = 0.25 + 0.15 * parts[1], 1.8 + 1.6 * parts[2]
    steady = [
        (6.0, upright),
        (0.35, upright * drop),
        (0.12, lying * landing),
        (5.53, lying / np.linalg.norm(lying)),
    ]
    window = np.concatenate([np.tile(force, (round(seconds * rate), 1)) for seconds, force in steady])
    shaking = (uniform(seed, who, 502, np.arange(window.size)) - 0.5).reshape(window.shape)
    return np.round(window + 0.04 * shaking, 4)


def places(
    seed: int, who: Ints, seconds: Floats, home: tuple[float, float], *, wanders: bool = False
) -> Floats:
    """(…, 2) latitude and longitude in WGS-84: at home, out in the morning, and some afternoons far away."""
    clock = (np.asarray(seconds) + SHANGHAI) % DAY
    day = np.floor((np.asarray(seconds) + SHANGHAI) / DAY)
    out = _hump((clock - WALK_AT) / WALK_FOR) * WALK_M * uniform(seed, who, 511, day)
    if wanders:
        lost = uniform(seed, who, 512, day) < WANDER_SHARE
        out = out + np.where(lost, _hump((clock - WANDER_AT) / WANDER_FOR) * WANDER_M, 0.0)
    way = uniform(seed, who, 513, day) * 2 * np.pi
    scatter = [8 * smooth(seed, who, channel, seconds, 2 * MINUTE) for channel in (514, 515)]
    north, east = out * np.cos(way) + scatter[0], out * np.sin(way) + scatter[1]
    shrink = np.cos(np.radians(home[0]))
    return np.stack((home[0] + north / METRES_A_DEGREE, home[1] + east / METRES_A_DEGREE / shrink), axis=-1)


def _hump(share: Floats) -> Floats:
    """0 at both ends, 1 in the middle, 0 outside."""
    return np.where((share > 0) & (share < 1), np.sin(np.clip(share, 0, 1) * np.pi), 0.0)
