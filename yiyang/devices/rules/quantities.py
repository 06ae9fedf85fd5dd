"""What devices measure or say: one table, with the codes of others beside our own. Pure.

`no` stands in every reading and is never given to another quantity. LOINC codes and UCUM units follow HL7's
vital-signs profile (hl7.org/fhir/R4/observation-vitalsigns.html); `mdc` is the code of ISO/IEEE 11073-10101 where
one is known here. `low` and `high` are what can be true of a living person, not what is healthy.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Shape(StrEnum):
    VALUE = "VALUE"  # a number that is measured again and again
    EVENT = "EVENT"  # something happened: 1; it is over: 0
    SIGNAL = "SIGNAL"  # many samples a second, kept as they came: rules/signals.py


@dataclass(frozen=True)
class Quantity:
    """One thing that devices tell. `ucum` is the unit it is kept in, `shown_unit` how people write it."""

    no: int
    name: str
    label: Any
    shape: Shape = Shape.VALUE
    loinc: str = ""
    ucum: str = ""
    shown_unit: Any = ""
    mdc: str = ""
    low: float = 0
    high: float = 1
    decimals: int = 0
    also: tuple[str, ...] = ()  # other LOINC codes that mean the same here


def _value(no: int, name: str, label: Any, loinc: str, ucum: str, shown: Any, low: float, high: float,
           decimals: int = 0, mdc: str = "", also: tuple[str, ...] = ()) -> Quantity:  # fmt: skip
    return Quantity(no, name, label, Shape.VALUE, loinc, ucum, shown, mdc, low, high, decimals, also)


def _event(no: int, name: str, label: Any) -> Quantity:
    return Quantity(no, name, label, Shape.EVENT)


A_MINUTE = pgettext_lazy("unit", "/min")
QUANTITIES = (
    _value(1, "HEART_RATE", _("Pulse"), "8867-4", "/min", A_MINUTE, 20, 300, 0, "147842", ()),
    _value(2, "OXYGEN", _("Oxygen saturation"), "59408-5", "%", "%", 30, 100, 0, "150456", ("2708-6",)),
    _value(3, "BREATHING", _("Breaths"), "9279-1", "/min", A_MINUTE, 2, 100, 0, "151562"),
    _value(4, "SYSTOLIC", _("Upper blood pressure"), "8480-6", "mm[Hg]", "mmHg", 20, 350, 0, "150021"),
    _value(5, "DIASTOLIC", _("Lower blood pressure"), "8462-4", "mm[Hg]", "mmHg", 10, 250, 0, "150022"),
    _value(6, "MEAN_PRESSURE", _("Mean blood pressure"), "8478-0", "mm[Hg]", "mmHg", 15, 300, 0, "150023"),
    _value(7, "TEMPERATURE", _("Temperature"), "8310-5", "Cel", "°C", 25, 45, 1, "150364"),
    _value(8, "GLUCOSE", _("Blood glucose"), "15074-8", "mmol/L", "mmol/L", 0.5, 60, 1, "160184",
           ("2339-0", "14745-4", "14743-9", "41653-7", "99504-3", "2345-7")),
    _value(9, "WEIGHT", _("Body weight"), "29463-7", "kg", "kg", 10, 350, 1, "188736"),
    _value(10, "STEPS", _("Steps walked"), "55423-8", "{steps}", "", 0, 100_000),
    _value(11, "HAEMOGLOBIN_A1C", _("Glycated haemoglobin"), "4548-4", "%", "%", 2, 25, 1),
    _value(12, "LACTATE", _("Lactate"), "2524-7", "mmol/L", "mmol/L", 0.1, 40, 1),
    _value(13, "POTASSIUM", _("Potassium"), "2823-3", "mmol/L", "mmol/L", 1, 12, 1),
    _value(14, "CREATININE", _("Creatinine"), "14682-9", "umol/L", "µmol/L", 5, 3000),
    _value(15, "HAEMOGLOBIN", _("Haemoglobin"), "718-7", "g/dL", "g/dL", 2, 30, 1),
    _value(16, "GAS", _("Combustible gas"), "", "%", "%", 0, 100, 1),
    _value(17, "ROOM_TEMPERATURE", _("Room temperature"), "60832-3", "Cel", "°C", -40, 80, 1),
    _event(101, "FALL", pgettext_lazy("device", "Fall")),
    _event(102, "CALL", _("Call button")),
    _event(103, "GAS_ALARM", _("Gas alarm")),
    _event(104, "SMOKE_ALARM", _("Smoke alarm")),
    _event(105, "OUT_OF_BED", _("Out of bed")),
    _event(106, "DOOR_OPEN", _("Door open")),
    _event(107, "MOTION", _("Movement")),
    _event(108, "OUT_OF_FENCE", _("Outside the agreed area")),
    _event(109, "CAMERA_EVENT", _("Camera: something unusual")),
    _event(110, "WORN", _("Worn")),
)  # fmt: skip
BY_NO = {one.no: one for one in QUANTITIES}
BY_NAME = {one.name: one for one in QUANTITIES}
BY_LOINC = {code: one for one in QUANTITIES for code in (one.loinc, *one.also) if code}
BY_MDC = {one.mdc: one for one in QUANTITIES if one.mdc}
# Other codes of ISO/IEEE 11073-10101 for what is kept under one quantity: pulse of an oximeter or a cuff.
BY_MDC |= {"149530": BY_NAME["HEART_RATE"], "149546": BY_NAME["HEART_RATE"]}
