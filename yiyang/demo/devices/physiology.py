"""Vital signs of generated elders: day and night, illness that comes and goes, sensors that slip.

`Wearers(seed)` answers for any wearers at any instants. What belongs together moves together: with an illness the
pulse, the breaths and the temperature rise while oxygen and blood pressure fall, over a day or two, and come back.
The sizes are plausible for people of 65 to 95; they are drawn, not fitted to a study.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chance import Floats, Ints, smooth, uniform

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SHANGHAI = 8 * HOUR  # the wearers' day and night
ILLNESS_EVERY = 30 * DAY
ILL_IN_A_WINDOW = 0.12
ILL_FOR = (2 * DAY, 6 * DAY)
WORSENS_IN = 1.2 * DAY
OFF_FOR, OFF_SHARE = 20 * MINUTE, 0.03
ARTEFACT_SHARE = 0.004
CHANNELS = 16  # numbers of `uniform` and `smooth` that one sign may use


@dataclass(frozen=True)
class Sign:
    """`mean` and `between`: of the wearers; `daily`: swing of the day, highest at `peak` o'clock; `restless`: the slow
    and the quick wandering; `ill`: what the worst of an illness adds."""

    name: str
    mean: float
    between: float
    daily: float
    peak: float
    restless: tuple[float, float]
    ill: float
    low: float
    high: float
    decimals: int = 0


SIGNS = (
    Sign("HEART_RATE", 72, 8, 7, 15, (4, 3), 38, 38, 170),
    Sign("BREATHING", 16, 1.6, 1, 15, (0.8, 0.8), 11, 8, 42),
    Sign("OXYGEN", 97, 0.8, 0.4, 14, (0.5, 0.5), -9, 78, 100),
    Sign("TEMPERATURE", 36.5, 0.15, 0.3, 17, (0.08, 0.05), 2.1, 34.8, 40.8, 1),
    Sign("SYSTOLIC", 134, 12, 8, 10, (5, 3), -36, 72, 210),
    Sign("DIASTOLIC", 76, 7, 4, 10, (3, 2), -14, 40, 115),
)  # fmt: skip
BY_NAME = {one.name: place for place, one in enumerate(SIGNS)}
MEALS = (7.5, 12.0, 18.0)


@dataclass(frozen=True)
class Wearers:
    """Elders by number. All answers have the shape of `who` and `seconds` (since 1970, UTC) broadcast together."""

    seed: int = 1

    def measure(self, name: str, who: Ints, seconds: Floats) -> Floats:
        """What a sensor tells: NaN while it is not worn, 0 when it slipped."""
        value = self.truth(name, who, seconds)
        minute = np.floor(np.asarray(seconds) / MINUTE)
        value = np.where(uniform(self.seed, who, 901, minute) < ARTEFACT_SHARE, 0.0, value)
        return np.where(self.worn(who, seconds), value, np.nan)

    def truth(self, name: str, who: Ints, seconds: Floats) -> Floats:
        """The sign itself, rounded as meters show it."""
        if name == "GLUCOSE":
            return self.glucose(who, seconds)
        place = BY_NAME[name]
        sign, channel = SIGNS[place], (place + 1) * CHANNELS
        own = sign.mean + sign.between * self._normal(who, channel)
        hour = (np.asarray(seconds) + SHANGHAI) / HOUR % 24
        day = sign.daily * np.cos((hour - sign.peak) / 24 * 2 * np.pi)
        slow, quick = sign.restless
        wander = slow * smooth(self.seed, who, channel + 1, seconds, 3 * HOUR)
        wander = wander + quick * smooth(self.seed, who, channel + 2, seconds, 7 * MINUTE)
        value = own + day + wander + sign.ill * self.illness(who, seconds)
        return np.asarray(np.round(np.clip(value, sign.low, sign.high), sign.decimals), dtype=np.float64)

    def glucose(self, who: Ints, seconds: Floats) -> Floats:
        """mmol/L: higher after three meals; of those with diabetes (a quarter) more so, some nights too low."""
        diabetic = uniform(self.seed, who, 801) < 0.25
        hour = (np.asarray(seconds) + SHANGHAI) / HOUR % 24
        risen = sum(_after_a_meal(hour - meal) for meal in MEALS)
        value = np.where(diabetic, 7.6, 5.2) + 0.6 * self._normal(who, 800)
        value = value + np.where(diabetic, 4.6, 2.0) * risen
        value = value + np.where(diabetic, 1.9, 0.5) * smooth(self.seed, who, 802, seconds, 5 * HOUR)
        night = np.where(diabetic & (hour < 6), 2.6, 0.0) * (
            uniform(self.seed, who, 803, _day(seconds)) < 0.08
        )
        return np.round(np.clip(value - night + 2 * self.illness(who, seconds), 2.1, 27), 1)

    def illness(self, who: Ints, seconds: Floats) -> Floats:
        """How ill, 0 to 1: an illness of some days comes in some months, worsens over a day, and passes."""
        seconds = np.asarray(seconds)
        window = np.floor(seconds / ILLNESS_EVERY)
        ill = uniform(self.seed, who, 701, window) < ILL_IN_A_WINDOW
        lasts = ILL_FOR[0] + (ILL_FOR[1] - ILL_FOR[0]) * uniform(self.seed, who, 702, window)
        begins = window * ILLNESS_EVERY + (ILLNESS_EVERY - lasts) * uniform(self.seed, who, 703, window)
        since, left = seconds - begins, begins + lasts - seconds
        course = np.clip(np.minimum(since / WORSENS_IN, left / (0.6 * lasts)), 0, 1)
        worst = 0.35 + 0.65 * uniform(self.seed, who, 704, window)
        return np.where(ill, worst * course * course * (3 - 2 * course), 0.0)

    def worn(self, who: Ints, seconds: Floats) -> NDArray[np.bool_]:
        """Whether the device was on: off at times, for twenty minutes or so, while charging or washing."""
        return uniform(self.seed, who, 902, np.floor(np.asarray(seconds) / OFF_FOR)) >= OFF_SHARE

    def falls(self, who: Ints, day: Ints) -> Floats:
        """The instant (seconds since 1970) at which somebody falls on that day of UTC, or NaN. One in three a year."""
        falls = uniform(self.seed, who, 601, day) < 1 / 1000
        return np.where(falls, (np.asarray(day) + uniform(self.seed, who, 602, day)) * DAY, np.nan)

    def _normal(self, who: Ints, channel: int) -> Floats:
        """About normal: twelve numbers in [0, 1) have a variance of one."""
        return np.add.reduce([uniform(self.seed, who, channel, step) for step in range(100, 112)]) - 6.0


def _after_a_meal(hours: Floats) -> Floats:
    """0 before, 1 an hour after, nearly 0 after four."""
    hours = np.maximum(np.asarray(hours), 0)
    return hours * np.exp(1 - hours)


def _day(seconds: Floats) -> Floats:
    return np.floor((np.asarray(seconds) + SHANGHAI) / DAY)
