"""Inside a stay: admission, leave, holds, another bed, discharge, what was entered wrongly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.commands.conflicts import PersonIsElsewhere
from yiyang.beds.commands.corrections import NothingToCorrect
from yiyang.beds.commands.discharges import NoSuchReason
from yiyang.beds.commands.episodes import EpisodeClosed, NotAway, NotPresent
from yiyang.beds.commands.rows import BeforeItBegan, EndsBeforeItBegins
from yiyang.beds.commands.stays import AlreadyOnLeave, SameBed
from yiyang.beds.models import Occupancy
from yiyang.beds.tests.factories import bed, stay, whereabouts
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed, NotFound, Stale
from yiyang.kernel.time import clock_at, now

DAY = timedelta(days=1)
HOME = ("PRESENT", "INSTITUTION", "阳光养老院")
AWAY = ("HELD", "INSTITUTION", "阳光养老院")


@pytest.fixture
def resident(who, elder):
    return stay(elder(), bed(who.care_home), at=now() - 3 * DAY)


def leave(episode, by=SYSTEM, due=DAY):
    return commands.begin_leave(by=by, at=now(), episode=episode, due_back_at=now() + due, companion="son")


def test_an_admission_opens_the_record_to_the_unit(who, elder):
    someone = elder()
    assert not who.ward_doctor.sees(someone.pk)

    episode = stay(someone, bed(who.hospital, "HOSPITAL"), at=now() - DAY)

    assert who.ward_doctor.sees(someone.pk)
    commands.discharge(by=who.ward_doctor, at=now(), episode=episode, reason="RECOVERED")
    with clock_at(now() + timedelta(seconds=1)):
        assert not who.ward_doctor.sees(someone.pk)


def test_only_the_unit_admits_into_its_beds(who, elder):
    with pytest.raises(NotAllowed):
        commands.admit(by=who.care_home_manager, at=now(), person=elder(), bed=bed(who.hospital, "HOSPITAL"))


def test_an_expected_end_lies_after_the_beginning(who, elder):
    with pytest.raises(EndsBeforeItBegins):
        stay(elder(), bed(who.care_home), expected_until=now() - DAY)


def test_a_leave_holds_the_bed_until_the_return(who, resident):
    going = leave(resident, who.care_home_nurse)
    assert whereabouts(resident.person) == [AWAY]
    with pytest.raises(NotPresent):
        leave(resident)

    commands.return_to_held_bed(by=who.care_home_nurse, at=now(), episode=resident)

    going.refresh_from_db()
    assert (whereabouts(resident.person), going.ended_how) == ([HOME], "RETURNED")
    with pytest.raises(NotAway):
        commands.return_to_held_bed(by=who.care_home_nurse, at=now(), episode=resident)


def test_a_leave_ends_after_it_begins_and_says_who_decides_until_when(who, resident):
    with pytest.raises(EndsBeforeItBegins):
        leave(resident, due=-DAY)
    leave(resident)

    held = Occupancy.objects.get(state="HELD")

    assert (held.reason, held.fee_rule) == ("LEAVE", "BED_FEE_CONTINUES_MEALS_STOP")
    assert held.held_until > now()
    assert held.opened_by == "system"


def test_two_leaves_at_once_are_refused_by_the_database_too(who, resident):
    from yiyang.kernel import refusals

    assert isinstance(refusals.of_constraint("leave_one_at_a_time", {"by": SYSTEM}), AlreadyOnLeave)


def test_who_does_not_come_back_from_leave_is_missing(who, resident):
    leave(resident)

    commands.report_missing(by=who.care_home_nurse, at=now(), episode=resident, note="not at the son's")

    held = Occupancy.objects.get(state="HELD", period__endswith=None)
    assert held.reason == "MISSING"
    assert resident.leaves.get().ended_how == "MISSING"


def test_a_hold_is_extended_or_given_up(who, resident):
    with pytest.raises(NotAway):
        commands.extend_hold(by=who.care_home_manager, at=now(), episode=resident, until=now() + DAY)
    leave(resident)
    with pytest.raises(EndsBeforeItBegins):
        commands.extend_hold(by=SYSTEM, at=now(), episode=resident, until=now() - DAY)
    until = now() + 9 * DAY
    commands.extend_hold(by=who.care_home_manager, at=now(), episode=resident, until=until)
    assert Occupancy.objects.get(state="HELD").held_until == until

    commands.release_hold(by=who.care_home_manager, at=now(), episode=resident, note="moved to the son")

    resident.refresh_from_db()
    assert resident.close_reason == "NOT_RETURNED"
    assert resident.leaves.get().ended_how == "CLOSED"


def test_a_discharge_keeps_the_care_bed_until_the_person_is_back_in_it(who, resident):
    ward = stay(resident.person, bed(who.hospital, "HOSPITAL"), at=now() - DAY)
    with pytest.raises(PersonIsElsewhere):
        commands.return_to_held_bed(by=who.care_home_nurse, at=now(), episode=resident)

    commands.discharge(by=who.ward_doctor, at=now(), episode=ward, reason="RECOVERED", version=ward.version)

    assert whereabouts(resident.person) == [AWAY]
    with pytest.raises(EpisodeClosed):
        commands.discharge(by=SYSTEM, at=now(), episode=ward, reason="RECOVERED")


def test_a_stale_discharge_is_refused(who, resident):
    commands.set_expected_end(by=SYSTEM, at=now(), episode=resident, until=now() + DAY)

    with pytest.raises(Stale):
        commands.discharge(by=SYSTEM, at=now(), episode=resident, reason="WISH", version=resident.version)


def test_a_stay_ends_for_one_of_the_reasons(who, resident):
    for reason in ("", "BECAUSE"):
        with pytest.raises(NoSuchReason):
            commands.discharge(by=SYSTEM, at=now(), episode=resident, reason=reason)
    assert whereabouts(resident.person) == [HOME]


def test_one_who_is_ready_to_leave_is_listed_since_then(who, resident):
    ready = commands.set_expected_end(by=SYSTEM, at=now(), episode=resident, until=None, ready=True)
    since = ready.ready_to_leave_at

    again = commands.set_expected_end(
        by=SYSTEM, at=now() - timedelta(minutes=1), episode=resident, until=None, ready=True
    )

    assert again.ready_to_leave_at == since
    assert (
        commands.set_expected_end(by=SYSTEM, at=now(), episode=resident, until=None).ready_to_leave_at is None
    )


def test_another_bed_is_of_the_same_unit_and_kind(who, resident):
    own = Occupancy.objects.get().bed
    with pytest.raises(SameBed):
        commands.change_bed(by=who.care_home_nurse, at=now(), episode=resident, to_bed=own)
    for wrong in (bed(who.other_home), bed(who.care_home, "HOME_CARE")):
        with pytest.raises(SomeoneElse):
            commands.change_bed(by=who.care_home_nurse, at=now(), episode=resident, to_bed=wrong)
    better = bed(who.care_home)

    commands.change_bed(by=who.care_home_nurse, at=now(), episode=resident, to_bed=better, reason="window")

    assert Occupancy.objects.get(state="PRESENT", period__endswith=None).bed == better
    assert whereabouts(resident.person) == [HOME]


def test_a_change_cannot_lie_before_the_last_one(who, resident):
    commands.change_bed(by=SYSTEM, at=now(), episode=resident, to_bed=bed(who.care_home))

    with pytest.raises(BeforeItBegan):
        commands.change_bed(by=SYSTEM, at=now() - DAY, episode=resident, to_bed=bed(who.care_home))


def test_a_swap_is_of_two_residents_of_one_unit_whom_the_actor_sees(who, resident, elder):
    other = stay(elder("李玉兰"), bed(who.other_home), at=now() - DAY)

    with pytest.raises(SomeoneElse):
        commands.swap_beds(by=SYSTEM, at=now(), episode=resident, other=other)
    with pytest.raises(SameBed):
        commands.swap_beds(by=SYSTEM, at=now(), episode=resident, other=resident)
    with pytest.raises(NotFound):
        commands.swap_beds(by=who.stranger, at=now(), episode=resident, other=resident)


def test_a_swap_keeps_what_others_wrote_meanwhile(who, resident, elder):
    other = stay(elder("李玉兰"), bed(who.care_home), at=now() - DAY)
    commands.set_expected_end(by=SYSTEM, at=now(), episode=other, until=now() + 9 * DAY, ready=True)

    commands.swap_beds(by=SYSTEM, at=now(), episode=resident, other=other)

    other.refresh_from_db()
    assert other.ready_to_leave_at is not None


def test_what_was_entered_in_error_is_void_and_the_unit_sees_nothing_any_more(who, elder):
    place = bed(who.hospital, "HOSPITAL")
    someone = elder()
    wrong = stay(someone, place, at=now() - DAY)

    commands.void_episode(by=SYSTEM, at=now(), episode=wrong, reason="another person of that name")

    assert Occupancy.objects.get().state == "VOID"
    with clock_at(now() + timedelta(seconds=1)):
        assert not who.ward_doctor.sees(someone.pk)
    with pytest.raises(EpisodeClosed):
        commands.void_episode(by=SYSTEM, at=now(), episode=wrong, reason="again")
    with pytest.raises(NothingToCorrect):
        row = Occupancy.objects.get()
        commands.correct_occupancy(by=SYSTEM, at=now(), row=row, since=now() - DAY, until=None, reason="x")
    stay(elder("李玉兰"), place)


def test_a_death_ends_the_leave_the_hold_and_the_waiting(who, resident):
    leave(resident)
    entry = commands.join_waiting_list(
        by=SYSTEM, at=now(), person=resident.person, kind="HOSPITAL", list_owner=who.centre.pk
    )

    commands.record_death(by=who.care_home_nurse, at=now(), person=resident.person)

    entry.refresh_from_db()
    assert (entry.state, entry.end_reason) == ("ENDED", "DIED")
    assert whereabouts(resident.person) == []
