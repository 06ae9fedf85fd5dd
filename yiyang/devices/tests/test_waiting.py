"""How long whoever is told of an alarm has: tried on last month's alarms, then signed, then kept to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices import commands
from yiyang.devices.commands.rules import TrialOver
from yiyang.devices.commands.waiting import TimesNotUsable
from yiyang.devices.models import Alarm, WaitingTimes
from yiyang.devices.queries import waiting
from yiyang.devices.tests.factories import lent
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.models import MatterStep
from yiyang.duty.rules.ladder import reached
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)
SOONER = {"EMERGENCY": 1, "URGENT": 4, "ROUTINE": 60}


@pytest.fixture
def elder(cast: Cast, db: None) -> Person:
    """The nurse is on duty this night with the care worker as deputy, and the home has a manager."""
    with clock_at(NIGHT - 240 * MINUTE):
        found = person("张桂兰", organisation_id=cast.care_home.pk)
        lent(found, cast.care_home)
    with clock_at(NIGHT - 60 * MINUTE):
        duty.shift(
            duty.post(cast.care_home), cast.care_home_nurse, NIGHT - 60 * MINUTE, deputy=cast.care_worker
        )
    return found


def alarmed(elder: Person, cast: Cast, cause: str, since: datetime, taken_after: int) -> Alarm:
    """Nobody takes it for so many minutes, while the clock of duty goes on."""
    with clock_at(since):
        alarm = commands.raise_alarm(
            by=SYSTEM, at=since, person=elder, cause=cause, severity="URGENT",
            device=elder.device_loans.get().device,
        )  # fmt: skip
        run_pending()
    for minute in range(1, taken_after):
        with clock_at(since + minute * MINUTE):
            duty_jobs.go_on(since + minute * MINUTE)
    at = since + taken_after * MINUTE
    with clock_at(at):
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=at, alarm=alarm)
        run_pending()
    return alarm


def rungs(alarm: Alarm) -> list[str]:
    return list(MatterStep.objects.filter(matter__subject_id=alarm.pk).values_list("rung", flat=True))


@pytest.mark.parametrize(
    ("stood", "over", "each", "told"),
    [(4, 25, 10, 3), (4, 25, 5, 4), (2, 25, 5, 2), (3, 0, 5, 1), (0, 9, 5, 0)],
)
def test_the_ladder_is_gone_up_as_long_as_it_waits(stood: int, over: int, each: int, told: int) -> None:
    ladder = ["ON_DUTY", "DEPUTY", "MANAGER", "COORDINATOR"][:stood]

    found = reached(ladder, NIGHT, NIGHT + over * MINUTE, lambda at: at + each * MINUTE)

    assert found == ladder[:told]


def test_what_other_times_would_have_done_is_counted_from_last_months_alarms(
    cast: Cast, elder: Person
) -> None:
    soon = alarmed(elder, cast, "CALL", NIGHT, taken_after=3)
    late = alarmed(elder, cast, "GAS_ALARM", NIGHT + 30 * MINUTE, taken_after=15)
    at = NIGHT + 90 * MINUTE
    with clock_at(at):
        tried = commands.try_waiting_times(by=cast.coordinator, at=at, minutes=SOONER, reason="夜间人手少")
        same = waiting.replay(waiting.in_force(at), waiting.in_force(at), at)
        later = waiting.replay(waiting.in_force(at), SOONER, at + timedelta(days=31))

    assert (rungs(soon), rungs(late)) == (["ON_DUTY"], ["ON_DUTY", "DEPUTY"])
    # 15 minutes by ten each: the deputy. By four each: the manager and the coordinator too.
    assert (tried.result["alarms"], tried.result["recorded"]) == (2, 1)
    assert (tried.result["before_by"]["URGENT"], tried.result["differ"]) == (1, 1)
    assert (tried.result["after_by"]["URGENT"], tried.rows[0]["after"]) == (3, "COORDINATOR")
    assert [row["alarm"] for row in tried.rows] == [str(late.pk)]
    assert (tried.rows[0]["before"], tried.rows[0]["minutes"]) == ("DEPUTY", 15)
    assert (same.differ, same.rows, later.alarms) == (0, [], 0)


def test_times_hold_once_they_are_signed_and_not_before(cast: Cast, elder: Person) -> None:
    at = NIGHT - 30 * MINUTE
    with clock_at(at):
        tried = commands.try_waiting_times(by=cast.coordinator, at=at, minutes=SOONER, reason="夜间人手少")
        other = commands.try_waiting_times(by=cast.coordinator, at=at, minutes=SOONER, reason="另一次")
    before = alarmed(elder, cast, "CALL", NIGHT, taken_after=8)
    at = NIGHT + 10 * MINUTE
    with clock_at(at):
        commands.sign_waiting_times(by=cast.coordinator, at=at, trial=tried)
        with pytest.raises(TrialOver):
            commands.sign_waiting_times(by=cast.coordinator, at=at, trial=other)
        with pytest.raises(TrialOver):
            commands.sign_waiting_times(by=cast.coordinator, at=at, trial=tried)
    after = alarmed(elder, cast, "GAS_ALARM", NIGHT + 30 * MINUTE, taken_after=8)

    assert (rungs(before), rungs(after)) == (["ON_DUTY"], ["ON_DUTY", "DEPUTY"])
    assert waiting.signed(NIGHT) == {}
    assert waiting.in_force(at)["URGENT"] == SOONER["URGENT"]


@pytest.mark.parametrize("minutes", [(0, 4, 60), (5, 4, 60), (1, 4, 3000)])
def test_times_that_cannot_be_are_refused(cast: Cast, elder: Person, minutes: tuple[int, int, int]) -> None:
    given = dict(zip(("EMERGENCY", "URGENT", "ROUTINE"), minutes, strict=True))

    with clock_at(NIGHT), pytest.raises(TimesNotUsable):
        commands.try_waiting_times(by=cast.coordinator, at=NIGHT, minutes=given, reason="试")


def test_the_pages_try_show_and_sign_without_names_that_are_not_open(cast: Cast, elder: Person) -> None:
    alarmed(elder, cast, "GAS_ALARM", NIGHT, taken_after=15)
    client, nurse = Client(), Client()
    client.force_login(cast.coordinator.account)
    nurse.force_login(cast.care_home_nurse.account)
    with clock_at(NIGHT + 60 * MINUTE):
        asked = client.get("/alarm-rules/waiting/").content.decode()
        wrong = client.post(
            "/alarm-rules/waiting/", {"emergency": 9, "urgent": 4, "routine": 60, "reason": "试"}
        )
        there = client.post(
            "/alarm-rules/waiting/", {"emergency": 1, "urgent": 4, "routine": 60, "reason": "夜间人手少"}
        )["Location"]
        shown = client.get(there).content.decode()
        closed = nurse.get(there).status_code
        done = client.post(f"{there}sign/", follow=True).content.decode()

    assert 'value="10"' in asked and wrong.status_code == 422
    assert "替班人 →" in shown
    assert "10 → 4" in shown and "张桂兰" not in shown
    assert closed == 403
    assert "夜间人手少" in done and WaitingTimes.objects.exclude(signed_at=None).count() == 1
