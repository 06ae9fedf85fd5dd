"""The coordinator who ranks those who wait knows who they are, as long as they wait; nobody else does for that."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from yiyang.access.models import Organisation
from yiyang.access.tests.factories import Cast, actor, area, organisation
from yiyang.beds import commands
from yiyang.beds.models import WaitingEntry
from yiyang.beds.queries import waiting_list
from yiyang.beds.tests.factories import bed, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.models import CareRelationship, Person
from yiyang.people.queries import scope


def waits(who: Cast, someone: Person, owner: Organisation | None = None, **fields: object) -> WaitingEntry:
    return commands.join_waiting_list(
        by=SYSTEM, at=now(), person=someone, kind="INSTITUTION", list_owner=(owner or who.centre).pk, **fields
    )


def test_the_coordinator_sees_the_name_and_no_more_of_who_joined_without_a_transfer(
    who: Cast, elder: Callable[..., Person]
) -> None:
    someone = elder()
    assert not who.coordinator.sees(someone.pk)

    entry = waits(who, someone)

    assert who.coordinator.sees(someone.pk)
    assert scope(who.coordinator, someone.pk) == "BASIC"
    [line] = waiting_list.waiting_list(who.coordinator, "INSTITUTION", who.centre.pk)
    assert line.who is not None
    assert line.who.name == someone.full_name
    commands.offer_place(by=who.coordinator, at=now(), entry=entry, bed=bed(who.care_home))


@pytest.mark.parametrize("role", ["stranger", "other_manager", "ward_doctor", "supervisor_health"])
def test_nobody_else_sees_more_because_somebody_waits(
    who: Cast, elder: Callable[..., Person], role: str
) -> None:
    someone = elder()

    entry = waits(who, someone, wanted_unit=who.other_home.pk)

    assert not getattr(who, role).sees(someone.pk)
    with pytest.raises(NotFound):
        commands.change_channel(
            by=getattr(who, role), at=now(), entry=entry, channel="SPECIAL", reason="mine first"
        )


def test_a_coordinator_of_another_district_sees_nothing_of_it(
    who: Cast, elder: Callable[..., Person]
) -> None:
    elsewhere = organisation("黄浦区协调中心", "COORDINATION_CENTRE", area=area("310101"))
    foreign = actor("COORDINATOR", elsewhere)
    someone = elder()

    waits(who, someone)

    assert not foreign.sees(someone.pk)
    assert waiting_list.waiting_list(foreign, "INSTITUTION", who.centre.pk) == []


def test_a_list_that_is_not_a_coordination_centres_opens_no_record(
    who: Cast, elder: Callable[..., Person]
) -> None:
    someone = elder()

    waits(who, someone, owner=who.other_home)

    assert not who.other_manager.sees(someone.pk)


@pytest.mark.parametrize("how", ["given up", "place taken", "moved in", "died"])
def test_what_the_coordinator_saw_of_the_person_ends_with_the_entry(
    who: Cast, elder: Callable[..., Person], how: str
) -> None:
    someone = elder()
    entry = waits(who, someone)

    if how == "given up":
        commands.give_up_waiting(by=who.coordinator, at=now(), entry=entry, reason="moves to the son")
    elif how == "place taken":
        offered = commands.offer_place(by=who.coordinator, at=now(), entry=entry, bed=bed(who.care_home))
        commands.answer_place(by=who.coordinator, at=now(), entry=offered, takes=True)
    elif how == "moved in":
        stay(someone, bed(who.care_home))
    else:
        commands.record_death(by=who.care_home_nurse, at=now(), person=someone)

    assert not who.coordinator.sees(someone.pk)
    [ended] = CareRelationship.objects.filter(source_id=entry.pk, organisation_id=who.centre.pk)
    assert ended.ends_at is not None


def test_a_declined_place_leaves_the_coordinator_in_sight(who: Cast, elder: Callable[..., Person]) -> None:
    someone = elder()
    offered = commands.offer_place(
        by=who.coordinator, at=now(), entry=waits(who, someone), bed=bed(who.care_home)
    )

    commands.answer_place(by=who.coordinator, at=now(), entry=offered, takes=False)

    assert who.coordinator.sees(someone.pk)


def test_the_end_of_the_entry_does_not_take_what_a_transfer_opened(
    who: Cast, elder: Callable[..., Person]
) -> None:
    someone = elder()
    asked = transfer(who.care_home_nurse, someone, target_kind="INSTITUTION", trigger="WISH")
    entry = waits(who, someone, transfer=asked)

    commands.give_up_waiting(by=who.coordinator, at=now(), entry=entry, reason="no longer wanted")

    assert scope(who.coordinator, someone.pk) == "MOVE"
