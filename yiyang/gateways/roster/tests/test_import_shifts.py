"""A shift plan from a file: tried first, wrong cells named, all or nothing, safe to send twice."""

from __future__ import annotations

import io
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from yiyang.access.tests.factories import Cast, cast
from yiyang.duty.models import Shift
from yiyang.duty.queries import days
from yiyang.duty.tests import factories as f
from yiyang.gateways.roster.importing import Outcome, import_roster
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db
HEADINGS = "日期,岗位,值班人,上班,下班,替班人,兼岗理由"


@pytest.fixture
def who() -> Cast:
    who = cast()
    f.post(who.care_home)
    f.post(who.care_home, "NIGHT_DUTY", telephone="021-5550 1000")
    return who


def tomorrow() -> str:
    return (timezone.localdate(now()) + timedelta(days=1)).isoformat()


def plan(*rows: str) -> bytes:
    return "\n".join([HEADINGS, *rows]).encode("gb18030")


def send(who: Cast, content: bytes, *, by: Any = None, dry_run: bool = False) -> Outcome:
    return import_roster(
        by=by or who.care_home_manager, at=now(), content=content, name="排班.csv", dry_run=dry_run,
        shifts_of=who.care_home,
    )  # fmt: skip


def night_of(who: Cast) -> str:
    return (
        f"{tomorrow()},总值班,{who.care_home_nurse.account.login},20:00,8:00,{who.care_worker.account.name},"
    )


def test_a_night_is_planned_once_however_often_the_file_is_sent(who: Cast) -> None:
    tried = send(who, plan(night_of(who)), dry_run=True)
    assert (tried.added["shifts"], Shift.objects.count()) == (1, 0)

    send(who, plan(night_of(who)))
    again = send(who, plan(night_of(who)))

    shift = Shift.objects.get()
    assert (again.added["shifts"], again.kept["shifts"]) == (0, 1)
    assert timezone.localtime(shift.period.lower).strftime("%H:%M") == "20:00"
    assert shift.period.upper - shift.period.lower == timedelta(hours=12)
    assert shift.deputy_id == who.care_worker.account_id


def test_wrong_rows_are_named_by_row_and_column_and_nothing_is_written(who: Cast) -> None:
    day, nurse = tomorrow(), who.care_home_nurse.account.login
    outcome = send(
        who,
        plan(
            night_of(who),
            f"{day},门卫,{nurse},8:00,17:00,,",
            f"{day},养老机构护士,张三丰,8:00,17:00,,",
            f"{day},养老机构护士,{nurse},21:00,23:00,,",
            f"{day},总值班,{who.care_worker.account.login},22:00,23:00,,",
        ),
    )

    assert not Shift.objects.exists()
    assert [(one.row, one.column) for one in outcome.problems] == [
        (3, "岗位"), (4, "值班人"), (5, "兼岗理由"), (6, "上班"),
    ]  # fmt: skip
    assert "门卫" in outcome.problems[0].text

    unreadable = send(who, plan(f"{day},总值班,{nurse},晚上,8:00,,"))
    assert [(one.row, one.column) for one in unreadable.problems] == [(2, "上班")]


def test_two_posts_at_once_are_planned_with_a_reason(who: Cast) -> None:
    nurse = who.care_home_nurse.account.login
    both = plan(night_of(who), f"{tomorrow()},CARE_HOME_NURSE,{nurse},20:00,08:00,,夜间一名护士")

    assert not send(who, both).problems
    assert Shift.objects.exclude(also_elsewhere="").count() == 1


def test_only_who_keeps_the_roster_sends_a_plan_and_only_of_the_own_unit(who: Cast) -> None:
    assert send(who, plan(night_of(who)), by=who.care_worker).problems
    page = reverse("gateways:import_shifts", args=[who.care_home.pk])
    client = Client()
    client.force_login(who.care_worker.account)
    assert client.get(page).status_code == 403
    other = f"{HEADINGS},机构代码\n{night_of(who)},{who.hospital.code or 'H1'}".encode()
    assert send(who, other).problems[0].column == "机构代码"
    assert not Shift.objects.exists()


def test_the_template_offers_posts_and_staff_and_is_read_again(
    who: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(days, "published", lambda of: False)
    monkeypatch.setattr("yiyang.duty.queries.published", lambda of: False)
    client = Client()
    client.force_login(who.care_home_manager.account)
    page = client.get(reverse("gateways:import_shifts", args=[who.care_home.pk])).content.decode()
    assert "调休安排" in page  # the calendar has no such year

    book = load_workbook(
        io.BytesIO(client.get(reverse("gateways:shift_template", args=[who.care_home.pk])).content)
    )
    sheet = book["排班"]
    assert book["lists"]["A1"].value
    sheet.append([datetime.fromisoformat(tomorrow()), "总值班", who.care_home_nurse.account.login])
    sheet["D2"], sheet["E2"] = time(20), "08:00"
    filled = io.BytesIO()
    book.save(filled)
    file = SimpleUploadedFile("plan.xlsx", filled.getvalue())
    tried = client.post(reverse("gateways:import_shifts", args=[who.care_home.pk]), {"file": file})
    assert tried.status_code == 200, tried.content.decode()
    ticket = tried.context["ticket"]
    client.post(reverse("gateways:write_shift_import", args=[who.care_home.pk, ticket]))

    assert Shift.objects.get().account_id == who.care_home_nurse.account_id
    sheet = client.get(reverse("duty:roster_sheet", args=[who.care_home.pk]) + f"?week={tomorrow()}")
    printed = sheet.content.decode()
    assert who.care_home_nurse.account.name in printed
    assert "021-5550 1000" in printed
    assert "无人" in printed
