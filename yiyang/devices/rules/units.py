"""From the unit that was sent to the unit that a quantity is kept in. Pure.

A conversion is a factor and an offset: kept = sent × factor + offset. Codes are UCUM's, those of SenML (RFC 8428,
table of units) and what makers write in their place. Molar masses: glucose 180.16 g/mol, lactate 90.08, creatinine
113.12, haemoglobin (Fe) 16.114 g/mmol; HbA1c by the master equation of IFCC and NGSP.
"""

from __future__ import annotations

from .quantities import BY_NAME, Quantity, Shape

Conversion = tuple[float, float]
SAME: Conversion = (1.0, 0.0)

PER_MINUTE: dict[str, Conversion] = {
    "/min": SAME, "1/min": SAME, "{beats}/min": SAME, "{breaths}/min": SAME, "beat/min": SAME, "beats/min": SAME,
    "bpm": SAME, "BPM": SAME, "rpm": SAME, "次/分": SAME, "/s": (60.0, 0.0), "1/s": (60.0, 0.0), "Hz": (60.0, 0.0),
}  # fmt: skip
PRESSURE: dict[str, Conversion] = {
    "mm[Hg]": SAME, "mmHg": SAME, "mmhg": SAME, "kPa": (7.500617, 0.0), "Pa": (0.007500617, 0.0),
    "hPa": (0.7500617, 0.0), "cm[H2O]": (0.735559, 0.0),
}  # fmt: skip
RATIO: dict[str, Conversion] = {"%": SAME, "%RH": SAME, "/": (100.0, 0.0), "1": (100.0, 0.0)}
DEGREES: dict[str, Conversion] = {
    "Cel": SAME, "degC": SAME, "C": SAME, "°C": SAME, "℃": SAME, "K": (1.0, -273.15),
    "[degF]": (5 / 9, -160 / 9), "degF": (5 / 9, -160 / 9), "°F": (5 / 9, -160 / 9), "℉": (5 / 9, -160 / 9),
}  # fmt: skip
MASS: dict[str, Conversion] = {
    "kg": SAME, "g": (0.001, 0.0), "[lb_av]": (0.45359237, 0.0), "lb": (0.45359237, 0.0), "lbs": (0.45359237, 0.0),
    "[stone_av]": (6.35029318, 0.0), "斤": (0.5, 0.0), "jin": (0.5, 0.0), "公斤": SAME,
}  # fmt: skip


def _molar(milligrams: float) -> dict[str, Conversion]:
    """mmol/L, with mg/dL by how many of them are one mmol/L."""
    per = (1 / milligrams, 0.0)
    return {"mmol/L": SAME, "mmol/l": SAME, "mg/dL": per, "mg/dl": per, "umol/L": (0.001, 0.0)}


CONVERSIONS: dict[str, dict[str, Conversion]] = {
    "HEART_RATE": PER_MINUTE,
    "OXYGEN": RATIO,
    "BREATHING": PER_MINUTE,
    "SYSTOLIC": PRESSURE,
    "DIASTOLIC": PRESSURE,
    "MEAN_PRESSURE": PRESSURE,
    "TEMPERATURE": DEGREES,
    "ROOM_TEMPERATURE": DEGREES,
    "GLUCOSE": _molar(18.016),
    "LACTATE": _molar(9.008),
    "WEIGHT": MASS,
    "STEPS": dict.fromkeys(("{steps}", "count", "1", "steps", "步"), SAME),
    "HAEMOGLOBIN_A1C": RATIO | {"mmol/mol": (0.09148, 2.152)},
    "POTASSIUM": dict.fromkeys(("mmol/L", "mmol/l", "meq/L", "mEq/L"), SAME),
    "CREATININE": {
        "umol/L": SAME,
        "µmol/L": SAME,
        "μmol/L": SAME,
        "mg/dL": (88.4, 0.0),
        "mg/dl": (88.4, 0.0),
    },
    "HAEMOGLOBIN": {
        "g/dL": SAME,
        "g/dl": SAME,
        "g/L": (0.1, 0.0),
        "g/l": (0.1, 0.0),
        "mmol/L": (1.6114, 0.0),
    },
    "GAS": RATIO | {"%LEL": SAME, "[ppm]": (0.0001, 0.0), "ppm": (0.0001, 0.0)},
}
BY_QUANTITY: dict[int, dict[str, Conversion]] = {
    BY_NAME[name].no: {**table, BY_NAME[name].ucum: SAME, "": SAME} for name, table in CONVERSIONS.items()
}


def conversion(quantity: Quantity, unit: str | None) -> Conversion | None:
    """How to convert; None when this unit says nothing of the quantity. Without a unit, ours is meant."""
    if quantity.shape is Shape.EVENT:
        return SAME
    return BY_QUANTITY[quantity.no].get(unit or "")
