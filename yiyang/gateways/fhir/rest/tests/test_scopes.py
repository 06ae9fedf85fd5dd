"""An app reads and writes over /fhir what its scopes say, never more than its account; each reading names it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.models import ApiToken
from yiyang.access.tests.factories import Cast
from yiyang.access.tests.oauth import program, token_for
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel import readings
from yiyang.kernel.models import PersonFact, Reading
from yiyang.kernel.time import now
from yiyang.people.models import Person

VISIT = {
    "resourceType": "Encounter",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
}


def app(actor: Any, scope: str) -> Fhir:
    client = program(actor, scope)
    got = json.loads(token_for(client, scope).content)
    found = Fhir()
    found.headers = {"Authorization": f"Bearer {got['access_token']}", "Accept-Language": "en"}
    return found


def types_in(response: Any) -> list[str]:
    return sorted(one["resource"]["resourceType"] for one in json.loads(response.content).get("entry", []))


@pytest.fixture
def record(nurse: Fhir, elder: Person) -> dict[str, str]:
    """A visit, and a pulse that was taken during it."""
    subject = {"reference": f"Patient/{elder.pk}"}
    visit = json.loads(nurse.post("Encounter", VISIT | {"subject": subject}).content)["id"]
    at = {"encounter": {"reference": f"Encounter/{visit}"}}
    return {
        "visit": visit,
        "pulse": json.loads(nurse.post("Observation", observation(elder.pk, **at)).content)["id"],
    }


def test_what_is_not_in_scope_leaks_through_nothing(
    made: Cast, elder: Person, record: dict[str, str]
) -> None:
    mine = app(made.care_home_nurse, "system/Observation.rs system/Patient.rs")
    whole = app(made.care_home_nurse, "system/*.read")
    who = f"Patient/{elder.pk}"

    assert mine.get(f"Observation/{record['pulse']}").status_code == 200
    refused = mine.get(f"Encounter/{record['visit']}")
    assert (refused.status_code, code_of(refused)) == (403, "SCOPE_TOO_NARROW")
    assert 'error="insufficient_scope", scope="system/Encounter.r"' in refused["WWW-Authenticate"]

    asked = f"Observation?patient={elder.pk}&_include=Observation:encounter&_include=Observation:patient"
    assert types_in(whole.get(asked)) == ["Encounter", "Observation", "Patient"]
    assert types_in(mine.get(asked)) == ["Observation", "Patient"]
    assert types_in(mine.get(f"{who}/$everything")) == ["Observation", "Patient"]
    assert "Encounter" in types_in(whole.get(f"{who}/$everything"))
    assert types_in(mine.get("?_lastUpdated=gt2020-01-01")) == ["Observation"]
    assert types_in(mine.get("_history")) == ["Observation"]

    for leads in (
        "Observation?encounter.status=finished&_total=accurate",
        "Patient?_has:Encounter:patient:status=finished&_total=accurate",
    ):
        assert json.loads(mine.get(leads).content)["total"] == 0
        assert json.loads(whole.get(leads).content)["total"] == 1
    assert (
        json.loads(whole.get("Observation?encounter.status=finished&_total=accurate").content)["total"] == 1
    )
    for path in (
        "Encounter", f"{who}/Encounter", "Encounter/_history", "?_type=Encounter&_id=x",
        f"Encounter/{record['visit']}/_history", f"Encounter/{record['visit']}/_history/1",
    ):  # fmt: skip
        assert mine.get(path).status_code == 403, path
    assert types_in(whole.get("Encounter")) == ["Encounter"]


def test_what_reads_does_not_write_and_what_writes_does_not_read(
    made: Cast, elder: Person, record: dict[str, str]
) -> None:
    reads = app(made.care_home_nurse, "system/Observation.rs")
    writes = app(made.care_home_nurse, "system/Observation.cu")

    assert reads.post("Observation", observation(elder.pk)).status_code == 403
    made_one = writes.post("Observation", observation(elder.pk))
    assert made_one.status_code == 201
    id = json.loads(made_one.content)["id"]
    assert writes.put(f"Observation/{id}", observation(elder.pk, id=id, status="amended")).status_code == 200
    assert writes.get(f"Observation/{id}").status_code == 403
    assert writes.delete(f"Observation/{id}").status_code == 403
    assert writes.post("Observation", observation(elder.pk), If_None_Exist="code=8867-4").status_code == 403
    fact = PersonFact.objects.filter(name="resource.created").latest("recorded_at")
    assert fact.data["by_app"] and "接口" in fact.by_label


def test_each_entry_of_a_bundle_needs_its_own_scope(
    made: Cast, elder: Person, record: dict[str, str]
) -> None:
    mine = app(made.care_home_nurse, "system/Observation.crs")

    def bundle(kind: str, *entries: tuple[str, str, Any]) -> Any:
        listed = [
            {"request": {"method": method, "url": url}} | ({"resource": body} if body else {})
            for method, url, body in entries
        ]
        return mine.post("", {"resourceType": "Bundle", "type": kind, "entry": listed})

    pulse = ("POST", "Observation", observation(elder.pk))
    visit = ("POST", "Encounter", VISIT | {"subject": {"reference": f"Patient/{elder.pk}"}})
    batch = bundle("batch", pulse, visit, ("GET", f"Encounter/{record['visit']}", None))
    assert [one["response"]["status"] for one in json.loads(batch.content)["entry"]] == ["201", "403", "403"]
    before = PersonFact.objects.count()
    assert bundle("transaction", pulse, visit).status_code == 403
    assert bundle("transaction", pulse, ("GET", f"Encounter/{record['visit']}", None)).status_code == 403
    assert PersonFact.objects.count() == before
    assert bundle("transaction", pulse, ("GET", "Observation?code=8867-4", None)).status_code == 200


def test_a_scope_opens_nothing_that_the_account_may_not(
    made: Cast, elder: Person, record: dict[str, str]
) -> None:
    stranger = app(made.stranger, "system/*.cruds")

    assert stranger.get(f"Observation/{record['pulse']}").status_code == 404
    assert types_in(stranger.get("Observation")) == []


def test_each_reading_names_the_app_and_a_token_that_is_over_says_so(
    made: Cast, elder: Person, record: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = app(made.care_home_nurse, "system/Observation.rs")
    before = Reading.objects.count()

    mine.get(f"Observation/{record['pulse']}")

    reading = Reading.objects.latest("recorded_at")
    assert Reading.objects.count() == before + 1
    assert reading.persons == [elder.pk]
    held = ApiToken.objects.get(client__isnull=False)
    assert reading.data == {"by_app": str(held.client_id)}
    assert "省立医院接口" in reading.by_label

    def full(rows: Any) -> None:
        raise readings.ReadingNotKept

    with monkeypatch.context() as patched:
        patched.setattr(readings, "keep", full)
        unkept = mine.get("Observation")
        assert (unkept.status_code, code_of(unkept)) == (503, "READING_NOT_KEPT")
        assert record["pulse"] not in unkept.content.decode()

    ApiToken.objects.filter(pk=held.pk).update(
        created_at=now() - timedelta(hours=1), expires_at=now() - timedelta(minutes=1)
    )
    over = mine.get(f"Observation/{record['pulse']}")
    assert (over.status_code, code_of(over)) == (401, "TOKEN_EXPIRED")
    assert 'error="invalid_token"' in over["WWW-Authenticate"]


def test_apps_find_the_addresses(made: Cast) -> None:
    visitor = Fhir()

    for path in (".well-known/smart-configuration",):
        told = json.loads(visitor.get(path).content)
        assert told["token_endpoint"] == "http://testserver/oauth/token"
        assert told["code_challenge_methods_supported"] == ["S256"]
        assert "client-confidential-asymmetric" in told["capabilities"]
    assert visitor.client.get("/.well-known/smart-configuration").json() == told
    security = json.loads(visitor.get("metadata").content)["rest"][0]["security"]
    uris = {one["url"]: one["valueUri"] for one in security["extension"][0]["extension"]}
    assert uris["token"] == told["token_endpoint"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
