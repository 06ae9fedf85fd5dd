from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.access.tests.factories import Cast, actor
from yiyang.duty import commands, queries
from yiyang.duty.commands.posts import PostIsThere, PostStillStaffed, TelephoneNeeded
from yiyang.duty.commands.shifts import (
    DeputyForOneself,
    NothingToCopy,
    NotOfTheUnit,
    OnTwoPosts,
    PostTaken,
    ShiftEndsBeforeItBegins,
    ShiftOver,
    ShiftTooLong,
)
from yiyang.duty.models import Shift
from yiyang.duty.tests import factories as f
from yiyang.kernel.refusals import NotAllowed, Stale
from yiyang.kernel.time import now

HOUR = timedelta(hours=1)


def test_who_is_planned_answers_with_the_telephone_of_the_shift(cast: Cast) -> None:
    since = now()
    f.shift(
        f.post(cast.care_home), cast.care_home_nurse, since, telephone="13800001111", deputy=cast.care_worker
    )

    found = queries.who_answers(cast.care_home.pk, "ANSWER", since + HOUR)

    assert (found.name, found.telephone) == (cast.care_home_nurse.account.name, "13800001111")
    assert (found.deputy, found.deputy_telephone) == (cast.care_worker.account.name, "021-5550 1001")
    assert not found.gap


def test_an_hour_without_a_shift_is_a_gap_and_the_units_own_number_is_given(cast: Cast) -> None:
    cast.care_home.phone = cast.care_home.night_contact = "021-5551 0000"
    cast.care_home.save()
    f.shift(f.post(cast.care_home), cast.care_home_nurse, now(), 2)

    found = queries.who_answers(cast.care_home.pk, "ANSWER", now() + 3 * HOUR)

    assert found.gap
    assert found.dial == "02155510000"


def test_a_unit_without_a_roster_has_no_gap(cast: Cast) -> None:
    assert not queries.who_answers(cast.hospital.pk, "ANSWER", now()).gap


def test_the_post_that_is_there_for_the_act_answers_first(cast: Cast) -> None:
    f.shift(f.post(cast.hospital, "NIGHT_DUTY"), cast.head_nurse, now())
    f.shift(f.post(cast.hospital, "ADMISSION"), cast.admission_office, now())
    f.shift(f.post(cast.hospital, "WARD_DOCTOR"), cast.ward_doctor, now())

    assert queries.who_answers(cast.hospital.pk, "ANSWER", now()).name == cast.ward_doctor.account.name
    assert queries.who_answers(cast.hospital.pk, "GIVE_BED", now()).name == cast.admission_office.account.name


def test_two_people_are_not_on_one_post_at_a_time(cast: Cast) -> None:
    post = f.post(cast.care_home)
    f.shift(post, cast.care_home_nurse, now())

    with pytest.raises(PostTaken) as refusal:
        f.shift(post, cast.care_worker, now() + HOUR)
    assert cast.care_home_nurse.account.name in str(refusal.value)


def test_one_person_on_two_posts_is_refused_until_it_is_said_why(cast: Cast) -> None:
    nurse, duty = f.post(cast.care_home), f.post(cast.care_home, "NIGHT_DUTY")
    f.shift(nurse, cast.care_home_nurse, now())

    with pytest.raises(OnTwoPosts):
        f.shift(duty, cast.care_home_nurse, now() + HOUR)
    both = f.shift(duty, cast.care_home_nurse, now() + HOUR, also_elsewhere="small home, one nurse at night")

    assert both.also_elsewhere == "small home, one nurse at night"


