"""From the JSON of an element to the value that its search parameter compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from yiyang.records.r4 import dates
from yiyang.records.r4.dates import Span
from yiyang.records.r4.extracting.values import (
    Amount,
    Coded,
    Place,
    Referred,
    Text,
    Token,
    Uri,
    Value,
)
from yiyang.records.r4.references import Target, target

NAME_PARTS = ("text", "family", "given", "prefix", "suffix")
ADDRESS_PARTS = ("text", "line", "city", "district", "state", "postalCode", "country")


def typed(search_type: str, fhir_type: str, value: Any, system: str = "", base: str = "") -> Iterator[Value]:
    """The values of one element; none for what cannot be compared in this way."""
    if search_type == "reference":
        yield from references(fhir_type, value, base)
    elif search_type in READERS:
        reader = READERS[search_type]
        yield from reader(fhir_type, value, system)


def tokens(fhir_type: str, value: Any, system: str = "") -> Iterator[Token]:
    if isinstance(value, bool):
        yield Token((("", "true" if value else "false"),))
    elif isinstance(value, str):
        codes = [("", value)] if not system else [(system, value), ("", value)]
        yield Token(tuple(codes))
    elif isinstance(value, dict):
        if fhir_type == "CodeableConcept":
            yield _concept(value)
        elif fhir_type == "Coding":
            yield Token(_coded(value, "code"), _texts(value, "display"))
        elif fhir_type == "Identifier":
            yield _identifier(value)
        elif fhir_type == "ContactPoint":
            number = _text(value, "value").casefold()
            if number:
                said = (_text(value, "system"), _text(value, "use"), "")
                yield Token(tuple((one, number) for one in dict.fromkeys(said)))
        elif fhir_type in ("Quantity", "Money"):
            yield Token(_coded(value, "code"), _texts(value, "unit"))


def _concept(value: dict[str, Any]) -> Token:
    codings = [one for one in _list(value, "coding") if isinstance(one, dict)]
    codes = [code for one in codings for code in _coded(one, "code")]
    texts = [*_texts(value, "text"), *(text for one in codings for text in _texts(one, "display"))]
    return Token(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(texts)))


def _identifier(value: dict[str, Any]) -> Token:
    kind = value.get("type")
    concept = _concept(kind) if isinstance(kind, dict) else Token()
    return Token(_coded(value, "value"), concept.texts, concept.codes)


def references(fhir_type: str, value: Any, base: str) -> Iterator[Referred]:
    if isinstance(value, str):  # a canonical or uri
        yield from (Referred(Target(address=one)) for one in _versions(value))
    elif isinstance(value, dict) and "resourceType" in value:
        if "id" in value:
            yield Referred(Target(str(value["resourceType"]), str(value["id"])))
    elif isinstance(value, dict) and fhir_type == "Reference":
        text, identifier = value.get("reference"), value.get("identifier")
        yield Referred(
            target(text, base) if isinstance(text, str) else None,
            _identifier(identifier) if isinstance(identifier, dict) else None,
            _texts(value, "display"),
        )


def spans(fhir_type: str, value: Any, _system: str = "") -> Iterator[Span]:
    found = None
    if isinstance(value, str):
        found = dates.span(value)
    elif isinstance(value, dict):
        found = dates.of_timing(value) if fhir_type == "Timing" else dates.of_period(value)
    if found is not None:
        yield found


def amounts(fhir_type: str, value: Any, _system: str = "") -> Iterator[Amount]:
    if not isinstance(value, dict):
        number = exact(value)
        if number is not None:
            yield Amount(number, number)
    elif fhir_type == "Range":
        yield from _range(value)
    elif fhir_type == "SampledData":
        yield from _samples(value)
    elif fhir_type == "Money":
        number = exact(value.get("value"))
        if number is not None:
            currency = _text(value, "currency")
            yield Amount(number, number, (currency,) if currency else (), "urn:iso:std:iso:4217", currency)
    else:
        yield from _quantity(value)


def _quantity(value: dict[str, Any]) -> Iterator[Amount]:
    number = exact(value.get("value"))
    if number is None:
        return
    comparator = value.get("comparator")
    low = None if comparator in ("<", "<=") else number
    high = None if comparator in (">", ">=") else number
    yield _amount(low, high, value)


def _range(value: dict[str, Any]) -> Iterator[Amount]:
    ends = [one if isinstance(one := value.get(key), dict) else {} for key in ("low", "high")]
    low, high = (exact(one.get("value")) for one in ends)
    if low is not None or high is not None:
        yield _amount(low, high, ends[0] if low is not None else ends[1])


def _samples(value: dict[str, Any]) -> Iterator[Amount]:
    origin = value.get("origin")
    if not isinstance(origin, dict):
        return
    zero, factor = exact(origin.get("value")), exact(value.get("factor", 1))
    words = [exact_text(one) for one in str(value.get("data") or "").split()]
    numbers = [one for one in words if one is not None]
    if zero is not None and factor is not None and numbers:
        ends = [zero + one * factor for one in (min(numbers), max(numbers))]
        yield _amount(min(ends), max(ends), origin)


def _amount(low: Fraction | None, high: Fraction | None, unit: dict[str, Any]) -> Amount:
    code, word = _text(unit, "code"), _text(unit, "unit")
    units = tuple(dict.fromkeys(one for one in (code, word) if one))
    return Amount(low, high, units, _text(unit, "system"), code)


def texts(fhir_type: str, value: Any, _system: str = "") -> Iterator[Text]:
    if isinstance(value, str):
        yield Text(value)
    elif isinstance(value, dict):
        parts = {"HumanName": NAME_PARTS, "Address": ADDRESS_PARTS}.get(fhir_type, ("text", "display"))
        for key in parts:
            yield from (Text(one) for one in _list(value, key) if isinstance(one, str) and one)
        if fhir_type == "HumanName" and not value.get("text"):
            yield from _whole_name(value)


def _whole_name(value: dict[str, Any]) -> Iterator[Text]:
    given = [one for one in _list(value, "given") if isinstance(one, str)]
    family = _text(value, "family")
    if family and given:
        chinese = not family.isascii()
        yield Text(family + "".join(given) if chinese else " ".join((*given, family)))


def uris(_type: str, value: Any, _system: str = "") -> Iterator[Uri]:
    if isinstance(value, str) and value:
        yield from (Uri(one) for one in _versions(value))


def places(_type: str, value: Any, _system: str = "") -> Iterator[Place]:
    if isinstance(value, dict):
        latitude, longitude = exact(value.get("latitude")), exact(value.get("longitude"))
        if latitude is not None and longitude is not None:
            yield Place(float(latitude), float(longitude))


READERS: dict[str, Callable[..., Iterator[Any]]] = {
    "token": tokens,
    "date": spans,
    "number": amounts,
    "quantity": amounts,
    "string": texts,
    "uri": uris,
    "special": places,
}


def exact(value: Any) -> Fraction | None:
    """A number of the JSON as it was written, never by way of a float."""
    if value is None or isinstance(value, bool | dict | list):
        return None
    return exact_text(str(value))


def exact_text(text: str) -> Fraction | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return None
    return Fraction(number)


def _versions(text: str) -> list[str]:
    """A canonical address with its version, and without."""
    plain = text.split("|")[0]
    return list(dict.fromkeys((text, plain)))


def _coded(value: dict[str, Any], key: str) -> tuple[Coded, ...]:
    system, code = _text(value, "system"), _text(value, key)
    return ((system, code),) if system or code else ()


def _texts(value: dict[str, Any], key: str) -> tuple[str, ...]:
    found = _text(value, key)
    return (found,) if found else ()


def _text(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""


def _list(value: dict[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else [] if found is None else [found]
