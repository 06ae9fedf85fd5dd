"""Instruments and assessments as FHIR R4 and back: nothing is lost, and what is not R4 is refused in words."""

from __future__ import annotations

import copy
import gzip
import io
import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from yiyang.assessments.commands import add_instrument
from yiyang.assessments.commands.refusals import InstrumentFaulty
from yiyang.assessments.instruments import newest, shipped
from yiyang.assessments.models import Assessment
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind
from yiyang.assessments.rules.reading import InstrumentFault, read
from yiyang.assessments.rules.scoring import score
from yiyang.gateways.fhir import questionnaires, r4
from yiyang.gateways.fhir.questionnaires.answers import ResponseFault, answers_of
from yiyang.gateways.fhir.questionnaires.observations import bundle
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[5] / "shared" / "data"))
EXAMPLES = DATA / "fhir-r4-examples" / "examples.tar.gz"
SCHEMA = DATA / "fhir-r4-definitions" / "fhir.schema.json.gz"
CHECKED = ("Bundle", "Observation", "Questionnaire", "QuestionnaireResponse")
SHIPPED = [(name, text, read(text, name)) for name, text in shipped()]
NAMES = [name for name, _text, _content in SHIPPED]
AT = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)

FOREIGN = {
    "resourceType": "Questionnaire",
    "url": "https://hospital.example/Questionnaire/falls",
    "version": "3",
    "title": "Falls",
    "status": "active",
    "item": [
        {
            "linkId": "g", "type": "group", "text": "Walking",
            "item": [
                {"linkId": "/fell", "type": "boolean", "text": "Any fall?", "required": True},
                {
                    "linkId": "how bad", "type": "choice", "text": "How bad?", "enableBehavior": "all",
                    "enableWhen": [{"question": "/fell", "operator": "=", "answerBoolean": True}],
                    "answerOption": [
                        {
                            "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": worth}],
                            "valueCoding": {"system": "https://hospital.example/s", "code": code, "display": code},
                        }
                        for code, worth in (("not at all", 0), ("badly", 2))
                    ],
                },
                {
                    "linkId": "weight", "type": "quantity", "text": "Weight",
                    "extension": [
                        {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption", "valueCoding": {"system": "http://unitsofmeasure.org", "code": "kg"}},
                        {"url": "http://hl7.org/fhir/StructureDefinition/minValue", "valueDecimal": 20.5},
                        {"url": "http://hl7.org/fhir/StructureDefinition/maxValue", "valueDecimal": 250},
                    ],
                },
            ],
        }
    ],
}  # fmt: skip


def loaded(found: Any) -> Instrument:
    text = questionnaires.as_instrument_file(json.dumps(found), "given.json")
    return read(text, "given.json")


