from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from yiyang.duty.queries import days
from yiyang.duty.rules.hours import Hours, NoDutyDay, add_minutes, off_hours
from yiyang.duty.rules.ladder import next_rung
from yiyang.duty.rules.posts import Staffed, gaps, without
from yiyang.kernel.ids import new_id

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(time(8), time(17), ZONE, days.works)

COUNTED = """
from             | minutes || until            | why
2026-11-06 16:00 |      30 || 2026-11-06 16:30 | the same Friday
2026-11-06 16:00 |     120 || 2026-11-09 09:00 | over a weekend
2026-11-06 22:00 |      60 || 2026-11-09 09:00 | asked at night
2026-11-07 10:00 |      60 || 2026-11-09 09:00 | asked on a Saturday
2026-09-30 16:00 |     120 || 2026-10-08 09:00 | over National Day
2026-02-14 16:00 |     120 || 2026-02-24 09:00 | a make-up Saturday before Spring Festival counts
2026-11-09 08:00 |     540 || 2026-11-09 17:00 | a whole day ends that day
2026-11-09 08:00 |     541 || 2026-11-10 08:01 | one minute more
"""


def rows(table: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.replace("||", "|").split("|")]
        for line in table.strip().splitlines()[1:]
    ]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(("start", "minutes", "until", "why"), rows(COUNTED))
def test_deadlines_count_duty_hours(start: str, minutes: str, until: str, why: str) -> None:
    assert add_minutes(HOURS, at(start), int(minutes)) == at(until), why


def test_a_calendar_without_workdays_is_a_fault_and_not_an_endless_search() -> None:
    with pytest.raises(NoDutyDay):
        add_minutes(Hours(time(8), time(17), ZONE, lambda day: False), at("2026-11-06 16:00"), 1)


def test_holidays_and_make_up_days_come_as_published() -> None:
    assert not days.works(date(2026, 10, 1))
    assert days.works(date(2026, 2, 14))
    assert days.name_of(date(2026, 10, 1)) == "国庆节"
    assert days.published(2026)
    assert not days.published(2099)


def test_nights_and_weekends_lie_between_the_hours_of_work() -> None:
    found = off_hours(HOURS, at("2026-11-06 12:00"), at("2026-11-09 12:00"))

    assert found == [(at("2026-11-06 17:00"), at("2026-11-09 08:00"))]


def test_a_gap_is_what_must_be_staffed_and_is_not() -> None:
    night = Staffed(new_id(), "NIGHT_DUTY", "OFF_HOURS", ((at("2026-11-09 17:00"), at("2026-11-09 22:00")),))

    assert gaps(night, HOURS, at("2026-11-09 08:00"), at("2026-11-10 08:00")) == [
        (at("2026-11-09 22:00"), at("2026-11-10 08:00"))
    ]
    planned = Staffed(new_id(), "OTHER", "AS_PLANNED")
    assert gaps(planned, HOURS, at("2026-11-09 08:00"), at("2026-11-10 08:00")) == []


def test_a_shift_in_the_middle_leaves_a_gap_on_each_side() -> None:
    day = (at("2026-11-09 08:00"), at("2026-11-09 17:00"))
    middle = (at("2026-11-09 10:00"), at("2026-11-09 12:00"))

    assert without([day], [middle]) == [(day[0], middle[0]), (middle[1], day[1])]


LADDER = """
after       | on duty | deputy | manager | coordinator || next
-           | yes     | yes    | yes     | yes         || ON_DUTY
-           | no      | no     | yes     | yes         || MANAGER
-           | no      | no     | no      | yes         || COORDINATOR
ON_DUTY     | yes     | yes    | yes     | yes         || DEPUTY
ON_DUTY     | yes     | no     | yes     | yes         || MANAGER
DEPUTY      | yes     | yes    | yes     | yes         || MANAGER
MANAGER     | yes     | yes    | yes     | yes         || COORDINATOR
MANAGER     | yes     | yes    | yes     | no          || -
COORDINATOR | yes     | yes    | yes     | yes         || -
"""


@pytest.mark.parametrize(("after", "on_duty", "deputy", "manager", "coordinator", "following"), rows(LADDER))
def test_when_nobody_acts_the_next_one_is_told(
    after: str, on_duty: str, deputy: str, manager: str, coordinator: str, following: str
) -> None:
    found = next_rung(
        after.strip("-"),
        on_duty=on_duty == "yes",
        deputy=deputy == "yes",
        manager=manager == "yes",
        coordinator=coordinator == "yes",
    )

    assert found == following.strip("-")
