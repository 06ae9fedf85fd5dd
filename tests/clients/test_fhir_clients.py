"""FHIR clients that nobody here wrote work with /fhir as they come: fhirclient, fhirpy, fhir-kit-client."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client as Browser
from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.models.encounter import Encounter
from fhirclient.models.observation import Observation
from fhirclient.models.operationoutcome import OperationOutcome as Outcome
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, ResourceNotFound

from yiyang.access.tests.factories import account, cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, observation
from yiyang.gateways.fhir.rest.tests.test_apps import DONE, app
from yiyang.people import reach
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db(transaction=True)
FOLDER = Path(__file__).parent
PULSE = "http://loinc.org|8867-4"
VISIT = {
    "resourceType": "Encounter",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
}


@pytest.fixture
def who(live_server: Any) -> tuple[str, str, str]:
    """The address, the header of a nurse, and an elder whom her home looks after."""
    reach.forget()
    made = cast()
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    return f"{live_server.url}/fhir", Fhir(made.care_home_nurse).headers["Authorization"], str(elder.pk)


def test_fhirclient_reads_writes_and_pages(who: tuple[str, str, str]) -> None:
    base, authorization, elder = who
    server = FHIRClient(settings={"app_id": "tests", "api_base": base}).server
    server.session.headers["Authorization"] = authorization

    assert server.capabilityStatement.fhirVersion == "4.0.1"
    visit = Encounter(VISIT | {"subject": {"reference": f"Patient/{elder}"}}).create(server)
    told = [
        Observation(
            observation(
                elder,
                effectiveDateTime=f"2024-05-0{day}",
                encounter={"reference": f"Encounter/{visit['id']}"},
            )
        ).create(server)
        for day in (1, 2, 3)
    ]
    search = Observation.where({"patient": elder, "_sort": "date", "_count": "2"}).include("encounter")
    pages = list(search.perform_iter(server))
    assert [[one.search.mode for one in page.entry] for page in pages] == [
        ["match", "match", "include"],
        ["match", "include"],
    ]
    assert [one.id for one in search.perform_resources_iter(server)] == [
        told[0]["id"], told[1]["id"], visit["id"], told[2]["id"], visit["id"],
    ]  # fmt: skip

    first = Observation.read(told[0]["id"], server)
    first.status = "amended"
    server.session.headers["If-Match"] = 'W/"1"'
    assert first.update(server)["meta"]["versionId"] == "2"
    with pytest.raises(requests.HTTPError) as stale:
        first.update(server)
    del server.session.headers["If-Match"]
    assert stale.value.response.status_code == 412
    assert Outcome(stale.value.response.json()).issue[0].severity == "error"
    assert len(Bundle.read_from(f"Observation/{first.id}/_history", server).entry) == 2

    post = {"method": "POST", "url": "Observation"}
    both = [{"resource": observation(elder), "request": post}] * 2
    done = Bundle({"resourceType": "Bundle", "type": "transaction", "entry": both})
    answer = Bundle(server.post_json("", done.as_json()).json())
    assert [one.response.status for one in answer.entry] == ["201", "201"]
    everything = Bundle.read_from(f"Patient/{elder}/$everything?_type=Observation", server)
    assert len(everything.entry) == 5
    first.delete(server)
    with pytest.raises(requests.HTTPError) as gone:
        Observation.read(first.id, server)
    assert gone.value.response.status_code == 410


def test_fhirclient_signs_an_elder_in_and_goes_on_later(live_server: Any) -> None:
    """SMART App Launch as the client comes: addresses, PKCE, code, the elder's own record, refresh."""
    reach.forget()
    made = cast()
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    browser = Browser(headers={"host": urlsplit(live_server.url).netloc})
    browser.force_login(account("王秀英", kind="ELDER", person_id=elder.pk))
    settings = {"app_id": str(app(made)[0].pk), "api_base": f"{live_server.url}/fhir", "redirect_uri": DONE}
    smart = FHIRClient(settings=settings | {"scope": "patient/*.read offline_access openid"})

    assert not smart.prepare()
    asked = urlsplit(smart.authorize_url)
    back = browser.post(f"{asked.path}?{asked.query}", {"allow": "yes", "lasts": "later"})
    smart.handle_callback(back["Location"])

    assert smart.patient.id == str(elder.pk) and smart.patient.name[0].text == "王秀英"
    before = smart.server.auth.access_token
    assert smart.reauthorize()
    assert smart.server.auth.access_token != before
    assert not list(Observation.where({"patient": str(elder.pk)}).perform_resources_iter(smart.server))


