"""The district bed board as each role sees it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.tests.factories import allocated, bed, beds, cast, offered, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db
BOARD = "/board/"


def test_the_coordinator_sees_figures_queue_and_names() -> None:
    who = cast()
    elder = person("王秀英")
    stay(elder, bed(who.care_home))
    offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    html = page(who.coordinator, BOARD)

    assert "阳光养老院" in html
    assert "王秀英" in html
    assert "1 unit: answer" in html
    assert Reading.objects.filter(persons__contains=[elder.pk], by_role="COORDINATOR").exists()


def test_a_supervisor_sees_figures_without_names_age_or_sex() -> None:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    html = page(who.supervisor_health, BOARD)

    assert "1 unit: answer" in html
    assert "王秀英" not in html
    assert "Female" not in html
    assert "王秀英" not in page(who.supervisor_health, reverse("beds:board_beds") + "?kind=INSTITUTION")


def test_the_nurse_of_another_home_sees_its_figures_but_neither_its_people_nor_its_transfers() -> None:
    who = cast()
    elder = person("王秀英")
    stay(elder, bed(who.care_home))
    offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    html = page(who.stranger, BOARD)

    assert "阳光养老院" in html
    assert "王秀英" not in html
    assert "Nobody waits for an answer" in html
    assert f"unit={who.care_home.pk}" not in html


@pytest.mark.parametrize(
    "role", ["data_protection_officer", "system_administrator", "other_elder", "unemployed"]
)
def test_who_may_not_see_the_board_is_told_so(role: str) -> None:
    who = cast()

    for name in ("board", "board_figures", "board_today", "board_weeks", "board_beds"):
        assert signed_in(getattr(who, role)).get(reverse(f"beds:{name}")).status_code == 403


def test_who_comes_and_which_beds_become_free_today() -> None:
    who = cast()
    elder, patient = person("王秀英"), person("李国华")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)
    bed(who.hospital, "HOSPITAL", "内科 12")
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)
    ward = stay(patient, bed(who.hospital, "HOSPITAL"))
    commands.set_expected_end(
        by=who.admission_office, at=now(), episode=ward, until=now() + timedelta(seconds=1)
    )

    html = page(who.head_nurse, reverse("beds:board_today"))

    assert (
        html.index("Arriving today")
        < html.index("王秀英")
        < html.index("To be free today")
        < html.index("李国华")
    )


def test_filters_order_and_grouping_stay_in_the_address() -> None:
    who = cast()
    beds(who.care_home, "INSTITUTION", 2)
    bed(who.hospital, "HOSPITAL")

    only_hospitals = page(who.coordinator, BOARD + "?kind=HOSPITAL&sort=-free")
    by_street = page(who.coordinator, BOARD + "?by=street")

    assert "阳光养老院" not in only_hospitals
    assert "区中心医院" in only_hospitals
    assert "江宁路街道" in by_street
    assert page(who.coordinator, BOARD + "?kind=%00&sort=xyz&by=42&street='&after=-1")


def test_the_beds_behind_a_figure_are_listed_one_by_one() -> None:
    who = cast()
    elder = person("王秀英")
    stay(elder, bed(who.care_home, label="301A"))
    bed(who.care_home, label="301B")

    html = page(who.care_home_nurse, reverse("beds:board_beds") + f"?unit={who.care_home.pk}&state=PRESENT")

    assert "301A" in html
    assert "王秀英" in html
    assert "301B" not in html


def test_the_number_of_statements_does_not_depend_on_the_rows() -> None:
    who = cast()
    stay(person(), bed(who.care_home))
    few = statements(who.coordinator, BOARD)
    for number in range(6):
        elder = person(f"王秀英{number}")
        stay(elder, bed(who.care_home))
        offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)
        bed(who.hospital, "HOSPITAL")

    many = statements(who.coordinator, BOARD)

    assert many <= few + 6  # more of them: whose names may be shown, and who is on duty where it waits
    assert many <= 18
    assert statements(who.coordinator, reverse("beds:board_beds")) <= 15


def test_a_long_list_of_units_is_drawn_page_by_page_and_the_sums_still_count_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yiyang.beds.views.board.ROWS", 1)
    who = cast()
    bed(who.care_home)
    bed(who.hospital, "HOSPITAL")

    first, second = page(who.coordinator, BOARD), page(who.coordinator, f"{BOARD}?after=1")

    row = '<th scope="row">'
    assert first.count(row) == second.count(row)
    assert ("阳光养老院" in first.split(row)[1]) != ("阳光养老院" in second.split(row)[1])
    assert "after=1" in first


def test_the_figures_are_exported_as_narrowed_all_of_them_and_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yiyang.beds.views.board.ROWS", 1)
    who = cast()
    stay(person("王秀英"), bed(who.care_home))
    bed(who.care_home)
    bed(who.care_home, extra=True)
    bed(who.hospital, "HOSPITAL")

    whole = rows_of(signed_in(who.coordinator).get(BOARD, {"format": "csv"}))
    narrowed = rows_of(signed_in(who.coordinator).get(BOARD, {"format": "csv", "kind": "HOSPITAL"}))
    streets = rows_of(signed_in(who.coordinator).get(BOARD, {"format": "csv", "by": "street"}))
    xlsx = signed_in(who.coordinator).get(BOARD, {"format": "xlsx"})

    home = next(row for row in whole if row["Unit"] == who.care_home.name)
    assert (home["Kind of bed"], home["Open"], home["present"], home["free"]) == (
        "institution bed",
        "2",
        "1",
        "1",
    )
    assert (home["Taken"], home["Extra beds"]) == ("50%", "1")
    assert all(sum(int(row[state]) for state in STATES) == int(row["Open"]) for row in whole)
    assert [row["Kind of bed"] for row in narrowed] == ["hospital bed"]
    assert {row["Sub-district"] for row in streets} == {"江宁路街道"}
    assert xlsx.content.startswith(b"PK")
    assert 'href="?format=csv"' in page(who.coordinator, BOARD)


STATES = ("present", "held", "reserved", "cleaning", "maintenance", "free", "closed")


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
