"""A roster: tried first, wrong cells named by row and column, all or nothing, safe to send twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from yiyang.access.tests.factories import cast
from yiyang.beds.models import Bed
from yiyang.gateways.roster.importing import Outcome, import_roster
from yiyang.gateways.roster.reading import FileTooLarge, NotARoster
from yiyang.gateways.roster.template import template
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import id_number

pytestmark = pytest.mark.django_db


def send(content: bytes, *, by: Any = SYSTEM, dry_run: bool = False, name: str = "名单.csv") -> Outcome:
    return import_roster(by=by, at=now(), content=content, name=name, dry_run=dry_run)


def people_csv(*rows: tuple[str, str]) -> bytes:
    lines = ["姓名,证件号码,性别", *(f"{name},{number},女" for name, number in rows)]
    return "\n".join(lines).encode("gb18030")


def test_a_dry_run_counts_and_writes_nothing() -> None:
    outcome = send(people_csv(("王秀英", id_number(female=True))), dry_run=True)

    assert outcome.added["people"] == 1
    assert not Person.objects.exists()


def test_a_file_sent_twice_adds_nothing_the_second_time() -> None:
    content = people_csv(("王秀英", id_number(female=True)), ("李桂兰", id_number(female=True)))

    first, second = send(content), send(content)

    assert (first.added["people"], second.added["people"], second.kept["people"]) == (2, 0, 2)
    assert Person.objects.count() == 2


def test_one_wrong_row_keeps_the_whole_file_out_and_is_named_by_row() -> None:
    outcome = send(people_csv(("王秀英", id_number(female=True)), ("李桂兰", "310106194001011233")))

    assert not Person.objects.exists()
    [problem] = outcome.problems
    assert problem.row == 3


def test_a_wrong_cell_is_named_by_its_heading() -> None:
    outcome = send("姓名,出生日期\n王秀英,昨天\n".encode())

    [problem] = outcome.problems
    assert (problem.row, problem.column) == (2, "出生日期")


def test_strange_headings_are_named() -> None:
    outcome = send("姓名,星座\n王秀英,狮子\n".encode())

    assert "星座" in outcome.problems[0].text


def test_the_template_filled_in_with_beds_opens_them() -> None:
    who = cast()
    book = load_workbook(io.BytesIO(template()))
    sheet = book["床位"]
    for number in range(3):
        sheet.append(["Y1", "INSTITUTION", f"201{number}", "二楼", "201", "OXYGEN", "否"])
    out = io.BytesIO()
    book.save(out)

    outcome = send(out.getvalue(), by=who.care_home_manager, name="roster.xlsx")

    assert outcome.problems == []
    assert Bed.objects.filter(unit=who.care_home, room__label="201").count() == 3


def test_nobody_imports_what_they_could_not_enter_by_hand() -> None:
    who = cast()
    content = "机构代码,床位种类,床号\nY2,HOME_CARE,照1\n".encode()

    outcome = send(content, by=who.care_home_manager)

    assert not Bed.objects.exists()
    assert len(outcome.problems) == 1


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK broken", b"a\x00b"])
def test_what_is_no_roster_is_refused(content: bytes) -> None:
    with pytest.raises(NotARoster):
        send(content)


def test_a_file_of_100_mb_is_refused_before_it_is_read() -> None:
    with pytest.raises(FileTooLarge):
        send(b"x" * (100 * 2**20))
