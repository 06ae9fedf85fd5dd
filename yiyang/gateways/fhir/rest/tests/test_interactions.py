"""read, create, update, patch, delete and history over /fhir, with a token."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.models import PersonFact, Reading
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


def sent(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.content))


def test_what_is_created_is_read_back_digit_for_digit(nurse: Fhir, elder: Person) -> None:
    body = observation(elder.pk)
    raw = json.dumps(body)[:-1] + ', "valueQuantity": {"value": 1.00, "unit": "mm\\u00e9"}}'

    created = nurse.post("Observation", raw)
    id = sent(created)["id"]
    read = nurse.get(f"Observation/{id}")

    assert (created.status_code, read.status_code) == (201, 200)
    assert created["Location"] == f"http://testserver/fhir/Observation/{id}/_history/1"
    assert created["ETag"] == read["ETag"] == 'W/"1"'
    assert b'"value": 1.00, "unit": "mm\\u00e9"' in read.content
    assert sent(read)["meta"]["versionId"] == "1"
    assert PersonFact.objects.filter(name="resource.created", person_id=elder.pk, data__resource=id).exists()
    assert Reading.objects.filter(subject_kind="fhir.read", persons__contains=[elder.pk]).exists()


def test_an_update_keeps_the_versions_before(nurse: Fhir, elder: Person) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]
    changed = observation(elder.pk, id=id, status="amended")

    updated = nurse.put(f"Observation/{id}", changed, If_Match='W/"1"')
    late = nurse.put(f"Observation/{id}", changed, If_Match='W/"1"')
    first = nurse.get(f"Observation/{id}/_history/1")

    assert (updated.status_code, updated["ETag"], late.status_code) == (200, 'W/"2"', 412)
    assert code_of(late) == "VERSION_DIFFERS"
    assert (sent(first)["status"], sent(nurse.get(f"Observation/{id}"))["status"]) == ("final", "amended")


def test_an_id_may_be_chosen_by_the_sender(nurse: Fhir, elder: Person) -> None:
    first = nurse.put("Observation/my.own-1", observation(elder.pk, id="my.own-1"))
    other = nurse.put("Observation/my.own-1", observation(elder.pk, id="another"))

    assert (first.status_code, other.status_code, code_of(other)) == (201, 400, "ID_DIFFERS")
    assert nurse.get("Observation/my.own-1").status_code == 200


def test_what_is_deleted_is_gone_and_its_history_stays(nurse: Fhir, elder: Person) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]

    assert nurse.delete(f"Observation/{id}").status_code == 204
    assert nurse.delete(f"Observation/{id}").status_code == 204
    assert nurse.get(f"Observation/{id}").status_code == 410
    assert nurse.get(f"Observation/{id}/_history/1").status_code == 200
    history = sent(nurse.get(f"Observation/{id}/_history"))
    assert [entry["request"]["method"] for entry in history["entry"]] == ["DELETE", "POST"]
    assert history["total"] == 2
    assert nurse.put(f"Observation/{id}", observation(elder.pk, id=id))["ETag"] == 'W/"3"'


def test_history_of_a_type_and_of_all_comes_page_by_page(nurse: Fhir, elder: Person) -> None:
    for _number in range(3):
        id = sent(nurse.post("Observation", observation(elder.pk)))["id"]
        nurse.put(f"Observation/{id}", observation(elder.pk, id=id))
    nurse.post("Condition", {"resourceType": "Condition", "subject": {"reference": f"Patient/{elder.pk}"}})

    pages, address = [], "Observation/_history?_count=4"
    while address:
        page = sent(nurse.get(address))
        pages.append([entry["response"]["etag"] + entry["fullUrl"] for entry in page["entry"]])
        links = {link["relation"]: link["url"] for link in page["link"]}
        address = links.get("next", "").partition("/fhir/")[2]

    assert [len(page) for page in pages] == [4, 2]
    assert len({one for page in pages for one in page}) == 6
    assert len(sent(nurse.get("_history"))["entry"]) == 7


def test_nobody_else_reads_changes_or_finds_it(made: Cast, nurse: Fhir, elder: Person) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]
    stranger, manager = Fhir(made.stranger), Fhir(made.care_home_manager)

    for ask in (
        stranger.get(f"Observation/{id}"),
        stranger.get(f"Observation/{id}/_history"),
        stranger.get(f"Observation/{id}/_history/1"),
        stranger.delete(f"Observation/{id}"),
        stranger.put(f"Observation/{id}", observation(id=id)),
    ):
        assert (ask.status_code, code_of(ask)) == (404, "NOT_FOUND")
    assert "entry" not in sent(stranger.get("Observation/_history"))
    assert stranger.post("Observation", observation(elder.pk)).status_code == 422
    assert manager.get(f"Observation/{id}").status_code == 403
    assert Fhir().get(f"Observation/{id}").status_code == 401


def test_who_sees_name_age_and_address_alone_reads_no_record(made: Cast, elder: Person, nurse: Fhir) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]
    seen_by(elder, made.hospital.pk, scope="BASIC")
    doctor = Fhir(made.ward_doctor)

    assert doctor.get(f"Observation/{id}").status_code == 404
    assert doctor.post("Observation", observation(elder.pk)).status_code == 422


def test_an_organization_belongs_to_nobody_and_is_open_to_those_who_read_records(
    made: Cast, nurse: Fhir
) -> None:
    id = sent(nurse.post("Organization", {"resourceType": "Organization", "name": "化验所"}))["id"]

    assert Fhir(made.stranger).get(f"Organization/{id}").status_code == 200
    assert Fhir(made.coordinator).get(f"Organization/{id}").status_code == 403


def test_a_resource_stays_with_its_person_and_refers_to_no_other(
    made: Cast, nurse: Fhir, elder: Person
) -> None:
    other = person("王建国")
    seen_by(other, made.care_home.pk)
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]

    moved = nurse.put(f"Observation/{id}", observation(other.pk, id=id))
    across = nurse.post("Observation", observation(other.pk, hasMember=[{"reference": f"Observation/{id}"}]))

    assert (moved.status_code, code_of(moved)) == (422, "MOVES_TO_ANOTHER")
    assert (across.status_code, code_of(across)) == (422, "REFERS_TO_ANOTHER")


def test_a_patch_changes_the_newest_version(nurse: Fhir, elder: Person) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]

    patched = nurse.patch(f"Observation/{id}", [{"op": "replace", "path": "/status", "value": "amended"}])

    assert (patched.status_code, sent(patched)["status"], patched["ETag"]) == (200, "amended", 'W/"2"')


def test_what_was_not_changed_is_not_sent_again(nurse: Fhir, elder: Person) -> None:
    created = nurse.post("Observation", observation(elder.pk))
    there = f"Observation/{sent(created)['id']}"

    assert nurse.get(there, If_None_Match='W/"1"').status_code == 304
    assert nurse.get(there, If_None_Match='W/"2"').status_code == 200
    assert nurse.get(there, If_Modified_Since=created["Last-Modified"]).status_code == 304
    assert nurse.post("Observation", observation(elder.pk), Prefer="return=minimal").content == b""
    told = nurse.post("Observation", observation(elder.pk), Prefer="return=OperationOutcome")
    assert sent(told)["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status", "code"),
    [
        ("POST", "Observation", b"{", "application/fhir+json", 400, "NOT_JSON"),
        ("POST", "Observation", b"[]", "application/fhir+json", 400, "NOT_A_RESOURCE"),
        ("POST", "Observation", b"{}", "text/plain", 415, "CONTENT_NOT_FHIR"),
        ("POST", "Observation", b'{"resourceType":"Patient"}', "application/fhir+json", 400, "TYPE_DIFFERS"),
        ("POST", "Nothing", b"{}", "application/fhir+json", 404, "ADDRESS_UNKNOWN"),
        ("GET", "Observation/a/b", b"", "", 404, "ADDRESS_UNKNOWN"),
        ("GET", "Observation/a%20b", b"", "", 400, "ID_MALFORMED"),
        ("GET", "Observation/none", b"", "", 404, "NOT_FOUND"),
        ("GET", "Observation/none?_format=xml", b"", "", 406, "FORMAT_UNKNOWN"),
        ("DELETE", "Observation", b"", "", 400, "CONDITION_MISSING"),
        ("DELETE", "metadata", b"", "", 405, "METHOD_NOT_HERE"),
        ("GET", "Observation/_history?_count=x", b"", "", 400, "COUNT_MALFORMED"),
        ("GET", "Observation/_history?_cursor=1.2.3", b"", "", 400, "CHANGES_PAGE_UNKNOWN"),
        ("GET", "Observation/_history?_since=yesterday", b"", "", 400, "INSTANT_MALFORMED"),
        (
            "POST",
            "",
            b'{"resourceType":"Bundle","type":"collection"}',
            "application/fhir+json",
            400,
            "BUNDLE_UNFIT",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(
    nurse: Fhir, method: str, path: str, body: bytes, kind: str, status: int, code: str
) -> None:
    response = nurse.ask(method, path, body, kind)

    assert (response.status_code, code_of(response)) == (status, code)
    assert response["Content-Type"] == "application/fhir+json; charset=utf-8"


def test_a_session_reads_and_needs_the_sign_of_its_own_page_to_write(
    made: Cast, nurse: Fhir, elder: Person
) -> None:
    id = sent(nurse.post("Observation", observation(elder.pk)))["id"]
    browser, anybody = Client(enforce_csrf_checks=True), Client()
    browser.force_login(made.care_home_nurse.account)

    read = browser.get(f"/fhir/Observation/{id}")
    forged = browser.post(
        "/fhir/Observation", json.dumps(observation(elder.pk)), content_type="application/fhir+json"
    )
    unknown = anybody.get(f"/fhir/Observation/{id}")

    assert (read.status_code, sent(read)["id"]) == (200, id)
    assert (forged.status_code, sent(forged)["resourceType"]) == (403, "OperationOutcome")
    assert (unknown.status_code, code_of(unknown)) == (401, "TOKEN_MISSING")
    assert Fhir().ask("GET", f"Observation/{id}", Authorization="Bearer nobodys").status_code == 401
