"""The admission office gives a bed, the sender hands over, the person departs and arrives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.commands.allocations import NoHeldBed
from yiyang.beds.commands.arrivals import NoBedGiven
from yiyang.beds.commands.bed_choice import BedsMatchNothing, SomeoneElse
from yiyang.beds.commands.rows import BedOutOfService
from yiyang.beds.models import Occupancy
from yiyang.beds.rules.transfers import WrongStep
from yiyang.beds.tests.factories import accepted, allocated, bed, room, stay, transfer, whereabouts
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import clock_at, now

DAY = timedelta(days=1)


@pytest.fixture
def taken(who, elder):
    """A transfer that the hospital's doctor has accepted."""
    someone = elder()
    stay(someone, bed(who.care_home), at=now() - DAY)
    return accepted(
        who.care_home_nurse, transfer(who.care_home_nurse, someone), who.ward_doctor, who.hospital
    )


def allocate(of, place=None, by=SYSTEM):
    return commands.allocate_bed(by=by, at=now(), transfer=of, bed=place)


def test_doctor_and_office_are_two_roles(who, taken):
    place = bed(who.hospital, "HOSPITAL")

    with pytest.raises(NotAllowed):
        allocate(taken, place, by=who.ward_doctor)
    assert allocate(taken, place, by=who.admission_office).state == "ALLOCATED"


def test_a_bed_is_of_the_unit_and_kind_that_accepted(who, taken):
    for wrong in (bed(who.care_home), bed(who.chc, "HOME_MEDICAL"), bed(who.hospital, "PALLIATIVE")):
        with pytest.raises(SomeoneElse):
            allocate(taken, wrong)
    closed = bed(who.hospital, "HOSPITAL", at=now() - DAY)
    commands.close_bed(by=SYSTEM, at=now(), bed=closed)
    with pytest.raises(BedOutOfService):
        allocate(taken, closed)


def test_any_free_bed_has_what_the_person_needs(who, elder):
    bed(who.hospital, "HOSPITAL", "plain")
    asked = transfer(who.care_home_nurse, elder(), needs=["OXYGEN"])
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)
    with pytest.raises(BedsMatchNothing):
        allocate(asked)

    fitting = bed(who.hospital, "HOSPITAL", "with oxygen", features=["OXYGEN", "SUCTION"])
    allocate(asked)
    assert Occupancy.objects.get(state="RESERVED").bed == fitting


def test_any_free_bed_takes_one_whose_cleaning_and_reservation_are_over(who, taken, elder):
    place = bed(who.hospital, "HOSPITAL")
    commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="CLEANING", until=now() + timedelta(hours=1))
    with pytest.raises(BedsMatchNothing):
        allocate(taken)

    with clock_at(now() + timedelta(hours=2)):
        allocate(taken)
        expires = Occupancy.objects.get(state="RESERVED").expires_at
    other = accepted(
        who.care_home_nurse, transfer(who.care_home_nurse, elder("李玉兰")), SYSTEM, who.hospital
    )
    with clock_at(expires + timedelta(minutes=1)):
        allocate(other)

    assert Occupancy.objects.get(state="RESERVED").transfer == other


def test_another_bed_gives_the_first_one_back(who, taken):
    first, second = bed(who.hospital, "HOSPITAL"), bed(who.hospital, "HOSPITAL")
    allocate(taken, first)

    allocate(taken, second)

    assert Occupancy.objects.get(state="RESERVED").bed == second
    stay_in_first = Occupancy.objects.get(bed=first)
    assert (stay_in_first.state, stay_in_first.end_reason) == ("RELEASED", "CHANGED")


def test_a_bed_can_be_given_after_the_expected_end_has_passed(who, elder):
    asked = transfer(who.care_home_nurse, elder(), expected_until=now() + timedelta(hours=1))
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)
    bed(who.hospital, "HOSPITAL")

    with clock_at(now() + timedelta(hours=2)):
        assert allocate(asked).state == "ALLOCATED"


def test_the_handover_is_completed_until_departure_and_read_before_arrival(who, taken):
    allocate(taken, bed(who.hospital, "HOSPITAL"))
    with pytest.raises(NotFound):
        commands.confirm_handover_read(by=who.admission_office, at=now(), transfer=taken)
    for condition in ("awake", "awake, 38.5"):
        commands.hand_over(by=who.care_home_nurse, at=now(), transfer=taken, condition=condition)
    commands.confirm_handover_read(by=who.admission_office, at=now(), transfer=taken)

    taken.refresh_from_db()
    assert (taken.handover.condition, taken.handover.read_by) == ("awake, 38.5", who.admission_office.label)
    commands.depart(by=who.care_home_nurse, at=now(), transfer=taken)
    with pytest.raises(WrongStep):
        commands.hand_over(by=who.care_home_nurse, at=now(), transfer=taken, condition="x")


