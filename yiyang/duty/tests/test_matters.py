from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.duty import commands, jobs, matters, queries
from yiyang.duty.commands.taking_over import NotYourShift, TakenOverAlready, TooEarlyToTakeOver
from yiyang.duty.models import Matter, RosterGap, ShiftNote
from yiyang.duty.tests import factories as f
from yiyang.kernel.models import PlainFact
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime(2026, 11, 10, 23, tzinfo=ZoneInfo("Asia/Shanghai"))


def told(matter: Matter) -> list[str]:
    return [step.rung for step in matter.steps.order_by("at", "pk")]


def test_when_nobody_acts_deputy_manager_and_coordinator_are_told_in_turn_and_once(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, NIGHT, deputy=cast.care_worker)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT, coordinator_id=cast.centre.pk)

    for minutes in range(0, 60, 5):
        with clock_at(NIGHT + minutes * MINUTE):
            jobs.go_on(NIGHT + minutes * MINUTE)

    assert told(matter) == ["ON_DUTY", "DEPUTY", "MANAGER", "COORDINATOR"]
    assert PlainFact.objects.filter(name="matter.told", subject_id=matter.pk).count() == 4
    sent = Notice.objects.filter(subject__startswith="duty.").order_by("created_at", "pk")
    assert [(one.account_id, one.organisation_id, one.role) for one in sent] == [
        (cast.care_home_nurse.account_id, None, ""),
        (cast.care_worker.account_id, None, ""),
        (None, cast.care_home.pk, "CARE_HOME_MANAGER"),
        (None, cast.centre.pk, "COORDINATOR"),
    ]
    assert [one.created_at - NIGHT for one in sent] == [0 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE]


def test_above_the_roster_stands_who_was_told_and_not_who_failed_to_act(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, NIGHT)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT, coordinator_id=cast.centre.pk)
    for minutes in range(0, 60, 5):
        with clock_at(NIGHT + minutes * MINUTE):
            jobs.go_on(NIGHT + minutes * MINUTE)

    assert [(step.rung, step.name) for step in matter.steps.order_by("at", "pk")] == [
        ("ON_DUTY", cast.care_home_nurse.account.name),
        ("MANAGER", cast.care_home_manager.account.name),
        ("COORDINATOR", cast.coordinator.account.name),
    ]


def test_a_gap_goes_at_once_to_the_manager(cast: Cast) -> None:
    f.post(cast.care_home)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT, coordinator_id=cast.centre.pk)

    assert told(matter) == ["MANAGER"]
    assert Notice.objects.get(subject="duty.manager_gap").role == "CARE_HOME_MANAGER"


def test_a_shift_that_ends_with_nobody_after_it_goes_at_once_to_the_manager(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, NIGHT - HOUR, 1 + 1 / 30)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT)

    with clock_at(NIGHT + 3 * MINUTE):
        jobs.go_on(NIGHT + 3 * MINUTE)

    assert told(matter) == ["ON_DUTY", "MANAGER"]


def test_the_new_shift_is_told_of_what_is_open_and_the_old_one_is_left_in_peace(cast: Cast) -> None:
    post = f.post(cast.care_home)
    f.shift(post, cast.care_home_nurse, NIGHT - HOUR, 1.1)
    morning = f.shift(post, cast.care_worker, NIGHT + 6 * MINUTE, 8)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT)

    with clock_at(NIGHT + 7 * MINUTE):
        jobs.go_on(NIGHT + 7 * MINUTE)
        jobs.go_on(NIGHT + 7 * MINUTE)

    first, second = Notice.objects.filter(subject="duty.your_turn").order_by("created_at")
    assert first.withdrawn_at is not None and first.account_id == cast.care_home_nurse.account_id
    assert second.withdrawn_at is None and second.account_id == cast.care_worker.account_id
    matter.refresh_from_db()
    assert matter.shift_id == morning.pk
    assert matter.next_at == NIGHT + 17 * MINUTE
    assert queries.open_matters([cast.care_home.pk]) == [matter]


def test_what_no_longer_waits_is_closed_and_its_notices_leave(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, NIGHT)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT, subject_kind="Gone")
    matters.register("Gone")(lambda ids: set())

    with clock_at(NIGHT + MINUTE):
        jobs.go_on(NIGHT + MINUTE)

    matter.refresh_from_db()
    assert matter.closed_at == NIGHT + MINUTE
    assert Notice.objects.get(subject="duty.your_turn").withdrawn_at is not None


def test_a_routine_matter_asked_at_night_waits_for_the_morning_before_it_goes_up(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, NIGHT, 14)
    with clock_at(NIGHT):
        matter = f.matter(cast.care_home, NIGHT, urgency="ROUTINE")

    assert matter.next_at == NIGHT + 11 * HOUR  # ten in the morning: two hours of work


def test_a_unit_without_a_roster_has_its_manager_told_when_nobody_acts(cast: Cast) -> None:
    with clock_at(NIGHT):
        matter = f.matter(cast.hospital, NIGHT)
    with clock_at(NIGHT + 10 * MINUTE):
        jobs.go_on(NIGHT + 10 * MINUTE)

    assert told(matter) == ["ON_DUTY", "MANAGER"]


