"""Searches are read as FHIR writes them, and each example resource meets those that are made from its own values."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from yiyang.records.r4 import dates
from yiyang.records.r4.extracting import Parameter, parameters, values
from yiyang.records.r4.extracting.values import Amount, Place, Referred, Text, Together, Token, Uri, Value
from yiyang.records.r4.search import met, parse
from yiyang.records.r4.search import refusals as no
from yiyang.records.r4.search.query import Chain, Condition, Has, Include, WantedReference, WantedToken
from yiyang.records.tests.outside import examples

AT = datetime(2026, 11, 1, tzinfo=UTC)


def written(parameter: Parameter, value: Value) -> str:
    """A value of a resource as somebody would search for it; empty for what cannot be written."""
    match value:
        case Token(codes=((system, code), *_)):
            return f"{escaped(system)}|{escaped(code)}" if system else escaped(code)
        case Token():
            return ""
        case Referred(target=None):
            return ""
        case Referred(target=target):
            return escaped(str(target))
        case Amount(low=None) | Amount(high=None):
            return ""
        case Amount() if value.low == value.high:
            number = Decimal(value.low.numerator) / Decimal(value.low.denominator)
            unit = f"|{escaped(value.system)}|{escaped(value.code)}" if value.code else ""
            return f"{number:f}{unit}"
        case Amount():
            return f"ge{float(value.low):f}|{escaped(value.system)}|{escaped(value.code)}"
        case Text(text):
            return escaped(text[:60])
        case Uri(text):
            return escaped(text)
        case Place(latitude, longitude):
            return f"{latitude}|{longitude}|1|km"
        case dates.Span(start, end):
            return f"ap{start.isoformat()}" if start > dates.PAST else f"le{end.isoformat()}"
        case Together(parts):
            pieces = [
                written(one.parameter, part[0]) for one, part in zip(parameter.components, parts, strict=True)
            ]
            return "$".join(pieces) if all(pieces) else ""
    raise AssertionError(value)


def escaped(text: str) -> str:
    for sign in "\\,|$":
        text = text.replace(sign, "\\" + sign)
    return text


def test_each_example_meets_a_search_made_from_each_of_its_own_values():
    tried, missed = Counter(), []

    for text in examples().values():
        resource = json.loads(text, parse_float=Decimal)
        of = resource["resourceType"]
        for code, parameter in parameters(of).items():
            for value in values(parameter, resource)[:3]:
                asked = written(parameter, value)
                if not asked or len(asked) > 1000:
                    continue
                query = parse(of, [(code, asked)], "strict")
                tried[parameter.type] += 1
                if not met(resource, query.conditions, AT):
                    missed.append((of, code, asked))

    assert missed == []
    assert len(tried) >= 8


PRESSURE: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "pressure",
    "meta": {
        "profile": ["http://hl7.org/fhir/StructureDefinition/bp"],
        "tag": [{"system": "urn:x", "code": "a,b"}],
    },
    "status": "final",
    "identifier": [
        {
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PLAC"}]},
            "system": "urn:orders",
            "value": "77",
        }
    ],
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}], "text": "血压"},
    "subject": {"reference": "Patient/7", "display": "王秀英"},
    "effectiveDateTime": "2024-05-01T08:30:00+08:00",
    "component": [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {
                "value": Decimal(value),
                "system": "http://unitsofmeasure.org",
                "code": "mm[Hg]",
            },
        }
        for code, value in (("8480-6", "150.0"), ("8462-4", "90"))
    ],
}


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("code=85354-9", True),
        ("code=http://loinc.org|85354-9", True),
        ("code=http://loinc.org|", True),
        ("code=|85354-9", False),
        ("code=1,85354-9", True),
        ("code:not=85354-9", False),
        ("code:not=1,2", True),
        ("code:text=xue", True),
        ("code:text=压", True),
        ("status=http://hl7.org/fhir/observation-status|final", True),
        ("status:in=http://hl7.org/fhir/ValueSet/observation-status", True),
        ("status:not-in=http://hl7.org/fhir/ValueSet/observation-status", False),
        ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|PLAC|77", True),
        ("identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|FILL|77", False),
        ("_tag=urn:x|a\\,b", True),
        ("_tag=a,b", False),
        ("subject=Patient/7", True),
        ("subject=7", True),
        ("subject:Patient=7", True),
        ("subject:Group=7", False),
        ("patient=http://here.example/fhir/Patient/7", True),
        ("patient=http://there.example/fhir/Patient/7", False),
        ("subject:text=wangxiu", True),
        ("encounter:missing=true", True),
        ("encounter:missing=false", False),
        ("date=2024-05-01", True),
        ("date=2024", True),
        ("date=2024-05-01T08:30:00+08:00", True),
        ("date=2024-05-01T00:30Z", True),
        ("date=ne2024-05-01", False),
        ("date=gt2024-05-01", False),
        ("date=ge2024-05-01", True),
        ("date=lt2024-05-01", False),
        ("date=le2024-05-01", True),
        ("date=sa2024-04-30", True),
        ("date=eb2024-05-02", True),
        ("date=ap2024-05", True),
        ("component-value-quantity=150", True),
        ("component-value-quantity=gt149.9|http://unitsofmeasure.org|mm[Hg]", True),
        ("component-value-quantity=gt20|http://unitsofmeasure.org|kPa", False),
        ("component-value-quantity=lt20|http://unitsofmeasure.org|kPa", True),
        ("component-value-quantity=12.0||kPa", False),
        ("component-value-quantity=90||mm[Hg]", True),
        ("component-code-value-quantity=8480-6$gt140", True),
        ("component-code-value-quantity=8462-4$gt140", False),
        ("combo-code-value-quantity=http://loinc.org|8462-4$lt100", True),
        ("_profile=http://hl7.org/fhir/StructureDefinition/bp", True),
        ("_profile:below=http://hl7.org/fhir/", True),
        ("_profile:above=http://hl7.org/fhir/StructureDefinition/bp/2", True),
    ],
)
def test_a_blood_pressure_is_found(asked, hit):
    name, _sign, value = asked.partition("=")

    query = parse("Observation", [(name, value)], "strict", base="http://here.example/fhir")

    assert met(PRESSURE, query.conditions, AT) is hit


@pytest.mark.parametrize(
    ("asked", "hit"),
    [
        ("name=王", True),
        ("name=秀英", True),
        ("name=wangxiu", True),
        ("name=wxy", True),
        ("name=xiuying", True),
        ("name=ying", False),
        ("name:contains=ying", True),
        ("name:exact=王秀英", True),
        ("name:exact=王", True),
        ("name:exact=秀", False),
        ("name=angstrom", True),
        ("name=gstrom", False),
        ("phone=138 0000 0000", True),
        ("telecom=phone|138 0000 0000", True),
        ("deceased=false", True),
        ("gender=female,male", True),
        ("birthdate=1941", True),
    ],
)
def test_a_person_is_found_by_parts_of_the_name_and_by_pinyin(asked, hit):
    person = {
        "resourceType": "Patient",
        "name": [{"family": "王", "given": ["秀英"]}, {"text": "Ångström"}],
        "telecom": [{"system": "phone", "value": "138 0000 0000"}],
        "gender": "female",
        "birthDate": "1941-03-02",
    }
    name, _sign, value = asked.partition("=")

    assert met(person, parse("Patient", [(name, value)], "strict").conditions, AT) is hit


def test_chains_has_and_includes_are_read_with_their_types():
    query = parse(
        "Observation",
        [
            ("subject:Patient.name", "王"),
            ("encounter.participant.identifier", "urn:staff|3"),
            ("_has:DiagnosticReport:result:status", "final"),
            ("_include", "Observation:subject:Patient"),
            ("_revinclude:iterate", "Provenance:target"),
            ("_sort", "-date,_id"),
            ("_count", "10"),
        ],
    )

    chain, longer, has = query.conditions
    assert isinstance(chain, Chain) and [of for of, _next in chain.targets] == ["Patient"]
    assert isinstance(longer, Chain) and isinstance(longer.targets[0][1], Chain)
    assert has == Has(
        "DiagnosticReport", "result", Condition("status", "token", "", (WantedToken(None, "final"),))
    )
    assert query.includes == (Include("Observation", "subject", "Patient"),)
    assert query.revincludes == (Include("Provenance", "target", iterate=True),)
    assert [(one.parameter, one.descending) for one in query.sort] == [("date", True), ("_id", False)]
    assert query.count == 10


def test_an_id_alone_may_be_of_any_type_that_the_parameter_leads_to():
    (condition,) = parse("Observation", [("subject", "7")]).conditions

    assert condition.wanted == (WantedReference(("Group/7", "Device/7", "Patient/7", "Location/7")),)


def test_a_parameter_that_is_not_known_is_left_out_and_named_or_refused():
    query = parse("Observation", [("colour", "red"), ("status", "final")])

    assert query.ignored == ("colour",)
    assert query.used == (("status", "final"),)
    with pytest.raises(no.SearchParameterUnknown):
        parse("Observation", [("colour", "red")], "strict")


def test_a_count_is_bounded_and_none_asks_for_the_number_alone():
    assert parse("Observation", [("_count", "1000000")]).count == 500
    assert parse("Observation", [("_count", "0")]).summary == "count"


def test_several_types_are_searched_by_what_every_resource_has():
    query = parse(None, [("_type", "Observation,Condition"), ("_tag", "a")], "strict")

    assert query.types == ("Observation", "Condition")
    with pytest.raises(no.SearchParameterUnknown):
        parse(None, [("_type", "Observation,Condition"), ("code", "a")], "strict")


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ("date=yesterday", no.SearchValueMalformed),
        ("date=xx2024", no.SearchValueMalformed),
        ("date=2024-02-30", no.SearchValueMalformed),
        ("value-quantity=much", no.SearchValueMalformed),
        ("value-quantity=1|mg", no.SearchValueMalformed),
        ("value-quantity=1e999999", no.SearchValueMalformed),
        ("value-quantity=NaN", no.SearchValueMalformed),
        ("code=a|b|c", no.SearchValueMalformed),
        ("code=|", no.SearchValueMalformed),
        ("code=a\\", no.SearchValueMalformed),
        ("code=a\x00", no.SearchValueMalformed),
        ("code=a\ud800", no.SearchValueMalformed),
        ("code:exact=a", no.SearchModifierUnfit),
        ("code:above=a", no.SearchValueMalformed),
        ("subject:Bed=1", no.SearchModifierUnfit),
        ("subject=Patient/1/2", no.SearchValueMalformed),
        ("subject=Bed/1", no.SearchValueMalformed),
        ("code.name=a", no.SearchChainUnfit),
        ("subject.colour=a", no.SearchChainUnfit),
        ("subject:Patient.link.link.link.link.name=a", no.SearchTooLarge),
        ("_has:Observation=a", no.SearchParameterUnknown),
        ("_has:Bed:patient:code=a", no.SearchTypeUnknown),
        ("_has:Observation:code:code=a", no.SearchChainUnfit),
        ("code-value-quantity=a", no.SearchValueMalformed),
        ("encounter:missing=perhaps", no.SearchValueMalformed),
        ("_sort=colour", no.SearchSortUnfit),
        ("_count=-1", no.SearchValueMalformed),
        ("_count=ten", no.SearchValueMalformed),
        ("_include=Observation", no.SearchValueMalformed),
        ("_include=Observation:status", no.SearchValueMalformed),
        ("_include=Bed:subject", no.SearchTypeUnknown),
        ("_total=all", no.SearchValueMalformed),
        ("_summary=short", no.SearchValueMalformed),
        ("_elements=a;b", no.SearchValueMalformed),
        ("code=" + "a" * 2000, no.SearchTooLarge),
        ("code=" + ",".join("a" * 600), no.SearchTooLarge),
    ],
)
def test_what_cannot_be_searched_is_refused_by_name(asked, refusal):
    name, _sign, value = asked.partition("=")

    with pytest.raises(refusal) as refused:
        parse("Observation", [(name, value)], "strict")

    assert refused.value.status == 400
    assert name.split(":")[0].split(".")[0] in str(refused.value) or "_sort" in name
