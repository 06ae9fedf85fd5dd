"""Create, read, update, patch and delete by a condition; what is asked of a body before it is read."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.people.models import Person
from yiyang.records.models import Resource

pytestmark = pytest.mark.django_db
NUMBER = "urn:lab|77"
ASKED = f"identifier={NUMBER}"


def sent(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.content))


def numbered(elder: Person, **fields: Any) -> dict[str, Any]:
    return observation(elder.pk, identifier=[{"system": "urn:lab", "value": "77"}], **fields)


def test_what_exists_is_not_created_again(nurse: Fhir, elder: Person) -> None:
    first = nurse.post("Observation", numbered(elder), If_None_Exist=ASKED)
    again = nurse.post("Observation", numbered(elder), If_None_Exist=ASKED)
    nurse.post("Observation", numbered(elder))
    unclear = nurse.post("Observation", numbered(elder), If_None_Exist=ASKED)
    senseless = nurse.post("Observation", numbered(elder), If_None_Exist="")

    assert (first.status_code, again.status_code, unclear.status_code) == (201, 200, 412)
    assert sent(first)["id"] == sent(again)["id"]
    assert code_of(unclear) == "MATCHES_SEVERAL"
    assert senseless.status_code == 201


def test_one_that_fits_a_condition_is_updated_patched_and_deleted(nurse: Fhir, elder: Person) -> None:
    created = nurse.put(f"Observation?{ASKED}", numbered(elder))
    updated = nurse.put(f"Observation?{ASKED}", numbered(elder, status="amended"))
    patched = nurse.patch(
        f"Observation?{ASKED}", [{"op": "replace", "path": "/status", "value": "corrected"}]
    )
    ahead = nurse.put(f"Observation?{ASKED}", numbered(elder, id="another"))
    deleted = nurse.delete(f"Observation?{ASKED}")

    assert [one.status_code for one in (created, updated, patched, deleted)] == [201, 200, 200, 204]
    assert (ahead.status_code, code_of(ahead)) == (400, "ID_DIFFERS")
    assert Resource.objects.get().version == 4
    assert nurse.delete(f"Observation?{ASKED}").status_code == 204
    assert nurse.patch(f"Observation?{ASKED}", []).status_code == 404


def test_conditions_within_a_transaction_and_references_by_condition(nurse: Fhir, elder: Person) -> None:
    place = sent(
        nurse.post(
            "Organization",
            {
                "resourceType": "Organization",
                "name": "化验所",
                "identifier": [{"system": "urn:lab", "value": "9"}],
            },
        )
    )
    told = numbered(elder, performer=[{"reference": "Organization?identifier=urn:lab|9"}])
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": told, "request": {"method": "POST", "url": "Observation", "ifNoneExist": ASKED}}
        ],
    }

    first, again = nurse.post("", bundle), nurse.post("", bundle)
    bundle["entry"][0]["resource"] = numbered(
        elder, performer=[{"reference": "Organization?identifier=urn:lab|10"}]
    )
    del bundle["entry"][0]["request"]["ifNoneExist"]
    lost = nurse.post("", bundle)

    assert [sent(one)["entry"][0]["response"]["status"] for one in (first, again)] == ["201", "200"]
    kept = sent(nurse.get(f"Observation?{ASKED}"))["entry"][0]["resource"]
    assert kept["performer"] == [{"reference": f"Organization/{place['id']}"}]
    assert (lost.status_code, code_of(lost)) == (412, "REFERENCE_NOT_FOUND")


def test_bodies_come_packed_and_answers_go_packed_and_pretty(nurse: Fhir, elder: Person) -> None:
    body = gzip.compress(json.dumps(observation(elder.pk, note=[{"text": "长" * 3000}])).encode())

    created = nurse.post("Observation", body, Content_Encoding="gzip", Accept_Encoding="gzip")
    there = f"Observation/{json.loads(gzip.decompress(created.content))['id']}"

    assert (created.status_code, created["Content-Encoding"]) == (201, "gzip")
    assert nurse.get(f"{there}?_pretty=true&_format=json").content.startswith(b'{\n  "resourceType"')
    head = nurse.ask("HEAD", there)
    assert (head.status_code, head.content, int(head["Content-Length"]) > 3000) == (200, b"", True)
    assert nurse.post("Observation", body[:50], Content_Encoding="gzip").status_code == 415
    bomb = gzip.compress(b" " * (17 * 2**20))
    assert nurse.post("Observation", bomb, Content_Encoding="gzip").status_code == 413


def test_every_problem_of_a_resource_is_told_at_once_in_the_readers_language(
    nurse: Fhir, elder: Person
) -> None:
    wrong = observation(elder.pk, status="no-such", effectiveDateTime="yesterday", nothing=1)

    refused = nurse.post("Observation", wrong)
    in_chinese = nurse.post("Observation", wrong, Accept_Language="zh-CN")
    checked = nurse.post("Observation/$validate", wrong)
    good = nurse.post("Observation/$validate", observation(elder.pk))

    places = {issue["expression"][0] for issue in sent(refused)["issue"]}
    assert refused.status_code == 422
    assert {"Observation.status", "Observation.effectiveDateTime"} <= places or len(places) == 3
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sent(in_chinese)["issue"][0]["details"]["text"])
    assert (checked.status_code, sent(checked)["issue"]) == (200, sent(refused)["issue"])
    assert sent(good)["issue"][0]["severity"] == "information"
    assert not Resource.objects.exists()


def test_the_capabilities_are_those_of_the_routes(nurse: Fhir) -> None:
    told = sent(Fhir().get("metadata"))

    rest = told["rest"][0]
    kinds = {one["type"]: one for one in rest["resource"]}
    assert (told["resourceType"], told["fhirVersion"], len(kinds)) == ("CapabilityStatement", "4.0.1", 146)
    codes = {one["code"] for one in kinds["Observation"]["interaction"]}
    assert codes >= {
        "read",
        "vread",
        "create",
        "update",
        "patch",
        "delete",
        "search-type",
        "history-instance",
    }
    assert {one["code"] for one in rest["interaction"]} >= {"transaction", "batch", "history-system"}
    assert sent(nurse.post("CapabilityStatement/$validate", told))["issue"][0]["severity"] == "information"
