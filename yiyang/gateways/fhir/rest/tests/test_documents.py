"""Documents of a Composition, and references that have to lead somewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.beds.tests import factories as beds
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.people.models import Person
from yiyang.records.models import Resource
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.validating import validate

pytestmark = pytest.mark.django_db
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def sent(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    return dict(json.loads(response.content))


def entered(nurse: Fhir, body: dict[str, Any]) -> str:
    return f"{body['resourceType']}/{sent(nurse.post(body['resourceType'], body), 201)['id']}"


def test_a_document_holds_all_that_its_composition_leads_to_as_far_as_the_reader_may_see(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    stay = beds.stay(elder, beds.bed(made.care_home))
    taker = entered(nurse, {"resourceType": "Practitioner", "name": [{"text": "李护士"}]})
    pulse = entered(nurse, observation(elder.pk, performer=[{"reference": taker}]))
    label = [{"system": ACT, "code": "PSY"}]
    hidden = entered(nurse, observation(elder.pk, meta={"security": label}))
    composition = {
        "resourceType": "Composition", "status": "final", "type": {"text": "小结"}, "date": "2026-11-22", "title": "小结",
        "subject": {"reference": f"Patient/{elder.pk}"}, "encounter": {"reference": f"Encounter/{stay.pk}"},
        "author": [{"reference": taker}],
        "section": [{"title": "体征", "entry": [{"reference": pulse}, {"reference": hidden}]}],
    }  # fmt: skip
    path = f"{entered(nurse, composition)}/$document"

    told, again = sent(nurse.get(path)), sent(nurse.get(path))
    kept = sent(nurse.post(f"{path}?persist=true", b""), 201)

    inside = ["/".join(one["fullUrl"].split("/")[-2:]) for one in told["entry"]]
    assert inside[0].startswith("Composition/") and {pulse, hidden, taker} < set(inside)
    assert {f"Patient/{elder.pk}", f"Encounter/{stay.pk}", f"Organization/{made.care_home.pk}"} < set(inside)
    assert (told["identifier"], told["entry"]) == (again["identifier"], again["entry"])
    assert validate(bodies.decode(json.dumps(told).encode()), level="full") == []
    assert kept["entry"] == told["entry"] and kept["meta"]["security"] == label
    assert Resource.objects.get(id=kept["id"]).person_id == elder.pk
    assert Fhir(made.stranger).get(path).status_code == 404
    assert Fhir(made.stranger).get(f"Bundle/{kept['id']}").status_code == 404
    assert code_of(nurse.get(f"{path}?persist=perhaps")) == "OPERATION_PARAMETER_MALFORMED"


def test_where_the_installation_is_strict_references_lead_somewhere(
    nurse: Fhir, made: Cast, elder: Person, settings: Any
) -> None:
    lost = observation(elder.pk, performer=[{"reference": "Practitioner/nobody"}])
    assert nurse.post("Observation", lost).status_code == 201
    settings.RECORDS_INTEGRITY = "strict"

    refused = nurse.post("Observation", lost)
    unit = {"reference": f"Organization/{made.care_home.pk}"}
    taker = entered(nurse, {"resourceType": "Practitioner", "name": [{"text": "李护士"}]})
    pulse = entered(nurse, observation(elder.pk, performer=[unit, {"reference": taker}]))
    kept = nurse.delete(taker)

    assert (refused.status_code, code_of(refused)) == (422, "REFERENCES_MISSING")
    assert "Practitioner/nobody" in refused.content.decode()
    assert (kept.status_code, code_of(kept)) == (409, "REFERRED_TO")
    assert pulse in kept.content.decode()

    def bundle(*entries: tuple[str, str, Any]) -> dict[str, Any]:
        listed = [
            {
                "request": {"method": method, "url": url},
                **({"resource": body} if body else {}),
                "fullUrl": f"urn:x:{at}",
            }
            for at, (method, url, body) in enumerate(entries)
        ]
        return {"resourceType": "Bundle", "type": "transaction", "entry": listed}

    together = bundle(
        ("POST", "Observation", observation(elder.pk, performer=[{"reference": "urn:x:1"}])),
        ("POST", "Practitioner", {"resourceType": "Practitioner"}),
    )
    assert nurse.post("", together).status_code == 200
    both = bundle(("DELETE", taker, None), ("DELETE", pulse, None))
    assert nurse.post("", both).status_code == 200
    assert nurse.get(taker).status_code == 410