def response(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    head = {"resourceType": "QuestionnaireResponse", "status": "completed"}
    return {**head, "questionnaire": FOREIGN["url"], "item": [{"linkId": "g", "item": list(items)}], **fields}


def answer(link: str, **values: Any) -> dict[str, Any]:
    return {"linkId": link, "answer": [values]}


def something(item: Item) -> Any:
    if item.kind is ItemKind.SINGLE:
        return item.options[-1].code
    if item.kind is ItemKind.MULTIPLE:
        return [option.code for option in item.options if not option.exclusive][:2]
    if item.kind is ItemKind.NUMBER:
        return round((item.minimum + item.maximum) / 2, item.decimals)
    return "2026-04-30" if item.kind is ItemKind.DATE else "写了一些话\n第二行"


def assessed(content: Instrument) -> Assessment:
    """Signed by two, with an answer to every question."""
    answers = {item.code: something(item) for item in content.items if not item.computed}
    outcome = score(content, answers, context={"age": 82, "sex": "FEMALE"})
    return Assessment(
        person_id=uuid4(), code=content.code, state="SIGNED", answers=answers, assessed_at=AT, signed_at=AT,
        signed_by="王护士", second_signed_at=AT, second_signed_by="李评估员", total=outcome.total,
        level=outcome.level.level if outcome.level else "", subscores=dict(outcome.subscores),
    )  # fmt: skip


def asked(item: Item) -> tuple[Any, ...]:
    """What must be the same after the way there and back, without the file that goes along."""
    options = tuple((one.code, one.text, one.score, one.exclusive) for one in item.options)
    limits = (item.minimum, item.maximum, item.decimals, item.unit)
    told = (item.code, item.section, item.kind, item.text, item.help, item.loinc, item.show_when)
    return (*told, options, limits, item.required)


@pytest.mark.parametrize(("name", "text", "content"), SHIPPED, ids=NAMES)
def test_a_shipped_instrument_comes_back_as_it_was(name: str, text: str, content: Instrument) -> None:
    made = questionnaires.questionnaire(text, name)
    stripped = {key: value for key, value in made.items() if key != "extension"}
    changed = copy.deepcopy(made) | {"title": "另一个名称", "version": "2099.1"}

    assert r4.faults(made) == []
    assert questionnaires.as_instrument_file(json.dumps(made), name) == text
    computed = {item.code for item in content.items if item.computed}  # a formula is only in the file
    plain = [asked(item) for item in loaded(stripped).items if item.code not in computed]
    assert plain == [asked(item) for item in content.items if not item.computed]
    kept = loaded(changed)
    assert (kept.items, kept.bands, kept.adjustments) == (content.items, content.bands, content.adjustments)
    assert (kept.title.zh, kept.version) == ("另一个名称", "2099.1")


@pytest.mark.parametrize(("name", "text", "content"), SHIPPED, ids=NAMES)
def test_a_signed_assessment_is_r4_and_its_answers_come_back(
    name: str, text: str, content: Instrument
) -> None:
    given = assessed(content)

    made = bundle(given, content)

    assert r4.faults(made) == []
    told, *results = [entry["resource"] for entry in made["entry"]]
    back = answers_of(content, json.loads(json.dumps(told)))
    assert back.answers == given.answers
    assert len(results) == len(given.subscores) + (given.total is not None) + bool(given.level)
    assert all(one["derivedFrom"][0]["reference"].endswith(told["id"]) for one in results)


def test_the_total_of_news2_has_its_loinc_code_and_the_level_its_words() -> None:
    content = newest("NEWS2")
    assert content is not None

    results = [entry["resource"] for entry in bundle(assessed(content), content)["entry"]][1:]

    total, level = results[-2:]
    assert total["code"]["coding"][0] == {"system": "http://loinc.org", "code": "88330-6"}
    assert level["valueCodeableConcept"]["coding"][0]["display"] == content.bands[-1].title.zh
    assert {one["display"] for one in level["performer"]} == {"王护士", "李评估员"}


def test_a_questionnaire_of_another_system_becomes_an_instrument() -> None:
    made = loaded(FOREIGN)

    fell, bad, weight = made.items
    assert (made.code, made.version, made.status) == ("Q.FALLS", "3", "to-be-confirmed")
    assert [option.code for option in fell.options] == ["true", "false"]
    assert [(option.code, option.score) for option in bad.options] == [("not-at-all", 0), ("badly", 2)]
    assert bad.show_when is not None and bad.show_when.test.among == ("true",)
    assert (weight.unit, weight.minimum, weight.maximum) == ("kg", 20.5, 250)


def test_what_has_no_place_in_an_instrument_is_named() -> None:
    found = copy.deepcopy(FOREIGN)
    found["item"][0]["item"] += [
        {"linkId": "photo", "type": "attachment"},
        {"linkId": "drug", "type": "choice", "answerValueSet": "https://hospital.example/ValueSet/drugs"},
    ]

    text = questionnaires.as_instrument_file(json.dumps(found), "falls.json")

    remarks = [line for line in text.splitlines() if line.startswith("#")]
    assert any("photo" in line and "attachment" in line for line in remarks)
    assert any("drug" in line and "answered in words" in line for line in remarks)
    assert read(text, "falls").item("drug").kind is ItemKind.TEXT


WRONG = {
    "no object": ([], "must be a JSON object"),
    "a patient": ({"resourceType": "Patient"}, "the resourceType is Patient; it must be Questionnaire"),
    "no status": ({"status": None}, "status is missing"),
    "a status of nobody": ({"status": "done"}, "Questionnaire.status: R4 has no code “done”"),
    "of R5": ({"copyrightLabel": "x"}, "Questionnaire.copyrightLabel: R4 (4.0.1) has no such element; it is of R5"),
    "unknown": ({"colour": "red"}, "Questionnaire.colour: R4 (4.0.1) has no such element"),
    "no list": ({"item": {"linkId": "1"}}, "Questionnaire.item: must be a list"),
    "type of R5": ({"item": [{"linkId": "1", "type": "coding"}]}, "it is of R5"),
    "twice": ({"item": [{"linkId": "1", "type": "string"}] * 2}, "the linkId “1” stands 2 times"),
    "empty group": ({"item": [{"linkId": "1", "type": "group"}]}, "a group needs items"),
    "two answers": (
        {"item": [{"linkId": "1", "type": "string", "enableWhen": [
            {"question": "1", "operator": "=", "answerString": "a", "answerInteger": 1}]}]},
        "only one of answerInteger, answerString may be given",
    ),
    "a number as text": ({"item": [{"linkId": "1", "type": "string", "maxLength": "9"}]}, "“9” is no integer"),
    "no question": ({"item": [{"linkId": "1", "type": "display", "text": "Hello"}]}, "no question to answer"),
    "a half score": (
        {"item": [{"linkId": "1", "type": "choice", "answerOption": [
            {"valueCoding": {"code": "a", "extension": [
                {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": 1}]}},
            {"valueCoding": {"code": "b"}}]}]},
        "option b has no score",
    ),
    "a circle": (
        {"item": [
            {"linkId": one, "type": "boolean", "enableWhen": [{"question": other, "operator": "=", "answerBoolean": True}]}
            for one, other in (("a", "b"), ("b", "a"))]},
        "goes in a circle",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_questionnaire_of_r4_is_refused_in_words(case: str) -> None:
    change, words = WRONG[case]
    found = change if not isinstance(change, dict) or "resourceType" in change else {**FOREIGN, **change}
    if isinstance(found, dict):
        found = {key: value for key, value in found.items() if value is not None}

    with pytest.raises(InstrumentFault) as refused:
        loaded(found)

    assert words in str(refused.value)
    assert all(fault.zh and fault.en for fault in refused.value.faults)


@pytest.mark.django_db
def test_a_questionnaire_is_put_into_use_like_an_instruments_file() -> None:
    made = add_instrument(by=SYSTEM, at=now(), text=json.dumps(FOREIGN), name="falls.json")
    again = add_instrument(by=SYSTEM, at=now(), text=json.dumps(FOREIGN), name="falls.json")

    assert (made.pk, made.code, made.status) == (again.pk, "Q.FALLS", "to-be-confirmed")
    with pytest.raises(InstrumentFaulty) as refused:
        add_instrument(by=SYSTEM, at=now(), text='{"resourceType": "Patient"}', name="patient.json")
    assert "Questionnaire" in str(refused.value)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"resourceType": NaN}', "null", '{"a": "\\ud800"}'])
def test_broken_json_is_refused(text: str) -> None:
    with pytest.raises(InstrumentFault):
        questionnaires.as_instrument_file(text, "broken.json")


def test_a_response_becomes_answers() -> None:
    made = loaded(FOREIGN)
    found = response(
        answer("/fell", valueBoolean=True),
        answer("how bad", valueCoding={"code": "badly"}),
        answer("weight", valueQuantity={"value": 61.5, "unit": "kg"}),
        authored="2026-05-01T09:30:00+08:00",
        author={"display": "Dr Li"},
    )

    back = answers_of(made, found)

    assert questionnaires.instrument_of(found) == ("Q.FALLS", "")
    assert back.answers == {"fell": "true", "how-bad": "badly", "weight": 61.5}
    assert (back.author, back.authored) == ("Dr Li", "2026-05-01T09:30:00+08:00")


def test_all_that_does_not_fit_in_a_response_is_said_at_once() -> None:
    made = loaded(FOREIGN)
    found = response(
        answer("/fell", valueString="yes"),
        answer("how bad", valueCoding={"code": "terribly"}),
        answer("weight", valueQuantity={"value": 135, "code": "[lb_av]"}),
        answer("height", valueDecimal=1.7),
        questionnaire="https://hospital.example/Questionnaire/other",
    )

    with pytest.raises(ResponseFault) as refused:
        answers_of(made, found)

    said = [fault.en for fault in refused.value.faults]
    assert said == [
        "it answers Q.OTHER, not Q.FALLS 3",
        "height: the instrument has no such item",
        "Any fall? (fell): an answer of type String does not fit; it must be Boolean / Coding",
        "How bad? (how-bad): there is no option “terribly”; there are: not-at-all badly",
        "Weight (weight): the unit “[lb_av]” is wrong; it must be: kg",
    ]


def examples() -> dict[str, Any]:
    with tarfile.open(EXAMPLES) as packed:
        files = {one.name: packed.extractfile(one) for one in packed if one.name.endswith(".json")}
        read_in = {name: json.load(io.BytesIO(file.read())) for name, file in files.items() if file}
    return {name: one for name, one in read_in.items() if one.get("resourceType") in CHECKED}


@pytest.mark.outside_data
@pytest.mark.skipif(not EXAMPLES.exists(), reason="no FHIR examples in the folder of outside data")
def test_the_official_examples_are_r4_and_the_questionnaires_become_instruments() -> None:
    found = examples()

    assert {name: faults for name, one in found.items() if (faults := r4.faults(one))} == {}
    made = [loaded(one) for one in found.values() if one["resourceType"] == "Questionnaire"]
    assert all(one.items and one.code.startswith("Q.") for one in made)
    for one in found.values():
        if one["resourceType"] == "QuestionnaireResponse":
            with pytest.raises(ResponseFault):
                answers_of(made[0], one)


@pytest.mark.outside_data
@pytest.mark.skipif(not SCHEMA.exists(), reason="no FHIR schema in the folder of outside data")
def test_hl7s_own_schema_takes_what_is_written_here() -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    schema = json.loads(gzip.decompress(SCHEMA.read_bytes()))
    fits = {
        kind: jsonschema_rs.validator_for({**schema, "oneOf": [{"$ref": f"#/definitions/{kind}"}]})
        for kind in ("Bundle", "Questionnaire")
    }

    for name, text, content in SHIPPED:
        assert fits["Questionnaire"].is_valid(questionnaires.questionnaire(text, name)), name
        assert fits["Bundle"].is_valid(bundle(assessed(content), content)), name
