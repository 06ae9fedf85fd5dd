"""Sensitive resources and narrowed consents, over /fhir: what is hidden is not there, in any answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, observation
from yiyang.kernel.models import PersonFact
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.models import Basis, CareRelationship, Person, Scope
from yiyang.people.tests.factories import VALID_ID, person, seen_by
from yiyang.records.rules.labels import ACT_CODE

pytestmark = pytest.mark.django_db
PSY = {"security": [{"system": ACT_CODE, "code": "PSY"}]}


def condition(elder: Person, **fields: Any) -> dict[str, Any]:
    subject = {"reference": f"Patient/{elder.pk}"}
    return {
        "resourceType": "Condition",
        "subject": subject,
        "code": {"coding": [{"code": "F32"}], "text": "抑郁"},
        **fields,
    }


def entered(by: Fhir, body: dict[str, Any]) -> str:
    response = by.post(body["resourceType"], body)
    assert response.status_code == 201, response.content
    return str(json.loads(response.content)["id"])


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return sorted(one["resource"]["id"] for one in json.loads(response.content).get("entry", ()))


def test_a_sensitive_resource_is_its_units_alone_until_a_relationship_names_its_label(
    nurse: Fhir, elder: Person, made: Cast
) -> None:
    ward = Fhir(made.ward_doctor)
    shown_to_ward = seen_by(elder, made.hospital.pk)
    hidden = entered(nurse, condition(elder, meta=PSY))
    plain = entered(nurse, observation(elder.pk, focus=[{"reference": f"Condition/{hidden}"}]))
    of_elder = f"subject=Patient/{elder.pk}"

    def seen_by_ward() -> list[Any]:
        return [
            ward.get(f"Condition/{hidden}").status_code,
            ward.get(f"Condition/{hidden}/_history").status_code,
            ward.get(f"Condition/{hidden}/_history/1").status_code,
            len(ids(ward.get(f"Condition?{of_elder}"))),
            json.loads(ward.get(f"Condition?{of_elder}&_summary=count").content)["total"],
            len(ids(ward.get(f"Observation?{of_elder}&_include=Observation:focus"))),
            len(ids(ward.get("Observation?focus:Condition.code=F32"))),
            len(ids(ward.get("Condition/_history"))),
            len(ids(ward.get(f"Patient/{elder.pk}/$everything?_type=Condition,Observation"))),
        ]

    assert ids(nurse.get(f"Condition?{of_elder}")) == [hidden]
    assert seen_by_ward() == [404, 404, 404, 0, 0, 1, 0, 0, 1]
    changed = condition(elder, id=hidden)
    assert ward.put(f"Condition/{hidden}", changed).status_code == 404
    assert ward.patch(f"Condition/{hidden}", [{"op": "remove", "path": "/meta"}]).status_code == 404
    assert ward.delete(f"Condition/{hidden}").status_code == 404
    shown_to_ward.labels = ["PSY"]
    shown_to_ward.save(update_fields=["labels"])
    assert seen_by_ward() == [200, 200, 200, 1, 1, 2, 1, 1, 2]
    assert ward.put(f"Condition/{hidden}", changed | {"meta": PSY}).status_code == 200
    assert ids(nurse.get(f"Condition?{of_elder}")) == [hidden]  # still theirs who wrote it first
    assert plain and not PersonFact.objects.filter(data__resource=hidden).exclude(data__labelled=True)
    assert not people.facts_of(made.ward_doctor, elder.pk).filter(data__resource=hidden)


def test_versions_are_hidden_by_their_own_labels_and_by_those_it_bears_now(
    nurse: Fhir, elder: Person, made: Cast
) -> None:
    ward = Fhir(made.ward_doctor)
    seen_by(elder, made.hospital.pk)
    id = entered(nurse, condition(elder))

    nurse.put(f"Condition/{id}", condition(elder, id=id, meta=PSY))
    hidden = [ward.get(f"Condition/{id}/_history/1").status_code, len(ids(ward.get("Condition/_history")))]
    nurse.put(f"Condition/{id}", condition(elder, id=id))
    history = json.loads(ward.get(f"Condition/{id}/_history").content)

    assert hidden == [404, 0]
    assert history["total"] == 2 and [one["response"]["etag"] for one in history["entry"]] == [
        'W/"3"',
        'W/"1"',
    ]
    assert [ward.get(f"Condition/{id}/_history/{one}").status_code for one in (1, 2, 3)] == [200, 404, 200]


def test_a_narrowed_consent_opens_its_kinds_of_data_and_nothing_more(
    nurse: Fhir, elder: Person, made: Cast
) -> None:
    ward = Fhir(made.ward_doctor)
    narrow = seen_by(elder, made.hospital.pk, basis=Basis.CONSENT, scope=Scope.BASIC, kinds=["RESULTS"])
    result = entered(nurse, observation(elder.pk))
    problem = entered(nurse, condition(elder))

    everything = ward.get(f"Patient/{elder.pk}/$everything?_type=Condition,Observation")
    assert ids(everything) == ids(ward.get(f"Observation?subject=Patient/{elder.pk}")) == [result]
    assert ward.get(f"Condition/{problem}").status_code == 404
    assert ward.put(f"Condition/{problem}", condition(elder, id=problem)).status_code == 404
    assert ward.delete(f"Observation/{result}").status_code == 403
    # With it go name, age and address, as the register tells them; a Patient that came in tells more.
    came = {"resourceType": "Patient", "id": str(elder.pk), "name": [{"text": "王秀英"}]}
    phone = {"telecom": [{"system": "phone", "value": "13800000000"}]}
    assert ward.get(f"Patient/{elder.pk}").status_code == 200
    assert nurse.put(f"Patient/{elder.pk}", came | phone).status_code == 201
    told = ward.get(f"Patient/{elder.pk}").content.decode()
    assert "王秀英" in told and "13800000000" not in told
    found = ward.get(f"Observation?subject=Patient/{elder.pk}&_include=Observation:subject")
    assert ids(found) == sorted([str(elder.pk), result]) and "13800000000" not in found.content.decode()
    assert json.loads(ward.get("Patient?_total=accurate").content)["total"] == 1
    assert ids(ward.get("Patient/_history")) == []
    assert json.loads(nurse.get("Patient?_total=accurate").content)["total"] == 1
    # Also under the id by which a hospital calls them.
    other = person("李国强", id_card=VALID_ID)
    for unit in (made.care_home, made.hospital):
        seen_by(other, unit.pk)
    CareRelationship.objects.filter(person_id=other.pk, organisation_id=made.hospital.pk).update(
        scope="BASIC", kinds=["RESULTS"]
    )
    number = {"identifier": [{"system": "https://www.mps.gov.cn/id", "value": VALID_ID}]}
    named = {"resourceType": "Patient", "id": "p-1", "name": [{"text": "李国强"}]}
    assert nurse.put("Patient/p-1", named | number).status_code == 201
    entered(nurse, observation("p-1"))
    assert VALID_ID in nurse.get("Patient/p-1").content.decode()
    found = ward.get("Observation?subject=Patient/p-1&_include=Observation:subject")
    assert (
        "p-1" in ids(found) and "李国强" in found.content.decode() and VALID_ID not in found.content.decode()
    )
    assert json.loads(ward.get("Patient/p-1").content)["id"] == "p-1"
    narrow.ends_at = now()
    narrow.save(update_fields=["ends_at"])
    assert ward.get(f"Observation/{result}").status_code == 404
