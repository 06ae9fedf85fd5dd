"""JSON Patch and FHIRPath Patch: all operations or none, and no number loses a digit."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from yiyang.records import refusals
from yiyang.records.r4.body import decode, write
from yiyang.records.r4.patching import fhirpath_patch, json_patch
from yiyang.records.tests.fhirpath_cases import FHIR, of_xml
from yiyang.records.tests.outside import DATA

PATIENT: dict[str, Any] = decode(
    '{"resourceType":"Patient","id":"p","name":[{"family":"王","given":["秀英","小英"],"_given":[null,{"id":"g"}]}],'
    '"multipleBirthInteger":2,"deceasedBoolean":false,"extension":[{"url":"u","valueDecimal":1.00}]}'.encode()
)


def operation(kind: str, path: str, **parts: Any) -> dict[str, Any]:
    given = {
        "name": "valueString",
        "index": "valueInteger",
        "source": "valueInteger",
        "destination": "valueInteger",
    }
    listed = [{"name": "type", "valueCode": kind}, {"name": "path", "valueString": path}]
    for name, value in parts.items():
        listed.append(
            {"name": "value", name: value} if name not in given else {"name": name, given[name]: value}
        )
    return {"name": "operation", "part": listed}


def patched(*operations: dict[str, Any], resource: dict[str, Any] = PATIENT) -> dict[str, Any]:
    return fhirpath_patch({"resourceType": "Parameters", "parameter": list(operations)})(resource)


@pytest.mark.outside_data
def test_hl7s_cases_of_fhirpath_patch():
    files = sorted(DATA.glob("fhir-patch*/*.xml"))
    if not files:
        pytest.skip(f"no fhir-patch in {DATA}")
    wrong = []
    for file in files:
        for case in ET.parse(file).getroot().iter("case"):
            before, diff, after = (case.find(name) for name in ("input", "diff", "output"))
            assert before is not None and diff is not None
            try:
                found = fhirpath_patch(resource_of(diff))(resource_of(before))
            except refusals.Refusal as refused:
                if after is not None:
                    wrong.append((case.get("name"), str(refused)))
                continue
            if after is None or same_text(found) != same_text(resource_of(after)):
                wrong.append((case.get("name"), found))

    assert wrong == []


def resource_of(element: ET.Element) -> dict[str, Any]:
    return of_xml(element[0], element[0].tag.removeprefix(FHIR), True)


def same_text(resource: dict[str, Any]) -> dict[str, Any]:
    """A narrative in XML may be written in several ways."""
    if "text" not in resource:
        return resource
    div = ET.canonicalize(resource["text"]["div"], strip_text=True, rewrite_prefixes=True)
    return {**resource, "text": {**resource["text"], "div": div}}


def test_json_patch_does_all_that_it_can():
    before = copy.deepcopy(PATIENT)
    found = json_patch(
        [
            {"op": "test", "path": "/name/0/family", "value": "王"},
            {"op": "add", "path": "/name/0/prefix", "value": ["女士"]},
            {"op": "add", "path": "/name/-", "value": {"text": "王阿婆"}},
            {"op": "replace", "path": "/multipleBirthInteger", "value": 3},
            {"op": "copy", "from": "/name/0/family", "path": "/name/1/family"},
            {"op": "move", "from": "/name/1", "path": "/name/0"},
            {"op": "remove", "path": "/deceasedBoolean"},
            {"op": "add", "path": "/a~1b~0c", "value": {}},
        ]
    )(PATIENT)

    assert [one.get("text") for one in found["name"]] == ["王阿婆", None]
    assert found["name"][0]["family"] == "王" and found["multipleBirthInteger"] == 3
    assert "deceasedBoolean" not in found and "a/b~c" not in found
    assert '"valueDecimal":1.00' in write(found)
    assert before == PATIENT


@pytest.mark.parametrize(
    ("operations", "why"),
    [
        ({}, refusals.NotAPatch),
        ([1], refusals.NotAPatch),
        ([{"op": "grow", "path": "/name"}], refusals.NotAPatch),
        ([{"op": "add", "path": "name", "value": 1}], refusals.NotAPatch),
        ([{"op": "add", "path": "/a~2", "value": 1}], refusals.NotAPatch),
        ([{"op": "add", "path": "/name"}], refusals.NotAPatch),
        ([{"op": "move", "path": "/name/0", "from": "/name"}], refusals.NotAPatch),
        ([{"op": "remove", "path": "/gender"}], refusals.NothingToPatch),
        ([{"op": "replace", "path": "/name/01", "value": 1}], refusals.NothingToPatch),
        ([{"op": "add", "path": "/name/7", "value": {}}], refusals.NothingToPatch),
        ([{"op": "add", "path": "/id/x", "value": 1}], refusals.NothingToPatch),
        ([{"op": "test", "path": "/deceasedBoolean", "value": 0}], refusals.PatchTestFailed),
        ([{"op": "remove", "path": ""}], refusals.TypePatched),
        ([{"op": "replace", "path": "/resourceType", "value": "Group"}], refusals.TypePatched),
        ([{"op": "copy", "path": "/name/-", "from": "/name"}] * 40, refusals.PatchTooLarge),
        ([{"op": "test", "path": "", "value": 1}] * 1001, refusals.PatchTooLarge),
        (
            [
                {"op": "add", "path": "/x", "value": "a" * 10**6},
                *[{"op": "copy", "from": "/x", "path": "/name/-"}] * 20,
            ],
            refusals.PatchTooLarge,
        ),
    ],
)
def test_a_json_patch_that_cannot_be_done_is_refused(operations, why):
    with pytest.raises(why):
        json_patch(operations)(PATIENT)


def test_lists_keep_their_extensions_beside_them():
    moved = patched(operation("move", "Patient.name.given", source=1, destination=0))
    less = patched(operation("delete", "Patient.name.given[0]"))
    more = patched(operation("insert", "Patient.name.given", index=0, valueString="英"))

    assert (moved["name"][0]["given"], moved["name"][0]["_given"]) == (["小英", "秀英"], [{"id": "g"}, None])
    assert (less["name"][0]["given"], less["name"][0]["_given"]) == (["小英"], [{"id": "g"}])
    assert (more["name"][0]["given"], more["name"][0]["_given"]) == (
        ["英", "秀英", "小英"],
        [None, None, {"id": "g"}],
    )


def test_a_choice_is_named_without_its_type():
    dead = patched(operation("replace", "Patient.deceased", valueDateTime="2026-11-20"))
    alive = patched(operation("delete", "Patient.deceased"))
    again = patched(operation("add", "Patient", name="deceased", valueBoolean=True), resource=alive)

    assert dead["deceasedDateTime"] == "2026-11-20" and "deceasedBoolean" not in dead
    within = {"resourceType": "Observation", "component": [{"valueInteger": 1}]}
    text = patched(operation("replace", "Observation.component.value", valueString="一"), resource=within)

    assert text["component"] == [{"valueString": "一"}]
    assert again["deceasedBoolean"] is True and "deceasedBoolean" not in alive


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (operation("grow", "Patient"), refusals.NotAPatch),
        (operation("add", "Patient."), refusals.NotAPatch),
        (operation("add", "Patient", name="nickname", valueString="x"), refusals.NotAPatch),
        (operation("add", "Patient", name="gender"), refusals.NotAPatch),
        (operation("add", "Patient", name="deceased", valueQuantity={}), refusals.NotAPatch),
        (operation("add", "Patient.contact", name="gender", valueCode="male"), refusals.NothingToPatch),
        (operation("add", "Patient", name="multipleBirth", valueInteger=1), refusals.ElementThereAlready),
        (operation("delete", "Patient.name.given"), refusals.ManyToPatch),
        (operation("replace", "Patient", valueString="x"), refusals.NothingToPatch),
        (operation("insert", "Patient.name", index=9, valueHumanName={}), refusals.NothingToPatch),
        (operation("move", "Patient.name", source=0, destination=-1), refusals.NothingToPatch),
        (operation("delete", "Patient.name.where(family.matches('(a*)*b'))"), refusals.NotAPatch),
        (operation("delete", "1 + 1"), refusals.NothingToPatch),
    ],
)
def test_a_fhirpath_patch_that_cannot_be_done_is_refused(one, why):
    with pytest.raises(why):
        patched(one)


def test_a_patch_is_done_whole_or_not_at_all():
    before = copy.deepcopy(PATIENT)

    with pytest.raises(refusals.NothingToPatch):
        patched(
            operation("delete", "Patient.name[0]"), operation("replace", "Patient.gender", valueCode="male")
        )

    assert before == PATIENT
