"""All that is wrong with a resource is said at once, each with its place; what HL7 publishes is right."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.utils.translation import override

from yiyang.records.r4 import checking
from yiyang.records.r4.body import decode, read
from yiyang.records.r4.validating import validate
from yiyang.records.tests.outside import examples

TEXT = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">血压 132/84</div>'}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "text": TEXT,
    "identifier": [{"system": "urn:oid:2.16.156.10011.1.3", "value": "310106194103020021"}],
    "name": [{"family": "王", "given": ["秀英"], "_given": [{"id": "g1"}]}],
    "gender": "female",
    "birthDate": "1941-03-02",
    "_birthDate": {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime",
                "valueDateTime": "1941-03-02T05:00:00+08:00",
            }
        ]
    },
}
OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
    "subject": {"reference": "Patient/p1"},
    "effectiveDateTime": "2026-11-20T08:30:00+08:00",
    "component": [
        {"code": {"text": "收缩压"}, "valueQuantity": {"value": 132, "unit": "mmHg"}},
        {"code": {"text": "舒张压"}, "valueQuantity": {"value": 84, "unit": "mmHg"}},
    ],
}
NOTHING = object()


def changed(resource: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with one thing set, or taken away."""
    found = copy.deepcopy(resource)
    *above, last = path.split(".")
    inner: Any = found
    for step in above:
        inner = inner[int(step)] if step.isdigit() else inner[step]
    if value is NOTHING:
        del inner[last]
    elif isinstance(inner, list):
        inner[int(last)] = value
    else:
        inner[last] = value
    return found


def said(resource: dict[str, Any], level: Any = "full") -> list[tuple[str, str]]:
    with override("en"):
        return [(issue.expression, issue.text) for issue in validate(resource, level)]


@pytest.mark.outside_data
def test_every_example_of_hl7_is_valid():
    faults = {name: said(read(raw).resource) for name, raw in examples().items()}

    assert {name: found for name, found in faults.items() if found} == {}


