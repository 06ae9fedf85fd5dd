"""Beds, stays, the waiting list, home beds, emergencies and the board over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.tests.calling import Caller, caller
from yiyang.beds.tests.factories import Cast, bed, beds, cast, person, room, stay
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def manager(who: Cast) -> Caller:
    return caller(who.care_home_manager)


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", sex="FEMALE", organisation_id=who.care_home.pk)


def at(hours: float) -> str:
    return (now() + timedelta(hours=hours)).isoformat()


class TestBeds:
    def test_a_ward_a_room_and_a_bed_are_opened(self, who: Cast, manager: Caller) -> None:
        ward = manager.post("/wards", {"unit": str(who.care_home.pk), "name": "三楼"})
        made = manager.post("/rooms", {"ward": ward.body["id"], "label": "301"})

        opened = manager.post(
            "/beds",
            {"unit": str(who.care_home.pk), "kind": "INSTITUTION", "label": "301-1", "room": made.body["id"]},
        )

        assert (ward.status, made.status, opened.status) == (201, 201, 201)
        assert (opened.body["state"], opened.body["ward"], opened.body["room"]) == ("FREE", "三楼", "301")
        assert manager.get(opened.headers["Location"].removeprefix("/api")).body["id"] == opened.body["id"]

    def test_a_bed_beside_another_units_room_is_refused(self, who: Cast, manager: Caller) -> None:
        elsewhere = room(who.hospital, "1")

        reply = manager.post(
            "/beds",
            {"unit": str(who.care_home.pk), "kind": "INSTITUTION", "label": "1", "room": str(elsewhere.pk)},
        )

        assert reply.body["errors"][0]["pointer"] == "/room"

    def test_a_bed_is_blocked_released_and_closed(self, who: Cast, manager: Caller) -> None:
        path = f"/beds/{bed(who.care_home).pk}"

        assert manager.post(f"{path}/block", {"reason": "MAINTENANCE"}).body["state"] == "MAINTENANCE"
        assert manager.post(f"{path}/release").body["state"] == "FREE"
        assert manager.post(f"{path}/close", {"reason": "old"}).body["state"] == "OUT_OF_SERVICE"
        assert manager.post(f"{path}/block", {"reason": "CLEANING"}).code == "BED_OUT_OF_SERVICE"

    def test_beds_are_filtered_by_what_is_asked(self, who: Cast, elder: Person, manager: Caller) -> None:
        first, second, third = beds(who.care_home, "INSTITUTION", 3)
        stay(elder, first, expected_until=now() + timedelta(days=3))
        manager.post(f"/beds/{third.pk}/close")

        def found(**asked: str) -> set[str]:
            return {item["id"] for item in manager.get("/beds", **asked).body["items"]}

        assert found(kind="INSTITUTION", in_service="true") == {str(first.pk), str(second.pk)}
        assert found(free_from=at(1)) == {str(second.pk)}
        assert found(free_from=at(4 * 24), free_until=at(5 * 24)) == {str(first.pk), str(second.pk)}
        assert found(kind="HOSPITAL") == set()
        assert found(unit=str(who.hospital.pk)) == set()
        assert found(area="310106", in_service="false") == {str(third.pk)}
        assert manager.get("/beds", free_from=at(2), free_until=at(1)).status == 422

    def test_who_is_in_a_bed_is_shown_to_those_who_may_see_them(
        self, who: Cast, elder: Person, manager: Caller
    ) -> None:
        stay(elder, bed(who.care_home))

        [shown] = manager.get("/beds").body["items"]
        assert (shown["state"], shown["person"]["full_name"]) == ("PRESENT", "王秀英")
        [to_coordinator] = caller(who.coordinator).get("/beds").body["items"]
        assert to_coordinator["state"] == "PRESENT"
        assert to_coordinator["person"] is None
        assert caller(who.stranger).get("/beds").body["items"] == []
        assert caller(who.stranger).get(f"/beds/{shown['id']}").status == 404


class TestStays:
    def test_a_stay_is_opened_moved_and_closed(self, who: Cast, elder: Person, manager: Caller) -> None:
        first, second = beds(who.care_home, "INSTITUTION", 2)
        opened = manager.post(
            "/episodes", {"person": str(elder.pk), "bed": str(first.pk), "reason": "入住", "at": at(-48)}
        )
        assert opened.status == 201
        path = f"/episodes/{opened.body['id']}"

        moved = manager.post(f"{path}/change-bed", {"to_bed": str(second.pk)}, If_Match=opened.etag)
        stale = manager.post(f"{path}/change-bed", {"to_bed": str(first.pk)}, If_Match=opened.etag)
        [row] = manager.get(path).body["rows"]
        closed = manager.post(f"{path}/close", {"reason": "WISH"})

        assert (moved.status, stale.status) == (200, 412)
        assert row["bed"] == str(second.pk)
        assert closed.body["close_reason"] == "WISH"
        assert manager.post(f"{path}/close", {"reason": "WISH"}).status in (404, 409)

    def test_a_resident_goes_on_leave_and_returns(self, who: Cast, elder: Person, manager: Caller) -> None:
        path = f"/episodes/{stay(elder, bed(who.care_home), at=now() - timedelta(days=9)).pk}"

        manager.post(f"{path}/leave", {"due_back_at": at(48), "companion": "王建国", "at": at(-2)})
        assert manager.get(path).body["rows"][0]["state"] == "HELD"
        assert manager.post(f"{path}/extend-hold", {"until": at(72)}).status == 200
        assert manager.post(f"{path}/return").status == 200
        assert manager.get(path).body["rows"][0]["state"] == "PRESENT"
        assert manager.post(f"{path}/return").code == "NOT_AWAY"

    def test_two_residents_change_places(self, who: Cast, elder: Person, manager: Caller) -> None:
        first, second = beds(who.care_home, "INSTITUTION", 2)
        one = stay(elder, first, at=now() - timedelta(days=2))
        other = stay(person("李桂兰", sex="FEMALE"), second, at=now() - timedelta(days=2))

        reply = manager.post(f"/episodes/{one.pk}/swap", {"other": str(other.pk)})

        assert reply.status == 200
        [row] = manager.get(f"/episodes/{one.pk}").body["rows"]
        assert row["bed"] == str(second.pk)

    def test_a_taken_bed_says_who_has_it_and_until_when(
        self, who: Cast, elder: Person, manager: Caller
    ) -> None:
        taken = bed(who.care_home)
        stay(person("李桂兰", sex="FEMALE"), taken)

        reply = manager.post("/episodes", {"person": str(elder.pk), "bed": str(taken.pk)})

        assert (reply.status, reply.code) == (409, "BED_NOT_FREE")
        assert reply.body["details"]["holder"] == "李桂兰"

    def test_the_ribbon_shows_where_somebody_was(self, who: Cast, elder: Person, manager: Caller) -> None:
        first, second = beds(who.care_home, "INSTITUTION", 2)
        episode = stay(elder, first, at=now() - timedelta(days=9))
        manager.post(f"/episodes/{episode.pk}/change-bed", {"to_bed": str(second.pk)})

        rows = manager.get(f"/people/{elder.pk}/timeline").body["items"]

        assert [(row["bed"], row["until"] is None) for row in rows] == [
            (str(second.pk), True),
            (str(first.pk), False),
        ]

    def test_a_correction_keeps_the_wrong_row_readable(
        self, who: Cast, elder: Person, manager: Caller
    ) -> None:
        episode = stay(elder, bed(who.care_home), at=now() - timedelta(days=3))
        [row] = manager.get(f"/episodes/{episode.pk}").body["rows"]

        fresh = manager.post(
            f"/occupancies/{row['id']}/correct", {"since": at(-48), "reason": "entered a day too early"}
        )

        assert (fresh.status, fresh.body["supersedes"]) == (200, row["id"])
        states = [one["state"] for one in manager.get(f"/people/{elder.pk}/timeline").body["items"]]
        assert sorted(states) == ["PRESENT", "VOID"]

    def test_a_death_ends_the_stay(self, who: Cast, elder: Person, manager: Caller) -> None:
        episode = stay(elder, bed(who.care_home), at=now() - timedelta(days=3))

        assert manager.post(f"/people/{elder.pk}/death", {"at": at(-1)}).status == 200

        assert manager.get(f"/episodes/{episode.pk}").body["close_reason"] == "DIED"
        refused = manager.post("/episodes", {"person": str(elder.pk), "bed": str(bed(who.care_home).pk)})
        assert refused.code == "PERSON_IS_DEAD"

    def test_who_serves_the_area_reads_no_stays(self, who: Cast, elder: Person) -> None:
        stay(elder, bed(who.care_home))
        seen_by(elder, who.chc.pk, basis="AREA", scope="BASIC")
        doctor = caller(who.family_doctor)

        assert doctor.get(f"/people/{elder.pk}").body["phones"] == []
        assert doctor.get(f"/people/{elder.pk}/timeline").status == 403
        assert doctor.get(f"/people/{elder.pk}/facts").status == 403
        assert doctor.get("/episodes", person=str(elder.pk)).status == 403

    def test_a_stranger_sees_no_stay(self, who: Cast, elder: Person) -> None:
        episode = stay(elder, bed(who.care_home))
        stranger = caller(who.stranger)

        assert stranger.get("/episodes").body["items"] == []
        assert stranger.get(f"/episodes/{episode.pk}").status == 404
        assert stranger.post(f"/episodes/{episode.pk}/close", {"reason": "WISH"}).status == 404
        assert stranger.get(f"/people/{elder.pk}/timeline").status == 404


class TestWaitingList:
    def test_somebody_waits_is_offered_a_place_and_takes_it(self, who: Cast, elder: Person) -> None:
        office = caller(who.coordinator)
        seen_by(elder, who.centre.pk)
        other = person("李桂兰", sex="FEMALE")
        seen_by(other, who.centre.pk)
        joining = {"kind": "INSTITUTION", "list_owner": str(who.centre.pk)}
        first = office.post("/waiting", {"person": str(other.pk), **joining, "at": at(-1)})
        joined = office.post("/waiting", {"person": str(elder.pk), **joining})
        path = f"/waiting/{joined.body['id']}"
        free = bed(who.care_home)

        assert (first.status, joined.status) == (201, 201)
        assert office.get(path).body["place"] == 2
        assert office.post(f"{path}/offer-place", {"bed": str(free.pk)}).code == "NOT_THE_FIRST"
        raised = office.post(
            f"{path}/change-channel", {"channel": "SPECIAL", "reason": "特困"}, If_Match=joined.etag
        )
        assert (raised.status, office.get(path).body["place"]) == (200, 1)
        assert office.post(f"{path}/offer-place", {"bed": str(free.pk)}).body["state"] == "OFFERED"
        assert office.post(f"{path}/answer-place", {"takes": True}).body["state"] == "PLACED"
        assert office.get(path).body["place"] is None
        assert office.post("/waiting", {"person": str(other.pk), **joining}).code == "ALREADY_WAITING"
        assert caller(who.stranger).get("/waiting").body["items"] == []
        assert caller(who.stranger).get(path).status == 404


class TestHomeBeds:
    def test_a_home_medical_bed_is_set_up_step_by_step(self, who: Cast, elder: Person) -> None:
        doctor = caller(who.home_bed_doctor)
        seen_by(elder, who.chc.pk)
        bed(who.chc, "HOME_MEDICAL")
        made = doctor.post(
            "/home-beds",
            {"person": str(elder.pk), "unit": str(who.chc.pk), "reason": "卧床", "place": "4 号 501"},
        )
        path = f"/home-beds/{made.body['id']}"

        assert made.status == 201
        assert doctor.post(f"{path}/sign", {"signer": "王建国"}).code == "SETUP_OUT_OF_ORDER"
        assert doctor.post(f"{path}/visit", {"findings": "fit", "fit": True}).body["state"] == "VISITED"
        assert doctor.post(f"{path}/sign", {"signer": "王建国"}).body["state"] == "AGREED"
        assert doctor.post(f"{path}/file", {"filing_number": "JB-1"}).body["state"] == "FILED"
        opened = doctor.post(f"{path}/set-up")
        assert opened.body["state"] == "OPENED"
        review = doctor.post(f"/episodes/{opened.body['episode']}/review", {"what": "RENEWAL"})
        assert review.status == 201
        assert caller(who.stranger).get(path).status == 404


class TestBoard:
    def test_the_states_add_up_to_the_open_beds(self, who: Cast, elder: Person, manager: Caller) -> None:
        first, second, _third = beds(who.care_home, "INSTITUTION", 3)
        stay(elder, first)
        manager.post(f"/beds/{second.pk}/block", {"reason": "MAINTENANCE"})

        [line] = manager.get("/board", unit=str(who.care_home.pk), kind="INSTITUTION").body["lines"]

        parts = ("present", "held", "reserved", "cleaning", "maintenance", "free", "closed")
        assert sum(line[part] for part in parts) == line["open"] == 3
        assert (line["present"], line["maintenance"], line["free"]) == (1, 1, 1)
        assert len(manager.get("/board/history", days=7).body["days"]) == 7 * 5
        assert caller(who.other_elder).get("/board").status == 403


class TestEmergencies:
    def test_an_emergency_is_declared_once_and_ended(self, who: Cast) -> None:
        office = caller(who.coordinator)
        told = {"organisation": str(who.centre.pk), "reason": "台风"}

        declared = office.post("/emergencies", told)
        again = office.post("/emergencies", told)

        assert (declared.status, again.code) == (201, "ALREADY_DECLARED")
        assert len(caller(who.care_home_nurse).get("/emergencies", open="true").body["items"]) == 1
        assert office.post(f"/emergencies/{declared.body['id']}/end").body["until"]
        assert caller(who.care_home_nurse).post("/emergencies", told).status == 403
