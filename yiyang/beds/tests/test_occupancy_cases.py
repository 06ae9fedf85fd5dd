"""The cases that every open system gets wrong, by name."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from yiyang.access.models import Organisation
from yiyang.access.tests.factories import licence
from yiyang.beds import commands
from yiyang.beds.commands.admissions import NoLicence
from yiyang.beds.commands.bed_choice import RoomOfOtherSex
from yiyang.beds.commands.conflicts import BedNotFree, EpisodeOpen, PersonIsElsewhere
from yiyang.beds.commands.corrections import StillGoing
from yiyang.beds.commands.inventory import BedInUse, LaneDoesNotFit
from yiyang.beds.commands.offers import ClosedToOffers
from yiyang.beds.commands.rows import BeforeItBegan
from yiyang.beds.models import Bed, Occupancy
from yiyang.beds.tests.factories import (
    accepted,
    allocated,
    bed,
    cast,
    offered,
    room,
    stay,
    transfer,
    whereabouts,
)
from yiyang.beds.tests.promises import broken_promises
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import InTheFuture
from yiyang.kernel.time import clock_at, now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person as anybody

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def the_promises_hold():
    yield
    assert broken_promises(now() + 60 * DAY) == []


@pytest.fixture
def who():
    return cast()


def person(name: str = "王秀英", **told: Any) -> Person:
    """Somebody whom the care home has registered, so that its nurse may act for them."""
    return anybody(name, organisation_id=Organisation.objects.get(code="Y1").pk, **told)


def rows_of(place: Bed) -> list[tuple[str, datetime, datetime | None]]:
    rows = Occupancy.objects.filter(bed=place).exclude(state="VOID").order_by("period")
    return [(row.state, row.period.lower, row.period.upper) for row in rows]


def reserved_from_next_week(who, place):
    """Somebody lives in the bed until next week; somebody else is promised it from then on."""
    today, next_week = now(), now() + 7 * DAY
    first, second = person("张建国"), person("李玉兰")
    episode = stay(first, place, at=today - DAY, expected_until=next_week)
    asked = transfer(
        who.care_home_nurse, second, target_kind="HOSPITAL", urgency="ROUTINE", wanted_from=next_week
    )
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, place)
    return episode, asked, next_week


# a reservation for next week on an occupied bed


def test_a_bed_can_be_promised_from_the_day_when_its_occupant_is_expected_to_leave(who):
    place = bed(who.hospital, "HOSPITAL")
    reserved_from_next_week(who, place)

    assert sorted(state for state, *_ in rows_of(place)) == ["PRESENT", "RESERVED"]


def test_nobody_else_can_have_a_bed_while_it_is_promised(who):
    place = bed(who.hospital, "HOSPITAL")
    *_, next_week = reserved_from_next_week(who, place)
    third = transfer(who.care_home_nurse, person(), wanted_from=next_week + DAY, urgency="ROUTINE")

    with pytest.raises(BedNotFree) as refused:
        allocated(who.care_home_nurse, third, who.ward_doctor, who.admission_office, who.hospital, place)

    assert refused.value.details["bed"] == place.label


def test_an_open_end_leaves_no_room_for_a_promise(who):
    place = bed(who.hospital, "HOSPITAL")
    stay(person(), place)
    asked = transfer(who.care_home_nurse, person(), wanted_from=now() + 7 * DAY)

    with pytest.raises(BedNotFree):
        allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, place)


def test_the_occupant_of_a_promised_bed_cannot_be_given_a_longer_stay(who):
    place = bed(who.hospital, "HOSPITAL")
    episode, _, next_week = reserved_from_next_week(who, place)

    with pytest.raises(BedNotFree) as refused:
        commands.set_expected_end(by=SYSTEM, at=now(), episode=episode, until=next_week + DAY)

    assert refused.value.details["bed"] == place.label


def test_an_emergency_departs_from_a_bed_that_is_promised_to_another_from_next_week(who):
    """The held bed carries the promise on: it never claims more than was claimed before."""
    place = bed(who.care_home)
    first, second = person("张建国"), person("李玉兰")
    next_week = now() + 7 * DAY
    stay(first, place, at=now() - DAY, expected_until=next_week)
    asked = transfer(
        SYSTEM,
        second,
        trigger="CARE_ENVIRONMENT_WORSENED",
        target_kind="INSTITUTION",
        wanted_from=next_week,
    )
    allocated(SYSTEM, asked, SYSTEM, SYSTEM, who.care_home, place)

    night = transfer(who.night_duty_officer, first, urgency="EMERGENCY", reason="chest pain")
    commands.depart(by=who.night_duty_officer, at=now(), transfer=night)
    assert ("HELD", "INSTITUTION", "阳光养老院") in whereabouts(first)

    commands.send_back(by=who.night_duty_officer, at=now(), transfer=night)
    assert whereabouts(first) == [("PRESENT", "INSTITUTION", "阳光养老院")]


# its occupant overstays


def test_when_the_occupant_overstays_the_next_one_is_refused_and_told_who_is_there(who):
    place = bed(who.hospital, "HOSPITAL")
    episode, asked, next_week = reserved_from_next_week(who, place)
    with clock_at(next_week + HOUR):
        commands.hand_over(by=SYSTEM, at=now(), transfer=asked, condition="well")
        commands.depart(by=SYSTEM, at=now(), transfer=asked)

        with pytest.raises(BedNotFree) as refused:
            commands.arrive(by=SYSTEM, at=now(), transfer=asked)
        assert refused.value.details["holder"] == "张建国"

        commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="RECOVERED")
        commands.arrive(by=SYSTEM, at=now(), transfer=asked)

    assert whereabouts(asked.person)[0][:2] == ("PRESENT", "HOSPITAL")


@pytest.mark.parametrize("times", [1, 2, 5, 12])
def test_an_overstayer_goes_on_leave_and_comes_back_as_often_as_needed(who, times):
    place = bed(who.hospital, "HOSPITAL")
    episode, asked, next_week = reserved_from_next_week(who, place)

    for number in range(times):
        with clock_at(next_week + (number + 1) * HOUR):
            commands.begin_leave(
                by=SYSTEM, at=now(), episode=episode, due_back_at=now() + HOUR, companion="son"
            )
        with clock_at(next_week + (number + 1) * HOUR + timedelta(minutes=30)):
            commands.return_to_held_bed(by=SYSTEM, at=now(), episode=episode)
            assert broken_promises() == []

    asked.refresh_from_db()
    assert asked.state == "ALLOCATED"
    assert {state for state, _, until in rows_of(place) if until is None} == {"RESERVED", "PRESENT"}


# arrival a minute before and after expiry


@pytest.mark.parametrize("minutes", [-1, 0, 1, 60 * 24 * 5])
def test_arrival_around_expiry_is_let_in_as_long_as_the_bed_is_free(who, minutes):
    elder = person()
    asked = transfer(who.care_home_nurse, elder)
    allocated(
        who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital
    ) if False else None
    place = bed(who.hospital, "HOSPITAL")
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, place)
    commands.hand_over(by=SYSTEM, at=now(), transfer=asked, condition="well")
    commands.depart(by=SYSTEM, at=now(), transfer=asked)
    expires = Occupancy.objects.get(state="RESERVED").expires_at

    with clock_at(expires + timedelta(minutes=minutes)):
        commands.arrive(by=SYSTEM, at=now(), transfer=asked)

    assert whereabouts(elder) == [("PRESENT", "HOSPITAL", "区中心医院")]


def test_after_expiry_the_bed_goes_to_whoever_takes_it_first(who):
    place = bed(who.hospital, "HOSPITAL")
    late, quick = transfer(who.care_home_nurse, person("张建国")), person("李玉兰")
    allocated(who.care_home_nurse, late, who.ward_doctor, who.admission_office, who.hospital, place)
    commands.hand_over(by=SYSTEM, at=now(), transfer=late, condition="well")
    commands.depart(by=SYSTEM, at=now(), transfer=late)
    expires = Occupancy.objects.get(state="RESERVED").expires_at

    with clock_at(expires - timedelta(minutes=1)), pytest.raises(BedNotFree):
        stay(quick, place)
    with clock_at(expires + timedelta(minutes=1)):
        stay(quick, place)
        with pytest.raises(BedNotFree) as refused:
            commands.arrive(by=SYSTEM, at=now(), transfer=late)

    assert refused.value.details["holder"] == "李玉兰"


# death recorded three days late (see also test_journeys)


def test_a_death_recorded_three_days_late_frees_the_hospital_bed_too(who):
    elder, ward = person(), bed(who.hospital, "HOSPITAL")
    with clock_at(now() - 10 * DAY):
        stay(elder, bed(who.care_home))
    died = now() - 3 * DAY
    with clock_at(now() - 2 * DAY):
        stay(elder, ward)

    commands.record_death(by=SYSTEM, at=died, person=elder)

    assert rows_of(ward) == []
    assert elder.episodes.get(kind="HOSPITAL").closed_at == elder.episodes.get(kind="HOSPITAL").opened_at
    assert elder.episodes.get(kind="INSTITUTION").closed_at == died
    stay(person(), ward, at=died + HOUR)


def test_a_death_before_a_discharge_that_was_written_down_ends_the_stay_itself(who):
    elder, ward = person(), bed(who.hospital, "HOSPITAL")
    with clock_at(now() - 10 * DAY):
        there = stay(elder, ward)
    with clock_at(now() - DAY):
        commands.discharge(by=SYSTEM, at=now(), episode=there, reason="IMPROVED")
    died = now() - 3 * DAY

    commands.record_death(by=SYSTEM, at=died, person=elder)

    there.refresh_from_db()
    assert (there.closed_at, there.close_reason) == (died, "DIED")
    assert broken_promises() == []


def test_a_death_recorded_late_ends_a_room_taken_as_a_whole(who):
    double = room(who.care_home, "301")
    mine, other = bed(who.care_home, room=double), bed(who.care_home, room=double)
    elder = person()
    with clock_at(now() - 2 * DAY):
        commands.admit(by=SYSTEM, at=now(), person=elder, bed=mine, whole_room=True)

    commands.record_death(by=SYSTEM, at=now() - 3 * DAY, person=elder)

    assert [row for row in rows_of(other) if row[2] is None] == []
    stay(person(), other)


# a correction overlapping a third person


def test_a_correction_that_reaches_into_anothers_time_is_refused_and_names_them(who):
    place = bed(who.hospital, "HOSPITAL")
    with clock_at(now() - 10 * DAY):
        first = stay(person("张建国"), place)
    with clock_at(now() - 5 * DAY):
        commands.discharge(by=SYSTEM, at=now(), episode=first, reason="RECOVERED")
    with clock_at(now() - 4 * DAY):
        second = stay(person("李玉兰"), place)
    row = Occupancy.objects.get(episode=first, state="PRESENT")

    with pytest.raises(BedNotFree) as refused:
        commands.correct_occupancy(
            by=SYSTEM, at=now(), row=row, since=row.period.lower, until=now() - 3 * DAY, reason="left later"
        )
    assert refused.value.details["holder"] == "李玉兰"
    row.refresh_from_db()
    assert row.state == "PRESENT"

    fixed = commands.correct_occupancy(
        by=SYSTEM, at=now(), row=row, since=row.period.lower, until=now() - 6 * DAY, reason="left earlier"
    )
    first.refresh_from_db()
    row.refresh_from_db()
    assert (row.state, fixed.supersedes_id, first.closed_at) == ("VOID", row.pk, fixed.period.upper)
    assert second.closed_at is None


def test_a_correction_never_ends_a_stay_that_goes_on_nor_lies_in_the_future(who):
    place = bed(who.hospital, "HOSPITAL")
    stay(person(), place, at=now() - DAY)
    row = Occupancy.objects.get()

    with pytest.raises(StillGoing):
        commands.correct_occupancy(by=SYSTEM, at=now(), row=row, since=now() - DAY, until=now(), reason="x")
    with pytest.raises(InTheFuture):
        commands.correct_occupancy(by=SYSTEM, at=now(), row=row, since=now() + DAY, until=None, reason="x")

    fixed = commands.correct_occupancy(
        by=SYSTEM, at=now(), row=row, since=now() - 2 * DAY, until=None, reason="came a day earlier"
    )
    assert fixed.episode.__class__.objects.get(pk=fixed.episode_id).opened_at == fixed.period.lower


# departure at an unknown hour


def test_a_departure_at_an_unknown_hour_keeps_the_interval(who):
    elder = person()
    stay(elder, bed(who.care_home), at=now() - DAY)
    night = transfer(who.care_home_nurse, elder, urgency="EMERGENCY")
    earliest, latest = now() - 6 * HOUR, now()

    commands.depart(by=who.care_home_nurse, at=latest, transfer=night, earliest=earliest)

    left = Occupancy.objects.get(person=elder, state="PRESENT")
    assert (left.ended_earliest, left.period.upper) == (earliest, latest)
    held = Occupancy.objects.get(person=elder, state="HELD")
    assert held.period.lower == latest


def test_a_discharge_at_an_unknown_hour_keeps_the_interval(who):
    episode = stay(person(), bed(who.hospital, "HOSPITAL"), at=now() - DAY)

    commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="WISH", earliest=now() - HOUR)

    row = Occupancy.objects.get(episode=episode)
    assert row.ended_earliest < row.period.upper


def test_nobody_leaves_before_having_come(who):
    episode = stay(person(), bed(who.hospital, "HOSPITAL"))

    with pytest.raises(BeforeItBegan):
        commands.discharge(by=SYSTEM, at=now() - HOUR, episode=episode, reason="RECOVERED")

    assert Occupancy.objects.get().state == "PRESENT"


# a swap


def test_a_swap_moves_both_in_one_instant_and_frees_rooms_taken_as_a_whole(who):
    double = room(who.care_home, "301")
    mine, beside, far = bed(who.care_home, room=double), bed(who.care_home, room=double), bed(who.care_home)
    one = commands.admit(by=SYSTEM, at=now() - DAY, person=person("甲一"), bed=mine, whole_room=True)
    two = stay(person("乙二"), far, at=now() - DAY)
    at = now()

    commands.swap_beds(by=SYSTEM, at=at, episode=one, other=two)

    assert (("PRESENT", at, None)) in rows_of(mine)
    assert (("PRESENT", at, None)) in rows_of(far)
    assert Occupancy.objects.get(bed=mine, period__endswith=None).person.full_name == "乙二"
    assert [row for row in rows_of(beside) if row[2] is None] == []


def test_a_swap_into_a_room_of_the_other_sex_is_refused_and_leaves_both_where_they_were(who):
    women = room(who.care_home, "301")
    mine, beside, far = bed(who.care_home, room=women), bed(who.care_home, room=women), bed(who.care_home)
    one = stay(person(sex="FEMALE"), mine, at=now() - DAY)
    stay(person(sex="FEMALE"), beside, at=now() - DAY)
    two = stay(person(sex="MALE"), far, at=now() - DAY)

    with pytest.raises(RoomOfOtherSex):
        commands.swap_beds(by=SYSTEM, at=now(), episode=one, other=two)

    assert Occupancy.objects.filter(state="PRESENT", period__endswith=None).count() == 3


# change of kind


def test_a_bed_changes_kind_by_a_dated_successor_and_only_when_it_is_free(who):
    place = bed(who.hospital, "HOSPITAL", at=now() - 10 * DAY)
    episode = stay(person(), place, at=now() - 3 * DAY)
    with pytest.raises(BedInUse):
        commands.change_bed_kind(by=SYSTEM, at=now(), bed=place, kind="PALLIATIVE")
    commands.discharge(by=SYSTEM, at=now() - HOUR, episode=episode, reason="RECOVERED")

    with pytest.raises(BedInUse):
        commands.change_bed_kind(by=SYSTEM, at=now() - 2 * DAY, bed=place, kind="PALLIATIVE")
    after = commands.change_bed_kind(by=SYSTEM, at=now(), bed=place, kind="PALLIATIVE")

    place.refresh_from_db()
    after.refresh_from_db()
    assert (place.closed_at, after.successor_of_id, after.kind) == (after.opened_at, place.pk, "PALLIATIVE")
    assert place.kind == "HOSPITAL"


def test_a_bed_in_a_room_does_not_become_a_home_bed(who):
    ward = commands.add_ward(by=SYSTEM, at=now(), unit_id=who.chc.pk, name="一病区")
    in_room = commands.add_room(by=SYSTEM, at=now(), ward=ward, label="1")
    place = bed(who.chc, "HOSPITAL", room=in_room, at=now() - DAY)

    with pytest.raises(LaneDoesNotFit):
        commands.change_bed_kind(by=SYSTEM, at=now(), bed=place, kind="HOME_MEDICAL")


# whole room


def test_a_room_is_taken_as_a_whole_only_when_it_is_empty_and_is_free_with_the_stay(who):
    double = room(who.care_home, "301")
    mine, beside = bed(who.care_home, room=double), bed(who.care_home, room=double)
    neighbour = stay(person("邻居"), beside, at=now() - DAY)
    episode = stay(person(), mine, at=now() - DAY)
    with pytest.raises(BedNotFree) as refused:
        commands.take_room(by=SYSTEM, at=now(), episode=episode)
    assert refused.value.details["holder"] == "邻居"
    assert refused.value.details["bed"] == beside.label
    commands.discharge(by=SYSTEM, at=now() - 3 * HOUR, episode=neighbour, reason="WISH")

    commands.take_room(by=SYSTEM, at=now() - HOUR, episode=episode)
    with pytest.raises(BedNotFree):
        stay(person(), beside)
    commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="WISH")

    stay(person(), beside)


# room sex


def test_a_shared_room_holds_one_sex_also_of_those_who_are_promised_it(who):
    double = room(who.hospital, "301")
    mine, beside = bed(who.hospital, "HOSPITAL", room=double), bed(who.hospital, "HOSPITAL", room=double)
    asked = transfer(who.care_home_nurse, person(sex="FEMALE"))
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, mine)

    with pytest.raises(RoomOfOtherSex) as refused, override("en"):
        stay(person(sex="MALE"), beside)

    assert "301" in str(refused.value)
    stay(person(sex="FEMALE"), beside)


def test_a_couples_room_does_not_ask(who):
    couple = room(who.care_home, "302", couple=True)
    stay(person(sex="FEMALE"), bed(who.care_home, room=couple))

    stay(person(sex="MALE"), bed(who.care_home, room=couple))


def test_any_free_bed_passes_over_rooms_of_the_other_sex(who):
    double = room(who.hospital, "301")
    stay(person(sex="FEMALE"), bed(who.hospital, "HOSPITAL", "1", room=double))
    bed(who.hospital, "HOSPITAL", "2", room=double)
    fitting = bed(who.hospital, "HOSPITAL", "3")
    asked = transfer(who.care_home_nurse, person(sex="MALE"))

    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)

    assert Occupancy.objects.get(state="RESERVED").bed == fitting


# licence ended, quota, outbreak


def test_a_unit_whose_licence_ended_is_not_asked_and_admits_nobody(who):
    from django.db.backends.postgresql.psycopg_any import DateRange

    from yiyang.access.models import Licence

    place = bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, person())
    Licence.objects.filter(organisation=who.hospital).update(
        valid=DateRange(date(2020, 1, 1), (now() - DAY).date())
    )

    with pytest.raises(NoLicence):
        offered(who.care_home_nurse, asked, who.hospital)
    with pytest.raises(NoLicence):
        stay(person(), place)
    licence(who.hospital, ["HOSPITAL"])
    stay(person(), place)


def test_a_unit_closed_for_an_outbreak_is_not_asked_but_takes_its_own_back(who):
    double = room(who.hospital, "301")
    bed(who.hospital, "HOSPITAL", room=double)
    commands.close_ward_to_offers(by=SYSTEM, at=now(), ward=double.ward, closed=True, reason="influenza")

    with pytest.raises(ClosedToOffers):
        offered(who.care_home_nurse, transfer(who.care_home_nurse, person()), who.hospital)

    commands.close_ward_to_offers(by=SYSTEM, at=now(), ward=double.ward, closed=False)
    accepted(who.care_home_nurse, transfer(who.care_home_nurse, person()), who.ward_doctor, who.hospital)


# one person, one place


def test_one_units_admission_does_not_end_another_units_stay(who):
    elder = person()
    stay(elder, bed(who.hospital, "HOSPITAL"), at=now() - DAY)

    with pytest.raises(PersonIsElsewhere) as refused:
        stay(elder, bed(who.care_home))
    assert refused.value.details["place"] == "区中心医院"
    with pytest.raises(EpisodeOpen):
        stay(elder, bed(who.hospital, "HOSPITAL"))


def test_what_was_suspended_goes_on_only_after_the_ward_bed_is_left(who):
    """The home medical bed was there before the hospital stay that suspended it."""
    elder = person()
    stay(elder, bed(who.chc, "HOME_MEDICAL"), at=now() - 3 * DAY)
    ward = stay(elder, bed(who.hospital, "HOSPITAL"), at=now() - 2 * DAY)
    back = transfer(
        who.ward_doctor, elder, trigger="HEALTH_IMPROVED", urgency="ROUTINE", target_kind="INSTITUTION",
        chosen_unit=who.other_home.pk,
    )  # fmt: skip
    place = bed(who.other_home)
    allocated(who.ward_doctor, back, SYSTEM, SYSTEM, who.other_home, place)
    commands.hand_over(by=SYSTEM, at=now(), transfer=back, condition="well")
    commands.depart(by=SYSTEM, at=now(), transfer=back)
    commands.arrive(by=SYSTEM, at=now(), transfer=back)

    ward.refresh_from_db()
    assert ward.closed_at is not None
    assert sorted(row[:2] for row in whereabouts(elder)) == [
        ("PRESENT", "HOME_MEDICAL"),
        ("PRESENT", "INSTITUTION"),
    ]


def test_a_service_at_home_ends_while_the_person_is_in_hospital_without_moving_anybody(who):
    elder = person()
    stay(elder, bed(who.chc, "HOME_MEDICAL"), at=now() - 3 * DAY)
    ward = stay(elder, bed(who.hospital, "HOSPITAL"), at=now() - 2 * DAY)

    commands.discharge(by=SYSTEM, at=now(), episode=elder.episodes.get(kind="HOME_MEDICAL"), reason="STABLE")

    assert whereabouts(elder) == [("PRESENT", "HOSPITAL", "区中心医院")]
    assert ward.closed_at is None


def test_a_bed_left_is_cleaned_before_the_next_one(who):
    place = bed(who.hospital, "HOSPITAL")
    episode = stay(person(), place, at=now() - DAY)
    commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="RECOVERED")

    with pytest.raises(BedNotFree) as refused:
        stay(person(), place)
    with override("en"):
        assert "cleaning" in str(refused.value)
    with clock_at(now() + HOUR):
        stay(person(), place)