FAULTS = {
    "a required element is missing": (OBSERVATION, "status", NOTHING, "Observation", "“status” is required here."),
    "a required element is missing below": (
        OBSERVATION, "component.1.code", NOTHING, "Observation.component[1]", "“code” is required here."),
    "a required choice is missing": (
        {"resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationCodeableConcept": {"text": "x"}, "subject": {"reference": "Patient/p1"}},
        "medicationCodeableConcept", NOTHING, "MedicationRequest", "“medication[x]” is required here."),
    "two values": (
        OBSERVATION, "component.0.valueString", "132", "Observation.component[0]",
        "Only one of these may be given: valueQuantity, valueString."),
    "a type that the choice does not offer": (
        OBSERVATION, "valueDecimal", 1, "Observation", "FHIR R4 (4.0.1) has no element “valueDecimal” here."),
    "a code outside a required set": (
        PATIENT, "gender", "F", "Patient.gender", "“F” is not allowed here. Allowed: female, male, other, unknown."),
    "a concept outside a required set": (
        {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "clinicalStatus": {}},
        "clinicalStatus", {"coding": [{"code": "active"}]}, "Condition.clinicalStatus",
        "A code of the set http://hl7.org/fhir/ValueSet/condition-clinical is required here."),
    "a currency that is none": (
        {"resourceType": "Invoice", "status": "issued", "totalNet": {}}, "totalNet", {"currency": "yuan"},
        "Invoice.totalNet.currency", "A code of the set http://hl7.org/fhir/ValueSet/currencies is required here."),
    "an empty list": (PATIENT, "name", [], "Patient.name", "A list may not be empty: leave it out."),
    "an empty object": (PATIENT, "maritalStatus", {}, "Patient.maritalStatus", "An object may not be empty: leave it out."),
    "an empty text": (PATIENT, "name.0.family", "", "Patient.name[0].family", "“” is no string."),
    "null": (PATIENT, "gender", None, "Patient.gender", "null is no value: leave the element out."),
    "an unknown element": (PATIENT, "nickname", "x", "Patient", "FHIR R4 (4.0.1) has no element “nickname” here."),
    "an object instead of a list": (PATIENT, "name", {"text": "王"}, "Patient.name", "A list is expected here."),
    "a list instead of one": (PATIENT, "gender", ["female"], "Patient.gender", "One value is expected here, not a list."),
    "a text instead of an object": (OBSERVATION, "code", "85354-9", "Observation.code", "An object is expected here."),
    "an object instead of a text": (PATIENT, "name.0.family", {"a": 1}, "Patient.name[0].family", "“{…}” is no string."),
    "a number as text": (
        OBSERVATION, "component.0.valueQuantity.value", "132", "Observation.component[0].value.value", "“132” is no decimal."),
    "a truth as text": (PATIENT, "active", "true", "Patient.active", "“true” is no boolean."),
    "a fraction where a whole number is asked": (
        PATIENT, "multipleBirthInteger", decode(b"1.0"), "Patient.multipleBirth", "“1.0” is no integer."),
    "a day that is not in the calendar": (PATIENT, "birthDate", "1941-02-29", "Patient.birthDate", "“1941-02-29” is no date."),
    "a reference to another type of thing": (
        OBSERVATION, "subject.reference", "Practitioner/d1", "Observation.subject",
        "A reference to Practitioner is not allowed here. Allowed: Device, Group, Location, Patient."),
    "a reference that says another type": (
        OBSERVATION, "subject.type", "Group", "Observation.subject",
        "The reference names the type Group, but leads to Patient."),
    "a reference that is none": (
        OBSERVATION, "subject.reference", "Patient/p 1", "Observation.subject",
        "“Patient/p 1” is no reference: write Type/id, a full address or #id."),
    "a reference to nothing contained": (
        OBSERVATION, "subject.reference", "#p", "Observation.subject", "Nothing contained has the id “p”."),
    "something contained that nobody refers to": (
        OBSERVATION, "contained", [PATIENT], "Observation.contained[0]", "Nothing refers to the contained resource “p1”."),
    "something contained without an id": (
        OBSERVATION, "contained", [{"resourceType": "Basic", "code": {"text": "x"}}], "Observation.contained[0]",
        "A contained resource needs an id."),
    "an unknown type inside": (
        {"resourceType": "Parameters"}, "parameter", [{"name": "x", "resource": {"resourceType": "Citation"}}],
        "Parameters.parameter[0].resource", "FHIR R4 (4.0.1) has no resource type “Citation”."),
    "lists of a value and its extensions that differ": (
        PATIENT, "name.0._given", [None, {"id": "g2"}], "Patient.name[0].given",
        "“given” and “_given” must have the same length."),
    "neither a value nor an extension": (
        PATIENT, "name.0", {"given": [None], "family": "王"}, "Patient.name[0].given[0]",
        "There is neither a value nor an extension here."),
    "a value beside a value": (
        PATIENT, "_birthDate", "1941", "Patient.birthDate", "An object is expected here."),
    "an element with an id and nothing else": (
        PATIENT, "maritalStatus", {"id": "m"}, "Patient.maritalStatus",
        "There is neither a value nor an extension in this element."),
    "a script in the text": (
        PATIENT, "text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>', "Patient.text.div",
        "“script” is not allowed in a text."),
    "an act in the text": (
        PATIENT, "text.div", '<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="x">x</p></div>', "Patient.text.div",
        "“p onclick” is not allowed in a text."),
    "a text that is no XHTML": (
        PATIENT, "text.div", "<div><p>x</div>", "Patient.text.div", "The text is no well-formed XHTML."),
    "a text that brings entities along": (
        PATIENT, "text.div", '<!DOCTYPE div [<!ENTITY a "a">]><div>&a;</div>', "Patient.text.div",
        "“DOCTYPE” is not allowed in a text."),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_said_with_its_place(fault):
    resource, path, value, expression, text = FAULTS[fault]

    assert said(changed(resource, path, value)) == [(expression, text)]


def test_what_is_changed_there_is_right_before():
    assert said(PATIENT) == [] == said(OBSERVATION)


RULES = {
    "obs-6": {**OBSERVATION, "valueString": "132", "dataAbsentReason": {"text": "x"}},
    "obs-7": {**OBSERVATION, "valueString": "132", "component": [{"code": OBSERVATION["code"], "valueString": "x"}]},
    "obs-3": {**OBSERVATION, "referenceRange": [{"appliesTo": [{"text": "女"}]}]},
    "pat-1": {**PATIENT, "contact": [{"relationship": [{"text": "女儿"}]}]},
    "per-1": {**OBSERVATION, "effectiveDateTime": None, "effectivePeriod": {"start": "2026-11-20", "end": "2026-11-19"}},
    "qty-3": {**OBSERVATION, "valueQuantity": {"value": 1, "code": "mg"}},
    "sqty-1": {**OBSERVATION, "referenceRange": [{"low": {"value": 1, "comparator": "<"}}]},
    "att-1": {**PATIENT, "photo": [{"data": "YQ=="}]},
    "cpt-2": {**PATIENT, "telecom": [{"value": "13800000000"}]},
    "ait-1": {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}},
    "con-4": {"resourceType": "Condition", "subject": {"reference": "Patient/p1"}, "abatementString": "2025",
              "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}},
    "org-1": {"resourceType": "Organization", "active": True},
    "org-3": {"resourceType": "Organization", "name": "x", "telecom": [{"system": "phone", "use": "home", "value": "1"}]},
    "rng-2": {**OBSERVATION, "valueRange": {"low": {"value": decode(b"2.0")}, "high": {"value": 1}}},
    "tim-1": {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": {"reference": "Patient/p1"},
              "occurrenceTiming": {"repeat": {"duration": 1}}},
    "que-7": {"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "string", "enableWhen": [
        {"question": "2", "operator": "exists", "answerString": "x"}]}]},
    "qrs-1": {"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
        {"linkId": "1", "answer": [{"valueString": "x"}], "item": [{"linkId": "2"}]}]},
    "bdl-7": {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:a", "resource": PATIENT}, {"fullUrl": "urn:uuid:a", "resource": PATIENT}]},
    "cmp-1": {"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2026", "title": "x",
              "author": [{"reference": "Practitioner/d"}], "section": [{"title": "x"}]},
}  # fmt: skip


