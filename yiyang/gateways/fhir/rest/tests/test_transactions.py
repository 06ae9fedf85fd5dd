"""Bundles: all or nothing, ids given beforehand; batches one by one; whole life histories as a client sends them."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.models import PersonFact
from yiyang.people.models import Person
from yiyang.records.models import Index, Resource

pytestmark = pytest.mark.django_db
DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[6] / "shared" / "data"))
HISTORIES = sorted(p for p in DATA.glob("synthea*/*.json*") if "nformation" not in p.name)


def bundle(*entries: dict[str, Any], kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def entry(
    resource: dict[str, Any] | None, method: str, url: str, full_url: str = "", **request: str
) -> dict[str, Any]:
    told: dict[str, Any] = {"request": {"method": method, "url": url, **request}}
    if resource is not None:
        told["resource"] = resource
    return told | ({"fullUrl": full_url} if full_url else {})


def sent(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.content))


def test_entries_refer_to_each_other_in_circles(nurse: Fhir, elder: Person) -> None:
    first, second = (
        "urn:uuid:6b6ed376-a7da-44cb-92d1-e75ce1ae73b0",
        "urn:uuid:52ae7c9b-3da8-4c6c-8b8a-5aeb31bd4c11",
    )

    done = nurse.post(
        "",
        bundle(
            entry(observation(elder.pk, hasMember=[{"reference": second}]), "POST", "Observation", first),
            entry(observation(elder.pk, derivedFrom=[{"reference": first}]), "POST", "Observation", second),
        ),
    )

    assert done.status_code == 200, done.content
    ids = [one["response"]["location"].split("/")[5] for one in sent(done)["entry"]]
    kept = [sent(nurse.get(f"Observation/{id}")) for id in ids]
    assert kept[0]["hasMember"] == [{"reference": f"Observation/{ids[1]}"}]
    assert kept[1]["derivedFrom"] == [{"reference": f"Observation/{ids[0]}"}]
    assert PersonFact.objects.filter(name="resource.created", person_id=elder.pk).count() == 2
    assert Index.objects.filter(person_id=elder.pk).count() == 2


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        (entry({"resourceType": "Observation", "status": "no-such"}, "POST", "Observation"), 422, None),
        (entry(observation(), "PUT", "Observation/x"), 400, "ENTRY_UNFIT"),
        (entry(None, "DELETE", "Observation/never-was"), 404, "NOT_FOUND"),
        (entry(None, "GET", "Observation/never-was"), 404, "NOT_FOUND"),
        (
            entry(observation(derivedFrom=[{"reference": "urn:uuid:x"}]), "POST", "Observation"),
            422,
            "NOT_IN_BUNDLE",
        ),
        (entry(observation("nobody-here"), "POST", "Observation"), 422, "PERSON_NOT_OPEN"),
        (
            entry(observation(id="a", identifier=[{"value": "1"}]), "PUT", "Observation/a", ifMatch='W/"7"'),
            412,
            "VERSION_DIFFERS",
        ),
    ],
)
def test_a_transaction_is_kept_whole_or_not_at_all(
    nurse: Fhir, elder: Person, broken: dict[str, Any], status: int, code: str | None
) -> None:
    good = entry(observation(elder.pk), "POST", "Observation")

    done = nurse.post("", bundle(good, good, broken, good))

    assert done.status_code == status, done.content
    issue = sent(done)["issue"][0]
    assert issue["expression"][0].startswith("Bundle.entry[2]")
    assert code is None or code_of(done) == code
    assert not Resource.objects.exists()
    assert not PersonFact.objects.filter(name__startswith="resource.").exists()


def test_a_batch_does_what_it_can(nurse: Fhir, elder: Person) -> None:
    done = nurse.post(
        "",
        bundle(
            entry(observation(elder.pk), "POST", "Observation"),
            entry(observation("nobody-here"), "POST", "Observation"),
            entry(None, "GET", "Observation/_history"),
            kind="batch",
        ),
    )

    answers = sent(done)["entry"]
    assert [one["response"]["status"] for one in answers] == ["201", "422", "200"]
    assert answers[1]["response"]["outcome"]["resourceType"] == "OperationOutcome"
    assert len(answers[2]["resource"]["entry"]) == 1


def test_one_thing_is_done_with_each_resource(nurse: Fhir, elder: Person) -> None:
    one = observation(elder.pk, id="one")

    twice = nurse.post("", bundle(*[entry(one, "PUT", "Observation/one")] * 2))
    all_methods = nurse.post(
        "", bundle(entry(one, "PUT", "Observation/one"), entry(None, "GET", "Observation/one"))
    )
    gone = nurse.post("", bundle(entry(None, "DELETE", "Observation/one")))

    assert (twice.status_code, code_of(twice)) == (400, "ENTRY_TWICE")
    assert [one["response"]["status"] for one in sent(all_methods)["entry"]] == ["201", "200"]
    assert (sent(gone)["entry"][0]["response"]["status"], nurse.get("Observation/one").status_code) == (
        "204",
        410,
    )


def test_a_patient_is_registered_once_and_kept_as_sent(made: Cast, nurse: Fhir) -> None:
    told = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:hospital:9", "value": "77"}],
        "name": [{"family": "王", "given": ["秀英"]}],
        "multipleBirthInteger": 2,
    }
    name = "urn:uuid:6b6ed376-a7da-44cb-92d1-e75ce1ae73b0"
    history = bundle(entry(told, "POST", "Patient", name), entry(observation(), "POST", "Observation"))
    history["entry"][1]["resource"]["subject"] = {"reference": name}

    first, again = nurse.post("", history), nurse.post("", history)

    person = Person.objects.get(full_name="王秀英")
    assert [one["response"]["status"] for one in sent(first)["entry"]] == ["201", "201"]
    assert [one["response"]["status"] for one in sent(again)["entry"]] == ["200", "201"]
    assert sent(nurse.get(f"Patient/{person.pk}"))["multipleBirthInteger"] == 2
    assert Resource.objects.filter(person_id=person.pk).count() == 3
    assert (
        nurse.delete(f"Patient/{person.pk}").status_code,
        Fhir(made.stranger).post("", history).status_code,
    ) == (405, 409)


@pytest.mark.outside_data
@pytest.mark.skipif(not HISTORIES, reason="YIYANG_TEST_DATA has no synthea-elders")
def test_a_life_history_goes_in_and_comes_out_whole(nurse: Fhir) -> None:
    for path in HISTORIES:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        told = json.loads(content, parse_float=str)
        done = nurse.post("", content)

        assert done.status_code == 200, (path.name, done.content[:2000])
        places = [
            one["response"]["location"].partition("/fhir/")[2].split("/") for one in sent(done)["entry"]
        ]
        new = {e["fullUrl"]: f"{place[0]}/{place[1]}" for e, place in zip(told["entry"], places, strict=True)}
        kept = {(row.kind, row.id): row.body for row in Resource.objects.all()}
        by_id = {id: body for (_kind, id), body in kept.items()}
        for one, place in zip(told["entry"], places, strict=True):
            text = json.dumps(one["resource"])
            for full_url, address in new.items():
                text = text.replace(f'"reference": "{full_url}"', f'"reference": "{address}"')
            wanted, found = json.loads(text), json.loads(by_id[place[1]], parse_float=str)
            tags = wanted.get("meta", {})
            assert {key: found["meta"][key] for key in tags} == tags
            for resource in (wanted, found):
                resource.pop("id", None), resource.pop("meta", None)
            assert found == wanted
        assert len({place[1] for place in places}) == len(told["entry"])


def test_a_bundle_of_ten_thousand_entries_is_one_transaction(nurse: Fhir, elder: Person) -> None:
    """They refer to each other in one circle; one wrong entry at the end, and nothing of it is there."""
    names = [f"urn:uuid:{UUID(int=number)}" for number in range(10_000)]
    entries = [
        entry(
            observation(elder.pk, derivedFrom=[{"reference": names[number - 1]}]), "POST", "Observation", name
        )
        for number, name in enumerate(names)
    ]
    wrong = entry(observation(elder.pk, status="done"), "POST", "Observation", names[-1])

    refused = nurse.post("", bundle(*entries[:-1], wrong))
    assert refused.status_code == 422 and "Bundle.entry[9999]" in refused.content.decode()
    assert not Resource.objects.exists()
    done = nurse.post("", bundle(*entries))
    assert done.status_code == 200
    assert Resource.objects.count() == Index.objects.count() == 10_000
    ids = [one["response"]["location"].split("/")[5] for one in sent(done)["entry"]]
    first = sent(nurse.get(f"Observation/{ids[0]}"))
    assert first["derivedFrom"] == [{"reference": f"Observation/{ids[-1]}"}]
