"""What the platform itself runs, read and searched over /fhir, with a token."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.district import fill
from yiyang.access.tests.factories import Cast
from yiyang.assessments.tests import factories as assessments
from yiyang.beds.tests import factories as beds
from yiyang.gateways.fhir.questionnaires.words import system_of
from yiyang.gateways.fhir.rest.shown import SHOWN
from yiyang.gateways.fhir.rest.shown.listing import EVERYTHING
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of
from yiyang.kernel.models import Reading
from yiyang.people import reach
from yiyang.people.models import Person
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.validating import validate

pytestmark = pytest.mark.django_db


def sent(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    return dict(json.loads(response.content))


def ids(bundle: dict[str, Any]) -> list[str]:
    return [one["resource"]["id"] for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"]


def test_everything_of_a_district_is_valid_r4() -> None:
    reach.forget()
    fill()

    for of, listing in SHOWN.items():
        found, _cursor = listing.page(EVERYTHING, [], None, "", 200)
        assert found, of
        for one in found:
            issues = validate(bodies.decode(one.body.encode()), level="full")
            assert not issues, (of, one.body, [(issue.expression, issue.text) for issue in issues])
            assert listing.holds(one.id)


def test_a_nurse_reads_and_finds_the_beds_of_her_home_alone(nurse: Fhir, made: Cast) -> None:
    mine, other = beds.bed(made.care_home, label="1"), beds.bed(made.hospital, "HOSPITAL", label="2")

    read = nurse.get(f"Location/{mine.pk}")
    again = nurse.get(f"Location/{mine.pk}", If_None_Match=read["ETag"])
    found = sent(nurse.get(f"Location?organization={made.care_home.pk}&operational-status=U"))

    assert sent(read)["managingOrganization"]["reference"] == f"Organization/{made.care_home.pk}"
    assert again.status_code == 304
    assert ids(found) == [str(mine.pk)]
    assert nurse.get(f"Location/{other.pk}").status_code == 404
    assert str(other.pk) not in ids(sent(nurse.get("Location?_count=200")))


def test_pages_lead_through_all_of_them_once(nurse: Fhir, made: Cast) -> None:
    every = ids(sent(nurse.get("Organization?_count=200")))
    walked: list[str] = []
    path = "Organization?_count=2"
    while path:
        page = sent(nurse.get(path))
        walked += ids(page)
        following = {one["relation"]: one["url"] for one in page["link"]}.get("next", "")
        path = following.partition("/fhir/")[2]

    assert walked == every and str(made.care_home.pk) in every
    assert ids(sent(nurse.get(f"Organization?name={quote(made.care_home.name_zh)}"))) == [
        str(made.care_home.pk)
    ]


def test_what_is_shown_is_not_written(nurse: Fhir, made: Cast) -> None:
    unit = made.care_home
    body = {"resourceType": "Organization", "id": str(unit.pk), "name": "Other"}

    put, gone = nurse.put(f"Organization/{unit.pk}", body), nurse.delete(f"Organization/{unit.pk}")
    patched = nurse.patch(f"Organization/{unit.pk}", [{"op": "remove", "path": "/name"}])

    assert {one.status_code for one in (put, gone, patched)} == {405}
    assert code_of(put) == "SHOWN_ONLY" and put["Allow"] == "GET, HEAD"


def test_a_stay_and_a_transfer_are_open_to_whoever_sees_the_person_in_full(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    stay = beds.stay(elder, beds.bed(made.care_home))
    moved = beds.transfer(made.care_home_nurse, elder)
    stranger = Fhir(made.stranger)

    whole = sent(nurse.get(f"Encounter/{stay.pk}"))
    within = sent(nurse.get(f"Encounter?patient={elder.pk}&part-of={stay.pk}&status=in-progress"))
    task = sent(nurse.get(f"Task?patient={elder.pk}&status=requested"))

    chained = sent(nurse.get(f"EpisodeOfCare?patient:Patient.name={quote(elder.full_name)}"))
    other = sent(nurse.get(f"EpisodeOfCare?patient:Patient.name={quote('李')}"))

    assert (ids(chained), ids(other)) == ([str(stay.pk)], [])
    assert whole["episodeOfCare"] == [{"reference": f"EpisodeOfCare/{stay.pk}"}]
    assert [one["resource"]["partOf"]["reference"] for one in within["entry"]] == [f"Encounter/{stay.pk}"]
    assert task["entry"][0]["resource"]["output"][0]["type"]["coding"][0]["code"] == "REQUESTED"
    assert Reading.objects.filter(subject_kind="fhir.search", persons__contains=[elder.pk]).exists()
    for of in ("EpisodeOfCare", "Encounter", "ServiceRequest", "Task", "Consent", "CareTeam"):
        nothing = sent(stranger.get(f"{of}?patient={elder.pk}&_total=accurate"))
        assert (nothing.get("entry"), nothing["total"]) == (None, 0), of
    for path in (
        f"EpisodeOfCare/{stay.pk}",
        f"Encounter/{stay.pk}",
        f"Task/{moved.pk}",
        f"CareTeam/{elder.pk}",
    ):
        assert (nurse.get(path).status_code, stranger.get(path).status_code) == (200, 404), path


def test_what_followed_from_a_signed_assessment_is_found_by_its_code(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    done = assessments.signed(made.care_home_nurse, elder)
    own = quote(f"{system_of(done.code)}|total")

    found = sent(nurse.get(f"Observation?patient={elder.pk}&code={own}&category=survey&date=ge2000"))
    one = found["entry"][0]["resource"]
    walked = sent(nurse.get(f"Observation?patient={elder.pk}&_count=1&_total=accurate"))
    answers = sent(nurse.get(one["derivedFrom"][0]["reference"]))

    assert len(found["entry"]) == 1 and sent(nurse.get(f"Observation/{one['id']}")) == one
    assert (walked["total"] > 1, len(walked["entry"])) == (True, 1)
    assert answers["subject"] == {"reference": f"Patient/{elder.pk}"}
    assert sent(nurse.get(f"Observation?patient={elder.pk}&code=8867-4")).get("entry") is None
    assert Fhir(made.stranger).get(f"Observation/{one['id']}").status_code == 404
