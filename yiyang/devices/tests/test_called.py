"""Whom an alarm calls as time passes: reminders, shifts that change, gaps in the roster, nights, and what comes back."""

from __future__ import annotations

import pytest

from yiyang.access.commands import remind_notices
from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.devices import commands, jobs
from yiyang.devices.models import Alarm, Device
from yiyang.devices.tests.factories import lent
from yiyang.devices.tests.test_alarms import MINUTE, NIGHT, elder, go_on, heard, rungs, told  # noqa: F401
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.models import RosterGap
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


def called(at_minute: int) -> set[str]:
    """The accounts and roles whose notices of an alarm wait now."""
    with clock_at(NIGHT + at_minute * MINUTE):
        run_pending()
        duty_jobs.go_on(NIGHT + at_minute * MINUTE)
    waiting = Notice.objects.filter(subject__startswith="duty.", withdrawn_at=None).select_related("account")
    return {one.account.name if one.account else one.role for one in waiting}


def test_a_danger_is_repeated_every_three_minutes_until_somebody_takes_it(cast: Cast, elder: Person) -> None:  # noqa: F811
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT):
        run_pending()
    repeated = []
    for minute in range(1, 14):
        at = NIGHT + minute * MINUTE
        with clock_at(at):
            if minute == 8:
                commands.acknowledge_alarm(by=cast.care_home_nurse, at=at, alarm=Alarm.objects.get())
                run_pending()
            if remind_notices(by=SYSTEM, at=at):
                repeated.append(minute)

    assert repeated == [3, 6]


def test_the_new_shift_is_called_about_what_is_open_and_the_old_one_left_in_peace(cast: Cast) -> None:
    with clock_at(NIGHT - 60 * MINUTE):
        found = person("张桂兰", organisation_id=cast.care_home.pk)
        lent(found, cast.care_home)
        post = duty.post(cast.care_home)
        first = duty.shift(post, cast.care_home_nurse, NIGHT - 60 * MINUTE, 61 / 60)
        duty.shift(post, cast.care_worker, first.period.upper, 8)
    told(found, NIGHT, ("CALL", 1, 0))

    assert called(0) == {cast.care_home_nurse.account.name}
    assert called(2) == {cast.care_worker.account.name}
    assert rungs(Alarm.objects.get()) == ["ON_DUTY", "ON_DUTY"]


def test_a_gap_in_the_roster_goes_to_the_manager_by_name_and_is_reported(cast: Cast) -> None:
    with clock_at(NIGHT - 60 * MINUTE):
        found = person("张桂兰", organisation_id=cast.care_home.pk)
        lent(found, cast.care_home)
        duty.post(cast.care_home)
    told(found, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT):
        duty_jobs.tell_gaps(NIGHT)

    assert called(0) == {"CARE_HOME_MANAGER"}
    assert rungs(Alarm.objects.get()) == ["MANAGER"]
    assert RosterGap.objects.exists() and Notice.objects.filter(subject="duty.gap").exists()
    assert called(4) == {"CARE_HOME_MANAGER", "COORDINATOR"}


def test_what_can_wait_goes_to_nobody_further_before_the_morning(cast: Cast, elder: Person) -> None:  # noqa: F811
    heard(NIGHT - 30 * MINUTE, *Device.objects.all())
    with clock_at(NIGHT):
        jobs.watch(NIGHT)

    assert Alarm.objects.get().severity == "ROUTINE"
    go_on(0)
    assert called(300) == {cast.care_home_nurse.account.name}  # seven in the morning
    assert called(60 * 8 + 1) == {cast.care_home_nurse.account.name, cast.care_worker.account.name}


def test_what_comes_back_soon_is_the_same_alarm_and_later_a_new_one(cast: Cast, elder: Person) -> None:  # noqa: F811
    slow = [("HEART_RATE", 40.0, minutes) for minutes in (2, 1, 0)]
    well = [("HEART_RATE", 70.0, minutes) for minutes in (2, 1, 0)]
    found = []
    for minute in (0, 10, 30):
        told(elder, NIGHT + minute * MINUTE, *slow)
        told(elder, NIGHT + (minute + 4) * MINUTE, *well)
        found.append([(one.times, one.active) for one in Alarm.objects.order_by("raised_at")])

    assert found == [[(1, False)], [(2, False)], [(2, False), (1, False)]]
