"""Asking for a transfer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.commands.locks import PersonHasOtherRecord, PersonIsDead
from yiyang.beds.commands.requests import HasOneAlready, SecondTransfer
from yiyang.beds.commands.rows import EndsBeforeItBegins
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import Transfer
from yiyang.beds.rules.green_channel import TargetNotOfThisTrigger
from yiyang.beds.tests.factories import bed, person, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.commands import merge_persons


def test_a_request_knows_where_the_person_is_and_who_coordinates(who, elder):
    someone = elder()
    episode = stay(someone, bed(who.care_home))

    asked = transfer(who.care_home_nurse, someone)

    assert (asked.from_episode, asked.from_unit, asked.coordinator) == (episode, who.care_home, who.centre)
    assert asked.act_by > asked.requested_at
    assert not asked.is_return
    fact = PersonFact.objects.get(name="transfer.requested")
    assert (fact.person_id, fact.data["urgency"]) == (someone.pk, "URGENT")


def test_a_request_back_to_the_held_bed_is_a_return(who, elder):
    someone = elder()
    stay(someone, bed(who.care_home), at=now() - timedelta(days=1))
    stay(someone, bed(who.hospital, "HOSPITAL"))

    back = transfer(who.ward_doctor, someone, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")

    assert back.is_return
    assert back.from_unit == who.hospital


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_request_says_why(who, elder, reason):
    with pytest.raises(SayWhy):
        transfer(who.care_home_nurse, elder(), reason=reason)


def test_a_trigger_leads_only_where_the_green_channel_goes(who, elder):
    with pytest.raises(TargetNotOfThisTrigger):
        transfer(who.care_home_nurse, elder(), trigger="TERMINAL_CARE", target_kind="HOSPITAL")


def test_a_stay_does_not_end_before_it_begins(who, elder):
    with pytest.raises(EndsBeforeItBegins):
        transfer(who.care_home_nurse, elder(), expected_until=now() - timedelta(days=1))


def test_a_second_routine_transfer_is_refused_and_names_the_first(who, elder):
    someone = elder()
    first = transfer(who.care_home_nurse, someone, urgency="ROUTINE")

    with pytest.raises(SecondTransfer) as refused:
        transfer(who.care_home_nurse, someone, urgency="ROUTINE")

    assert refused.value.details["transfer"] == str(first.pk)
    assert Transfer.objects.count() == 1


def test_a_home_medical_bed_is_asked_for_beside_a_move(who, elder):
    someone = elder()
    transfer(who.care_home_nurse, someone, urgency="ROUTINE")

    transfer(who.care_home_nurse, someone, urgency="ROUTINE", target_kind="HOME_MEDICAL")

    assert set(Transfer.objects.values_list("target_lane", flat=True)) == {"RESIDENCE", "OVERLAY"}


@pytest.mark.parametrize("state", ["REQUESTED", "ALLOCATED", "DEPARTED"])
def test_an_emergency_is_never_refused_because_something_else_is_under_way(who, elder, state):
    from yiyang.beds.tests.factories import allocated

    someone = elder()
    stay(someone, bed(who.care_home), at=now() - timedelta(days=1))
    first = transfer(who.care_home_nurse, someone, urgency="ROUTINE")
    if state != "REQUESTED":
        place = bed(who.hospital, "HOSPITAL")
        allocated(who.care_home_nurse, first, who.ward_doctor, who.admission_office, who.hospital, place)
    if state == "DEPARTED":
        commands.hand_over(by=SYSTEM, at=now(), transfer=first, condition="well")
        commands.depart(by=SYSTEM, at=now(), transfer=first)

    night = transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    first.refresh_from_db()
    if state == "DEPARTED":
        assert first.state == "FAILED"
    else:
        assert first.suspended_for == night
        assert first.live
    assert night.state == "REQUESTED"


def test_nobody_asks_for_the_dead_nor_for_a_record_that_was_merged(who, elder):
    dead, kept, gone = elder(), elder("李玉兰"), elder("李玉蘭")
    commands.record_death(by=SYSTEM, at=now(), person=dead)
    merge_persons(by=SYSTEM, at=now(), person=kept, duplicate=gone, reason="one person, two spellings")

    with pytest.raises(PersonIsDead):
        transfer(who.care_home_nurse, dead)
    with pytest.raises(PersonHasOtherRecord):
        transfer(SYSTEM, gone)


def test_only_those_may_ask_who_see_the_person(who, elder):
    with pytest.raises(NotFound):
        transfer(who.stranger, elder())
    with pytest.raises(NotFound):
        transfer(who.care_home_nurse, person())


def test_who_has_a_home_medical_bed_is_not_asked_for_another(who, elder):
    someone = elder()
    stay(someone, bed(who.care_home))
    stay(someone, bed(who.chc, "HOME_MEDICAL"))

    with pytest.raises(HasOneAlready) as refused:
        transfer(who.care_home_nurse, someone, target_kind="HOME_MEDICAL")

    assert refused.value.details["unit"] == who.chc.name
    assert not Transfer.objects.exists()
