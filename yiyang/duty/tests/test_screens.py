"""The pages of the roster, and what they say when the calendar lacks a year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yiyang.access.tests.factories import Cast
from yiyang.duty import commands
from yiyang.duty.models import Shift
from yiyang.duty.queries import days
from yiyang.duty.tests import factories as f
from yiyang.kernel.time import now

HOUR = timedelta(hours=1)


def client_of(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.account)
    return client


def shown(by: Any, name: str, *args: Any, query: str = "") -> str:
    response = client_of(by).get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_the_week_shows_who_is_on_and_what_is_missing(cast: Cast) -> None:
    f.shift(f.post(cast.care_home), cast.care_home_nurse, now(), deputy=cast.care_worker)

    week = shown(cast.care_home_manager, "duty:roster", cast.care_home.pk)

    assert cast.care_home_nurse.account.name in week
    assert "无人" in week
    assert 'href="tel:02155501001"' in week


def test_a_care_worker_reads_the_roster_and_does_not_change_it(cast: Cast) -> None:
    post = f.post(cast.care_home)

    assert "新增岗位" not in shown(cast.care_worker, "duty:roster", cast.care_home.pk)
    response = client_of(cast.care_worker).get(reverse("duty:add_shift", args=[post.pk]))
    assert response.status_code == 403


def test_two_posts_at_once_are_refused_on_the_form_and_what_was_typed_stays(cast: Cast) -> None:
    nurse, duty = f.post(cast.care_home), f.post(cast.care_home, "NIGHT_DUTY")
    f.shift(nurse, cast.care_home_nurse, now())
    since, until = (timezone.localtime(now() + hours * HOUR).strftime("%Y-%m-%dT%H:%M") for hours in (1, 3))
    typed = {
        "account_id": str(cast.care_home_nurse.account_id), "since": since, "until": until,
        "telephone": "138-0000-1111",
    }  # fmt: skip

    response = client_of(cast.care_home_manager).post(reverse("duty:add_shift", args=[duty.pk]), typed)

    assert response.status_code == 422
    assert "138-0000-1111" in response.content.decode()
    assert Shift.objects.count() == 1


def test_the_telephone_log_is_exported(cast: Cast) -> None:
    commands.note_call(
        by=cast.care_home_nurse, at=now(), from_unit=cast.care_home.pk, to_unit=cast.hospital.pk,
        result="NO_ANSWER", note="=1+1",
    )  # fmt: skip

    sheet = shown(cast.coordinator, "duty:calls", query="?format=csv")

    assert "无人接听" in sheet
    assert "'=1+1" in sheet


def test_a_calendar_without_the_year_is_said_on_the_pages(cast: Cast) -> None:
    f.post(cast.care_home)
    week = shown(cast.care_home_manager, "duty:roster", cast.care_home.pk, query="?week=2077-03-01")

    assert "2077 年的调休安排" in week


def test_days_of_the_district_and_of_one_unit_stand_above_the_calendar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [
        {"on": "2026-11-09", "works": False, "name": "校庆"},
        {"on": "2026-11-14", "works": True, "unit": "Y1"},
    ]
    monkeypatch.setattr(days, "_value", lambda key, on: rows if key == "duty.extra_days" else None)
    monday, saturday = date(2026, 11, 9), date(2026, 11, 14)

    assert not days.works(monday)
    assert days.name_of(monday) == "校庆"
    assert days.works(saturday, "Y1")
    assert not days.works(saturday, "H1")
