"""One value of a search, read by the type of its parameter."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from yiyang.records.r4 import dates, definitions, texts
from yiyang.records.r4.extracting import Parameter
from yiyang.records.r4.extracting.typed import exact_text
from yiyang.records.r4.references import target
from yiyang.records.r4.search.query import (
    PREFIXES,
    Missing,
    Wanted,
    WantedAmount,
    WantedKind,
    WantedPlace,
    WantedReference,
    WantedSpan,
    WantedText,
    WantedTogether,
    WantedToken,
    WantedUri,
)
from yiyang.records.r4.search.refusals import SearchModifierUnfit, SearchTooLarge, SearchValueMalformed
from yiyang.records.r4.search.writing import parts, plain

PREFIXED = re.compile(rf"({'|'.join(PREFIXES)})?(.*)", re.DOTALL)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
LONGEST = 1000

MODIFIERS = {
    "token": ("missing", "not", "text", "in", "not-in", "below", "above", "of-type"),
    "string": ("missing", "exact", "contains"),
    "reference": ("missing", "identifier", "text"),
    "uri": ("missing", "below", "above"),
}
EXAMPLES = {
    "date": "ge2024-05-01",
    "number": "gt0.8",
    "quantity": "gt5.4|http://unitsofmeasure.org|mmol/L",
    "token": "http://loinc.org|8480-6",
    "of-type": "http://terminology.hl7.org/CodeSystem/v2-0203|MR|446053",
    "reference": "Patient/23",
    "string": "王",
    "uri": "http://example.org/fhir",
    "special": "31.23|121.45|5|km",
    "composite": "8480-6$gt140",
    "missing": "true",
}


def read(parameter: Parameter, modifier: str, text: str, base: str = "") -> Wanted:
    """What one value asks for."""
    if modifier == "missing":
        if text not in ("true", "false"):
            raise SearchValueMalformed(parameter=parameter.code, value=text, example="true")
        return Missing(text == "true")
    if len(text) > LONGEST:
        raise SearchTooLarge(parameter=parameter.code, most=LONGEST)
    if not text or not is_text(text):
        raise malformed(parameter, text)
    return READERS[parameter.type](parameter, modifier, text, base)


def is_text(text: str) -> bool:
    """Whether the database can keep it: no NUL, no half of a character."""
    return "\x00" not in text and not any("\ud800" <= one <= "\udfff" for one in text)


def check_modifier(parameter: Parameter, modifier: str) -> None:
    fitting = MODIFIERS.get(parameter.type, ("missing",))
    if parameter.type == "reference":
        fitting = (*fitting, *parameter.targets)
    if modifier and modifier not in fitting:
        shown = ", ".join(f":{one}" for one in fitting[:12])
        raise SearchModifierUnfit(parameter=parameter.code, modifier=modifier[:60], fitting=shown)


def malformed(parameter: Parameter, text: str, example: str = "") -> SearchValueMalformed:
    example = example or EXAMPLES[parameter.type]
    return SearchValueMalformed(parameter=parameter.code, value=text[:100], example=example)


def _token(parameter: Parameter, modifier: str, text: str, _base: str) -> Wanted:
    if modifier == "text":
        return WantedText(plain(text, parameter.code))
    pieces = [plain(one, parameter.code) for one in parts(text, "|")]
    if modifier == "of-type":
        if len(pieces) != 3 or not pieces[1] or not pieces[2]:
            raise malformed(parameter, text, EXAMPLES["of-type"])
        return WantedKind(*pieces)
    if modifier in ("below", "above") and (len(pieces) != 2 or not all(pieces)):
        raise malformed(parameter, text)
    if any(route.type == "ContactPoint" for route in parameter.reading.routes):
        pieces = [*pieces[:-1], pieces[-1].casefold()]
    if len(pieces) == 1:
        return WantedToken(None, pieces[0])
    if len(pieces) != 2 or not any(pieces):
        raise malformed(parameter, text)
    return WantedToken(pieces[0], pieces[1] or None)


def _reference(parameter: Parameter, modifier: str, text: str, base: str) -> Wanted:
    if modifier == "identifier":
        return _token(parameter, "", text, base)
    if modifier == "text":
        return WantedText(plain(text, parameter.code))
    address = plain(text, parameter.code)
    if ID.fullmatch(address):
        types = (modifier,) if modifier else parameter.targets
        canonical = any(route.type in ("canonical", "uri") for route in parameter.reading.routes)
        return WantedReference((*(f"{one}/{address}" for one in types), *([address] if canonical else ())))
    found = target(address, base)
    if found is None or (modifier and found.type and found.type != modifier):
        raise malformed(parameter, text)
    if not found.address and not definitions.is_resource(found.type):
        raise malformed(parameter, text)
    if not found.address or ":" in address:
        return WantedReference((str(found),))
    raise malformed(parameter, text)


def _date(parameter: Parameter, _modifier: str, text: str, _base: str) -> Wanted:
    prefix, rest = _prefixed(text)
    # A plus sign in an address is read as a space: the zone of a time.
    found = dates.span(rest.replace(" ", "+"))
    if found is None:
        raise malformed(parameter, text)
    return WantedSpan(prefix, found)


def _number(parameter: Parameter, _modifier: str, text: str, _base: str) -> Wanted:
    prefix, rest = _prefixed(text)
    return _amount(parameter, prefix, rest, text)


def _quantity(parameter: Parameter, _modifier: str, text: str, _base: str) -> Wanted:
    pieces = parts(text, "|")
    prefix, rest = _prefixed(pieces[0])
    if len(pieces) not in (1, 3):
        raise malformed(parameter, text)
    if len(pieces) == 1:
        return _amount(parameter, prefix, rest, text)
    system, code = (plain(one, parameter.code) for one in pieces[1:])
    return _amount(parameter, prefix, rest, text, system or None, code)


def _amount(
    parameter: Parameter, prefix: str, digits: str, text: str, system: str | None = None, code: str = ""
) -> WantedAmount:
    number = exact_text(digits) if NUMBER.fullmatch(digits) else None
    if number is None:
        raise malformed(parameter, text)
    half = _half(digits)
    return WantedAmount(prefix, number, number - half, number + half, system, code)


def _half(digits: str) -> Fraction:
    """Half of what the last digit stands for: 100 covers 99.5 to 100.5, and 1e2 covers 95 to 105."""
    digits, _sign, power = digits.lower().partition("e")
    places = len(digits.partition(".")[2])
    exponent = int(power or 0)
    if exponent > 0 and not places:
        exponent -= 1
    return Fraction(10) ** (exponent - places) / 2


def _string(parameter: Parameter, modifier: str, text: str, _base: str) -> Wanted:
    found = plain(text, parameter.code)
    if modifier != "exact" and not texts.normal(found):
        raise malformed(parameter, text)
    return WantedText(found)


def _uri(parameter: Parameter, _modifier: str, text: str, _base: str) -> Wanted:
    return WantedUri(plain(text, parameter.code))


def _special(parameter: Parameter, _modifier: str, text: str, _base: str) -> Wanted:
    pieces = parts(text, "|")
    numbers = [exact_text(one) for one in pieces[:3]]
    if not 2 <= len(pieces) <= 4 or any(one is None for one in numbers):
        raise malformed(parameter, text)
    latitude, longitude, *distance = (float(one) for one in numbers if one is not None)
    unit = UNITS_OF_DISTANCE.get(pieces[3] if len(pieces) == 4 else "km")
    if unit is None or abs(latitude) > 90 or abs(longitude) > 180:
        raise malformed(parameter, text)
    return WantedPlace(latitude, longitude, (distance[0] if distance else 50.0) * unit)


UNITS_OF_DISTANCE = {"km": 1.0, "m": 0.001, "[mi_us]": 1.609347, "[mi_i]": 1.609344}


def _composite(parameter: Parameter, _modifier: str, text: str, base: str) -> Wanted:
    pieces = parts(text, "$")
    if len(pieces) != len(parameter.components):
        raise malformed(parameter, text)
    return WantedTogether(
        tuple(
            read(one.parameter, "", piece, base)
            for one, piece in zip(parameter.components, pieces, strict=True)
        )
    )


def _prefixed(text: str) -> tuple[str, str]:
    found = PREFIXED.fullmatch(text)
    return (found[1] or "eq", found[2]) if found else ("eq", text)


READERS: dict[str, Callable[[Parameter, str, str, str], Wanted]] = {
    "token": _token,
    "reference": _reference,
    "date": _date,
    "number": _number,
    "quantity": _quantity,
    "string": _string,
    "uri": _uri,
    "special": _special,
    "composite": _composite,
}
