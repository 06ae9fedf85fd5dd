"""What an alarm was: a real fall stands in the person's record once, and not any more when it was none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast, account
from yiyang.assessments.queries.due import rows
from yiyang.devices import commands
from yiyang.devices.commands.outcomes import NotClosedYet
from yiyang.devices.models import Alarm
from yiyang.devices.tests.factories import wearer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import clock_at
from yiyang.people import commands as people
from yiyang.people.models import Person
from yiyang.people.queries import falls_of

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)


@pytest.fixture
def elder(cast: Cast) -> Person:
    return wearer(cast, NIGHT - 600 * MINUTE)


def fallen(elder: Person, cast: Cast, minutes: int = 0) -> Alarm:
    """An alarm about a fall, and the nurse beside the person two minutes later."""
    at = NIGHT + minutes * MINUTE
    with clock_at(at + MINUTE):
        alarm = commands.raise_alarm(
            by=SYSTEM, at=at + MINUTE, person=elder, cause="FALL", severity="EMERGENCY", event_at=at,
            device=elder.device_loans.get().device,
        )  # fmt: skip
    with clock_at(at + 3 * MINUTE):
        commands.mark_person_seen(by=cast.care_home_nurse, at=at + 3 * MINUTE, alarm=alarm)
    return alarm


def close(alarm: Alarm, cast: Cast, outcome: str, **told: Any) -> Alarm:
    at = alarm.event_at + 9 * MINUTE
    with clock_at(at):
        found = commands.close_alarm(
            by=cast.care_home_nurse, at=at, alarm=alarm, outcome=outcome, done="扶起，膝盖擦伤", **told
        )
        run_pending()
    return found


def correct(alarm: Alarm, cast: Cast, outcome: str) -> Alarm:
    at = alarm.event_at + 60 * MINUTE
    with clock_at(at):
        found = commands.correct_outcome(
            by=cast.care_home_nurse, at=at, alarm=alarm, outcome=outcome, reason="当时只是坐下太快"
        )
        run_pending()
    return found


def due(elder: Person) -> list[str]:
    return [one.reason for one in rows(SYSTEM).filter(person=elder, closed_at=None)]


def test_a_real_fall_is_recorded_at_its_time_by_whoever_closed_the_alarm_and_asks_for_an_assessment(
    cast: Cast, elder: Person
) -> None:
    alarm = fallen(elder, cast)
    client = Client()
    client.force_login(cast.care_home_nurse.account)
    with clock_at(NIGHT + 9 * MINUTE):
        asked = client.get(f"/alarms/{alarm.pk}/close/").content.decode()
        client.post(
            f"/alarms/{alarm.pk}/close/",
            {"outcome": "TRUE", "done": "扶起，膝盖擦伤", "place": "BATHROOM", "injury": "YES"},
        )
        run_pending()
        shown = client.get(f"/alarms/{alarm.pk}/").content.decode()

    [fall] = falls_of(elder)
    assert "在哪里跌倒" in asked and "已为此人登记跌倒" in shown
    assert (fall.at, fall.by_account) == (NIGHT, cast.care_home_nurse.account_id)
    assert fall.data["place"] == "BATHROOM" and fall.data["injury"] == "YES"
    assert fall.data["note"] == "扶起，膝盖擦伤"
    assert due(elder) == ["FALL"]


@pytest.mark.parametrize("outcome", ["FALSE", "TEST"])
def test_a_false_alarm_and_a_test_leave_no_fall(cast: Cast, elder: Person, outcome: str) -> None:
    close(fallen(elder, cast), cast, outcome)

    assert falls_of(elder) == [] and due(elder) == []


def test_a_fall_that_somebody_recorded_by_hand_is_not_recorded_again_nor_withdrawn(
    cast: Cast, elder: Person
) -> None:
    alarm = fallen(elder, cast)
    with clock_at(NIGHT + 5 * MINUTE):
        people.record_fall(
            by=cast.care_worker, at=NIGHT + 5 * MINUTE, person=elder, place="ROOM", injury="NO"
        )
    close(alarm, cast, "TRUE")
    [fall] = falls_of(elder)
    correct(alarm, cast, "FALSE")

    assert falls_of(elder) == [fall] and fall.by_account == cast.care_worker.account_id


def test_a_corrected_outcome_withdraws_the_fall_with_what_followed_and_brings_it_back(
    cast: Cast, elder: Person
) -> None:
    alarm = close(fallen(elder, cast), cast, "TRUE")
    with pytest.raises(Stale):
        correct(alarm, cast, "TRUE")
    corrected = correct(alarm, cast, "FALSE")
    gone = (falls_of(elder), "FALL" in due(elder))
    again = correct(alarm, cast, "TRUE")

    assert gone == ([], False)
    assert corrected.closed_at is not None and corrected.outcome == "FALSE"
    assert (again.outcome, [one.at for one in falls_of(elder)], due(elder)) == ("TRUE", [NIGHT], ["FALL"])


def test_two_alarms_of_one_fall_record_it_once_and_both_must_be_wrong_before_it_goes(
    cast: Cast, elder: Person
) -> None:
    first = close(fallen(elder, cast), cast, "TRUE")
    second = close(fallen(elder, cast, minutes=12), cast, "TRUE")
    assert first.pk != second.pk and len(falls_of(elder)) == 1

    correct(first, cast, "FALSE")
    assert len(falls_of(elder)) == 1
    correct(second, cast, "FALSE")
    assert falls_of(elder) == []


def test_an_open_alarm_has_nothing_to_correct(cast: Cast, elder: Person) -> None:
    with pytest.raises(NotClosedYet):
        correct(fallen(elder, cast), cast, "FALSE")


def test_relatives_are_not_told_any_more_of_help_that_was_not_needed(cast: Cast, elder: Person) -> None:
    daughter = account("甄女儿", kind="RELATIVE")
    with clock_at(NIGHT - 60 * MINUTE):
        people.delegate_access(
            by=SYSTEM, at=NIGHT - 60 * MINUTE, person=elder, account_id=daughter.pk, account_label="甄女儿",
            kinship="CHILD", scope="FULL", expires_at=NIGHT + timedelta(days=9), may_decide=True, evidence="授权书",
        )  # fmt: skip
    alarm = close(fallen(elder, cast), cast, "TRUE")
    told = Notice.objects.open().filter(subject="devices.alarm_family", account=daughter)
    assert told.count() == 1

    correct(alarm, cast, "FALSE")
    assert told.count() == 0
