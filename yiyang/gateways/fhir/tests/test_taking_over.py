"""One assessment of another system, over the page and the API: what comes in, and why something does not."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import Cast, cast
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries import instruments
from yiyang.assessments.tests.factories import instrument, signed
from yiyang.beds.tests.screens import signed_in
from yiyang.gateways.fhir import r4
from yiyang.gateways.fhir.questionnaires.responses import groups
from yiyang.gateways.fhir.questionnaires.words import canonical
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db
ID_CARD = "310106194103020026"
BY_ID_CARD = {"identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": ID_CARD}}
WELL = {"rr": 24, "sbp": 95, "gcs": 15}


def qsofa(told: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    content = instruments.content_of(instruments.newest("QSOFA"))
    return {
        "resourceType": "QuestionnaireResponse", "id": "a1", "status": "completed", "authored": "2026-05-01",
        "questionnaire": canonical("QSOFA"), "subject": BY_ID_CARD, "author": {"display": "Dr Li"},
        "item": groups(content, WELL if told is None else told), **fields,
    }  # fmt: skip


@pytest.fixture
def who() -> Cast:
    made = cast()
    person("王秀英", organisation_id=made.care_home.pk, id_card=ID_CARD)
    return made


def send(client: Any, found: Any, *person_id: Any) -> Any:
    name = "gateways:import_assessment" + ("_of" if person_id else "")
    file = SimpleUploadedFile("answers.json", json.dumps(found).encode())
    return client.post(reverse(name, args=person_id), {"file": file})


def test_a_file_is_shown_first_then_taken_over_and_never_twice(who: Cast) -> None:
    nurse = signed_in(who.care_home_nurse)
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": qsofa()}]}

    shown = send(nurse, bundle)

    assert not Assessment.objects.exists()
    assert all(words in shown.content.decode() for words in ("王秀英", "Dr Li", "3 answers", "QSOFA"))
    told = {"person": shown.context["told"].person.pk}
    there = nurse.post(reverse("gateways:write_assessment_import", args=[shown.context["ticket"]]), told)
    made = Assessment.objects.get()
    assert (made.state, made.level, made.signed_by) == ("SIGNED", "HIGH", "Dr Li")
    assert there["Location"] == reverse("assessments:assessment", args=[made.pk])
    assert send(nurse, qsofa())["Location"] == there["Location"]


def test_without_a_number_somebody_says_whose_it_is(who: Cast) -> None:
    nurse, elder = signed_in(who.care_home_nurse), person("李桂兰", organisation_id=who.care_home.pk)
    nobody = qsofa(subject={"display": "L. Guilan"})
    assert "does not say of which person" in send(nurse, nobody).content.decode()
    assert "another person than 李桂兰" in send(nurse, qsofa(), elder.pk).content.decode()

    shown = send(nurse, nobody, elder.pk)
    there = reverse("gateways:write_assessment_import", args=[shown.context["ticket"]])
    asked = nurse.post(there, {"person": elder.pk})

    assert (asked.status_code, Assessment.objects.count()) == (422, 0)
    again = reverse("gateways:write_assessment_import", args=[asked.context["ticket"]])
    assert nurse.post(again, {"person": elder.pk, "sure": "1"}).status_code == 302
    assert Assessment.objects.get().person_id == elder.pk


def test_what_cannot_come_in_says_why_and_nothing_is_written(who: Cast) -> None:
    nurse = signed_in(who.care_home_nurse)
    wrong_unit = {"linkId": "sbp", "answer": [{"valueQuantity": {"value": 12.6, "code": "kPa"}}]}
    refused = {
        "R4 (4.0.1) has no such element": qsofa(colour="red"),
        "there is no resourceType": [],
        "holds no QuestionnaireResponse, but: Patient": {"resourceType": "Patient"},
        "which is not in use here": qsofa(questionnaire="https://x.example/Questionnaire/y"),
        "the unit “kPa” is wrong": qsofa(item=[wrong_unit]),
        "Not yet answered": qsofa({"rr": 24}),
        "cannot have taken place in the future": qsofa(authored=(now() + timedelta(days=2)).isoformat()),
        "person is not known here": qsofa(subject={"reference": "Patient/17"}),
        "only what is completed": qsofa(status="in-progress"),
    }

    answers = {words: send(nurse, found) for words, found in refused.items()}

    said = {words: answer.content.decode() for words, answer in answers.items()}
    assert [words for words, page in said.items() if words not in page] == []
    assert {answer.status_code for answer in answers.values()} == {422}
    assert not Assessment.objects.exists()


def test_a_program_sends_a_questionnaire_and_answers_and_reads_them_back(who: Cast) -> None:
    office, nurse = caller(who.system_administrator), caller(who.care_home_nurse)
    falls = {
        "resourceType": "Questionnaire", "url": "https://hospital.example/falls", "version": "3", "status": "active",
        "title": "Falls", "item": [{"linkId": "fell", "type": "boolean", "text": "Any fall?", "required": True}],
    }  # fmt: skip
    told = {
        "resourceType": "QuestionnaireResponse", "status": "completed", "authored": "2026-05-01",
        "questionnaire": falls["url"], "subject": BY_ID_CARD, "identifier": {"system": "urn:x", "value": "7"},
        "item": [{"linkId": "fell", "answer": [{"valueBoolean": True}]}],
    }  # fmt: skip

    assert nurse.post("/import-assessment", {"response": told}).code == "INSTRUMENT_NOT_HERE"
    put = office.post("/instruments", {"text": json.dumps(falls), "name": "falls.json"})
    came = nurse.post("/import-assessment", {"response": told})
    again = nurse.post("/import-assessment", {"response": told})
    wrong = nurse.post("/import-assessment", {"response": {**told, "item": [{"linkId": "x"}]}})

    assert (put.status, came.status, came.body["origin"]) == (201, 201, "FHIR urn:x|7")
    assert (again.body["id"], again.body["known_before"]) == (came.body["id"], True)
    assert (wrong.code, wrong.body["details"]["found"]) == (
        "RESPONSE_NOT_TAKEN",
        ["x: the instrument has no such item"],
    )
    back = nurse.get(f"/assessments/{came.body['id']}/fhir").body["resource"]
    assert back["entry"][0]["resource"]["item"][0]["item"][0]["answer"][0]["valueCoding"]["code"] == "true"
    assert r4.faults(nurse.get(f"/instruments/{put.body['id']}/fhir").body["resource"]) == []
    stranger = caller(who.stranger).post("/import-assessment", {"response": told})
    assert stranger.code == "PERSON_OF_RESPONSE_UNKNOWN"


def test_a_result_is_taken_along_as_fhir_by_staff_alone(who: Cast) -> None:
    elder = person("李桂兰", organisation_id=who.care_home.pk)
    instrument()
    done = signed(who.care_home_nurse, elder)
    there = reverse("gateways:assessment_as_fhir", args=[done.pk])
    nurse = signed_in(who.care_home_nurse)

    file = nurse.get(there)

    assert there in nurse.get(reverse("assessments:assessment", args=[done.pk])).content.decode()
    assert (file["Content-Type"], r4.faults(file.json())) == ("application/fhir+json", [])
    assert signed_in(who.stranger).get(there).status_code == 404
