from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access import commands, queries
from yiyang.access.commands.notices import AlreadyAcknowledged
from yiyang.access.models import Notice
from yiyang.access.notice_texts import notice_text, text_of
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import Installation
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import clock_at, now


def send(cast: f.Cast, **change: object) -> Notice:
    given = {
        "by": SYSTEM, "at": now(), "subject": "access.contract_ended",
        "organisation": cast.care_home, "role": "CARE_HOME_NURSE",
    }  # fmt: skip
    return commands.notify(**{**given, **change})


def test_a_notice_to_a_role_reaches_those_who_have_it_there(cast: f.Cast) -> None:
    notice = send(cast)

    assert notice in queries.notices(cast.care_home_nurse)
    for other in (cast.stranger, cast.care_home_manager, cast.ward_doctor, cast.other_elder, cast.unemployed):
        assert notice not in queries.notices(other)


def test_a_notice_to_an_account_reaches_it_alone(cast: f.Cast) -> None:
    notice = send(cast, organisation=None, role="", account=cast.other_elder.account)

    assert notice in queries.notices(cast.other_elder)
    assert notice not in queries.notices(cast.care_home_nurse)


def test_one_key_makes_one_notice(cast: f.Cast) -> None:
    assert send(cast, key="offer:1") == send(cast, key="offer:1")
    assert Notice.objects.count() == 1


def test_an_acknowledged_notice_leaves_the_open_inbox(cast: f.Cast) -> None:
    notice = send(cast)

    commands.acknowledge_notice(by=cast.care_home_nurse, at=now(), notice=notice)

    assert queries.open_notice_count(cast.care_home_nurse) == 0
    with pytest.raises(AlreadyAcknowledged):
        commands.acknowledge_notice(by=cast.care_home_nurse, at=now(), notice=notice)


def test_a_stranger_cannot_acknowledge(cast: f.Cast) -> None:
    notice = send(cast)

    with pytest.raises(NotFound):
        commands.acknowledge_notice(by=cast.stranger, at=now(), notice=notice)


def test_people_cannot_send_notices_directly(cast: f.Cast) -> None:
    with pytest.raises(NotAllowed):
        send(cast, by=cast.system_administrator)


def test_an_urgent_notice_is_repeated_until_acknowledged(cast: f.Cast) -> None:
    notice = send(cast, priority="URGENT")
    later = notice.next_reminder_at

    with clock_at(later):
        assert commands.remind_notices(by=SYSTEM, at=later) == 1
        assert commands.remind_notices(by=SYSTEM, at=later) == 0
        commands.acknowledge_notice(by=cast.care_home_nurse, at=later, notice=notice)
    much_later = later + timedelta(days=1)
    with clock_at(much_later):
        assert commands.remind_notices(by=SYSTEM, at=much_later) == 0


def test_a_worker_that_was_down_for_an_hour_reminds_once(cast: f.Cast) -> None:
    notice = send(cast, priority="EMERGENCY")
    later = notice.created_at + timedelta(hours=1)

    with clock_at(later):
        assert commands.remind_notices(by=SYSTEM, at=later) == 1
    notice.refresh_from_db()
    assert notice.reminders == 1 and notice.next_reminder_at > later


def test_a_withdrawn_notice_is_gone(cast: f.Cast) -> None:
    send(cast, key="offer:2", priority="URGENT")

    assert commands.withdraw_notice(by=SYSTEM, at=now(), key="offer:2") == 1
    assert not queries.notices(cast.care_home_nurse).exists()


def test_after_a_restore_notices_wait_for_an_operator(cast: f.Cast) -> None:
    Installation.objects.update_or_create(id=1, defaults={"messages_held": True})
    send(cast, priority="URGENT")
    assert not queries.notices(cast.care_home_nurse).exists()
    assert queries.waiting_notice_count() == 1

    commands.release_notices(by=cast.security_administrator, at=now())

    assert queries.notices(cast.care_home_nurse).count() == 1
    assert not Installation.objects.get().messages_held


def test_a_notice_reads_in_words_even_when_a_parameter_is_missing() -> None:
    notice_text("test.greeting", "Hello {name} and {other}")

    assert text_of("test.greeting", {"name": "王"}) == "Hello 王 and —"


def test_the_inbox_begins_with_what_presses_most(cast: f.Cast) -> None:
    urgent, emergency = send(cast, priority="URGENT"), send(cast, priority="EMERGENCY")
    routine, done = send(cast), send(cast, priority="EMERGENCY")
    commands.acknowledge_notice(by=cast.care_home_nurse, at=now(), notice=done)

    assert list(queries.notices(cast.care_home_nurse)) == [emergency, urgent, routine, done]


def test_instants_in_a_notice_are_shown_in_local_time() -> None:
    from yiyang.access.notice_texts import notice_text, text_of

    notice_text("test.until", "until {until}, {nothing}")

    assert text_of("test.until", {"until": "2026-11-23T13:01:04.352Z"}) == "until 2026-11-23 21:01, —"
