"""What a device sent, in our words: the shape between the formats of the gateways and the intake. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from uuid import UUID


class Mark(IntFlag):
    """What is known about one reading beside its value; kept with it as a number."""

    LATE = 1  # it came after its hour was packed
    IMPLAUSIBLE = 2  # cannot be true of a living person: kept, never alarmed as truth
    CONVERTED = 4  # sent in another unit
    CLOCK = 8  # its time was corrected
    ARTEFACT = 16  # the device itself says that it was disturbed


class Why(StrEnum):
    """Why something that was sent was not taken. The words stand in yiyang/devices/rules/refused.py."""

    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    DEVICE_RETIRED = "DEVICE_RETIRED"
    NOT_YOURS = "NOT_YOURS"
    LENT_TO_NOBODY = "LENT_TO_NOBODY"
    NO_CONSENT = "NO_CONSENT"
    TOO_OLD = "TOO_OLD"
    FROM_THE_FUTURE = "FROM_THE_FUTURE"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    NOT_A_PLACE = "NOT_A_PLACE"
    UNKNOWN_QUANTITY = "UNKNOWN_QUANTITY"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    MALFORMED = "MALFORMED"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    SET_ASIDE = "SET_ASIDE"


@dataclass(slots=True)
class Signal:
    """An episode of raw signal: samples as they came, at one rate. `scale` turns them into `unit`."""

    at: int
    code: str  # "ECG", "ACCELERATION", …, or another's code of it: yiyang/devices/rules/signals.py
    rate: float  # samples a second
    unit: str  # UCUM
    samples: bytes  # little-endian int16 or float32
    floating: bool = False
    scale: float = 1.0


@dataclass(slots=True)
class Pack:
    """What one device sent at once. Instants are µs since 1970-01-01T00:00Z; the four lists go together."""

    urn: str
    at: list[int] = field(default_factory=list)
    code: list[int] = field(default_factory=list)  # Quantity.no
    value: list[float] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)  # Mark
    positions: list[tuple[int, float, float, float | None]] = field(default_factory=list)
    datum_said: bool = False  # the places are WGS-84; else they are what the device is known to tell
    signals: list[Signal] = field(default_factory=list)
    battery: int | None = None  # percent


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose credential it came with: one device's own, or that of a gateway for the devices of its units."""

    credential_id: UUID
    device_no: int | None = None
    gateway_id: UUID | None = None
    unit_ids: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Rejection:
    """`index` counts readings first, then positions, then signals of the pack; None: the whole pack."""

    index: int | None
    code: Why
    detail: str = ""


@dataclass(slots=True)
class Taken:
    """What became of one pack: stored now, known already, or not taken and why."""

    stored: int = 0
    repeated: int = 0
    no_reading: int = 0  # zeros of a maker who means nothing by them
    rejected: list[Rejection] = field(default_factory=list)
