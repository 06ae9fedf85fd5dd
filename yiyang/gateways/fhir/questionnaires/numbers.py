"""Numbers of a Questionnaire: their unit, their limits, how exact they are."""

from __future__ import annotations

from typing import Any

from yiyang.assessments.rules.units import UNITS
from yiyang.gateways.fhir.questionnaires.words import (
    DECIMALS,
    LEAST,
    MOST,
    UNIT,
    UNIT_OPTION,
    extended,
    extensions,
    value_of,
)

WIDEST = 1_000_000
MOST_DECIMALS = 6


def number_of(item: dict[str, Any]) -> dict[str, Any] | None:
    """Unit, limits and decimals; None where a quantity has no unit that is known here: its unit would be lost."""
    unit = next((one for one in units_of(item) if one in UNITS), "")
    if not unit and (item["type"] == "quantity" or units_of(item)):
        return None
    made: dict[str, Any] = {
        "unit": unit,
        "minimum": _limit(item, LEAST, -WIDEST),
        "maximum": _limit(item, MOST, WIDEST),
    }
    told = extended(item, DECIMALS)
    otherwise = 0 if item["type"] == "integer" else MOST_DECIMALS
    decimals = told if isinstance(told, int) and not isinstance(told, bool) else otherwise
    return made | ({"decimals": min(max(decimals, 0), MOST_DECIMALS)} if decimals else {})


def units_of(item: dict[str, Any]) -> list[str]:
    codings = [value_of(one) for one in extensions(item, UNIT, UNIT_OPTION)]
    return [str(one.get("code") or one.get("display") or "") for one in codings if isinstance(one, dict)]


def _limit(item: dict[str, Any], url: str, otherwise: int) -> float | int:
    found = extended(item, url)
    if isinstance(found, dict):
        found = found.get("value")
    return found if isinstance(found, int | float) and not isinstance(found, bool) else otherwise
