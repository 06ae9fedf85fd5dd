"""The main job, from request to arrival and back, by the roles who do it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.models import Occupancy
from yiyang.beds.tests.factories import (
    agreed,
    allocated,
    bed,
    cast,
    offered,
    person,
    stay,
    transfer,
    whereabouts,
)
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import clock_at, now

pytestmark = pytest.mark.django_db


def test_care_home_to_hospital_and_back_with_the_bed_held() -> None:
    who = cast()
    elder = person()
    home_bed, ward_bed = bed(who.care_home), bed(who.hospital, "HOSPITAL")
    stay(elder, home_bed)

    asked = transfer(who.care_home_nurse, elder)
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, ward_bed)
    asked.refresh_from_db()
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=asked, condition="awake, 38.5")
    commands.depart(by=who.care_home_nurse, at=now(), transfer=asked)
    assert whereabouts(elder) == [
        ("HELD", "INSTITUTION", "阳光养老院"),
        ("RESERVED", "HOSPITAL", "区中心医院"),
    ]

    commands.arrive(by=who.admission_office, at=now(), transfer=asked)
    asked.refresh_from_db()
    assert asked.state == "COMPLETED"
    assert whereabouts(elder) == [
        ("HELD", "INSTITUTION", "阳光养老院"),
        ("PRESENT", "HOSPITAL", "区中心医院"),
    ]

    back = transfer(
        who.ward_doctor,
        elder,
        trigger="HEALTH_IMPROVED",
        urgency="ROUTINE",
        target_kind="INSTITUTION",
        reason="well",
    )
    assert back.is_return
    agreed(who.ward_doctor, back)
    back = commands.take_back(by=who.care_home_nurse, at=now(), transfer=back)
    commands.hand_over(by=who.ward_doctor, at=now(), transfer=back, condition="well")
    commands.depart(by=who.ward_doctor, at=now(), transfer=back)
    commands.arrive(by=who.care_home_nurse, at=now(), transfer=back)

    assert whereabouts(elder) == [("PRESENT", "INSTITUTION", "阳光养老院")]


def test_an_emergency_at_night_suspends_the_routine_transfer_and_comes_back_without_admission() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    routine = transfer(who.care_home_nurse, elder, urgency="ROUTINE", reason="hip, planned")
    offered(who.care_home_nurse, routine, who.hospital)
    entry = commands.join_waiting_list(
        by=who.coordinator,
        at=now(),
        person=elder,
        kind="HOSPITAL",
        list_owner=who.centre.pk,
        transfer=routine,
    )

    night = transfer(who.night_duty_officer, elder, urgency="EMERGENCY", reason="chest pain")
    commands.note_emergency_time(by=who.night_duty_officer, at=now(), transfer=night, what="called_120")
    commands.depart(by=who.night_duty_officer, at=now(), transfer=night)
    routine.refresh_from_db()
    assert routine.suspended_for_id == night.pk
    assert [row[0] for row in whereabouts(elder)] == ["HELD"]

    commands.enter_emergency_room(by=who.night_duty_officer, at=now(), transfer=night, hospital="瑞金医院")
    assert ("PRESENT", "EMERGENCY_ROOM", "瑞金医院") in whereabouts(elder)
    commands.send_back(by=who.night_duty_officer, at=now(), transfer=night)

    night.refresh_from_db()
    routine.refresh_from_db()
    entry.refresh_from_db()
    assert night.state == "SENT_BACK"
    assert routine.suspended_at is None
    assert routine.state == "AGREED"
    assert entry.state == "WAITING"
    assert whereabouts(elder) == [("PRESENT", "INSTITUTION", "阳光养老院")]


def test_a_home_medical_bed_inside_a_care_home_is_suspended_by_a_hospital_stay_and_goes_on_after_it() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    stay(elder, bed(who.chc, "HOME_MEDICAL"))
    assert [row[:2] for row in whereabouts(elder)] == [
        ("PRESENT", "INSTITUTION"),
        ("PRESENT", "HOME_MEDICAL"),
    ]

    ward = stay(elder, bed(who.hospital, "HOSPITAL"))
    assert sorted(row[:2] for row in whereabouts(elder)) == [
        ("HELD", "HOME_MEDICAL"),
        ("HELD", "INSTITUTION"),
        ("PRESENT", "HOSPITAL"),
    ]

    commands.discharge(by=who.admission_office, at=now(), episode=ward, reason="RECOVERED")
    home = elder.episodes.get(kind="INSTITUTION")
    commands.return_to_held_bed(by=who.care_home_nurse, at=now(), episode=home)
    assert sorted(row[:2] for row in whereabouts(elder)) == [
        ("PRESENT", "HOME_MEDICAL"),
        ("PRESENT", "INSTITUTION"),
    ]


def test_a_home_medical_bed_at_a_plain_home_goes_on_after_the_discharge() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.chc, "HOME_MEDICAL"))
    ward = stay(elder, bed(who.hospital, "HOSPITAL"))

    commands.discharge(by=who.admission_office, at=now(), episode=ward, reason="RECOVERED")

    assert whereabouts(elder) == [("PRESENT", "HOME_MEDICAL", "江宁路社区卫生服务中心")]


def test_death_recorded_three_days_late_ends_everything_at_the_hour_of_death() -> None:
    who = cast()
    elder = person()
    with clock_at(now() - timedelta(days=10)):
        stay(elder, bed(who.care_home))
    died_at = now() - timedelta(days=3)
    with clock_at(now() - timedelta(days=1)):
        commands.begin_leave(
            by=who.care_home_nurse,
            at=now(),
            episode=elder.episodes.get(),
            companion="son",
            due_back_at=now() + timedelta(days=2),
        )
    transfer(who.care_home_nurse, elder)

    commands.record_death(by=who.care_home_nurse, at=died_at, person=elder)

    assert whereabouts(elder) == []
    kept = Occupancy.objects.filter(person=elder).exclude(state="VOID").get()
    assert kept.state == "PRESENT"
    assert kept.period.upper == died_at
    assert elder.transfers.get().state == "DIED"
    assert elder.episodes.get().close_reason == "DIED"


def test_a_stranger_may_do_nothing_with_somebody_elses_transfer() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)

    with pytest.raises(NotFound):
        commands.evaluate_transfer(by=who.stranger, at=now(), transfer=asked, outcome="FIT", statement="x")
    [offer] = offered(who.care_home_nurse, asked, who.hospital)
    with pytest.raises(NotAllowed):
        commands.accept_offer(by=who.stranger, at=now(), offer=offer, doctor="x")
