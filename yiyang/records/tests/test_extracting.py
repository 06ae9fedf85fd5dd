"""What a resource is found by, held against an engine that others wrote and against HL7's expressions."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import fhirpathpy
import pytest
from fhirpathpy.models import models

from yiyang.records.r4 import dates, definitions, texts, units
from yiyang.records.r4.extracting import extract, own_references, parameters, person_references, values
from yiyang.records.r4.extracting.parameters import WITHOUT_EXPRESSION
from yiyang.records.r4.extracting.values import Amount, Together
from yiyang.records.r4.references import resource_type
from yiyang.records.tests.outside import examples

# What the oracle cannot evaluate as it is written, and the same in words that it can:
# it does not know that an Observation is a Resource, takes "as" for single values only, and resolves nothing.
IN_ITS_WORDS = (
    (re.compile(r"\bResource\.(?=id|meta)"), "{type}."),
    (re.compile(r"\(([\w.]+) as (\w+)\)"), r"\1.ofType(\2)"),
    (re.compile(r"resolve\(\) is (\w+)"), r"leadsTo('\1')"),
)


def test_every_search_parameter_of_r4_compiles_and_leads_somewhere():
    known = {of: parameters(of) for of in definitions.types()}

    nowhere = [
        f"{of}.{code}"
        for of, ones in known.items()
        for code, one in ones.items()
        if not one.reading.routes and one.reading.truth is None
    ]
    left_out = {
        code
        for of in known
        for code, one in definitions.search_parameters(of).items()
        if code not in known[of]
    }
    assert nowhere == []
    assert left_out <= set(WITHOUT_EXPRESSION)
    assert sum(len(ones) for ones in known.values()) > 2500


def test_each_parameter_finds_in_each_example_what_the_oracle_finds():
    compared, differing = Counter(), []

    for text in examples().values():
        resource = json.loads(text, parse_float=Decimal)
        of = resource["resourceType"]
        for code, parameter in parameters(of).items():
            expected = _oracle(definitions.search_parameters(of)[code].expression, resource)
            found = {_written(value) for _type, value in parameter.reading.values(resource)}
            compared[parameter.type] += 1
            if found != {_written(value) for value in expected}:
                differing.append((of, resource.get("id"), code))

    assert differing == []
    assert len(compared) >= 8, f"compared: {dict(compared)}"


_compiled: dict[str, object] = {}
_of: dict[str, dict] = {}


def _oracle(expression: str, resource: dict) -> list:
    of = resource["resourceType"]
    for pattern, words in IN_ITS_WORDS:
        expression = pattern.sub(words.replace("{type}", of), expression)
    own = re.compile(rf"\(?{of}\b|[a-z]")
    expression = " | ".join(one for one in expression.split(" | ") if own.match(one.strip()))
    assert expression, (of, resource.get("id"))
    if expression not in _compiled:
        leads_to = {"fn": _leads_to, "arity": {1: ["String"]}, "nullable": True}
        options = {"userInvocationTable": {"leadsTo": leads_to}}
        _compiled[expression] = fhirpathpy.compile(expression, models["r4"], options)
    _of["resource"] = resource
    return _compiled[expression](copy.deepcopy(resource), {})


def _leads_to(inputs: list, of: str) -> list[bool]:
    return [resource_type(getattr(one, "data", one), _of["resource"]) == of for one in inputs]


def _written(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", "2023-12-31T16:00Z", "2024-12-31T16:00Z"),
        ("2024-02", "2024-01-31T16:00Z", "2024-02-29T16:00Z"),
        ("2024-12-31", "2024-12-30T16:00Z", "2024-12-31T16:00Z"),
        ("2024-05-01T10:30:00Z", "2024-05-01T10:30:00Z", "2024-05-01T10:30:01Z"),
        ("2024-05-01T10:30+08:00", "2024-05-01T02:30Z", "2024-05-01T02:31Z"),
        ("2024-06-30T23:59:60Z", "2024-07-01T00:00:00Z", "2024-07-01T00:00:01Z"),
        ("9999-12-31", "9999-12-29T23:59:59Z", "9999-12-30T00:00Z"),
    ],
)
def test_a_date_covers_as_much_time_as_it_leaves_open(text, start, end):
    found = dates.span(text)

    assert (found.start, found.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))


@pytest.mark.parametrize(
    "text", ["", "2024-02-30", "2024-13", "24", "2024-05-01T25:00:00Z", "0000", "2024-1-1"]
)
def test_what_is_no_date_covers_nothing(text):
    assert dates.span(text) is None


def test_a_period_without_an_end_stays_open():
    found = dates.of_period({"start": "2024-05-01T00:00:00Z"})

    assert found == dates.Span(datetime(2024, 5, 1, tzinfo=UTC), dates.FUTURE)
    assert dates.of_period({"start": "2024-05-02", "end": "2024-05-01"}) is None


@pytest.mark.parametrize(
    ("one", "unit", "other", "same"),
    [
        ("5.5", "mmol/L", "5500", "umol/L"),
        ("120", "mm[Hg]", "15.9986864898", "kPa"),
        ("72", "/min", "1.2", "Hz"),
        ("250", "10*9/L", "250", "10*3/uL"),
        ("150", "[lb_av]", "68.0388555", "kg"),
        ("1.5", "mL/min/{1.73_m2}", "0.09", "L/h"),
    ],
)
def test_amounts_in_units_of_one_kind_are_compared_exactly(one, unit, other, same):
    (first, kind), (second, again) = units.canonical(unit), units.canonical(same)

    assert kind == again
    assert Fraction(one) * first == Fraction(other) * second


@pytest.mark.parametrize("unit", ["Cel", "[degF]", "nonsense", "", "mg/(kg.d)", "m999"])
def test_a_unit_that_does_not_multiply_stands_for_itself(unit):
    assert units.canonical(unit) is None


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("高血压", ("高血压", "gaoxueya", "gxy")),
        ("血壓", ("血压", "xueya", "xy")),
        ("重症监护 ICU", ("重症监护 icu", "zhongzhengjianhu icu", "zzjh icu")),
        ("Ångström  O'Fallon", ("angstrom ofallon",)),
        ("ＡＢＣ－１２", ("abc 12",)),
    ],
)
def test_words_are_kept_as_they_are_compared(text, forms):
    assert texts.forms(text) == forms


def test_numbers_keep_their_digits_and_comparators_open_an_end():
    resource = {
        "resourceType": "Observation",
        "valueQuantity": {"value": Decimal("0.10"), "comparator": ">", "unit": "mg"},
    }

    (found,) = values(parameters("Observation")["value-quantity"], resource)

    assert found == Amount(Fraction(Decimal("0.10")), None, ("mg",))


@pytest.mark.parametrize("digits", ["1e300", "-1e300", "1e-300"])
def test_no_number_is_too_large_for_its_row(digits):
    huge = {"value": Decimal(digits), "system": units.UCUM, "code": "kmol/fL"}

    assert extract({"resourceType": "Observation", "valueQuantity": huge}).tokens


def test_a_composite_keeps_together_what_stands_together():
    pressure = {
        "resourceType": "Observation",
        "component": [
            {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": {"value": 150}},
            {"code": {"coding": [{"code": "8462-4"}]}, "valueQuantity": {"value": 90}},
        ],
    }

    found = values(parameters("Observation")["component-code-value-quantity"], pressure)

    assert [type(one) for one in found] == [Together, Together]
    assert [(one.parts[0][0].codes, one.parts[1][0].low) for one in found] == [
        ((("", "8480-6"),), 150),
        ((("", "8462-4"),), 90),
    ]


def test_references_to_ourselves_are_the_same_relative_and_absolute():
    resource = {
        "resourceType": "Observation",
        "subject": {"reference": "https://here.example/fhir/Patient/1"},
        "performer": [
            {"reference": "Patient/2/_history/3"},
            {"reference": "https://there.example/fhir/Patient/9"},
        ],
        "hasMember": [
            {"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"},
            {"reference": "#inside"},
        ],
    }

    assert person_references(resource, base="https://here.example/fhir") == ["Patient/1", "Patient/2"]
    assert sorted(own_references(resource, base="https://here.example/fhir")) == ["Patient/1", "Patient/2"]


def test_an_index_row_says_when_it_happened_and_leaves_nothing_out():
    resource = {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": "I10"}], "text": "高血压"},
        "subject": {"reference": "Patient/1"},
        "onsetPeriod": {"start": "2020"},
        "recordedDate": "2024-05-01",
    }

    row = extract(resource)

    assert (row.starts_at, row.ends_at) == (datetime(2019, 12, 31, 16, tzinfo=UTC), dates.FUTURE)
    assert "\x1fcode:text\x1egaoxueya\x1f" in row.strings
    assert len(row.range_keys) == len(row.range_lows) == len(row.range_highs) == 1
    assert len(row.tokens) == len(set(row.tokens))
