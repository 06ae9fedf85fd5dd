"""Everybody begins where their work is; nobody sees more than their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.bed_kinds import BedKind
from yiyang.access.tests.factories import account, actor, actor_for, licence, organisation
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, cast, offered, person, stay, transfer
from yiyang.beds.tests.screens import statements
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import Reading
from yiyang.kernel.policy import rows
from yiyang.kernel.time import clock_at, now
from yiyang.people.commands import delegate_access

pytestmark = pytest.mark.django_db


def page(actor: Any) -> str:
    client = Client()
    client.force_login(actor.account)
    answer = client.get("/", HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_nurse_sees_the_transfers_of_her_home_and_it_is_recorded_that_she_saw() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, elder)

    shown = page(who.care_home_nurse)

    assert "王桂兰" in shown
    assert Reading.objects.filter(persons__contains=[elder.pk]).exists()


def test_a_nurse_of_another_operator_sees_nothing_of_it() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, elder)

    assert "王桂兰" not in page(who.stranger)


@pytest.mark.parametrize(
    "role", ["coordinator", "supervisor_health", "audit_administrator", "ward_doctor", "adviser"]
)
def test_every_role_has_a_home_page(role: str) -> None:
    who = cast()

    assert "<h1" in page(getattr(who, role))


def test_a_relative_sees_where_the_elder_is_and_what_is_needed() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)
    commands.evaluate_transfer(
        by=who.care_home_nurse, at=now(), transfer=asked, outcome="FIT", statement="ward"
    )
    daughter = actor_for(account("女儿", kind="RELATIVE"), now())
    delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=daughter.account.pk, account_label="女儿", kinship="CHILD",
        scope="FULL", expires_at=now() + timedelta(days=30),
    )  # fmt: skip

    shown = page(daughter)

    assert "王桂兰" in shown
    assert "阳光养老院" in shown
    assert f"/transfers/{asked.pk}/" in shown


def test_the_family_reads_how_many_wait_before_them() -> None:
    who = cast()
    first, second = person("李一"), person("李二")
    for one in (first, second):
        commands.join_waiting_list(
            by=SYSTEM, at=now(), person=one, kind="INSTITUTION", list_owner=who.centre.pk
        )
    son = actor_for(account("儿子", kind="ELDER", person_id=second.pk), now())

    assert "前面约有 1 位" in page(son)


def test_the_own_turn_comes_first_and_what_others_do_after_it() -> None:
    who = cast()
    mine, theirs = person("王桂兰"), person("李国华")
    for elder in (mine, theirs):
        stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, mine)
    offered(who.care_home_nurse, transfer(who.care_home_nurse, theirs), who.hospital)

    at_home, at_hospital = page(who.care_home_nurse), page(who.ward_doctor)

    assert (
        at_home.index("轮到您")
        < at_home.index("王桂兰")
        < at_home.index("等待他人")
        < at_home.index("李国华")
    )
    assert at_hospital.index("轮到您") < at_hospital.index("答复", at_hospital.index("轮到您"))
    assert "李国华" not in at_hospital  # asked, not accepted: age and sex alone


def test_who_was_asked_beside_the_unit_that_took_the_person_has_nothing_to_wait_for() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    second = organisation("区老年医院", "HOSPITAL", code="H2")
    licence(second, [BedKind.HOSPITAL])
    beside = actor("WARD_DOCTOR", second)
    offers = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital, second)
    assert "阳光养老院" in page(beside)

    commands.accept_offer(by=who.ward_doctor, at=now(), offer=offers[0], doctor="Dr Chen")

    assert "阳光养老院" not in page(beside)
    assert "阳光养老院" in page(who.ward_doctor)


def test_holds_that_end_and_overdue_leaves_are_the_own_turn() -> None:
    who = cast()
    with clock_at(now() - timedelta(days=3)):
        for name, days in (("王桂兰", 4), ("李国华", 1)):
            commands.begin_leave(
                by=who.care_home_nurse, at=now(), episode=stay(person(name), bed(who.care_home)),
                companion="女儿", due_back_at=now() + timedelta(days=days),
            )  # fmt: skip

    shown = page(who.care_home_nurse)

    assert "留床将到期" in shown
    assert "外出逾期未返" in shown


def test_supervisors_begin_with_the_figures_of_the_district_and_no_person() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, elder)

    shown = page(who.supervisor_health)

    assert "养老机构" in shown
    assert "王桂兰" not in shown
    assert "轮到您" not in shown


def test_who_has_no_role_is_told_what_to_do() -> None:
    assert "请单位负责人为您设置岗位" in page(cast().unemployed)


def test_the_family_reads_who_looks_after_what_is_kept_and_what_is_needed() -> None:
    who = cast()
    elder = person("王桂兰")
    who.care_home.phone = "021-55518205"
    who.care_home.save()
    stay(elder, bed(who.care_home), responsible="陈医生")
    commands.report_missing(by=who.care_home_nurse, at=now(), episode=elder.episodes.get())
    own = actor_for(account("王桂兰", kind="ELDER", person_id=elder.pk), now())

    shown = page(own)

    assert "陈医生" in shown
    assert "tel:021-55518205" in shown
    assert "不知道老人在哪里" in shown


@pytest.mark.parametrize("role", ["care_home_nurse", "coordinator", "supervisor_health"])
def test_the_number_of_statements_does_not_depend_on_the_duties(role: str) -> None:
    who = cast()
    actor = getattr(who, role)

    def duty(number: int) -> None:
        elder = person(f"王桂兰{number}")
        stay(elder, bed(who.care_home))
        offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    duty(0)
    few = statements(actor, "/")
    for number in range(1, 7):
        duty(number)

    many = statements(actor, "/")

    assert many == few
    assert many <= 15


def test_the_familys_page_takes_as_many_statements_for_three_persons_as_for_one() -> None:
    who = cast()
    daughter = actor_for(account("女儿", kind="RELATIVE"), now())
    counted = []
    for name in ("王一", "王二", "王三"):
        elder = person(name)
        stay(elder, bed(who.care_home))
        commands.join_waiting_list(
            by=SYSTEM, at=now(), person=elder, kind="HOME_CARE", list_owner=who.centre.pk
        )
        delegate_access(
            by=SYSTEM, at=now(), person=elder, account_id=daughter.account.pk, account_label="女儿", kinship="CHILD",
            scope="FULL", expires_at=now() + timedelta(days=30),
        )  # fmt: skip
        counted.append(statements(daughter, "/"))

    assert len(set(counted)) == 1
    assert counted[0] <= 15


def test_who_confirms_a_rule_reads_in_chinese_what_it_is_about() -> None:
    client = Client()
    client.force_login(cast().supervisor_health.account)
    client.cookies["django_language"] = "zh-hans"

    shown = client.get("/policy/", headers={"accept-language": "zh-hans"}).content.decode()

    assert "常规转床：被询问单位答复的时限" in shown and "540 分钟（按工作时间）" in shown
    assert "How long" not in shown
    assert "社区卫生服务中心" in shown and "床位费照收" in shown and "08:00–17:00" in shown
    assert "[&#x27;" not in shown and "COMMUNITY_CARE_CENTRE" not in shown
    assert [row.key for row in rows("shanghai-example") if not row.zh] == []
