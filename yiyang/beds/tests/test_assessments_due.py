"""What happens to a person asks for an assessment, as the rows of the policy pack say; with the person it goes too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access.models import Notice
from yiyang.assessments.queries.due import rows, worklist
from yiyang.beds import commands as beds
from yiyang.beds.tests.factories import Cast, bed, cast, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people import queries as people_queries
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


def open_dues(elder: Any) -> list[tuple[str, str, Any, int]]:
    run_pending()
    today = localdate(now())
    found = rows(SYSTEM).filter(person=elder)
    return [(one.code, one.reason, one.organisation_id, (one.due_on - today).days) for one in found]


def test_who_moves_in_and_who_leaves_hospital_is_to_be_assessed_and_nobody_once_dead(who: Cast) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    stay(elder, bed(who.care_home))
    assert open_dues(elder) == [("GBT42195", "ADMISSION", who.care_home.pk, 7)]

    patient = person("李建国", organisation_id=who.chc.pk)
    people.sign_family_doctor_contract(
        by=SYSTEM, at=now(), person=patient, organisation_id=who.chc.pk, starts_on=localdate(now())
    )
    lay = stay(patient, bed(who.hospital, "HOSPITAL"))
    assert open_dues(patient) == []
    beds.discharge(by=SYSTEM, at=now(), episode=lay, reason="RECOVERED")
    assert open_dues(patient) == [("GBT42195", "DISCHARGE", who.chc.pk, 14)]

    people.note_death(by=SYSTEM, at=now(), person=patient, died_at=now())
    assert open_dues(patient) == []


def test_a_fall_is_entered_from_the_list_of_the_unit_and_stands_in_its_worklist(who: Cast) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    stay(elder, bed(who.care_home), at=now() - timedelta(days=3))
    run_pending()
    signed_in = Client()
    signed_in.force_login(who.care_worker.account)
    board = reverse("beds:unit", args=[who.care_home.pk])
    fall = f"{reverse('people:record_fall', args=[elder.pk])}?next={board}"
    assert fall in signed_in.get(board).content.decode()

    done = signed_in.post(fall, {"place": "BATHROOM", "injury": "YES", "note": "地面湿滑"})
    assert done["Location"] == board
    assert open_dues(elder) == [("GBT42195", "FALL", who.care_home.pk, 4)]
    assert [one.due.get_reason_display() for one in worklist(who.care_home_nurse).due] == ["跌倒后"]
    told = Notice.objects.get(subject="people.fell")
    assert (told.organisation_id, told.priority) == (who.care_home.pk, "URGENT")
    history = Client()
    history.force_login(who.care_home_nurse.account)
    words = history.get(reverse("people:history", args=[elder.pk])).content.decode()
    assert "跌倒" in words and "地面湿滑" in words

    twice = signed_in.post(fall, {"place": "ROOM", "injury": "NO"})
    assert twice.status_code == 409 and 'type="checkbox"' in twice.content.decode()
    again = signed_in.post(fall, {"place": "ROOM", "injury": "NO", "again": "on"})
    assert again.status_code == 302

    for fell in people_queries.falls_of(elder):
        mistake = f"{reverse('people:withdraw_fall', args=[elder.pk])}?fall={fell.id}"
        assert signed_in.post(mistake, {"reason": "是同室的另一位老人"}).status_code == 302
    assert signed_in.get(mistake).status_code == 404, "withdrawn already"
    assert open_dues(elder) == [("GBT42195", "ADMISSION", who.care_home.pk, 4)]
    assert not Notice.objects.open().filter(subject="people.fell").exists()