def test_one_who_was_reached_by_telephone_gets_time(cast: Cast) -> None:
    f.shift(f.post(cast.hospital, "WARD_DOCTOR"), cast.ward_doctor, NIGHT)
    with clock_at(NIGHT):
        matter = f.matter(cast.hospital, NIGHT, link="/transfers/1/")
    with clock_at(NIGHT + 9 * MINUTE):
        commands.note_call(
            by=cast.care_home_nurse, at=now(), from_unit=cast.care_home.pk, to_unit=cast.hospital.pk,
            result="REACHED", subject=matter, link="/transfers/1/",
        )  # fmt: skip

    matter.refresh_from_db()
    assert matter.next_at == NIGHT + 19 * MINUTE


def test_the_next_shift_reads_the_note_and_takes_over(cast: Cast) -> None:
    post = f.post(cast.care_home)
    day = f.shift(post, cast.care_home_nurse, NIGHT - 8 * HOUR, 8)
    night = f.shift(post, cast.care_worker, NIGHT, 8, deputy=cast.night_duty_officer)
    with clock_at(NIGHT - 5 * MINUTE):
        commands.write_shift_note(
            by=cast.care_home_nurse, at=now(), post=post, shift=day, text="302 has a fever, doctor called"
        )

        with pytest.raises(NotYourShift):
            commands.take_over_shift(by=cast.care_home_nurse, at=now(), shift=night)
        commands.take_over_shift(by=cast.care_worker, at=now(), shift=night)
        with pytest.raises(TakenOverAlready):
            commands.take_over_shift(by=cast.night_duty_officer, at=now(), shift=night)

    note = ShiftNote.objects.get()
    assert note.acknowledged_by == cast.care_worker.account_id
    night.refresh_from_db()
    assert night.taken_over_at == NIGHT - 5 * MINUTE


def test_nobody_takes_over_half_a_day_early(cast: Cast) -> None:
    night = f.shift(f.post(cast.care_home), cast.care_worker, NIGHT, 8)

    with clock_at(NIGHT - 12 * HOUR), pytest.raises(TooEarlyToTakeOver):
        commands.take_over_shift(by=cast.care_worker, at=now(), shift=night)


def test_a_gap_is_told_to_the_manager_before_it_begins_and_once(cast: Cast) -> None:
    post = f.post(cast.care_home, "NIGHT_DUTY", cover="OFF_HOURS")
    noon = NIGHT - 11 * HOUR
    f.shift(post, cast.night_duty_officer, noon.replace(hour=17), 5)

    for _again in range(3):
        with clock_at(noon):
            jobs.tell_gaps(noon)

    gap = RosterGap.objects.get()
    assert (gap.begins_at, gap.ends_at) == (noon.replace(hour=22), noon.replace(hour=8) + 24 * HOUR)
    notice = Notice.objects.get(subject="duty.gap")
    assert (notice.organisation_id, notice.role) == (cast.care_home.pk, "CARE_HOME_MANAGER")
    with translation.override("zh-hans"):
        assert "总值班" in notice.text


def test_a_gap_that_is_there_already_is_told_too(cast: Cast) -> None:
    f.post(cast.care_home)

    with clock_at(NIGHT):
        jobs.tell_gaps(NIGHT)
    with clock_at(NIGHT + HOUR):
        jobs.tell_gaps(NIGHT + HOUR)

    assert RosterGap.objects.count() == 1


def test_the_coordinator_sees_the_gaps_of_the_district_and_a_manager_those_of_the_home(cast: Cast) -> None:
    f.post(cast.care_home)
    f.post(cast.hospital, "WARD_DOCTOR")

    assert len(queries.gaps(cast.coordinator, NIGHT, NIGHT + HOUR)) == 2
    assert len(queries.gaps(cast.care_home_manager, NIGHT, NIGHT + HOUR)) == 1
    assert not queries.gaps(cast.other_manager, NIGHT, NIGHT + HOUR)


def test_calls_are_kept_with_what_came_of_them(cast: Cast) -> None:
    commands.note_call(
        by=cast.care_home_nurse, at=now(), from_unit=cast.care_home.pk, to_unit=cast.hospital.pk,
        to_name="Dr Chen", telephone="021-1234", result="NO_ANSWER", note="rang ten times",
    )  # fmt: skip

    for reader in (cast.care_home_manager, cast.ward_doctor, cast.coordinator):
        assert [one.note for one in queries.calls(reader)] == ["rang ten times"]
    for reader in (cast.stranger, cast.supervisor_health, cast.other_elder):
        assert not queries.calls(reader).exists()


def test_only_the_platform_itself_opens_matters(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        commands.open_matter(
            by=cast.coordinator, at=now(), unit_id=cast.care_home.pk, act="SEND", urgency="URGENT",
            subject_kind="Test", subject_id=cast.centre.pk,
        )  # fmt: skip
