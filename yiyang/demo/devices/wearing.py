"""What generated wearers' devices say between two instants, as SenML records (RFC 8428). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from yiyang.devices.rules.kinds import BY_KIND
from yiyang.devices.rules.kinds import DeviceKind as K

from . import rhythm
from .chance import Floats, uniform
from .movement import places
from .physiology import DAY, HOUR, MINUTE, Wearers

Record = dict[str, Any]
# How often each kind tells what, in seconds. Meters that somebody has to use are used twice a day.
TELLS: dict[str, tuple[tuple[str, float], ...]] = {
    K.BRACELET: (("HEART_RATE", MINUTE), ("OXYGEN", 5 * MINUTE), ("TEMPERATURE", 10 * MINUTE)),
    K.ECG_PATCH: (("HEART_RATE", MINUTE), ("BREATHING", MINUTE)),
    K.OXIMETER: (("OXYGEN", MINUTE), ("HEART_RATE", MINUTE)),
    K.GLUCOSE_SENSOR: (("GLUCOSE", 5 * MINUTE),),
    K.GLUCOSE_METER: (("GLUCOSE", DAY / 2),),
    K.PRESSURE_METER: (("SYSTOLIC", DAY / 2), ("DIASTOLIC", DAY / 2)),
    K.THERMOMETER: (("TEMPERATURE", DAY),),
    K.MATTRESS: (("HEART_RATE", MINUTE), ("BREATHING", MINUTE)),
    K.MONITOR: (("HEART_RATE", MINUTE), ("BREATHING", MINUTE), ("OXYGEN", MINUTE), ("TEMPERATURE", HOUR),
                ("SYSTOLIC", 15 * MINUTE), ("DIASTOLIC", 15 * MINUTE)),
}  # fmt: skip
UNITS = {
    "HEART_RATE": "beat/min", "OXYGEN": "%", "BREATHING": "/min", "TEMPERATURE": "Cel", "SYSTOLIC": "mm[Hg]",
    "DIASTOLIC": "mm[Hg]", "GLUCOSE": "mmol/L",
}  # fmt: skip
TELLS_FALLS = {K.BRACELET, K.FALL_DETECTOR}
TELLS_MOTION = {K.MATTRESS, K.MOTION_SENSOR, K.FALL_DETECTOR}
TELLS_PLACES = {K.BRACELET, K.LOCATOR}
PLACE_EVERY = 5 * MINUTE
SILENT_SHARE = 0.004  # of all days of devices: broken, forgotten in a drawer, out of charge
LOOK_BACK = 30 * MINUTE
HOME = (31.2304, 121.4737)


@dataclass(frozen=True)
class Worn:
    """One device that somebody wears. `who`: the number of the wearer, from which what happens to them comes."""

    urn: str
    kind: str
    who: int
    home: tuple[float, float] = HOME
    wanders: bool = False
    located: bool = False

    @property
    def device(self) -> int:
        """The number from which comes what happens to the device."""
        return crc32(self.urn.encode())


def said(seed: int, worn: Sequence[Worn], since: float, until: float) -> list[Record]:
    """All that these devices say in (since, until], seconds since 1970, in the order of time."""
    records = [
        record
        for one in worn
        for record in (
            *_of_one(seed, one, since, until),
            *moved(seed, one, since, until),
            *_alive(seed, one, since, until),
        )
    ]
    for kind, tells in TELLS.items():
        wearers = [one for one in worn if one.kind == kind]
        for name, every in tells if wearers else ():
            records += _measured(seed, wearers, name, every, since, until)
    return sorted(records, key=lambda record: float(record["t"]))


def last_words(seed: int, worn: Sequence[Worn], since: float, until: float) -> list[Record]:
    """The newest that each of these devices says in (since, until]; those that speak seldom are looked for further back."""
    left, found = {one.urn: one for one in worn}, dict[str, list[Record]]()
    end, span = until, LOOK_BACK
    while left and end > since:
        for record in said(seed, list(left.values()), max(since, end - span), end):
            urn = str(record["n"]).rpartition("/")[0]
            before = found.get(urn, [])
            found[urn] = [*before, record] if before and before[0]["t"] == record["t"] else [record]
        left = {urn: one for urn, one in left.items() if urn not in found}
        end, span = end - span, span * 2
    return [record for records in found.values() for record in records]


def quiet_today(seed: int, worn: Worn, at: float) -> bool:
    """Broken, forgotten in a drawer, out of charge: it says nothing for the whole day."""
    return bool(_silent(seed, np.asarray(worn.device), np.asarray(at)))


def _measured(
    seed: int, worn: Sequence[Worn], name: str, every: float, since: float, until: float
) -> Iterator[Record]:
    """One quantity of all wearers of one kind, each at a second of its own, so that they do not all speak at once."""
    who, devices = np.array([one.who for one in worn]), np.array([one.device for one in worn])
    offset = np.floor(uniform(seed, who, 950) * every)
    first = np.floor((since - offset) / every) + 1
    for step in range(int((until - since) / every) + 1):
        at = offset + (first + step) * every
        value = Wearers(seed).measure(name, who, at)
        speaks = (at > since) & (at <= until) & np.isfinite(value) & ~_silent(seed, devices, at)
        for place in np.flatnonzero(speaks).tolist():
            one, moment = worn[place], float(at[place])
            # A mattress feels nobody who is not on it, and says so.
            empty = one.kind == K.MATTRESS and rhythm.is_out_of_bed(seed, one.who, moment)
            yield _record(one, name, moment, 0.0 if empty else float(value[place]))


def _of_one(seed: int, worn: Worn, since: float, until: float) -> Iterator[Record]:
    who = np.asarray(worn.who)
    if worn.kind in TELLS_FALLS:
        for day in range(int(since // DAY), int(until // DAY) + 1):
            at = float(Wearers(seed).falls(who, np.asarray(day)))
            if since < at <= until and not quiet_today(seed, worn, at):
                yield {"n": f"{worn.urn}/FALL", "v": 1, "t": at}
    if worn.kind in TELLS_PLACES and worn.located:
        for at in (
            np.arange(np.floor(since / PLACE_EVERY) + 1, np.floor(until / PLACE_EVERY) + 1) * PLACE_EVERY
        ):
            if quiet_today(seed, worn, at):
                continue
            lat, lon = places(seed, who, at, worn.home, wanders=worn.wanders)
            yield {"n": f"{worn.urn}/lat", "v": round(float(lat), 6), "u": "lat", "t": float(at)}
            yield {"n": f"{worn.urn}/lon", "v": round(float(lon), 6), "u": "lon", "t": float(at)}


def moved(seed: int, worn: Worn, since: float, until: float) -> Iterator[Record]:
    """What sensors of a bed, a door, a room and a belt see of somebody's day."""
    found: list[tuple[str, int, float]] = []
    if worn.kind == K.MATTRESS:
        for left, back in rhythm.out_of_bed(seed, worn.who, since, until):
            found += [("OUT_OF_BED", 1, left), ("OUT_OF_BED", 0, back)]
    if worn.kind == K.DOOR_SENSOR:
        for opened, closed in rhythm.doors(seed, worn.who, since, until):
            found += [("DOOR_OPEN", 1, opened), ("DOOR_OPEN", 0, closed)]
    if worn.kind in TELLS_MOTION:
        seen = rhythm.movements(seed, worn.who, since, until, in_bed=worn.kind == K.MATTRESS)
        found += [("MOTION", 1, at) for at in seen]
    for name, value, at in found:
        if since < at <= until and not quiet_today(seed, worn, at):
            yield {"n": f"{worn.urn}/{name}", "v": value, "t": at}


def _alive(seed: int, worn: Worn, since: float, until: float) -> Iterator[Record]:
    """What speaks only when something happens says now and then that it is there, and how full its battery is."""
    expected = BY_KIND[K(worn.kind)].expected_seconds
    if worn.kind in TELLS or expected is None:
        return
    who, every = np.asarray(worn.who), expected / 2
    offset = float(np.floor(uniform(seed, who, 952) * every))
    for step in range(int((since - offset) // every) + 1, int((until - offset) // every) + 1):
        at = offset + step * every
        if not quiet_today(seed, worn, at):
            drained = (at / DAY + worn.who % 90) % 90
            yield {"n": f"{worn.urn}/battery", "u": "%EL", "v": round(100 - drained), "t": at}


def _record(worn: Worn, name: str, at: float, value: float) -> Record:
    return {"n": f"{worn.urn}/{name}", "u": UNITS[name], "v": value, "t": at}


def _silent(seed: int, who: Any, at: Floats) -> Any:
    return uniform(seed, who, 951, np.floor(at / DAY)) < SILENT_SHARE
