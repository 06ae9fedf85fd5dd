"""$everything, $lastn and searches within one record, over /fhir with a token."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.models import Reading
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records.queries import everything

pytestmark = pytest.mark.django_db
LOINC = "http://loinc.org"


def sent(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


def shown(bundle: dict[str, Any]) -> list[str]:
    return [f"{one['resource']['resourceType']}/{one['search']['mode']}" for one in bundle.get("entry", ())]


def pages(nurse: Fhir, path: str) -> list[list[str]]:
    """What each page shows, until none follows."""
    found = []
    while path:
        page = sent(nurse.get(path))
        found.append(shown(page))
        following = next((one["url"] for one in page["link"] if one["relation"] == "next"), "")
        path = following.partition("/fhir/")[2]
    return found


def entered(nurse: Fhir, body: dict[str, Any]) -> str:
    response = nurse.post(body["resourceType"], body)
    assert response.status_code == 201, response.content
    return str(json.loads(response.content)["id"])


@pytest.fixture
def pulses(nurse: Fhir, elder: Person) -> list[str]:
    """Three pulses and a weight, with the practitioner who took them."""
    taker = entered(nurse, {"resourceType": "Practitioner", "name": [{"text": "李护士"}]})
    by = [{"reference": f"Practitioner/{taker}"}]
    days = [
        entered(nurse, observation(elder.pk, effectiveDateTime=f"2024-05-0{day}", performer=by))
        for day in (1, 2, 3)
    ]
    weight = {"coding": [{"system": LOINC, "code": "29463-7"}]}
    return [*days, entered(nurse, observation(elder.pk, code=weight, effectiveDateTime="2023-01-01"))]


def test_everything_comes_in_pages_with_what_it_refers_to(
    nurse: Fhir, elder: Person, pulses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"Patient/{elder.pk}/$everything"
    pulse, by = "Observation/match", "Practitioner/include"

    care = ["CareTeam/match", "Organization/include"]
    assert sorted(pages(nurse, path)[0]) == sorted(["Patient/match", *[pulse] * 4, by, *care])
    assert pages(nurse, f"{path}?_type=Observation&_count=3") == [[pulse] * 3, [pulse]]
    assert pages(nurse, f"{path}?start=2024-05-02&end=2024-05-02&_type=Observation") == [[pulse]]
    assert pages(nurse, f"{path}?_since=2100-01-01T00:00:00Z&_type=Observation") == [[]]
    monkeypatch.setattr(everything, "BYTES", 10)
    assert pages(nurse, f"{path}?_type=Observation") == [[pulse]] * 4
    assert Reading.objects.filter(subject_kind="fhir.everything", persons__contains=[elder.pk]).exists()
    given = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Practitioner"}]}
    assert shown(sent(nurse.post(path, given))) == []


def test_the_last_results_of_each_code_come_newest_first(
    nurse: Fhir, elder: Person, pulses: list[str]
) -> None:
    def ids(query: str) -> list[str]:
        return [
            one["resource"]["id"] for one in sent(nurse.get(f"Observation/$lastn?{query}")).get("entry", ())
        ]

    first, second, third, weight = pulses
    assert ids(f"patient={elder.pk}") == [third, weight]
    assert ids(f"subject=Patient/{elder.pk}&max=2") == [third, second, weight]
    assert ids(f"patient={elder.pk}&max=5&code={LOINC}|8867-4") == [third, second, first]
    assert ids(f"patient={elder.pk}&category=laboratory") == []
    assert ids(f"patient={elder.pk}&date=le2024-05-01") == [first, weight]


def test_a_record_is_searched_by_the_address_of_its_person(
    nurse: Fhir, elder: Person, pulses: list[str], made: Cast
) -> None:
    other = person("李国强")
    seen_by(other, made.care_home.pk)
    entered(nurse, observation(other.pk))

    assert len(sent(nurse.get(f"Patient/{elder.pk}/Observation?code=8867-4"))["entry"]) == 3
    assert nurse.get(f"Patient/{elder.pk}/Medication").status_code == 404


def test_a_record_that_is_not_open_is_not_found_whole_or_in_part(
    made: Cast, elder: Person, pulses: list[str]
) -> None:
    stranger = Fhir(made.stranger)

    assert stranger.get(f"Patient/{elder.pk}/$everything").status_code == 404
    assert stranger.get(f"Patient/{elder.pk}/Observation").status_code == 404
    assert sent(stranger.get(f"Observation/$lastn?patient={elder.pk}")).get("entry") is None


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Patient/{}/$everything?_type=Elephant", "SEARCH_TYPE_UNKNOWN"),
        ("Patient/{}/$everything?_since=yesterday", "INSTANT_MALFORMED"),
        ("Patient/{}/$everything?_count=many", "COUNT_MALFORMED"),
        ("Patient/{}/$everything?colour=red", "OPERATION_PARAMETER_UNKNOWN"),
        ("Patient/{}/$everything?_cursor=made-up", "CHANGES_PAGE_UNKNOWN"),
        ("Observation/$lastn?code=8867-4", "PERSON_EXPECTED"),
        ("Observation/$lastn?patient={}&max=0", "OPERATION_PARAMETER_MALFORMED"),
        ("Observation/$lastn?patient={}&colour=red", "OPERATION_PARAMETER_UNKNOWN"),
        ("Condition/$lastn?patient={}", "ADDRESS_UNKNOWN"),
    ],
)
def test_what_does_not_fit_an_operation_is_named(nurse: Fhir, elder: Person, path: str, code: str) -> None:
    assert code_of(nurse.get(path.format(elder.pk))) == code


def test_the_statement_names_the_operations_with_the_types_that_have_them(nurse: Fhir) -> None:
    told = {
        one["type"]: [each["name"] for each in one["operation"]]
        for one in sent(nurse.get("metadata"))["rest"][0]["resource"]
    }

    assert set(told["Patient"]) == {"everything", "export", "validate"}
    assert (told["Observation"], told["Condition"]) == (["lastn", "validate"], ["validate"])