def test_a_routine_departure_waits_for_the_handover(who, elder):
    asked = transfer(who.care_home_nurse, elder(), urgency="ROUTINE")
    place = bed(who.hospital, "HOSPITAL")
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, place)

    with pytest.raises(WrongStep):
        commands.depart(by=who.care_home_nurse, at=now(), transfer=asked)


def test_no_bed_is_freed_before_departure_and_none_is_taken_after_it(who, taken):
    someone = taken.person
    place = bed(who.hospital, "HOSPITAL")
    allocate(taken, place)
    commands.hand_over(by=SYSTEM, at=now(), transfer=taken, condition="awake")
    assert ("PRESENT", "INSTITUTION", "阳光养老院") in whereabouts(someone)

    left = now()
    commands.depart(by=SYSTEM, at=left, transfer=taken)

    home = Occupancy.objects.get(person=someone, bed__kind="INSTITUTION", state="PRESENT")
    held = Occupancy.objects.get(person=someone, state="HELD")
    assert home.period.upper == left == held.period.lower
    assert not Occupancy.objects.filter(person=someone, state="PRESENT", period__endswith=None).exists()
    arrived = now()
    commands.arrive(by=SYSTEM, at=arrived, transfer=taken)
    assert Occupancy.objects.get(bed=place, state="PRESENT").period.lower == arrived


def test_a_bed_that_need_not_be_kept_is_free_from_the_departure(who, elder):
    someone, place = elder(), bed(who.care_home)
    episode = stay(someone, place, at=now() - DAY)
    asked = transfer(who.care_home_nurse, someone, keep_bed=False)
    allocated(who.care_home_nurse, asked, SYSTEM, SYSTEM, who.hospital, bed(who.hospital, "HOSPITAL"))
    commands.hand_over(by=SYSTEM, at=now(), transfer=asked, condition="awake")

    left = now()
    commands.depart(by=SYSTEM, at=left, transfer=asked)

    episode.refresh_from_db()
    assert episode.closed_at == left
    with clock_at(now() + DAY):
        stay(elder("李玉兰"), place)


def test_whoever_arrives_without_a_bed_is_given_one_on_the_spot(who, elder):
    asked = transfer(who.care_home_nurse, elder(), urgency="EMERGENCY")
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)
    commands.depart(by=SYSTEM, at=now(), transfer=asked)
    with pytest.raises(NoBedGiven):
        commands.arrive(by=SYSTEM, at=now(), transfer=asked)
    with pytest.raises(SomeoneElse):
        commands.arrive(by=SYSTEM, at=now(), transfer=asked, bed=bed(who.hospital, "PALLIATIVE"))

    commands.arrive(by=SYSTEM, at=now(), transfer=asked, bed=bed(who.hospital, "HOSPITAL"))

    asked.refresh_from_db()
    assert asked.state == "COMPLETED"


def test_only_who_kept_a_bed_takes_back(who, elder):
    asked = transfer(SYSTEM, elder(), trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")

    with pytest.raises(NoHeldBed):
        commands.take_back(by=who.care_home_nurse, at=now(), transfer=asked)


def test_the_care_home_says_what_it_lacks_when_it_takes_back(who, elder):
    from yiyang.beds.tests.factories import agreed

    someone = elder()
    stay(someone, bed(who.care_home), at=now() - 2 * DAY)
    stay(someone, bed(who.hospital, "HOSPITAL"), at=now() - DAY)
    back = transfer(who.ward_doctor, someone, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")
    agreed(who.ward_doctor, back)

    taken = commands.take_back(by=who.care_home_nurse, at=now(), transfer=back, lacking="tube feeding")

    assert taken.state == "ALLOCATED"
    assert taken.steps.get(verb="take_back").reason == "tube feeding"


def test_a_patient_is_admitted_directly_while_a_transfer_is_under_way(who, taken):
    episode = stay(taken.person, bed(who.hospital, "HOSPITAL"))

    taken.refresh_from_db()
    assert (taken.state, taken.to_unit) == ("COMPLETED", who.hospital)
    assert episode.closed_at is None


def test_a_cancelled_transfer_gives_everything_back(who, taken):
    place = bed(who.hospital, "HOSPITAL")
    allocate(taken, place)
    assert who.ward_doctor.sees(taken.person_id)

    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=taken, reason="better")

    assert Occupancy.objects.get(bed=place).state == "RELEASED"
    with clock_at(now() + timedelta(seconds=1)):
        assert not who.ward_doctor.sees(taken.person_id)
    with pytest.raises(WrongStep):
        commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=taken, reason="again")


def test_a_transfer_that_fails_on_the_way_leads_back_to_the_held_bed(who, taken):
    allocate(taken, bed(who.hospital, "HOSPITAL"))
    commands.hand_over(by=SYSTEM, at=now(), transfer=taken, condition="awake")
    commands.depart(by=SYSTEM, at=now(), transfer=taken)

    commands.fail_transfer(by=who.care_home_nurse, at=now(), transfer=taken, reason="turned round")

    assert whereabouts(taken.person) == [("PRESENT", "INSTITUTION", "阳光养老院")]
    assert room(who.care_home)
