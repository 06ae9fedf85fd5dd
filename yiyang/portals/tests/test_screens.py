"""Everybody begins where their work is; nobody sees more than their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.tests.factories import account, actor_for
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, cast, person, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now
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
