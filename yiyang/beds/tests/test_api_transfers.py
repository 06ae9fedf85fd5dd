"""A transfer over the API: from request to arrival, and what a stranger gets."""

from __future__ import annotations

from typing import Any

import pytest

from yiyang.access.tests.calling import Caller, caller
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay, transfer
from yiyang.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    return elder


def asked(elder: Person, **told: Any) -> dict[str, Any]:
    return {
        "person": str(elder.pk),
        "trigger": "HEALTH_WORSENED",
        "urgency": "URGENT",
        "target_kind": "HOSPITAL",
        "reason": "fever for three days",
        **told,
    }


def agreed(nurse: Caller, elder: Person) -> str:
    made = nurse.post("/transfers", asked(elder))
    path = f"/transfers/{made.body['id']}"
    nurse.post(f"{path}/evaluate", {"outcome": "FIT", "statement": "needs a ward"})
    nurse.post(
        f"{path}/agree", {"outcome": "AGREED", "by_whom": "PERSON", "name": "王秀英", "how": "IN_PERSON"}
    )
    return path


def test_a_transfer_goes_from_request_to_arrival(who: Cast, elder: Person) -> None:
    ward_bed = bed(who.hospital, "HOSPITAL")
    nurse, doctor, office = caller(who.care_home_nurse), caller(who.ward_doctor), caller(who.admission_office)

    made = nurse.post("/transfers", asked(elder))
    assert (made.status, made.body["state"]) == (201, "REQUESTED")
    path = f"/transfers/{made.body['id']}"
    assert made.headers["Location"] == f"/api{path}"

    evaluated = nurse.post(f"{path}/evaluate", {"outcome": "FIT", "statement": "needs a ward"})
    assert evaluated.body["state"] == "EVALUATED"
    said = {"outcome": "AGREED", "by_whom": "PERSON", "name": "王秀英", "how": "IN_PERSON"}
    assert nurse.post(f"{path}/agree", said).body["state"] == "AGREED"
    sent = nurse.post(f"{path}/offer", {"units": [str(who.hospital.pk)]})
    assert sent.body["transfer"]["state"] == "OFFERED"
    [offer] = sent.body["offers"]

    accepted = doctor.post(f"/offers/{offer['id']}/accept", {"doctor": "Dr Chen"})
    assert accepted.body["state"] == "ACCEPTED"
    given = office.post(f"{path}/allocate", {"bed": str(ward_bed.pk)})
    assert given.body["state"] == "ALLOCATED"
    assert nurse.post(f"{path}/hand-over", {"condition": "awake"}).body["state"] == "HANDED_OVER"
    assert office.post(f"{path}/confirm-handover-read").status == 200
    assert nurse.post(f"{path}/depart").body["state"] == "DEPARTED"
    assert office.post(f"{path}/arrive", {"responsible": "Dr Chen"}).body["state"] == "COMPLETED"

    full = nurse.get(path)
    assert full.status == 200
    assert full.body["steps"][0]["verb"] == "request"
    assert full.body["handover"]["read_by"]


def test_a_unit_that_is_only_asked_learns_no_name(who: Cast, elder: Person) -> None:
    nurse, doctor = caller(who.care_home_nurse), caller(who.ward_doctor)
    path = agreed(nurse, elder)
    nurse.post(f"{path}/offer", {"units": [str(who.hospital.pk)]})

    seen_by_doctor = doctor.get(path)

    assert seen_by_doctor.body["person"]["full_name"] is None
    assert seen_by_doctor.body["person"]["sex"] == "FEMALE"
    assert seen_by_doctor.body["reason"] == "fever for three days"
    assert seen_by_doctor.body["steps"] == []


def test_a_stranger_finds_no_transfer_and_moves_none(who: Cast, elder: Person) -> None:
    made = transfer(who.care_home_nurse, elder)
    stranger = caller(who.stranger)

    assert stranger.get("/transfers").body["items"] == []
    assert stranger.get(f"/transfers/{made.pk}").status == 404
    assert stranger.post(f"/transfers/{made.pk}/cancel", {"reason": "mine"}).status == 404
    refused = stranger.post("/transfers", asked(elder))
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/person")


def test_an_administrator_of_the_same_organisation_reads_no_transfer(who: Cast, elder: Person) -> None:
    from yiyang.access.tests.factories import actor

    transfer(who.care_home_nurse, elder)
    administrator = caller(actor("SYSTEM_ADMINISTRATOR", who.care_home))

    assert administrator.get("/transfers").body["items"] == []