def test_fhirpy_reads_writes_and_pages(who: tuple[str, str, str]) -> None:
    base, authorization, elder = who
    client = SyncFHIRClient(base, authorization=authorization)

    assert client.execute("metadata", method="get").fhirVersion == "4.0.1"
    visit = client.resource("Encounter", **VISIT, subject={"reference": f"Patient/{elder}"}).create()
    told = [
        client.resource(
            "Observation",
            **observation(elder, effectiveDateTime=f"2024-05-0{day}", encounter=visit.to_reference()),
        ).create()
        for day in (1, 2, 3)
    ]
    first = client.reference("Observation", told[0].id).to_resource()
    first["status"] = "amended"
    assert first.update()["meta"]["versionId"] == "2"
    assert first.refresh()["status"] == "amended"
    assert first.patch(status="corrected")["meta"]["versionId"] == "3"
    assert first["code"]["coding"][0]["code"] == "8867-4"
    assert first.is_valid() and not client.resource("Observation", status="no-such").is_valid()

    found = client.resources("Observation").search(patient=elder, code=PULSE)
    assert [one.id for one in found.sort("date").limit(2).fetch_all()] == [one.id for one in told]
    assert found.count() == 3
    beside = found.sort("-date").limit(1).include("Observation", "encounter").fetch_raw()
    assert [one.resource.resourceType for one in beside.entry] == ["Observation", "Encounter"]
    assert found.search(date__ge="2024-05-03").get().id == told[2].id
    _same, created = found.search(date="2024-05-03").get_or_create(
        client.resource("Observation", **observation(elder))
    )
    assert not created

    with pytest.raises(MultipleResourcesFound) as stale:  # so it calls every 412
        client._do_request("put", f"Observation/{first.id}", dict(first), extra_headers={"If-Match": 'W/"9"'})
    assert json.loads(str(stale.value))["issue"][0]["code"] == "conflict"
    post = {"method": "POST", "url": "Observation"}
    both = [{"resource": observation(elder), "request": post}] * 2
    done = client.resource("Bundle", type="transaction", entry=both).serialize()
    assert [one.response.status for one in client.execute("", data=done).entry] == ["201", "201"]
    versions = client.execute(f"Observation/{first.id}/_history", method="get")
    assert [one.resource.meta.versionId for one in versions.entry] == ["3", "2", "1"]
    everything = client.reference("Patient", elder).execute("$everything", method="get")
    types = [one.resource.resourceType for one in everything.entry]
    assert types.count("Observation") == 5 and {"Patient", "Encounter", "CareTeam", "Organization"} <= set(
        types
    )
    first.delete()
    with pytest.raises(ResourceNotFound):
        client.reference("Observation", first.id).to_resource()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_fhir_kit_client_reads_writes_and_pages(who: tuple[str, str, str]) -> None:
    base, authorization, elder = who
    token = authorization.removeprefix("Bearer ")

    ran = subprocess.run(
        ["node", FOLDER / "fhir_kit_client.mjs", base, token, elder],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    everything = told.pop("everything")
    assert everything.count("Observation") == 3 and {"Patient", "Encounter", "CareTeam"} <= set(everything)
    assert told == {
        "fhirVersion": "4.0.1",
        "order": [[0, 1, -1], [2, -1]],
        "byForm": 3,
        "inRecord": 2,
        "inRecordByForm": 3,
        "statuses": ["final", "amended", "corrected", "final"],
        "stale": [412, "OperationOutcome"],
        "versions": ["3", "2", "1"],
        "ofAll": 6,
        "wrong": True,
        "last": [2],
        "done": ["201", "201"],
        "resolved": True,
        "gone": [410, "OperationOutcome"],
    }
