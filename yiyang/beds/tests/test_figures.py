"""The figures are counted from the rows: each bed once, whatever happens to it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.models import Bed, Occupancy
from yiyang.beds.queries import figures
from yiyang.beds.tests.factories import Cast, allocated, bed, beds, cast, person, room, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import clock_at, now

pytestmark = pytest.mark.django_db


def of(who: Cast, unit: str = "care_home", kind: str = "INSTITUTION") -> dict[str, int]:
    lines = [
        line
        for line in figures.counts(who.coordinator)
        if line.unit_id == getattr(who, unit).pk and line.kind == kind and not line.extra
    ]
    [line] = lines
    return {
        state.lower(): getattr(line, state.lower())
        for state in figures.STATES
        if getattr(line, state.lower())
    }


def test_each_state_is_counted_and_the_sum_is_the_open_beds() -> None:
    who = cast()
    lived_in, away, mended, cleaned, shut, _free = beds(who.care_home, "INSTITUTION", 6)
    stay(person(), lived_in)
    on_leave = stay(person(), away)
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=on_leave, companion="son", due_back_at=now() + timedelta(1)
    )
    commands.block_bed(by=SYSTEM, at=now(), bed=mended, reason="MAINTENANCE")
    commands.block_bed(by=SYSTEM, at=now(), bed=cleaned, reason="CLEANING", until=now() + timedelta(hours=1))
    commands.block_bed(by=SYSTEM, at=now(), bed=shut, reason="CLOSED")

    assert of(who) == dict.fromkeys(["present", "held", "cleaning", "maintenance", "closed", "free"], 1)
    [line] = [one for one in figures.counts(who.coordinator) if one.unit_id == who.care_home.pk and one.open]
    assert (line.open, line.approved) == (6, 200)
    assert line.last_at == Occupancy.objects.latest("recorded_at").recorded_at


def test_a_bed_that_is_lived_in_and_promised_to_the_next_counts_as_present() -> None:
    who = cast()
    ward_bed = bed(who.hospital, "HOSPITAL")
    stay(person(), ward_bed, expected_until=now() + timedelta(days=2))
    asked = transfer(
        who.care_home_nurse, _resident(who), urgency="ROUTINE", wanted_from=now() + timedelta(days=3)
    )
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital, ward_bed)

    assert of(who, "hospital", "HOSPITAL") == {"present": 1}


def test_a_reservation_counts_until_it_lapses() -> None:
    who = cast()
    bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, _resident(who))
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)

    assert of(who, "hospital", "HOSPITAL") == {"reserved": 1}
    with clock_at(now() + timedelta(days=30)):
        assert of(who, "hospital", "HOSPITAL") == {"free": 1}


def test_cleaning_that_is_due_to_be_done_counts_as_free() -> None:
    who = cast()
    place = bed(who.care_home)
    commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="CLEANING", until=now() + timedelta(hours=1))

    with clock_at(now() + timedelta(hours=2)):
        assert of(who) == {"free": 1}


def test_the_other_beds_of_a_room_taken_as_a_whole_count_as_closed() -> None:
    who = cast()
    shared = room(who.care_home)
    mine, _other = (bed(who.care_home, label=label, room=shared) for label in "AB")
    commands.take_room(by=who.care_home_nurse, at=now(), episode=stay(person(), mine))

    assert of(who) == {"present": 1, "closed": 1}


def test_extra_beds_stand_apart_and_a_closed_bed_is_no_longer_counted() -> None:
    who = cast()
    gone, _kept, _extra = bed(who.care_home), bed(who.care_home), bed(who.care_home, extra=True)
    commands.close_bed(by=SYSTEM, at=now(), bed=gone)

    sums = figures.by_kind(figures.counts(who.coordinator))["INSTITUTION"]

    assert (sums.open, sums.free, sums.extra) == (1, 1, 1)
    assert sums.figures().extra == 1


def test_every_figure_can_be_counted_again_from_its_beds() -> None:
    who = cast()
    _something_happens(who)

    for line in figures.counts(who.coordinator):
        for state in figures.STATES:
            rows = figures.beds_behind(
                who.coordinator, unit=line.unit_id, kind=line.kind, state=state, extra=line.extra
            )
            assert len(rows) == getattr(line, state.lower()), (line.name, line.kind, state)


def test_whatever_happens_the_states_add_up_to_the_open_beds() -> None:
    who = cast()
    for _turn in range(5):
        _something_happens(who)

        for line in figures.counts(who.coordinator):
            assert sum(getattr(line, state.lower()) for state in figures.STATES) == line.open
        in_service = Bed.objects.filter(closed_at=None).count()
        assert sum(line.open for line in figures.counts(who.coordinator)) == in_service


def test_another_operators_beds_are_counted_for_all_but_listed_for_its_own() -> None:
    who = cast()
    stay(person(), bed(who.care_home))

    assert any(line.unit_id == who.care_home.pk and line.present for line in figures.counts(who.stranger))
    assert figures.beds_behind(who.stranger, unit=who.care_home.pk) == []


def test_the_last_weeks_are_counted_from_the_stays() -> None:
    who = cast()
    with clock_at(now() - timedelta(days=10)):
        one, other = beds(who.care_home, "INSTITUTION", 2)
        stay(person(), one)
    with clock_at(now() - timedelta(days=4)):
        commands.discharge(by=who.care_home_nurse, at=now(), episode=stay(person(), other), reason="WISH")
        stay(person(), bed(who.care_home))

    days = [day for day in figures.history(who.coordinator, days=14) if day.kind == "INSTITUTION"]

    assert len(days) == 14
    assert (days[0].taken, days[0].open, days[0].share) == (0, 0, None)
    assert [day.taken for day in days[-3:]] == [2, 2, 2]
    assert [day.taken for day in days if day.open == 2][:2] == [1, 1]
    for day in days:
        inside = Occupancy.objects.filter(state__in=["PRESENT", "HELD"], period__contains=day.at)
        assert day.taken == inside.count() or day is days[-1]


def _resident(who: Cast) -> object:
    elder = person()
    stay(elder, bed(who.care_home))
    return elder


def _something_happens(who: Cast) -> None:
    chance = random.Random(Occupancy.objects.count())
    for kind, unit in (("INSTITUTION", who.care_home), ("HOSPITAL", who.hospital), ("HOME_MEDICAL", who.chc)):
        for place in beds(unit, kind, 4):
            try:
                what = chance.randrange(6)
                if what < 3:
                    episode = stay(person(sex=chance.choice(["MALE", "FEMALE"])), place)
                    if what == 1:
                        commands.report_missing(by=SYSTEM, at=now(), episode=episode)
                    if what == 2:
                        commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="WISH")
                elif what == 3:
                    reason = chance.choice(["MAINTENANCE", "CLOSED", "CLEANING"])
                    commands.block_bed(by=SYSTEM, at=now(), bed=place, reason=reason)
                elif what == 4:
                    commands.close_bed(by=SYSTEM, at=now(), bed=place)
            except Refusal:
                continue
