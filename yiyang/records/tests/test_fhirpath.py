"""FHIRPath as HL7 tests it; what is refused, and what is bounded."""

from __future__ import annotations

from collections import Counter

import pytest

from yiyang.records.r4 import definitions
from yiyang.records.r4.body import read
from yiyang.records.r4.fhirpath import FhirPathError, path
from yiyang.records.r4.rules import CORRECTED
from yiyang.records.tests.fhirpath_cases import cases, run
from yiyang.records.tests.outside import examples

PATIENT = {
    "resourceType": "Patient",
    "name": [{"family": "王", "given": ["秀英", "小英"]}],
    "deceasedBoolean": False,
    "birthDate": "1941-03-02",
    "_birthDate": {"extension": [{"url": "u", "valueDateTime": "1941-03-02T05:00:00+08:00"}]},
}


def values(text, resource=PATIENT, **variables):
    return [node.value for node in path(text).of(resource, **variables)]


@pytest.mark.outside_data
def test_hl7s_cases_pass_but_for_a_few():
    """docs: the README of this context says how many. Less than this is a fault of ours."""
    outcome = Counter(run(case) == "" for case in cases())

    assert outcome[True] >= 0.95 * outcome.total()


@pytest.mark.outside_data
def test_every_rule_and_search_parameter_of_hl7_compiles():
    for name in definitions.known():
        if definitions.is_primitive(name):
            continue
        for structure in definitions._structures(name).values():
            for rule in (
                *structure.constraints,
                *(c for e in structure.elements.values() for c in e.constraints),
            ):
                assert path(CORRECTED.get(rule.key, rule.path))
    for name in definitions.types():
        for parameter in definitions.search_parameters(name).values():
            assert not parameter.expression or path(parameter.expression)


@pytest.mark.outside_data
def test_search_parameters_can_be_asked_of_every_example():
    found = 0
    for raw in examples().values():
        body = read(raw)
        for parameter in definitions.search_parameters(body.type).values():
            found += len(path(parameter.expression).of(body.resource)) if parameter.expression else 0

    assert found > 1000


def test_choices_extensions_and_types():
    assert values("Patient.deceased") == [False]
    assert values("deceased is boolean and (deceased is dateTime).not()") == [True]
    assert values("birthDate.extension('u').value is dateTime") == [True]
    assert values("Encounter.name") == []
    assert values("Resource.name.given.last()") == ["小英"]
    assert values("%resource.name.family = %other.name.family", other=PATIENT) == [True]


def test_a_hostile_expression_ends():
    for text in (
        "(1 | 2).repeat($this + 1)",
        "(1 | 2 | 3 | 4).repeat($this + 1 | $this + 2)",
        "'" + "a" * 30_000 + "'",
        "(" * 100 + "1" + ")" * 100,
        "2.power(100000)",
        "'a'.matches('" + "(a*)*" * 200 + "')",
    ):
        with pytest.raises(FhirPathError):
            path(text).of(PATIENT)


def test_what_is_no_expression_is_refused():
    for text in (
        "",
        "name.",
        "name..given",
        "nonsense()",
        "name.where()",
        "1 is Nonsense",
        "'",
        "@2026-13",
        "%nobody",
        "{}}",
    ):
        with pytest.raises(FhirPathError):
            path(text).of(PATIENT)
