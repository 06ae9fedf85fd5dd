"""The waiting list: joining, channels, places offered in an order that can be explained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.acting import stand_in
from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.commands.conflicts import BedNotFree
from yiyang.beds.commands.places import NotTheFirst, PlaceLapsed
from yiyang.beds.commands.waiting import AlreadyWaiting, ChannelNeedsReason, NotWaiting, NotYoursToDecide
from yiyang.beds.models import Occupancy
from yiyang.beds.tests.factories import bed, stay, transfer, whereabouts
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands as people
from yiyang.people import queries as people_queries
from yiyang.people.tests.factories import seen_by

HOUR = timedelta(hours=1)


@pytest.fixture
def joined(who, elder):
    def join(name="王秀英", kind="INSTITUTION", **more):
        return commands.join_waiting_list(
            by=SYSTEM, at=now(), person=elder(name), kind=kind, list_owner=who.centre.pk, **more
        )

    return join


def offer(entry, place, **more):
    return commands.offer_place(by=SYSTEM, at=now(), entry=entry, bed=place, **more)


def reserved(place):
    return Occupancy.objects.filter(bed=place, state="RESERVED").count()


def test_nobody_waits_twice_for_one_kind(who, joined):
    entry = joined()

    with pytest.raises(AlreadyWaiting):
        commands.join_waiting_list(
            by=SYSTEM, at=now(), person=entry.person, kind="INSTITUTION", list_owner=who.centre.pk
        )
    commands.join_waiting_list(
        by=SYSTEM, at=now(), person=entry.person, kind="HOSPITAL", list_owner=who.centre.pk
    )


def test_the_green_channel_gives_priority(who, elder):
    someone = elder()
    asked = transfer(who.care_home_nurse, someone)

    entry = commands.join_waiting_list(
        by=who.coordinator,
        at=now(),
        person=someone,
        kind="HOSPITAL",
        list_owner=who.centre.pk,
        transfer=asked,
    )

    assert (entry.channel, entry.channel_approved_by) == ("PRIORITY", who.coordinator.label)


def test_a_special_place_needs_a_reason_and_a_name(who, joined):
    with pytest.raises(ChannelNeedsReason):
        joined(channel="SPECIAL")
    entry = joined()
    with pytest.raises(ChannelNeedsReason):
        commands.change_channel(by=SYSTEM, at=now(), entry=entry, channel="SPECIAL", reason="")

    changed = commands.change_channel(
        by=SYSTEM, at=now(), entry=entry, channel="SPECIAL", reason="lives alone"
    )

    assert changed.joined_at == entry.joined_at
    assert changed.channel_approved_by == SYSTEM.label


def test_passing_over_somebody_needs_a_reason(who, joined):
    first, second, place = joined("张建国"), joined("李玉兰"), bed(who.care_home)

    with pytest.raises(NotTheFirst) as refused:
        offer(second, place)
    assert refused.value.details["name"] == "张建国"

    assert offer(second, place, out_of_order_reason="near the daughter").state == "OFFERED"
    assert first.state == "WAITING"


def test_who_wants_another_unit_is_not_passed_over(who, joined):
    joined("张建国", wanted_unit=who.other_home.pk)

    assert offer(joined("李玉兰"), bed(who.care_home)).state == "OFFERED"


def test_a_place_of_another_kind_is_not_offered(who, joined):
    with pytest.raises(SomeoneElse):
        offer(joined(), bed(who.hospital, "HOSPITAL"))


def test_the_place_is_kept_until_it_is_answered_or_lapses(who, joined, elder):
    place, entry = bed(who.care_home), joined()
    offer(entry, place)
    with pytest.raises(BedNotFree):
        stay(elder("李玉兰"), place)

    commands.answer_place(by=SYSTEM, at=now(), entry=entry, takes=False, reason="too far")
    entry.refresh_from_db()
    assert (entry.state, entry.passed_over, reserved(place)) == ("WAITING", 1, 0)

    offer(entry, place)
    entry.refresh_from_db()
    with pytest.raises(NotWaiting):
        commands.lapse_places(by=SYSTEM, at=now(), entry=entry)
    with clock_at(entry.offer_expires_at + HOUR):
        commands.lapse_places(by=SYSTEM, at=now(), entry=entry)
    entry.refresh_from_db()
    assert (entry.state, entry.passed_over, reserved(place)) == ("WAITING", 2, 0)


def test_a_second_offer_frees_the_first_place(who, joined):
    first, second, entry = bed(who.care_home), bed(who.care_home), joined()
    offer(entry, first)

    offer(entry, second)

    assert (reserved(first), reserved(second)) == (0, 1)


def test_whoever_takes_the_place_is_admitted_into_it(who, joined):
    place, entry = bed(who.care_home), joined()
    offer(entry, place)
    commands.answer_place(by=SYSTEM, at=now(), entry=entry, takes=True)

    stay(entry.person, place)

    assert whereabouts(entry.person) == [("PRESENT", "INSTITUTION", "阳光养老院")]
    with pytest.raises(NotWaiting):
        commands.answer_place(by=SYSTEM, at=now(), entry=entry, takes=True)


def test_whoever_finds_a_bed_elsewhere_no_longer_waits_and_frees_the_place(who, joined):
    place, entry = bed(who.care_home), joined()
    offer(entry, place)

    stay(entry.person, bed(who.other_home))

    entry.refresh_from_db()
    assert (entry.state, reserved(place)) == ("PLACED", 0)


def test_giving_up_frees_the_place(who, joined):
    place, entry = bed(who.care_home), joined()
    offer(entry, place)

    commands.give_up_waiting(by=SYSTEM, at=now(), entry=entry, reason="stays at home")

    assert reserved(place) == 0
    with pytest.raises(NotWaiting):
        commands.give_up_waiting(by=SYSTEM, at=now(), entry=entry, reason="again")


def test_who_will_take_the_person_in_sees_the_record_until_the_kept_bed_lapses(who, joined):
    place = bed(who.other_home)
    entry = joined("李桂英")
    manager = who.other_manager
    offer(entry, place)
    assert not manager.sees(entry.person_id)

    commands.answer_place(by=SYSTEM, at=now(), entry=entry, takes=True)

    assert manager.sees(entry.person_id)
    entry.refresh_from_db()
    with clock_at(entry.offer_expires_at + HOUR):
        assert not manager.sees(entry.person_id)
    commands.admit(by=manager, at=now(), person=entry.person, bed=place, reason="from the waiting list")
    with clock_at(entry.offer_expires_at + HOUR):
        assert manager.sees(entry.person_id)


def test_who_takes_a_place_too_late_is_told_until_when_it_was_kept_and_opens_nothing(who, joined):
    place, entry = bed(who.other_home), joined("李桂英")
    offer(entry, place)
    entry.refresh_from_db()

    with clock_at(entry.offer_expires_at + HOUR):
        with pytest.raises(PlaceLapsed):
            commands.answer_place(by=SYSTEM, at=now(), entry=entry, takes=True)

        entry.refresh_from_db()
        assert entry.state == "OFFERED"
        assert not who.other_manager.sees(entry.person_id)


def test_the_person_answers_for_themselves_also_at_a_counter_and_a_relative_only_when_entrusted(who, joined):
    entry = joined()
    seen_by(entry.person, who.centre.pk, basis="AREA", scope="BASIC")
    in_bed = bed(who.care_home, label="7-01")
    commands.offer_place(by=SYSTEM, at=now(), entry=entry, bed=in_bed)
    daughter = family("RELATIVE", name="王芳")
    people.delegate_access(
        by=SYSTEM, at=now(), person=entry.person, account_id=daughter.account_id, account_label="王芳",
        kinship="CHILD", scope="FULL", expires_at=now() + timedelta(days=9),
    )  # fmt: skip
    with pytest.raises(NotYoursToDecide):
        commands.answer_place(by=daughter, at=now(), entry=entry, takes=True)

    begun = people.start_assistance(
        by=who.adviser, at=now(), person=entry.person, channel="TELEPHONE", identity_check="CALLED_BACK",
        bound_to="test",
    )  # fmt: skip
    herself = stand_in(who.adviser, people_queries.standing(who.adviser, begun))
    commands.answer_place(by=herself, at=now(), entry=entry, takes=True)

    entry.refresh_from_db()
    assert entry.state == "PLACED"
    assert [one.name for one in people_queries.acts(begun)] == ["waiting.placed"]