@pytest.mark.parametrize("key", RULES)
def test_each_rule_of_hl7_is_said_when_it_is_broken(key):
    broken = {name: value for name, value in RULES[key].items() if value is not None}
    found = [issue for issue in validate(broken) if issue.details.get("key") == key]

    assert found and all(issue.code == "invariant" and issue.severity == "error" for issue in found)
    assert not [issue for issue in validate(broken, "structure") if issue.details.get("key") == key]


def test_what_a_rule_cannot_compare_is_let_through():
    day_and_hour = {"start": "2026-11-20T08:00:00Z", "end": "2026-11-20"}
    two_units = {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mL"}}
    without_time = {name: value for name, value in OBSERVATION.items() if name != "effectiveDateTime"}

    assert said({**without_time, "effectivePeriod": day_and_hour, "valueRange": two_units}) == []


def test_an_extension_has_a_value_or_extensions():
    url = "http://example.org/x"

    for wrong in (
        {"url": url},
        {"url": url, "valueString": "x", "extension": [{"url": url, "valueString": "y"}]},
    ):
        assert [place for place, _ in said({**PATIENT, "extension": [wrong]})] == ["Patient.extension[0]"]
    assert (
        said(
            {
                **PATIENT,
                "extension": [{"url": url, "_valueString": {"extension": [{"url": url, "valueCode": "y"}]}}],
            }
        )
        == []
    )


def test_all_faults_are_said_in_one_pass_and_in_the_readers_language():
    broken = changed(changed(OBSERVATION, "status", "done"), "component.1.valueQuantity.value", "84")
    broken["subjekt"] = {}

    assert {place for place, _ in said(broken)} == {
        "Observation", "Observation.status", "Observation.component[1].value.value",
    }  # fmt: skip
    with override("zh-hans"):
        assert "不能用" in next(i.text for i in validate(broken) if i.expression == "Observation.status")


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("Date", "1941 1941-03 1941-03-02 2024-02-29", "41 1941-13 1941-3-2 0000 1941-04-31 2023-02-29 1941-03-02T05:00:00Z"),
        (
            "DateTime",
            "1941 1941-03 2026-11-20T08:30:00+08:00 2016-12-31T23:59:60Z 2017-01-01T07:59:60+08:00 2026-01-01T00:00:00.123456Z",
            "2026-11-20T08:30 2026-11-20T08:30:00 2026-11-20T24:00:00Z 2026-11-20T08:30:60Z 2016-12-30T23:59:60Z "
            "2016-12-31T23:59:60+08:00 2026-11-20T08:30:61Z 2026-11-20T08:30:00+15:00 2026-11-20t08:30:00z ２０２６",
        ),
        ("Instant", "2026-11-20T08:30:00+08:00", "2026-11-20 2026-11-20T08:30Z 2026"),
        ("Time", "08:30:00 23:59:60 08:30:00.5", "08:30 24:00:00 08:30:00Z 08:30:60"),
        ("Id", "a A-1.2", "a_b a/b " + "x" * 65),
        ("Oid", "urn:oid:2.16.156", "2.16.156 urn:oid:3.1 urn:oid:2.016"),
        ("Uuid", "urn:uuid:0192d3a0-0000-7000-8000-000000000001", "0192d3a0-0000-7000-8000-000000000001 urn:uuid:1"),
        ("Base64Binary", "YQ== YWI= YWJj", "YQ Y=Q= YW*j"),
        ("Code", "a b-c", ""),
    ],
)  # fmt: skip
def test_the_formats_of_primitive_types(kind, right, wrong):
    def with_value(value: str) -> dict[str, Any]:
        return {**PATIENT, "extension": [{"url": "http://example.org/x", f"value{kind}": value}]}

    assert [value for value in right.split() if said(with_value(value))] == []
    assert [value for value in wrong.split() if not said(with_value(value))] == []


