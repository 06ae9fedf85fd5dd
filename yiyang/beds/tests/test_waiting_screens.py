"""The waiting list on its pages: order, reasons, places offered and answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import WaitingEntry
from yiyang.beds.queries import waiting_list
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.models import Reading
from yiyang.kernel.time import clock_at, now
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db
LIST = "/waiting/"


def waits(who: Cast, name: str, *, days: int, **fields: Any) -> WaitingEntry:
    elder = person(name)
    with clock_at(now() - timedelta(days=days + 1)):
        seen_by(elder, who.centre.pk, basis="AREA")
    with clock_at(now() - timedelta(days=days)):
        return commands.join_waiting_list(
            by=who.coordinator, at=now(), person=elder, kind="INSTITUTION", list_owner=who.centre.pk, **fields
        )


def test_the_order_is_by_channel_then_by_the_day_of_joining_and_says_why() -> None:
    who = cast()
    waits(who, "李国华", days=30)
    waits(who, "张桂兰", days=20)
    waits(
        who, "王秀英", days=5, channel="PRIORITY", channel_reason="low income", channel_approved_by="Bureau"
    )

    html = page(who.coordinator, LIST)

    assert html.index("王秀英") < html.index("李国华") < html.index("张桂兰")
    assert "because: low income (approved by Bureau); nobody is before" in html
    assert "before: 1 joined this channel earlier, 1 is in a channel that goes first" in html


def test_ranks_are_those_among_all_also_for_a_unit_that_sees_some() -> None:
    who = cast()
    waits(who, "李国华", days=30)
    waits(who, "王秀英", days=5, wanted_unit=who.care_home.pk)

    [line] = waiting_list.waiting_list(who.care_home_manager, "INSTITUTION", who.centre.pk)

    assert (line.rank, line.rank_in_channel) == (2, 2)
    assert line.who is not None
    assert line.who.name == ""  # the home is wanted; that alone opens no name
    assert "李国华" not in page(who.care_home_manager, LIST)


def test_a_place_is_offered_to_the_first_and_passing_over_needs_a_reason() -> None:
    who = cast()
    place = bed(who.care_home, label="301A")
    waits(who, "李国华", days=30)
    second = waits(who, "王秀英", days=5)
    coordinator = signed_in(who.coordinator)
    url = reverse("beds:offer_place", args=[second.pk])

    refused = coordinator.post(url, {"bed": place.pk}).content.decode()
    assert "李国华 is before this person" in refused
    coordinator.post(url, {"bed": place.pk, "out_of_order_reason": "the first is in hospital"})

    second.refresh_from_db()
    assert (second.state, second.offered_bed) == ("OFFERED", place)
    assert "the family: answer" in page(who.coordinator, LIST)


@pytest.mark.parametrize(("takes", "state"), [("yes", "PLACED"), ("no", "WAITING")])
def test_the_answer_to_a_place(takes: str, state: str) -> None:
    who = cast()
    entry = waits(who, "王秀英", days=5)
    commands.offer_place(by=who.coordinator, at=now(), entry=entry, bed=bed(who.care_home))

    signed_in(who.coordinator).post(
        reverse("beds:answer_place", args=[entry.pk]), {"takes": takes, "reason": "x"}
    )

    entry.refresh_from_db()
    assert entry.state == state


def test_giving_up_and_changing_the_channel() -> None:
    who = cast()
    entry = waits(who, "王秀英", days=5)
    coordinator = signed_in(who.coordinator)

    coordinator.post(
        reverse("beds:change_channel", args=[entry.pk]),
        {"channel": "SPECIAL", "reason": "no family", "version": entry.version},
    )
    entry.refresh_from_db()
    assert (entry.channel, entry.channel_approved_by) == ("SPECIAL", who.coordinator.label)
    coordinator.post(reverse("beds:give_up_waiting", args=[entry.pk]), {"reason": "moves to the son"})
    entry.refresh_from_db()
    assert entry.state == "GIVEN_UP"
    assert "moves to the son" in page(who.coordinator, reverse("beds:waiting_entry", args=[entry.pk]))


def test_somebody_is_entered_from_the_page_of_the_person() -> None:
    who = cast()
    elder = person("王秀英")
    seen_by(elder, who.centre.pk, basis="AREA")
    url = reverse("beds:join_waiting_list", args=[elder.pk])
    coordinator = signed_in(who.coordinator)

    coordinator.post(url, {"kind": "INSTITUTION", "wanted_unit": who.care_home.pk, "channel": "ORDINARY"})
    again = coordinator.post(url, {"kind": "INSTITUTION", "wanted_unit": "", "channel": "ORDINARY"})

    entry = WaitingEntry.objects.get()
    assert (entry.list_owner, entry.wanted_unit) == (who.centre, who.care_home)
    assert "already waiting" in again.content.decode()


def test_who_is_ready_with_nowhere_to_go_is_listed_with_the_days_waited() -> None:
    who = cast()
    with clock_at(now() - timedelta(days=9)):
        episode = stay(person("王秀英"), bed(who.hospital, "HOSPITAL"))
        commands.set_expected_end(by=who.admission_office, at=now(), episode=episode, until=None, ready=True)

    html = page(who.ward_doctor, reverse("beds:ready_to_leave"))

    assert "王秀英" in html
    assert "<strong>9</strong>" in html
    assert "王秀英" not in page(who.coordinator, reverse("beds:ready_to_leave"))
    assert "区中心医院" in page(who.coordinator, reverse("beds:ready_to_leave"))
    assert "区中心医院" not in page(who.stranger, reverse("beds:ready_to_leave"))


def test_who_has_nothing_to_do_with_the_list_gets_nothing() -> None:
    who = cast()
    entry = waits(who, "王秀英", days=5)

    assert signed_in(who.stranger).get(LIST).status_code == 403
    assert signed_in(who.supervisor_health).get(LIST).status_code == 403
    assert "王秀英" not in page(who.other_manager, LIST)
    for name in ("waiting_entry", "offer_place", "change_channel", "give_up_waiting", "answer_place"):
        url = reverse(f"beds:{name}", args=[entry.pk])
        assert signed_in(who.other_manager).get(url).status_code == 404, name


def test_the_number_of_statements_does_not_depend_on_how_many_wait() -> None:
    who = cast()
    waits(who, "王秀英", days=5)
    few = statements(who.coordinator, LIST)
    for number in range(12):
        waits(who, f"李国华{number}", days=number)

    assert statements(who.coordinator, LIST) == few <= 15
    assert statements(who.coordinator, reverse("beds:ready_to_leave")) <= 15


def test_the_list_is_exported_as_the_reader_sees_it_and_the_reading_is_recorded() -> None:
    who = cast()
    waits(who, "李国华", days=30)
    priority = waits(
        who, "王秀英", days=5, channel="PRIORITY", channel_reason="=low income", channel_approved_by="Bureau"
    )

    csv = signed_in(who.coordinator).get(LIST, {"format": "csv"}).content.decode("utf-8-sig")
    narrowed = signed_in(who.coordinator).get(LIST, {"format": "csv", "channel": "PRIORITY"}).content.decode()
    xlsx = signed_in(who.coordinator).get(LIST, {"format": "xlsx"}).content

    lines = csv.splitlines()
    assert lines[0].startswith("Place,Who,Wants,Channel")
    assert lines[1].startswith("1,王秀英,any unit,priority channel,1,")
    assert lines[2].startswith("2,李国华,")
    assert "李国华" not in narrowed
    assert xlsx.startswith(b"PK")
    assert Reading.objects.filter(subject_kind="beds.waiting_list", persons__contains=[priority.person_id])


def test_an_exported_list_names_nobody_whom_the_reader_may_not_see() -> None:
    who = cast()
    waits(who, "王秀英", days=5, wanted_unit=who.care_home.pk)

    csv = signed_in(who.care_home_manager).get(LIST, {"format": "csv"}).content.decode()

    assert "王秀英" not in csv
    assert len(csv.splitlines()) == 2
    assert not Reading.objects.filter(subject_kind="beds.waiting_list")
