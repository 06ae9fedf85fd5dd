"""Wards, rooms and beds: opening, blocking, closing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.bed_kinds import BedKind
from yiyang.access.tests.factories import licence, organisation
from yiyang.beds import commands
from yiyang.beds.commands.admissions import NoLicence
from yiyang.beds.commands.conflicts import BedNotFree
from yiyang.beds.commands.inventory import (
    BedInUse,
    KindNotRunHere,
    LabelTaken,
    LaneDoesNotFit,
    LicenceExhausted,
    NotABlock,
    NotBlocked,
    RoomOfAnotherUnit,
)
from yiyang.beds.commands.rows import BedOutOfService, EndsBeforeItBegins
from yiyang.beds.tests.factories import bed, room, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now

DAY = timedelta(days=1)


def open_bed(unit, kind="INSTITUTION", label="1", **more):
    return commands.open_bed(by=SYSTEM, at=now(), unit_id=unit.pk, kind=kind, label=label, **more)


def test_a_unit_runs_the_kinds_that_the_policy_allows_under_a_licence(who):
    with pytest.raises(KindNotRunHere):
        open_bed(who.care_home, "HOSPITAL")
    with pytest.raises(NoLicence):
        open_bed(organisation("新养老院", licensed=[]), "INSTITUTION")


def test_beds_beyond_the_licence_are_extra_beds(who):
    unit = organisation("小养老院", licensed=[])
    licence(unit, [BedKind.INSTITUTION], approved_beds=1)
    open_bed(unit, label="1")

    with pytest.raises(LicenceExhausted):
        open_bed(unit, label="2")
    assert open_bed(unit, label="2", extra=True).extra


def test_a_label_is_used_once_among_the_open_beds_of_a_kind(who):
    first = open_bed(who.care_home, label=" 301-1 ")
    with pytest.raises(LabelTaken):
        open_bed(who.care_home, label="301-1")
    with clock_at(now() + DAY):
        commands.close_bed(by=SYSTEM, at=now(), bed=first)
        open_bed(who.care_home, label="301-1")


def test_wards_and_rooms_have_names_of_their_own(who):
    ward = commands.add_ward(by=SYSTEM, at=now(), unit_id=who.care_home.pk, name="三楼")
    commands.add_room(by=SYSTEM, at=now(), ward=ward, label="301")

    with pytest.raises(LabelTaken):
        commands.add_ward(by=SYSTEM, at=now(), unit_id=who.care_home.pk, name="三楼")
    with pytest.raises(LabelTaken):
        commands.add_room(by=SYSTEM, at=now(), ward=ward, label="301")


def test_a_bed_stands_in_a_room_of_its_unit_and_a_home_bed_in_none(who):
    with pytest.raises(RoomOfAnotherUnit):
        open_bed(who.care_home, room=room(who.other_home))
    with pytest.raises(LaneDoesNotFit):
        open_bed(who.chc, "HOME_MEDICAL", room=room(who.chc))
    with pytest.raises(LaneDoesNotFit):
        open_bed(who.care_home, "INSTITUTION", lane="OVERLAY")


def test_only_the_unit_manages_its_beds(who):
    with pytest.raises(NotAllowed):
        commands.open_bed(
            by=who.other_manager, at=now(), unit_id=who.care_home.pk, kind="INSTITUTION", label="1"
        )


def test_a_bed_is_blocked_for_a_reason_and_a_time_and_released(who, elder):
    place = bed(who.care_home)
    with pytest.raises(NotABlock):
        commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="WHOLE_ROOM")
    with pytest.raises(EndsBeforeItBegins):
        commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="CLOSED", until=now() - DAY)
    with pytest.raises(NotBlocked):
        commands.release_bed(by=SYSTEM, at=now(), bed=place)

    commands.block_bed(by=who.care_home_manager, at=now(), bed=place, reason="MAINTENANCE")
    with pytest.raises(BedNotFree):
        commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="CLOSED")
    with pytest.raises(BedNotFree):
        stay(elder(), place)
    commands.release_bed(by=who.care_home_manager, at=now() + timedelta(seconds=5), bed=place)

    with clock_at(now() + timedelta(minutes=1)):
        stay(elder(), place)


def test_maintenance_until_a_day_lasts_until_somebody_releases_it(who, elder):
    place = bed(who.care_home)
    commands.block_bed(by=SYSTEM, at=now(), bed=place, reason="MAINTENANCE", until=now() + DAY)

    with clock_at(now() + 2 * DAY), pytest.raises(BedNotFree):
        stay(elder(), place)


def test_a_bed_in_use_is_not_closed(who, elder):
    place = bed(who.care_home, at=now() - DAY)
    episode = stay(elder(), place, at=now() - timedelta(hours=5))
    with pytest.raises(BedInUse):
        commands.close_bed(by=SYSTEM, at=now(), bed=place)
    commands.discharge(by=SYSTEM, at=now() - timedelta(hours=1), episode=episode, reason="WISH")
    with pytest.raises(BedInUse):
        commands.close_bed(by=SYSTEM, at=now() - timedelta(hours=2), bed=place)

    commands.close_bed(by=who.care_home_manager, at=now(), bed=place, reason="renovation")

    with pytest.raises(BedOutOfService):
        stay(elder(), place)
    with pytest.raises(BedOutOfService):
        commands.close_bed(by=SYSTEM, at=now(), bed=place)


def test_a_bed_is_not_closed_before_it_was_opened(who):
    place = bed(who.care_home)

    with pytest.raises(EndsBeforeItBegins):
        commands.close_bed(by=SYSTEM, at=place.opened_at - DAY, bed=place)