def test_the_database_itself_refuses_a_person_on_two_posts_without_a_reason(cast: Cast) -> None:
    nurse, duty = f.post(cast.care_home), f.post(cast.care_home, "NIGHT_DUTY")
    first = f.shift(nurse, cast.care_home_nurse, now())

    with pytest.raises(IntegrityError, match="shift_person_on_two_posts"), transaction.atomic():
        Shift.objects.create(
            post=duty, account=first.account, planned_at=now(),
            period=DateTimeTZRange(now() + HOUR, now() + 2 * HOUR),
        )  # fmt: skip
    with pytest.raises(IntegrityError, match="shift_one_on_a_post"), transaction.atomic():
        Shift.objects.create(
            post=nurse, account=cast.care_worker.account, planned_at=now(),
            period=DateTimeTZRange(now() + HOUR, now() + 2 * HOUR),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [(0, ShiftEndsBeforeItBegins), (-1, ShiftEndsBeforeItBegins), (24 * 8, ShiftTooLong)],
)
def test_a_shift_has_a_length_that_can_be_worked(cast: Cast, hours: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        f.shift(f.post(cast.care_home), cast.care_home_nurse, now(), hours)


def test_only_those_who_work_for_the_unit_stand_in_its_roster(cast: Cast) -> None:
    post = f.post(cast.care_home)

    with pytest.raises(NotOfTheUnit):
        f.shift(post, cast.stranger, now())
    with pytest.raises(NotOfTheUnit):
        f.shift(post, cast.care_home_nurse, now(), deputy=cast.ward_doctor)
    with pytest.raises(DeputyForOneself):
        f.shift(post, cast.care_home_nurse, now(), deputy=cast.care_home_nurse)


def test_two_people_swap_their_shifts(cast: Cast) -> None:
    post = f.post(cast.care_home)
    day = f.shift(post, cast.care_home_nurse, now() + HOUR, 8, telephone="111111")
    night = f.shift(
        post, cast.care_worker, now() + 9 * HOUR, 8, telephone="222222", deputy=cast.care_home_nurse
    )

    commands.swap_shifts(by=cast.care_home_manager, at=now(), shift=day, other=night)

    day.refresh_from_db()
    night.refresh_from_db()
    assert (day.account_id, day.telephone) == (cast.care_worker.account_id, "222222")
    assert (night.account_id, night.telephone) == (cast.care_home_nurse.account_id, "111111")
    assert night.deputy_id is None


def test_a_cancelled_shift_leaves_a_gap_and_cannot_be_changed(cast: Cast) -> None:
    shift = f.shift(f.post(cast.care_home), cast.care_home_nurse, now() + HOUR)

    commands.cancel_shift(by=cast.care_home_manager, at=now(), shift=shift, reason="ill")

    found = queries.gaps(cast.care_home_manager, now(), now() + 24 * HOUR)
    assert len(found) == 1
    with pytest.raises(ShiftOver):
        commands.cancel_shift(by=cast.care_home_manager, at=now(), shift=shift, reason="ill")


def test_a_stale_page_does_not_overwrite_a_shift(cast: Cast) -> None:
    shift = f.shift(f.post(cast.care_home), cast.care_home_nurse, now() + HOUR)
    change = {
        "by": cast.care_home_manager, "at": now(), "shift": shift, "since": shift.period.lower,
        "until": shift.period.upper, "version": shift.version,
    }  # fmt: skip
    commands.change_shift(**change, account_id=cast.care_worker.account_id)

    with pytest.raises(Stale):
        commands.change_shift(**change, account_id=cast.care_home_nurse.account_id)


def test_a_week_is_copied_and_what_does_not_fit_is_named(cast: Cast) -> None:
    post = f.post(cast.care_home)
    monday = queries.week_of(now().date())
    f.shift(post, cast.care_home_nurse, monday + 8 * HOUR)
    f.shift(post, cast.care_worker, monday + 32 * HOUR)
    next_week = monday + timedelta(days=7)
    f.shift(post, cast.night_duty_officer, next_week + 32 * HOUR)

    copied = commands.copy_week(
        by=cast.care_home_manager, at=now(), unit_id=cast.care_home.pk, since=next_week
    )

    assert [one.period.lower for one in copied.shifts] == [next_week + 8 * HOUR]
    [(left_out, why)] = copied.left_out
    assert left_out.account_id == cast.care_worker.account_id
    assert isinstance(why, PostTaken)
    with pytest.raises(NothingToCopy):
        commands.copy_week(
            by=cast.care_home_manager, at=now(), unit_id=cast.care_home.pk, since=monday + timedelta(days=70)
        )


def test_posts_need_a_telephone_and_are_not_doubled(cast: Cast) -> None:
    post = f.post(cast.care_home)

    with pytest.raises(PostIsThere):
        f.post(cast.care_home)
    with pytest.raises(TelephoneNeeded):
        f.post(cast.care_home, "NIGHT_DUTY", telephone="ask Wang")
    f.shift(post, cast.care_home_nurse, now())
    with pytest.raises(PostStillStaffed):
        commands.close_post(by=cast.care_home_manager, at=now(), post=post)


def test_a_roster_is_kept_by_its_own_unit(cast: Cast) -> None:
    post = f.post(cast.care_home)

    for by in (cast.other_manager, cast.care_worker, cast.stranger, cast.supervisor_health):
        with pytest.raises(NotAllowed):
            commands.edit_post(by=by, at=now(), post=post, telephone="021-1234")
    assert not queries.posts(cast.other_manager).exists()
    assert not queries.posts(cast.supervisor_health).exists()
    assert queries.posts(actor("COORDINATOR", cast.centre)).exists()