def test_what_is_contained_may_be_referred_to_and_may_refer_back():
    inside = {"resourceType": "Patient", "id": "p", "name": [{"text": "王"}]}
    whole = {**OBSERVATION, "contained": [inside], "subject": {"reference": "#p"}}
    note = {"resourceType": "Provenance", "id": "n", "target": [{"reference": "#"}], "recorded": "2026-11-20T08:30:00Z",
            "agent": [{"who": {"reference": "#p"}}]}  # fmt: skip

    assert said(whole) == []
    assert said({**whole, "contained": [inside, note]}) == []
    assert said({**whole, "contained": [inside, inside]}) == [
        ("Observation.contained[1]", "Two contained resources have the id “p”.")
    ]
    assert said({**whole, "contained": [{**inside, "contained": [PATIENT], "meta": {"versionId": "1"}}]}) == [
        ("Observation.contained[0].meta", "A contained resource has no “versionId” of its own."),
        ("Observation.contained[0].contained[0]", "A contained resource contains no other."),
    ]


def test_resources_in_a_bundle_are_checked_each_by_itself():
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": OBSERVATION}, {"resource": changed(PATIENT, "gender", "F")}],
    }

    assert [place for place, _ in said(bundle)] == ["Bundle.entry[1].resource.gender"]


def test_advice_is_given_only_when_asked_for():
    wrong_performer = {**OBSERVATION, "performer": [{"reference": "Encounter/e1"}]}

    assert said(wrong_performer) == []
    assert ("Observation.performer[0]", "warning") in [
        (issue.expression, issue.severity) for issue in validate(wrong_performer, "all")
    ]


def test_a_thousand_faults_are_cut_off_with_a_word():
    found = validate({**PATIENT, "name": [{"wrong": 1}] * 2000})

    assert len(found) == 501
    with override("en"):
        assert "first 500" in found[-1].text


def test_more_rules_than_can_be_asked_are_refused(monkeypatch):
    monkeypatch.setattr("yiyang.records.r4.scope.MOST_RULES", 20)
    many = {
        "resourceType": "Questionnaire",
        "status": "draft",
        "item": [{"linkId": str(n), "type": "string"} for n in range(9)],
    }

    assert [issue.code for issue in validate(many)] == ["too-costly"]


def test_nothing_that_can_be_json_breaks_the_check():
    for wrong in (None, True, 1, "x", [], {}, [[]], [None], {"a": None}, [{"resourceType": 1}]):
        for resource in (PATIENT, OBSERVATION):
            for key in [*resource, "contained", "extension", "_gender", "meta", "entry"]:
                if key != "resourceType":
                    validate({**resource, key: wrong}, "all")


def test_no_other_thread_meets_a_check_that_is_half_compiled(monkeypatch):
    compile_member, met = checking._member, []

    def member(element, kind):
        met.append("Observation" in checking._COMPILED)
        return compile_member(element, kind)

    monkeypatch.setattr(checking, "_COMPILED", {})
    monkeypatch.setattr(checking, "_member", member)
    checking.compiled("Observation")
    assert met and not any(met)
    assert "Observation" in checking._COMPILED
