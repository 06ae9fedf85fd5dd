"""Search over /fhir, with a token."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, observation
from yiyang.kernel.models import Reading
from yiyang.people import reach
from yiyang.people.models import Person
from yiyang.people.tests.factories import id_number, person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Cast:
    reach.forget()
    return cast()


@pytest.fixture
def elder(made: Cast) -> Person:
    found = person("王秀英")
    seen_by(found, made.care_home.pk)
    return found


@pytest.fixture
def nurse(made: Cast, elder: Person) -> Fhir:
    """Who has entered three pulses of the elder."""
    found = Fhir(made.care_home_nurse)
    for day in (1, 2, 3):
        pulse = observation(
            elder.pk, effectiveDateTime=f"2024-05-0{day}", valueQuantity={"value": 70 + day, "unit": "/min"}
        )
        assert found.post("Observation", pulse).status_code == 201
    return found


def sent(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


def values(bundle: dict[str, Any]) -> list[int]:
    return [one["resource"]["valueQuantity"]["value"] for one in bundle.get("entry", ())]


def test_results_come_in_pages_that_lead_on(nurse: Fhir, elder: Person) -> None:
    first = sent(nurse.get(f"Observation?patient={elder.pk}&_sort=-date&_count=2&_total=accurate"))
    following = {one["relation"]: one["url"] for one in first["link"]}["next"]
    second = sent(nurse.get(f"Observation?{urlsplit(following).query}"))

    assert (values(first), values(second), first["total"]) == ([73, 72], [71], 3)
    assert [one["relation"] for one in second["link"]] == ["self"]
    assert {one["search"]["mode"] for one in first["entry"]} == {"match"}
    assert first["entry"][0]["fullUrl"].startswith("http://testserver/fhir/Observation/")
    assert Reading.objects.filter(subject_kind="fhir.search", persons__contains=[elder.pk]).exists()


def test_a_form_asks_the_same_of_one_type_and_of_all(nurse: Fhir) -> None:
    form = "application/x-www-form-urlencoded"

    one = sent(nurse.ask("POST", "Observation/_search", "value-quantity=gt71", form))
    every = sent(nurse.ask("POST", "_search", "_type=Observation,Condition&_count=2", form))

    assert sorted(values(one)) == [72, 73]
    assert len(every["entry"]) == 2
    assert sent(nurse.get("?_type=Condition")).get("entry") is None


def test_an_unknown_parameter_is_named_or_on_request_refused(nurse: Fhir) -> None:
    lenient = sent(nurse.get("Observation?colour=red&status=final"))
    strict = nurse.get("Observation?colour=red", Prefer="handling=strict")

    assert "colour" in lenient["entry"][-1]["resource"]["issue"][0]["details"]["text"]
    assert lenient["entry"][-1]["search"] == {"mode": "outcome"}
    assert parse_qsl(urlsplit(lenient["link"][0]["url"]).query) == [("status", "final")]
    assert strict.status_code == 400
    assert (
        json.loads(strict.content)["issue"][0]["details"]["coding"][0]["code"] == "SEARCH_PARAMETER_UNKNOWN"
    )


def test_parts_of_a_resource_keep_what_is_mandatory_and_say_that_they_are_parts(nurse: Fhir) -> None:
    parts = sent(nurse.get("Observation?_elements=value&_count=1"))["entry"][0]["resource"]
    summary = sent(nurse.get("Observation?_summary=true&_count=1"))["entry"][0]["resource"]
    number = sent(nurse.get("Observation?_summary=count"))

    assert set(parts) == {"resourceType", "id", "meta", "status", "code", "valueQuantity"}
    assert parts["meta"]["tag"][-1]["code"] == summary["meta"]["tag"][-1]["code"] == "SUBSETTED"
    assert "subject" in summary
    assert (number["total"], number.get("entry")) == (3, None)


def test_another_unit_finds_nothing_and_counts_nothing(nurse: Fhir, made: Cast, elder: Person) -> None:
    stranger = Fhir(made.stranger)

    assert sent(stranger.get(f"Observation?patient={elder.pk}&_total=accurate"))["total"] == 0
    assert sent(stranger.get("Observation?_summary=count"))["total"] == 0


def test_a_registered_person_is_read_found_and_included_as_a_patient(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    hidden = person("王建国")
    seen_by(hidden, made.ward_doctor.organisation_id)
    seen_by(person("王爱华"), made.care_home.pk, scope="BASIC")
    card = id_number()
    other = person("王玉兰", id_card=card)
    seen_by(other, made.care_home.pk)

    def names(query: str) -> list[str]:
        return [one["resource"]["name"][0]["text"] for one in sent(nurse.get(query)).get("entry", ())]

    assert sent(nurse.get(f"Patient/{elder.pk}"))["name"][0]["text"] == "王秀英"
    assert nurse.get(f"Patient/{hidden.pk}").status_code == 404
    assert sorted(names("Patient?name=wang")) == ["王玉兰", "王秀英"]
    assert names("Patient?name=wxy&gender=unknown") == ["王秀英"]
    assert names("Patient?birthdate=1900") == []
    assert names(f"Patient?identifier={card}") == ["王玉兰"]
    assert names("Patient?identifier=wxy") == names("Patient?identifier=urn:orders|7") == []
    assert names(f"Patient?_id={elder.pk},{hidden.pk}") == ["王秀英"]
    assert names("Patient?_has:Observation:patient:code=8867-4") == ["王秀英"]
    assert sent(nurse.get("Patient?_total=accurate&_count=1"))["total"] == 2

    first = sent(nurse.get("Patient?_count=1"))
    following = {one["relation"]: one["url"] for one in first["link"]}["next"]
    second = sent(nurse.get(f"Patient?{urlsplit(following).query}"))
    assert {one["resource"]["id"] for one in (*first["entry"], *second["entry"])} == {
        str(elder.pk),
        str(other.pk),
    }

    page = sent(nurse.get("Observation?_include=Observation:subject&subject:Patient.name=%E7%A7%80%E8%8B%B1"))
    modes = [(one["search"]["mode"], one["resource"]["resourceType"]) for one in page["entry"]]
    assert modes == [("match", "Observation")] * 3 + [("include", "Patient")]


def test_conditions_mean_what_the_search_means(nurse: Fhir, elder: Person) -> None:
    order = observation(elder.pk, identifier=[{"system": "urn:orders", "value": "77"}])

    first = nurse.post("Observation", order, If_None_Exist="identifier=urn:orders|77")
    again = nurse.post("Observation", order, If_None_Exist="identifier=urn:orders|77")
    several = nurse.post("Observation", order, If_None_Exist="status=final")

    assert (first.status_code, again.status_code, several.status_code) == (201, 200, 412)
    assert json.loads(first.content)["id"] == json.loads(again.content)["id"]
