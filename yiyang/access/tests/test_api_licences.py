"""Licences over the API."""

from __future__ import annotations

from typing import Any

import pytest

from yiyang.access.tests.calling import Caller, caller
from yiyang.access.tests.factories import Cast, cast

pytestmark = pytest.mark.django_db


def told(who: Cast, **more: Any) -> dict[str, Any]:
    return {
        "unit": str(who.care_home.pk), "number": "沪民备 2026-017", "filing_kind": "CARE_FILING",
        "beds": [{"kind": "INSTITUTION", "approved_beds": 30}], "valid_from": "2026-01-01", **more,
    }  # fmt: skip


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def office(who: Cast) -> Caller:
    return caller(who.system_administrator)


def test_a_licence_is_recorded_found_suspended_restored_and_revoked(who: Cast, office: Caller) -> None:
    made = office.post("/licences", told(who, clinic_operator=str(who.chc.pk), valid_to="2031-01-01"))
    path = f"/licences/{made.body['id']}"

    assert made.status == 201
    assert made.headers["Location"] == f"/api{path}"
    assert made.body["beds"] == [{"kind": "INSTITUTION", "approved_beds": 30}]
    assert made.body["clinic_operator"]["id"] == str(who.chc.pk)
    assert (made.body["valid_from"], made.body["valid_to"]) == ("2026-01-01", "2031-01-01")
    assert office.get(path).body == made.body
    assert office.post(f"{path}/suspend", {"reason": "fire safety"}).body["state"] == "SUSPENDED"
    assert office.post(f"{path}/restore", {"reason": "mended"}).body["state"] == "LIVE"
    assert office.post(f"{path}/revoke", {"reason": "closed"}).body["state"] == "REVOKED"
    late = office.post(f"{path}/suspend", {"reason": "again"})
    assert (late.status, late.code) == (409, "NOT_A_STEP_FROM_HERE")


def test_licences_are_listed_by_unit_state_and_kind_a_page_at_a_time(who: Cast, office: Caller) -> None:
    home = str(who.care_home.pk)
    for number in range(3):
        office.post("/licences", told(who, number=f"N{number}"))

    first = office.get("/licences", unit=home, limit=2).body
    second = office.get("/licences", unit=home, limit=2, cursor=first["next"]).body

    numbers = [one["number"] for one in first["items"] + second["items"]]
    assert numbers[:3] == ["N2", "N1", "N0"]
    assert len(numbers) == len(set(numbers)) == 4
    assert second["next"] is None
    assert office.get("/licences", kind="HOSPITAL", unit=home).body["items"] == []
    assert office.get("/licences", state="REVOKED").body["items"] == []
    assert len(office.get("/licences", unit=home, valid_today="true").body["items"]) == 4
    assert office.get("/licences", unit=home, valid_today="false").body["items"] == []


def test_a_licence_that_somebody_else_changed_is_not_changed_again(who: Cast, office: Caller) -> None:
    made = office.post("/licences", told(who))
    path = f"/licences/{made.body['id']}"
    office.post(f"{path}/suspend", {"reason": "fire safety"}, If_Match=made.etag)

    late = office.post(f"{path}/revoke", {"reason": "closed"}, If_Match=made.etag)

    assert (late.status, late.code) == (412, "STALE")
    assert office.get(path).body["state"] == "SUSPENDED"


def test_only_who_keeps_licences_records_one(who: Cast) -> None:
    manager, stranger = caller(who.care_home_manager), caller(who.stranger)
    licence = who.care_home.licences.get()

    assert manager.post("/licences", told(who)).status == 403
    refused = stranger.post("/licences", told(who))
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/unit")
    assert stranger.post(f"/licences/{licence.pk}/revoke", {"reason": "mine"}).status == 404
    assert stranger.get(f"/licences/{licence.pk}").status == 200
    assert caller(who.other_elder).get(f"/licences/{licence.pk}").status == 404


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"beds": []}, "/beds"),
        ({"beds": {"INSTITUTION": 3}}, "/beds"),
        ({"beds": [{"kind": "INSTITUTION", "approved_beds": 0}]}, "/beds/0/approved_beds"),
        ({"valid_to": "2025-01-01"}, "/valid_to"),
        ({"number": "a\x00b"}, "/number"),
        ({"numbr": "1"}, "/numbr"),
        ({"clinic_operator": "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"}, "/clinic_operator"),
    ],
)
def test_a_licence_that_cannot_be_is_refused_by_name(
    who: Cast, office: Caller, more: dict[str, Any], pointer: str
) -> None:
    reply = office.post("/licences", told(who, **more))

    assert reply.status == 422
    assert reply.body["errors"][0]["pointer"] == pointer
    assert who.care_home.licences.count() == 1
