from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.devices import commands
from yiyang.devices.commands.alarms import AlarmTaken, LookAtThePersonFirst
from yiyang.devices.commands.judging import judge
from yiyang.devices.models import Alarm, Device
from yiyang.devices.rules.judging.fresh import Fresh
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.factories import lent
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.models import Matter
from yiyang.duty.tests import factories as duty
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)


@pytest.fixture
def elder(cast: Cast) -> Person:
    """Has a bracelet of the care home, where the nurse is on duty this night with the care worker as deputy."""
    with clock_at(NIGHT - 240 * MINUTE):
        found = person("张桂兰", organisation_id=cast.care_home.pk)
        lent(found, cast.care_home)
    with clock_at(NIGHT - 60 * MINUTE):
        duty.shift(
            duty.post(cast.care_home), cast.care_home_nurse, NIGHT - 60 * MINUTE, deputy=cast.care_worker
        )
    return found


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def told(who: Person, at: datetime, *readings: tuple[str, float, float], now: datetime | None = None) -> int:
    """Readings as (quantity, value, minutes before `at`), stored and judged as the intake does it."""
    with clock_at(now or at):
        codes = [BY_NAME[name].no for name, _value, _minutes in readings]
        fresh = Fresh(
            [who.pk] * len(codes), codes, [micros(at - minutes * MINUTE) for _n, _v, minutes in readings],
            [value for _n, value, _m in readings], [Device.objects.get().no] * len(codes), [0] * len(codes),
        )  # fmt: skip
        return judge(fresh, now=now or at)


def rungs(alarm: Alarm) -> list[str]:
    steps = [step for one in Matter.objects.filter(subject_id=alarm.pk) for step in one.steps.all()]
    return [step.rung for step in sorted(steps, key=lambda step: (step.at, step.pk))]


def go_on(minutes: int, since: datetime = NIGHT) -> None:
    for minute in range(minutes + 1):
        with clock_at(since + minute * MINUTE):
            duty_jobs.go_on(since + minute * MINUTE)


def test_a_fall_is_told_at_once_and_up_the_ladder_until_somebody_takes_it(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT):
        run_pending()
    alarm = Alarm.objects.get()

    assert (alarm.cause, alarm.severity, alarm.unit_id) == ("FALL", "EMERGENCY", cast.care_home.pk)
    first = Notice.objects.get(subject="duty.your_turn")
    assert (first.account_id, first.priority) == (cast.care_home_nurse.account_id, "EMERGENCY")
    assert first.next_reminder_at is not None
    go_on(4)
    assert rungs(alarm) == ["ON_DUTY", "DEPUTY"]

    with clock_at(NIGHT + 5 * MINUTE):
        commands.acknowledge_alarm(by=cast.care_worker, at=NIGHT + 5 * MINUTE, alarm=alarm)
        run_pending()
    go_on(30)

    assert rungs(alarm) == ["ON_DUTY", "DEPUTY"]
    assert not Notice.objects.filter(subject__startswith="duty.", withdrawn_at=None).exists()
    with pytest.raises(AlarmTaken), clock_at(NIGHT + 6 * MINUTE):
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=NIGHT + 6 * MINUTE, alarm=alarm)


def test_an_event_that_comes_hours_late_alarms_with_its_delay_and_stays_until_the_person_is_seen(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT - 180 * MINUTE, ("CALL", 1, 0), ("CALL", 1, 1), now=NIGHT)
    told(elder, NIGHT - 170 * MINUTE, ("CALL", 0, 0), now=NIGHT)
    alarm = Alarm.objects.get()

    assert alarm.delay is not None and alarm.delay >= timedelta(hours=2)
    with clock_at(NIGHT + MINUTE):
        at: Any = {"by": cast.care_home_nurse, "at": NIGHT + MINUTE, "alarm": alarm}
        with pytest.raises(LookAtThePersonFirst):
            commands.close_alarm(**at, outcome="TRUE", done="吃药")
        commands.mark_person_seen(**at)
        closed = commands.close_alarm(**at, outcome="TRUE", done="扶起，无伤")

    assert (closed.outcome, closed.acknowledged_at) == ("TRUE", NIGHT + MINUTE)


def test_pressing_the_button_again_calls_whoever_had_taken_it(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("CALL", 1, 0))
    with clock_at(NIGHT + MINUTE):
        commands.acknowledge_alarm(by=cast.care_worker, at=NIGHT + MINUTE, alarm=Alarm.objects.get())
    told(elder, NIGHT + 5 * MINUTE, ("CALL", 1, 0))

    alarm = Alarm.objects.get()
    assert (alarm.times, alarm.acknowledged_at) == (2, None)


def test_the_inbox_and_the_page_of_an_alarm_for_the_unit_and_for_nobody_else(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    alarm = Alarm.objects.get()
    for who, status in ((cast.care_home_nurse, 200), (cast.other_manager, 404)):
        client = Client()
        client.force_login(who.account)
        assert client.get(f"/alarms/{alarm.pk}/").status_code == status
        assert ("张桂兰" in client.get("/alarms/").content.decode()) == (status == 200)
    client.force_login(cast.care_worker.account)
    answer = client.post(f"/alarms/{alarm.pk}/acknowledge/", follow=True)
    assert "I take it" not in answer.content.decode()
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cast.care_worker.account_id
