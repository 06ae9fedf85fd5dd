"""What is due: raised by results that end and on request, reminded of, and met."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast, cast
from yiyang.assessments import commands
from yiyang.assessments.jobs import remind_of_dues
from yiyang.assessments.models import Due
from yiyang.assessments.queries import due as queries
from yiyang.assessments.tests.factories import WELL, signed
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


def open_dues(elder: Any) -> list[tuple[str, str, Any]]:
    rows = Due.objects.filter(person=elder, closed_at=None).order_by("code")
    return [(one.code, one.reason, one.organisation_id) for one in rows]


def test_an_alert_is_told_to_the_unit_and_a_day_that_comes_near_is_reminded_of_once(who: Cast) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    signed(who.care_home_nurse, elder, WELL | {"harm": "yes"})
    run_pending()
    told = Notice.objects.get(subject="assessments.alert")
    assert (told.priority, told.organisation_id) == ("EMERGENCY", who.care_home.pk)
    assert "小量表" in told.text

    assert remind_of_dues(now()) == 0, "a year away"
    Due.objects.filter(person=elder).update(due_on=localdate(now()) + timedelta(days=3))
    assert (remind_of_dues(now()), remind_of_dues(now())) == (1, 0)
    assert Notice.objects.filter(subject="assessments.due").count() == 1
    assert [one.due.person_id for one in queries.worklist(who.care_home_nurse, mine=True).due] == [elder.pk]


def test_what_is_asked_for_sooner_goes_first_and_the_next_assessment_meets_it(who: Cast) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    signed(who.care_home_nurse, elder)
    soon = localdate(now()) + timedelta(days=2)
    asked = commands.ask_for_assessment(
        by=who.care_home_nurse, at=now(), person=elder, code="MINI", reason="FALL", due_on=soon
    )
    assert Due.objects.get(person=elder, closed_at=None) == asked

    done = signed(who.care_home_nurse, elder, reason="FALL")
    asked.refresh_from_db()
    assert (asked.met_by_id, open_dues(elder)[0][1]) == (done.pk, "ROUTINE")
