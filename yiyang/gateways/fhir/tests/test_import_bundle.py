"""FHIR R4 bundles: who comes in, what is left out by type and count, and never twice."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from yiyang.access.tests.factories import area, cast
from yiyang.assessments.instruments import newest
from yiyang.assessments.models import Assessment
from yiyang.gateways.fhir.importing import Outcome, import_bundle
from yiyang.gateways.fhir.questionnaires.responses import groups
from yiyang.gateways.fhir.questionnaires.words import canonical
from yiyang.gateways.fhir.reading import NotFhir, resources
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.records.models import Resource
from yiyang.records.r4.definitions import kind_of

pytestmark = pytest.mark.django_db
DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[5] / "shared" / "data"))
PERSONS = sorted(p for p in DATA.glob("synthea*/*.json*") if "nformation" not in p.name)


def bundle(*found: dict[str, Any]) -> bytes:
    return json.dumps(
        {"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": r} for r in found]}
    ).encode()


def patient(**fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "王", "given": ["秀英"]}],
        "gender": "female",
        "birthDate": "1941-03-02",
        **fields,
    }


def send(content: bytes, **fields: Any) -> Outcome:
    fields.setdefault("area", area("310106"))
    return import_bundle(by=SYSTEM, at=now(), content=content, name="bundle.json", **fields)


def test_a_patient_comes_in_once_and_the_rest_is_counted() -> None:
    content = bundle(patient(), {"resourceType": "Claim"}, {"resourceType": "Claim"})

    first, second = send(content), send(content)

    assert (first.added["Patient"], second.added["Patient"], second.kept["Patient"]) == (1, 0, 1)
    assert first.left_out["Claim"] == 2
    person = Person.objects.get()
    assert (person.full_name, person.sex, str(person.born_on)) == ("王秀英", "FEMALE", "1941-03-02")


def test_the_unit_that_asked_sees_the_person_and_a_stranger_does_not() -> None:
    who = cast()
    outcome = send(bundle(patient()), unit=who.care_home)

    [person_id] = outcome.persons
    assert who.care_home_nurse.sees(person_id)
    assert not who.stranger.sees(person_id)


def answered(**fields: Any) -> dict[str, Any]:
    """A qSOFA of another house, as answers to the Questionnaire of here."""
    content = newest("QSOFA")
    assert content is not None
    told = {"rr": 24, "sbp": 95, "gcs": 15}
    return {
        "resourceType": "QuestionnaireResponse", "id": "a1", "status": "completed",
        "questionnaire": canonical("QSOFA"), "subject": {"reference": "urn:uuid:p1"}, "authored": "2026-05-01",
        "author": {"display": "Dr Li"}, "item": groups(content, told), **fields,
    }  # fmt: skip


def test_answers_to_a_questionnaire_of_here_come_in_as_a_signed_assessment() -> None:
    content = bundle(
        patient(), answered(), answered(id="a2", questionnaire="https://x.example/Questionnaire/y")
    )

    first, second = send(content), send(content)

    assert first.problems == []
    assert (first.left_out["QuestionnaireResponse"], second.kept["QuestionnaireResponse"]) == (1, 1)
    [made] = Assessment.objects.all()
    assert (made.code, made.state, made.level, made.total) == ("QSOFA", "SIGNED", "HIGH", 2)
    assert (made.signed_by, made.origin, made.person_id) == ("Dr Li", "FHIR a1", first.persons[0])


def test_answers_that_do_not_fit_keep_the_whole_file_out_in_words() -> None:
    wrong = answered(item=[{"linkId": "rr", "answer": [{"valueString": "fast"}]}, {"linkId": "zz"}])

    outcome = send(bundle(patient(), wrong, answered(id="a2", status="in-progress")))

    assert not Person.objects.exists()
    first, second = map(str, outcome.problems)
    assert "rr" in first and "String" in first and "zz" in first
    assert "in-progress" in second


def test_one_refused_patient_keeps_the_whole_file_out() -> None:
    outcome = send(bundle(patient(), patient(id="p2", name=[{"text": "<b>x</b>"}])))

    assert not Person.objects.exists()
    assert str(outcome.problems[0]).startswith("Patient/p2")


def test_wards_rooms_and_beds_follow_their_organisation() -> None:
    def place(id: str, kind: str, **fields: Any) -> dict[str, Any]:
        return {
            "resourceType": "Location", "id": id, "name": id,
            "physicalType": {"coding": [{"code": kind}]}, **fields,
        }  # fmt: skip

    outcome = send(
        bundle(
            {"resourceType": "Organization", "id": "o1", "name": "第一医院"},
            place("W1", "wa", managingOrganization={"reference": "urn:uuid:o1"}),
            place("R1", "ro", partOf={"reference": "Location/W1"}),
        )
    )

    assert outcome.problems == []
    assert outcome.added == {"Organization": 1, "Location": 2}


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"{", b"\xff\xfe", b"[" * 100_000, b"\x1f\x8bbroken"])
def test_what_is_no_fhir_is_refused(content: bytes) -> None:
    with pytest.raises(NotFhir):
        list(resources(content))


@pytest.mark.outside_data
@pytest.mark.skipif(not PERSONS, reason="no Synthea bundles in the folder of outside data")
@pytest.mark.parametrize("path", PERSONS, ids=lambda p: p.name[:30])
def test_a_hospital_bundle_of_another_system_comes_in(path: Path) -> None:
    raw = path.read_bytes()
    found = json.loads(gzip.decompress(raw) if path.name.endswith(".gz") else raw)
    told = next(e["resource"] for e in found["entry"] if e["resource"]["resourceType"] == "Patient")

    first, second = send(raw), send(raw)

    assert first.problems == []
    assert second.added == {}
    person = Person.objects.get(pk=first.persons[0])
    assert told["name"][0]["family"] in person.full_name
    assert str(person.born_on) == told["birthDate"]
    every = len(found["entry"])
    assert sum(first.added.values()) + sum(n for k, n in first.left_out.items() if "." not in k) == every


@pytest.mark.outside_data
@pytest.mark.skipif(not PERSONS, reason="YIYANG_TEST_DATA has no synthea-elders")
def test_nothing_of_a_life_history_is_lost_and_nothing_comes_in_twice() -> None:
    for path in PERSONS[:3]:
        content = path.read_bytes()
        told = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        before = Resource.objects.count()

        first = send(content)
        kept = Resource.objects.count()
        again = send(content)

        assert first.written, first.problems
        types_left_out = [name for name in first.left_out + again.left_out if "." not in name]
        assert (types_left_out, first.refused, kept - before) == ([], [], len(told["entry"]))
        assert (sum(again.added.values()), Resource.objects.count()) == (0, kept)
        person_id = first.persons[0]
        clinical = [e["resource"] for e in told["entry"] if e["resource"]["resourceType"] == "Observation"]
        observations = Resource.objects.filter(person_id=person_id, kind=kind_of("Observation"))
        assert {row.id for row in observations} == {one["id"] for one in clinical}
