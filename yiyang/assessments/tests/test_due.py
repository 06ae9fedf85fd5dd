"""What is due: raised by results that end and on request, reminded of, and met."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast, cast
from yiyang.assessments import commands
from yiyang.assessments.commands.refusals import AlertAnsweredAlready
from yiyang.assessments.jobs import remind_of_dues, tell_of_what_is_late
from yiyang.assessments.models import Due
from yiyang.assessments.queries import due as queries
from yiyang.assessments.tests.factories import WELL, draft, instrument, signed
from yiyang.duty.jobs import go_on
from yiyang.duty.models import Matter
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at, now
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


NIGHT = datetime(2026, 11, 10, 23, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_an_alert_goes_up_the_ladder_until_somebody_says_what_was_done(who: Cast, client: Client) -> None:
    """What the person answers alone at night: the one on duty is told, then the deputy, before any signature."""
    with clock_at(NIGHT):
        elder = person("王秀英", organisation_id=who.care_home.pk)
        at_night = duty.shift(duty.post(who.care_home), who.care_home_nurse, NIGHT, deputy=who.care_worker)
        instrument(self_report=True)
        sent = draft(who.care_home_nurse, elder, WELL | {"harm": "yes"})
        commands.hand_in_self_report(by=SYSTEM, at=NIGHT, assessment=sent)
        run_pending()
    matter = Matter.objects.get(subject_kind="AssessmentAlert")
    assert (matter.unit_id, matter.urgency, matter.shift_id) == (who.care_home.pk, "EMERGENCY", at_night.pk)

    with clock_at(NIGHT + timedelta(minutes=4)):
        go_on(NIGHT + timedelta(minutes=4))
        assert [one.rung for one in matter.steps.order_by("at")] == ["ON_DUTY", "DEPUTY"]
        client.force_login(who.care_worker.account)
        page = client.get(matter.link).content.decode()
        assert "不要让其独处" in page and "王秀英" in page
        assert client.post(matter.link, {"done": " "}).status_code == 422
        client.post(matter.link, {"done": "已陪在身边，医生在路上"})
        run_pending()
        go_on(NIGHT + timedelta(minutes=5))
    matter.refresh_from_db()
    assert matter.closed_at is not None
    assert not Notice.objects.open().filter(subject__in=("assessments.alert", "duty.your_turn")).exists()

    with clock_at(NIGHT + timedelta(hours=9)):
        commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=sent)
        run_pending()
        assert Matter.objects.count() == 1, "what was acted on is not told again with the signature"
        with pytest.raises(AlertAnsweredAlready):
            commands.answer_alert(by=who.care_home_nurse, at=now(), assessment=sent, done="the same")
        corrected = commands.amend_assessment(
            by=who.care_home_nurse, at=now(), assessment=sent, reason="weight"
        )
        commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=corrected)
        run_pending()
        assert Matter.objects.count() == 1, "nor with a correction"


def test_what_is_left_open_is_told_to_the_assessor_the_head_of_the_unit_and_the_coordinator_each_once(
    who: Cast, client: Client
) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    begun = draft(who.care_home_nurse, elder)
    done = signed(who.family_doctor, other := person("李建国", organisation_id=who.chc.pk))
    commands.raise_dispute(
        by=who.family_doctor, at=now(), assessment=done, by_whom="PERSON", grounds="walks alone"
    )
    told: dict[int, list[tuple[Any, Any, str]]] = {}
    for days in (2, 3, 4, 5, 7, 9, 10, 31, 33, 34, 37, 38):
        with clock_at(begun.begun_at + timedelta(days=days)):
            before = set(Notice.objects.values_list("pk", flat=True))
            tell_of_what_is_late(now())
            assert tell_of_what_is_late(now()) == 0, "safe to repeat"
            new = Notice.objects.filter(subject="assessments.left_open").exclude(pk__in=before)
            told[days] = [(one.account_id, one.organisation_id, one.role) for one in new]

    centre = (None, who.centre.pk, "COORDINATOR")
    assert {day: rows for day, rows in told.items() if rows} == {
        4: [(who.care_home_nurse.account_id, None, "")],  # after three days of policy
        7: [(None, who.care_home.pk, "CARE_HOME_MANAGER")],  # more than two days late
        9: [centre],  # more than five
        31: [(None, who.chc.pk, "")],  # questioned: any other assessor of the unit
        33: [(None, who.chc.pk, "HOME_BED_NURSE")],
        37: [centre],
    }
    with clock_at(begun.begun_at + timedelta(days=38)):
        client.force_login(who.coordinator.account)
        page = client.get(reverse("assessments:left_open")).content.decode()
        assert "阳光养老院" in page and "逾期 35 天" in page and elder.full_name not in page, (
            "names are not open"
        )
        client.force_login(who.care_home_nurse.account)
        page = client.get(reverse("assessments:worklist")).content.decode()
        assert "逾期 35 天" in page and other.full_name not in page
        commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=begun)
        assert elder.full_name not in client.get(reverse("assessments:left_open")).content.decode()
