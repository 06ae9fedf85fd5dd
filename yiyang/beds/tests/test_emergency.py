"""An emergency goes by 120 and never waits for this platform."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.commands.emergency_rooms import ONE_TAP_TIMES, NotAnEmergency, UnknownTime
from yiyang.beds.commands.urgency import NotSuspended
from yiyang.beds.models import Occupancy
from yiyang.beds.rules.transfers import WrongStep
from yiyang.beds.tests.factories import agreed, bed, stay, transfer, whereabouts
from yiyang.devices import commands as devices
from yiyang.devices.commands import raise_alarm
from yiyang.devices.queries.alarms import unseen_events
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at, now

DAY = timedelta(days=1)


@pytest.fixture
def someone(who, elder):
    found = elder()
    stay(found, bed(who.care_home), at=now() - 3 * DAY)
    return found


@pytest.fixture
def night(who, someone):
    return transfer(who.night_duty_officer, someone, urgency="EMERGENCY", reason="chest pain")


def enter(of, hospital="瑞金医院"):
    return commands.enter_emergency_room(by=SYSTEM, at=now(), transfer=of, hospital=hospital)


@pytest.mark.parametrize(
    "what", ["called_120", "ambulance_arrived", "ambulance_left", "hospital_named", "handed_over"]
)
def test_one_tap_keeps_a_time(who, night, what):
    at = now() - timedelta(minutes=3)

    commands.note_emergency_time(by=who.night_duty_officer, at=at, transfer=night, what=what)

    night.refresh_from_db()
    assert getattr(night, ONE_TAP_TIMES[what]) == at
    assert night.state == "REQUESTED"


def test_times_are_those_of_an_emergency(who, night, elder):
    with pytest.raises(UnknownTime):
        commands.note_emergency_time(by=SYSTEM, at=now(), transfer=night, what="coffee")
    with pytest.raises(NotAnEmergency):
        routine = transfer(who.care_home_nurse, elder("李玉兰"))
        commands.note_emergency_time(by=SYSTEM, at=now(), transfer=routine, what="called_120")


def test_from_the_emergency_room_to_another_hospital_and_into_a_bed(who, someone, night):
    commands.depart(by=SYSTEM, at=now(), transfer=night)
    enter(night)
    commands.move_on(by=SYSTEM, at=now(), transfer=night, hospital="区中心医院")
    assert [row[0] for row in whereabouts(someone)] == ["HELD"]
    enter(night, "区中心医院")

    stay(someone, bed(who.hospital, "HOSPITAL"))

    night.refresh_from_db()
    assert (night.state, night.to_unit) == ("COMPLETED", who.hospital)
    assert sorted(row[:2] for row in whereabouts(someone)) == [
        ("HELD", "INSTITUTION"),
        ("PRESENT", "HOSPITAL"),
    ]


def test_offers_find_a_bed_while_the_person_is_in_the_emergency_room(who, someone, night):
    commands.depart(by=SYSTEM, at=now(), transfer=night)
    enter(night)

    [offer] = commands.offer_transfer(
        by=who.care_home_nurse, at=now(), transfer=night, units=[who.hospital.pk]
    )
    night = commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen")
    commands.allocate_bed(
        by=who.admission_office, at=now(), transfer=night, bed=bed(who.hospital, "HOSPITAL")
    )
    night.refresh_from_db()
    assert night.state == "IN_EMERGENCY_ROOM"
    commands.arrive(by=who.admission_office, at=now(), transfer=night)

    assert ("PRESENT", "HOSPITAL", "区中心医院") in whereabouts(someone)


def test_a_death_in_the_emergency_room_ends_everything(who, someone, night):
    commands.depart(by=SYSTEM, at=now(), transfer=night)
    enter(night)

    commands.record_death(by=SYSTEM, at=now(), person=someone)

    night.refresh_from_db()
    assert night.state == "DIED"
    assert whereabouts(someone) == []


def test_an_emergency_on_leave_holds_the_bed_for_the_hospital_and_ends_the_leave(who, someone):
    episode = someone.episodes.get()
    commands.begin_leave(by=SYSTEM, at=now(), episode=episode, due_back_at=now() + DAY, companion="son")
    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    commands.depart(by=SYSTEM, at=now(), transfer=night)
    enter(night)

    held = Occupancy.objects.get(person=someone, state="HELD", period__endswith=None)
    assert held.reason == "HOSPITAL"
    assert episode.leaves.get().ended_how == "HOSPITAL"


def test_an_emergency_over_a_service_at_home_suspends_it(who, someone):
    stay(someone, bed(who.chc, "HOME_MEDICAL"), at=now() - DAY)
    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    commands.depart(by=SYSTEM, at=now(), transfer=night)
    enter(night)
    assert sorted(row[:2] for row in whereabouts(someone)) == [
        ("HELD", "HOME_MEDICAL"),
        ("HELD", "INSTITUTION"),
        ("PRESENT", "EMERGENCY_ROOM"),
    ]
    commands.send_back(by=SYSTEM, at=now(), transfer=night)

    assert sorted(row[:2] for row in whereabouts(someone)) == [
        ("PRESENT", "HOME_MEDICAL"),
        ("PRESENT", "INSTITUTION"),
    ]


@pytest.mark.parametrize("care", [True, False])
def test_a_destination_outside_the_network_is_recorded_without_a_bed_of_ours(who, someone, care):
    stay(someone, bed(who.chc, "HOME_MEDICAL"), at=now() - DAY)
    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")
    commands.depart(by=SYSTEM, at=now(), transfer=night)

    commands.arrive_outside(by=SYSTEM, at=now(), transfer=night, place_name="外区", care=care)

    place = ("PRESENT", "OUTSIDE_CARE" if care else "OUTSIDE_HOSPITAL", "外区")
    assert place in whereabouts(someone)
    night.refresh_from_db()
    assert night.state == "COMPLETED"


def test_from_outside_a_new_emergency_departs_again(who, someone, night):
    commands.depart(by=SYSTEM, at=now(), transfer=night)
    commands.arrive_outside(by=SYSTEM, at=now(), transfer=night, place_name="外区医院")
    again = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    commands.depart(by=SYSTEM, at=now(), transfer=again)
    enter(again)

    assert ("PRESENT", "EMERGENCY_ROOM", "瑞金医院") in whereabouts(someone)


def test_what_was_suspended_goes_on_when_the_emergency_comes_to_nothing(who, someone):
    routine = agreed(SYSTEM, transfer(who.care_home_nurse, someone, urgency="ROUTINE"))
    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")
    routine.refresh_from_db()
    assert routine.suspended_for == night

    commands.cancel_transfer(by=who.night_duty_officer, at=now(), transfer=night, reason="only indigestion")

    routine.refresh_from_db()
    assert (routine.suspended_at, routine.state) == (None, "AGREED")
    with pytest.raises(NotSuspended):
        commands.resume_transfer(by=who.care_home_nurse, at=now(), transfer=routine)


def test_what_was_suspended_waits_for_a_decision_after_an_admission(who, someone):
    routine = agreed(SYSTEM, transfer(who.care_home_nurse, someone, urgency="ROUTINE"))
    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")
    commands.depart(by=SYSTEM, at=now(), transfer=night)
    commands.arrive_outside(by=SYSTEM, at=now(), transfer=night, place_name="外区医院")

    routine.refresh_from_db()
    assert routine.suspended_at is not None
    commands.resume_transfer(by=who.care_home_nurse, at=now(), transfer=routine)
    routine.refresh_from_db()
    assert routine.suspended_at is None


def test_a_suspended_transfer_can_be_refused_and_cancelled(who, someone):
    routine = agreed(SYSTEM, transfer(who.care_home_nurse, someone, urgency="ROUTINE"))
    transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    commands.record_agreement(
        by=SYSTEM, at=now(), transfer=routine, outcome="REFUSED", by_whom="PERSON", name="王", how="IN_PERSON"
    )

    routine.refresh_from_db()
    assert routine.state == "REFUSED"


def test_it_becomes_an_emergency_on_the_way_to_being_routine(who, someone):
    routine = transfer(who.care_home_nurse, someone, urgency="ROUTINE")
    with pytest.raises(WrongStep):
        commands.depart(by=SYSTEM, at=now(), transfer=routine)

    commands.change_urgency(
        by=who.care_home_nurse, at=now(), transfer=routine, urgency="EMERGENCY", reason="collapsed"
    )

    commands.depart(by=SYSTEM, at=now(), transfer=routine)
    assert [row[0] for row in whereabouts(someone)] == ["HELD"]


def test_whoever_was_taken_to_hospital_after_a_fall_counts_as_seen_and_nobody_is_called_again(who, someone):
    before = now() - timedelta(minutes=20)
    with clock_at(before):
        fallen = raise_alarm(by=SYSTEM, at=before, person=someone, cause="FALL", severity="EMERGENCY")
        devices.acknowledge_alarm(by=who.night_duty_officer, at=before, alarm=fallen)
        night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY", reason="a fall")
        commands.depart(by=who.night_duty_officer, at=before, transfer=night)
        run_pending()
    later = raise_alarm(by=SYSTEM, at=now(), person=someone, cause="CALL", severity="URGENT")

    assert unseen_events(now()) == []
    fallen.refresh_from_db()
    later.refresh_from_db()
    assert (fallen.seen_at, fallen.seen_label) == (before, who.night_duty_officer.label)
    assert later.seen_at is None
    assert fallen.closed_at is None
