"""Vital signs as people measure them at a bed, and as FHIR R4 Observations. Pure.

The Observations follow HL7's vital-signs profile (hl7.org/fhir/R4/observation-vitalsigns.html): its LOINC codes, its
UCUM units, blood pressure as one panel with two components. Consciousness is ACVPU of NEWS2 (Royal College of
Physicians, 2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.records.r4.body import Number

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PANEL = "85354-9"
CONSCIOUSNESS_CODE = "80288-4"


@dataclass(frozen=True)
class Sign:
    """One thing measured. `low` and `high` are what can be true of a living person, not what is healthy."""

    name: str
    label: Any
    code: str
    display: str
    unit: str
    shown_unit: str
    low: float
    high: float
    decimals: int = 0
    also: str = ""


SIGNS = (
    Sign("temperature", _("Temperature"), "8310-5", "Body temperature", "Cel", "°C", 25, 45, 1),
    Sign("pulse", _("Pulse"), "8867-4", "Heart rate", "/min", "/min", 0, 300),
    Sign("breathing", _("Breaths"), "9279-1", "Respiratory rate", "/min", "/min", 0, 100),
    Sign(
        "systolic", _("Upper blood pressure"), "8480-6", "Systolic blood pressure", "mm[Hg]", "mmHg", 20, 350
    ),
    Sign(
        "diastolic",
        _("Lower blood pressure"),
        "8462-4",
        "Diastolic blood pressure",
        "mm[Hg]",
        "mmHg",
        10,
        250,
    ),
    Sign("oxygen", _("Oxygen saturation"), "2708-6", "Oxygen saturation", "%", "%", 30, 100, also="59408-5"),
    Sign("glucose", _("Blood glucose"), "15074-8", "Glucose in blood", "mmol/L", "mmol/L", 0.5, 60, 1),
    Sign("weight", _("Body weight"), "29463-7", "Body weight", "kg", "kg", 10, 350, 1),
)
BY_NAME = {sign.name: sign for sign in SIGNS}
PRESSURE = ("systolic", "diastolic")
CONSCIOUSNESS = {
    "A": pgettext_lazy("consciousness", "Alert"),
    "C": pgettext_lazy("consciousness", "New confusion"),
    "V": pgettext_lazy("consciousness", "Responds to voice"),
    "P": pgettext_lazy("consciousness", "Responds to pain"),
    "U": pgettext_lazy("consciousness", "Unresponsive"),
}
AWARENESS = Sign(
    "consciousness", pgettext_lazy("vital sign", "Consciousness"), CONSCIOUSNESS_CODE,
    "Level of responsiveness", "", "", 0, 0,
)  # fmt: skip
IN_ENGLISH = {
    "A": "Alert",
    "C": "New confusion",
    "V": "Responds to voice",
    "P": "Responds to pain",
    "U": "Unresponsive",
}

UNITS = {"/min": pgettext_lazy("unit", "/min"), "Cel": "°C", "mm[Hg]": "mmHg"}


def unit_words(unit: str) -> str:
    """A unit as the reader writes it: 次/分 for /min."""
    return str(UNITS.get(unit, unit))


def impossible(values: Mapping[str, Decimal]) -> list[Sign]:
    """What cannot be true of a living person: a mistyped digit, most often."""
    return [sign for sign in SIGNS if sign.name in values and not sign.low <= values[sign.name] <= sign.high]


def observations(
    values: Mapping[str, Decimal], *, patient: str, at: datetime, performer: str, consciousness: str = ""
) -> list[dict[str, Any]]:
    """One Observation for each value, one for the two blood pressures together; in the order of the table.

    `patient` is the reference of the person, `performer` who measured, in words.
    """
    about: dict[str, Any] = {"patient": patient, "at": at, "performer": performer}
    made = []
    pressures = [BY_NAME[name] for name in PRESSURE if name in values]
    for sign in SIGNS:
        if sign.name in values and sign.name not in PRESSURE:
            made.append(_one(_codes(sign), **about) | {"valueQuantity": _quantity(sign, values[sign.name])})
    if pressures:
        components = [
            {"code": {"coding": _codes(sign)}, "valueQuantity": _quantity(sign, values[sign.name])}
            for sign in pressures
        ]
        made.append(_one([_coding(PANEL, "Blood pressure panel")], **about) | {"component": components})
    if consciousness:
        said = {"text": IN_ENGLISH[consciousness]}
        made.append(
            _one([_coding(AWARENESS.code, AWARENESS.display)], **about) | {"valueCodeableConcept": said}
        )
    return made


def _codes(sign: Sign) -> list[dict[str, str]]:
    also = [_coding(sign.also, sign.display)] if sign.also else []
    return [_coding(sign.code, sign.display), *also]


def _coding(code: str, display: str) -> dict[str, str]:
    return {"system": LOINC, "code": code, "display": display}


def _quantity(sign: Sign, value: Decimal) -> dict[str, Any]:
    number = Number(f"{value:.{sign.decimals}f}") if sign.decimals else int(value.to_integral_value())
    return {"value": number, "unit": sign.shown_unit, "system": UCUM, "code": sign.unit}


def _one(codes: list[dict[str, str]], *, patient: str, at: datetime, performer: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": CATEGORY, "code": "vital-signs", "display": "Vital Signs"}]}],
        "code": {"coding": codes},
        "subject": {"reference": patient},
        "effectiveDateTime": at.isoformat(timespec="seconds"),
        "performer": [{"display": performer}],
    }


@dataclass(frozen=True)
class Measured:
    """One value of an Observation, found by its LOINC code."""

    code: str
    value: str
    unit: str
    unit_code: str
    at: datetime
    by: str
    id: str  # of the Observation of the record
    device: str = ""  # the id of the device that told it

    @property
    def words(self) -> str:
        """For the reader; what is kept of consciousness is English, as FHIR's other displays are."""
        for code, english in IN_ENGLISH.items():
            if self.code == CONSCIOUSNESS_CODE and self.value == english:
                return str(CONSCIOUSNESS[code])
        return f"{self.value} {unit_words(self.unit)}".strip()


def measured(resource: Mapping[str, Any], at: datetime) -> list[Measured]:
    """Every value that an Observation holds, its components' too, under each LOINC code that it carries."""
    if resource.get("status") in ("entered-in-error", "cancelled"):
        return []
    by = next((one.get("display", "") for one in resource.get("performer", [])), "")
    found = []
    for part in (resource, *resource.get("component", [])):
        if (said := _said(part)) is None:
            continue
        for coding in part.get("code", {}).get("coding", []):
            if coding.get("system") == LOINC and coding.get("code"):
                found.append(Measured(coding["code"], *said, at=at, by=by, id=str(resource.get("id", ""))))
    return found


def _said(part: Mapping[str, Any]) -> tuple[str, str, str] | None:
    if quantity := part.get("valueQuantity"):
        if "value" not in quantity:
            return None
        code = str(quantity.get("code") or "")
        return str(quantity["value"]), str(quantity.get("unit") or code), code
    if concept := part.get("valueCodeableConcept"):
        coding: Mapping[str, Any] = next(iter(concept.get("coding", [])), {})
        return str(concept.get("text") or coding.get("display") or coding.get("code") or ""), "", ""
    return None
