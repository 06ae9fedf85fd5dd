"""What all formats share: packs as they are gathered, what was refused, and instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite

from yiyang.devices.packs import Mark, Pack, Signal, Why
from yiyang.devices.rules.kinds import Datum
from yiyang.devices.rules.places import on_earth, to_wgs84
from yiyang.devices.rules.quantities import Quantity, Shape
from yiyang.devices.rules.units import BY_QUANTITY, SAME, conversion
from yiyang.gateways.devices.names import NAMES

SECOND = 1_000_000
LATEST = 4_102_444_800 * SECOND  # 2100: what lies behind is no instant but a slip
MOST = 1e30  # more than is kept of a number
SHOWN = 80  # characters of what was sent that stand in a reason


Plain = tuple[int, float, float, int]  # number of the quantity, factor and offset to our unit, marks


# What each name means with each unit that is known of it, where it is a measured value.
PLAIN: dict[tuple[str, str | None], Plain] = {
    (name, unit): (quantity.no, *how, 0 if how == SAME else int(Mark.CONVERTED))
    for name, quantity in NAMES.items()
    if quantity.shape is Shape.VALUE
    for unit, how in [*BY_QUANTITY[quantity.no].items(), (None, SAME)]
}


@dataclass(slots=True)
class Refused:
    """One record that was not taken. `record`: its place in the message; None: the message as a whole."""

    record: int | None
    code: Why
    detail: str = ""
    urn: str = ""


@dataclass(slots=True)
class Places:
    """From which record of the message each reading, position and signal of a pack came."""

    readings: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)

    def record(self, index: int | None) -> int | None:
        """The record behind an index of a rejection: readings first, then positions, then signals."""
        if index is None:
            return None
        every = (self.readings, self.positions, self.signals)
        for places in every:
            if index < len(places):
                return places[index]
            index -= len(places)
        return None


@dataclass(slots=True)
class Decoded:
    """All that one message says. Packs of devices that were not named have an empty urn: the sender's own.

    `broken`: it could not be read because of a fault of ours, and of which.
    """

    packs: list[Pack] = field(default_factory=list)
    places: list[Places] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    by_urn: dict[str, tuple[Pack, Places]] = field(default_factory=dict)
    broken: str = ""

    def refuse(self, record: int | None, code: Why, detail: object = "", urn: str = "") -> None:
        self.refused.append(Refused(record, code, str(detail)[:SHOWN], urn[:SHOWN]))

    def pack(self, urn: str) -> tuple[Pack, Places]:
        found = self.by_urn.get(urn)
        if found is None:
            found = self.by_urn[urn] = (Pack(urn), Places())
            self.packs.append(found[0])
            self.places.append(found[1])
        return found

    def plain(self, record: int, urn: str, how: Plain, at: int, value: float) -> bool:
        """A measured value whose name and unit were met before; False: it needs a closer look."""
        no, factor, offset, marks = how
        value = value * factor + offset
        if not -MOST < value < MOST:  # nor NaN
            return False
        pack, places = self.by_urn.get(urn) or self.pack(urn)
        pack.at.append(at)
        pack.code.append(no)
        pack.value.append(value)
        pack.marks.append(marks)
        places.readings.append(record)
        return True

    def reading(
        self, record: int, urn: str, quantity: Quantity, at: int, value: float, unit: str | None
    ) -> None:
        """One value, in the unit it came in."""
        if not isfinite(value):
            return self.refuse(record, Why.NOT_A_NUMBER, quantity.name, urn)
        if not 0 <= at < LATEST:
            return self.refuse(record, Why.MALFORMED, "the time is none", urn)
        marks = 0
        if quantity.shape is Shape.EVENT:
            value = 1.0 if value else 0.0
        else:
            how = conversion(quantity, unit)
            if how is None:
                return self.refuse(record, Why.UNKNOWN_UNIT, f"{quantity.name}: {unit}", urn)
            factor, offset = how
            if factor != 1.0 or offset:
                value, marks = value * factor + offset, int(Mark.CONVERTED)
        if abs(value) > MOST:
            return self.refuse(record, Why.NOT_A_NUMBER, quantity.name, urn)
        pack, places = self.pack(urn)
        pack.at.append(at)
        pack.code.append(quantity.no)
        pack.value.append(value)
        pack.marks.append(marks)
        places.readings.append(record)
        return None

    def position(
        self, record: int, urn: str, at: int, latitude: float, longitude: float, accuracy: float | None,
        datum: Datum | None = None,
    ) -> None:  # fmt: skip
        """`datum`: in which coordinates, where the message or its format says so."""
        if datum is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
            latitude, longitude = to_wgs84(latitude, longitude, datum)
        if not on_earth(latitude, longitude):
            return self.refuse(record, Why.NOT_A_PLACE, f"{latitude}, {longitude}", urn)
        if not 0 <= at < LATEST:
            return self.refuse(record, Why.MALFORMED, "the time is none", urn)
        if accuracy is not None and not 0 <= accuracy < 1e7:
            accuracy = None
        pack, places = self.pack(urn)
        pack.positions.append((at, latitude, longitude, accuracy))
        pack.datum_said |= datum is not None
        places.positions.append(record)
        return None

    def signal(self, record: int, urn: str, signal: Signal) -> None:
        pack, places = self.pack(urn)
        pack.signals.append(signal)
        places.signals.append(record)

    def battery(self, record: int, urn: str, percent: float) -> None:
        if not 0 <= percent <= 100:
            return self.refuse(record, Why.NOT_A_NUMBER, f"battery: {percent}", urn)
        self.pack(urn)[0].battery = round(percent)
        return None


def microseconds(instant: datetime) -> int:
    return round(instant.timestamp() * SECOND)


def unreadable(code: Why, detail: object = "") -> Decoded:
    """A message of which nothing can be taken."""
    decoded = Decoded()
    decoded.refuse(None, code, detail)
    return decoded
