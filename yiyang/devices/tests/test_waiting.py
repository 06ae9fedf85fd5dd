"""How long whoever is told of an alarm has: tried on last month's alarms, then signed, then kept to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from yiyang.access.tests.factories import Cast
from yiyang.devices import commands, jobs
from yiyang.devices.commands.rules import NotReplayed, TrialOver
from yiyang.devices.commands.waiting import TimesNotUsable
from yiyang.devices.models import Alarm, WaitingTimes
from yiyang.devices.queries import waiting
from yiyang.devices.tests.factories import nurse_on_duty, wearer
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.models import MatterStep
from yiyang.duty.rules.ladder import reached
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PlainFact
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person

MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)
SOONER = {"EMERGENCY": 1, "URGENT": 4, "ROUTINE": 60}


@pytest.fixture
def elder(cast: Cast, db: None) -> Person:
    """The nurse is on duty this night with the care worker as deputy, and the home has a manager."""
    found = wearer(cast, NIGHT - 240 * MINUTE)
    nurse_on_duty(cast, NIGHT - 60 * MINUTE)
    return found


def alarmed(
    elder: Person, cast: Cast, cause: str, since: datetime, taken_after: int, severity: str = "URGENT"
) -> Alarm:
    """Nobody takes it for so many minutes, while the clock of duty goes on."""
    with clock_at(since):
        alarm = commands.raise_alarm(
            by=SYSTEM, at=since, person=elder, cause=cause, severity=severity,
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


def tried(cast: Cast, at: datetime, reason: str = "夜间人手少") -> WaitingTimes:
    """Asked for, and then worked out by the worker."""
    with clock_at(at):
        made = commands.try_waiting_times(by=cast.coordinator, at=at, minutes=SOONER, reason=reason)
        jobs.try_times_on_last_month(made.pk)
    made.refresh_from_db()
    return made


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
    found = tried(cast, at)
    with clock_at(at):
        same = waiting.replay(waiting.in_force(at), waiting.in_force(at), at)
        later = waiting.replay(waiting.in_force(at), SOONER, at + timedelta(days=31))

    assert (rungs(soon), rungs(late)) == (["ON_DUTY"], ["ON_DUTY", "DEPUTY"])
    # 15 minutes by ten each: the deputy. By four each: the manager and the coordinator too.
    assert (found.result["alarms"], found.result["recorded"]) == (2, 1)
    assert (found.result["before_by"]["URGENT"], found.result["differ"]) == (1, 1)
    assert (found.result["after_by"]["URGENT"], found.rows[0]["after"]) == (3, "COORDINATOR")
    assert [row["alarm"] for row in found.rows] == [str(late.pk)]
    assert (found.rows[0]["before"], found.rows[0]["minutes"]) == ("DEPUTY", 15)
    assert (same.differ, same.rows, later.alarms) == (0, [], 0)
    assert (found.done, found.alarms, found.result["told_days"], found.result["days"]) == (2, 2, 1, 30)


def test_times_hold_once_they_are_signed_and_not_before(cast: Cast, elder: Person) -> None:
    at = NIGHT - 30 * MINUTE
    first, other = tried(cast, at), tried(cast, at, "另一次")
    before = alarmed(elder, cast, "CALL", NIGHT, taken_after=8)
    at = NIGHT + 10 * MINUTE
    with clock_at(at):
        commands.sign_waiting_times(by=cast.coordinator, at=at, trial=first)
        with pytest.raises(TrialOver):
            commands.sign_waiting_times(by=cast.coordinator, at=at, trial=other)
        with pytest.raises(TrialOver):
            commands.sign_waiting_times(by=cast.coordinator, at=at, trial=first)
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
        waits = client.get(there).content.decode()
        too_soon = client.post(f"{there}sign/")
        jobs.try_times_on_last_month(WaitingTimes.objects.get().pk)
        shown = client.get(there).content.decode()
        closed = nurse.get(there).status_code
        done = client.post(f"{there}sign/", follow=True).content.decode()

    assert 'value="10"' in asked and wrong.status_code == 422
    assert "<progress" in waits and "替班人 →" not in waits and "sign/" not in waits
    assert too_soon.status_code == NotReplayed.status and "<progress" not in shown
    assert "替班人 →" in shown and "30天中的1天" in shown
    assert "10 → 4" in shown and "张桂兰" not in shown
    assert closed == 403
    assert "夜间人手少" in done and WaitingTimes.objects.exclude(signed_at=None).count() == 1


def test_a_trial_is_worked_out_once_and_tells_how_far_it_is(
    cast: Cast, elder: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nth in range(3):
        alarmed(
            elder, cast, ("CALL", "GAS_ALARM", "SMOKE_ALARM")[nth], NIGHT + 30 * nth * MINUTE, taken_after=2
        )
    at = NIGHT + 90 * MINUTE
    monkeypatch.setattr(waiting, "AT_ONCE", 2)
    with clock_at(at):
        trial = commands.try_waiting_times(by=cast.coordinator, at=at, minutes=SOONER, reason="夜间人手少")
        told: list[tuple[int, int]] = []
        waiting.replay(trial.before, trial.minutes, at, lambda done, of: told.append((done, of)))
        waiting.tell(trial, 2, 3)
        trial.refresh_from_db()
        assert (told, trial.done, trial.alarms, trial.usable(at)) == ([(0, 3), (2, 3)], 2, 3, False)
        jobs.try_times_on_last_month(trial.pk)
        trial.refresh_from_db()
        with pytest.raises(Stale):
            commands.keep_waiting_trial(by=SYSTEM, at=at, trial=trial, result={"alarms": 9}, rows=[])
        waiting.tell(trial, 1, 3)
        jobs.try_times_on_last_month(trial.pk)

    trial.refresh_from_db()
    assert (trial.done, trial.result["alarms"]) == (3, 3) and trial.usable(at)
    assert ProcrastinateJob.objects.filter(task_name="yiyang.devices.jobs.try_waiting_times").count() == 1
    assert PlainFact.objects.filter(name="waiting_times.replayed").count() == 1


def test_many_alarms_take_no_more_statements_than_few(cast: Cast, elder: Person) -> None:
    counts = []
    for nth in range(2):
        for cause in ("CALL", "GAS_ALARM", "SMOKE_ALARM")[nth : 2 * nth + 1]:
            alarmed(elder, cast, cause, NIGHT + 5 * nth * MINUTE, 2, "ROUTINE")
        before = waiting.in_force(NIGHT)
        with CaptureQueriesContext(connection) as asked:
            found = waiting.replay(before, SOONER, NIGHT + 60 * MINUTE)
        counts.append((found.alarms, len(asked)))

    assert [alarms for alarms, _ in counts] == [1, 3] and counts[0][1] == counts[1][1]
