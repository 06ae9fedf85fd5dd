"""The elder's own page: the day in plain sentences, and the button that calls whoever is on duty."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast, account, family
from yiyang.devices import commands
from yiyang.devices.commands.calling import TakenBackTooLate
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm, Limit
from yiyang.devices.packs import Sender
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.rules.today import Heart, Measured, Today, Worn, sentences
from yiyang.devices.tests.factories import gateway, lent, nurse_on_duty, wearer
from yiyang.devices.tests.lending import own_key, pack
from yiyang.duty.models import Matter
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.ids import new_id
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import clock_at, now
from yiyang.people.commands import delegate_access
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def test_a_calm_day_is_said_in_three_sentences_and_silence_plainly() -> None:
    pressure = Measured("SYSTOLIC", "132/78", NOON - 5 * HOUR, "AS_AGREED")
    day = Today(True, Heart(62, 80, calm=True), pressure, (Worn("手环", NOON - 5 * MINUTE),))
    quiet = Today(True, None, None, (Worn("手环", NOON - 17 * HOUR, silent=True),))
    closed = Today(False, Heart(62, 80, calm=True), pressure, (Worn("手环", NOON),))

    assert sentences(day, NOON, own=True) == [
        "今天您的心跳平稳：大多在每分钟62到80次之间。",
        "今天早上血压132/78，在和医生商定的范围内。",
        "您的手环5分钟前传来过消息。",
    ]
    assert sentences(quiet, NOON, own=True) == [
        "今天还没有测量记录。",
        "您的手环从昨天傍晚起就没有消息了。请给它充上电，并戴好。",
    ]
    assert sentences(closed, NOON, own=True) == ["您的手环刚刚传来过消息。"]  # no figure that is not open


@pytest.fixture
def elder(cast: Cast, db: None) -> Person:
    """Has a bracelet of the care home, where the nurse is on duty."""
    found = wearer(cast, NOON - 8 * HOUR)
    nurse_on_duty(cast, NOON - 2 * HOUR)
    return found


def at_home(actor: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(actor.account)
    return signed_in


def page(client: Client, address: str) -> str:
    shown = re.sub(r"<(script|style).*?</\1>", "", client.get(address).content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown.split("<main", 1)[-1]))


def test_the_day_is_told_from_the_readings_and_what_was_agreed(cast: Cast, elder: Person) -> None:
    loan = elder.device_loans.get()
    told = [("HEART_RATE", NOON - minute * MINUTE, 62.0 + minute % 19) for minute in range(5, 120)]
    told += [("SYSTOLIC", NOON - 5 * HOUR, 132.0), ("DIASTOLIC", NOON - 5 * HOUR, 78.0)]
    own = family(person_id=elder.pk)
    with clock_at(NOON):
        for name, high in (("SYSTOLIC", 140), ("DIASTOLIC", 90)):
            Limit.objects.create(
                person=elder, code=BY_NAME[name].no, high=high, period=(NOON - HOUR, NOON + HOUR), reason="商定",
                set_at=NOON,
            )  # fmt: skip
        take_in([(own_key(loan.device), pack(loan.device, *told))], now=NOON)
        shown = page(at_home(own), f"/people/{elder.pk}/today/panel/")
        home = at_home(own).get("/").content.decode()

    assert "大多在每分钟63到79次之间" in shown
    assert "在和医生商定的范围内" in shown
    assert "您的手环刚刚传来过消息" in shown
    assert f"/people/{elder.pk}/help/" in home and f"/people/{elder.pk}/today/panel/" in home


def test_one_press_and_one_more_calls_whoever_is_on_duty_and_shows_who_comes(
    cast: Cast, elder: Person
) -> None:
    client = at_home(family(person_id=elder.pk))
    with clock_at(NOON):
        asked = page(client, f"/people/{elder.pk}/help/")
        assert not Alarm.objects.exists()
        there = client.post(f"/people/{elder.pk}/help/")["Location"]
        run_pending()
        alarm = Alarm.objects.get()
        called = page(client, there)
    with clock_at(NOON + MINUTE):
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=NOON + MINUTE, alarm=alarm)
        taken = page(client, there)

    assert cast.care_home.name in asked
    assert (alarm.cause, alarm.severity, alarm.unit_id) == ("CALL", "URGENT", cast.care_home.pk)
    assert Notice.objects.filter(
        subject="duty.your_turn", account_id=cast.care_home_nurse.account_id
    ).exists()
    assert cast.care_home_nurse.account.name in called and "按错了" in called and "120" in called
    assert "知道了" in taken and "按错了" not in taken


def test_who_is_told_on_two_rungs_stands_once_on_the_page_of_the_elder(cast: Cast, elder: Person) -> None:
    client = at_home(family(person_id=elder.pk))
    with clock_at(NOON):
        there = client.post(f"/people/{elder.pk}/help/")["Location"]
        run_pending()
        told = Matter.objects.get().steps.get()
        Matter.objects.get().steps.create(rung="DEPUTY", name=told.name, at=NOON + MINUTE)
        Matter.objects.get().steps.create(rung="MANAGER", name="陈院长", at=NOON + MINUTE)
        called = page(client, there)

    assert called.count(told.name) == 1
    assert called.count("陈院长") == 1


def test_a_press_by_mistake_is_written_down_and_a_press_of_the_bracelet_calls_again(
    cast: Cast, elder: Person
) -> None:
    own = family(person_id=elder.pk)
    with clock_at(NOON):
        alarm = commands.call_for_help(by=own, at=NOON, person=elder)
    with clock_at(NOON + 10 * SECOND):
        commands.take_back_call(by=own, at=NOON + 10 * SECOND, alarm=alarm)
        run_pending()
        mistaken = Alarm.objects.get()
        inbox = page(at_home(cast.care_home_nurse), "/alarms/")
    with clock_at(NOON + MINUTE):
        commands.raise_alarm(by=SYSTEM, at=NOON + MINUTE, person=elder, cause="CALL", severity="URGENT")
        run_pending()
    again = Alarm.objects.get()

    assert (mistaken.severity, mistaken.closed_at) == ("ROUTINE", None)
    assert "按错" in inbox and "张桂兰" in inbox
    assert (again.severity, again.taken_back_at) == ("URGENT", None)
    assert Matter.objects.filter(subject_id=alarm.pk, closed_at=None).get().urgency == "URGENT"
    with clock_at(NOON + MINUTE), pytest.raises(TakenBackTooLate):
        commands.take_back_call(by=own, at=NOON + MINUTE, alarm=again)


def test_a_mistake_says_who_is_called_all_the_same_when_a_device_told_of_a_fall(
    cast: Cast, elder: Person
) -> None:
    own = family(person_id=elder.pk)
    bracelet = elder.device_loans.get().device
    with clock_at(NOON):
        take_in([(own_key(bracelet), pack(bracelet, ("FALL", NOON, 1)))], now=NOON)
        there = at_home(own).post(f"/people/{elder.pk}/help/")["Location"]
        run_pending()
    with clock_at(NOON + 5 * SECOND):
        at_home(own).post(f"{there}take-back/")
        run_pending()
        mistaken = page(at_home(own), there)
    fall, call = Alarm.objects.get(cause="FALL"), Alarm.objects.get(cause="CALL")
    with clock_at(NOON + MINUTE):
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=NOON + MINUTE, alarm=fall)
        taken = page(at_home(own), there)
    with clock_at(NOON + 2 * MINUTE):
        commands.mark_person_seen(by=cast.care_home_nurse, at=NOON + 2 * MINUTE, alarm=fall)
        looked = page(at_home(own), there)

    assert "您的设备也报了，所以还是在叫人" in mistaken and "有空" not in mistaken
    assert (call.severity, fall.severity, fall.closed_at, fall.acknowledged_at) == (
        "ROUTINE", "EMERGENCY", None, None
    )  # fmt: skip
    assert Matter.objects.get(subject_id=fall.pk, closed_at=None).urgency == "EMERGENCY"
    assert "已经知道了，还是会来看看" in taken and cast.care_home_nurse.account.name in taken
    assert "有空" not in taken
    assert "有空时还是会来看看" in looked


@pytest.mark.parametrize("button_first", [True, False])
def test_a_mistake_leaves_a_call_as_it_is_that_a_worn_button_made_too(
    cast: Cast, elder: Person, button_first: bool
) -> None:
    own = family(person_id=elder.pk)
    button = elder.device_loans.get().device
    with clock_at(NOON):
        if button_first:
            take_in([(own_key(button), pack(button, ("CALL", NOON, 1)))], now=NOON)
        there = at_home(own).post(f"/people/{elder.pk}/help/")["Location"]
        if not button_first:
            take_in([(own_key(button), pack(button, ("CALL", NOON, 1)))], now=NOON)
        run_pending()
    with clock_at(NOON + 9 * SECOND):
        at_home(own).post(f"{there}take-back/")
        run_pending()
        shown = page(at_home(own), there)
        of_staff = page(at_home(cast.care_home_nurse), f"/alarms/{Alarm.objects.get().pk}/")
    alarm = Alarm.objects.get()

    assert (alarm.severity, alarm.closed_at, alarm.acknowledged_at) == ("URGENT", None, None)
    assert "您的设备也报了，所以还是在叫人" in shown and "有空" not in shown
    assert Matter.objects.get(subject_id=alarm.pk, closed_at=None).urgency == "URGENT"
    assert "谁报的" in of_staff and button.serial in of_staff and "自己的页面" in of_staff


def test_the_page_of_an_alarm_names_each_device_its_gateway_and_how_late_it_was(
    cast: Cast, elder: Person
) -> None:
    first = elder.device_loans.get().device
    with clock_at(NOON - HOUR):
        second = lent(elder, cast.care_home).device
        boxes = [gateway(cast.care_home, name=name) for name in ("东楼网关", "西楼网关")]
    units = frozenset([cast.care_home.pk])
    senders = [Sender(new_id(), gateway_id=one.pk, unit_ids=units) for one in boxes]
    early = NOON - 30 * MINUTE
    with clock_at(NOON):
        take_in(
            [
                (senders[0], pack(first, ("FALL", early, 1))),
                (senders[1], pack(first, ("FALL", early + SECOND, 1))),
                (own_key(second), pack(second, ("FALL", NOON, 1))),
            ],
            now=NOON,
        )
        alarm = Alarm.objects.get(cause="FALL")
        shown = page(at_home(cast.care_home_nurse), f"/alarms/{alarm.pk}/")

    assert [(one["device"], one.get("gateway")) for one in alarm.told_by] == [
        (str(first.no), str(boxes[0].pk)), (str(first.no), str(boxes[1].pk)), (str(second.no), None),
    ]  # fmt: skip
    told = shown.split("谁报的")[1].split("何时通知了谁")[0]
    assert told.count(first.serial) == 2 and told.count(second.serial) == 1 and told.count("迟收到") == 2
    assert "经东楼网关" in told and "经西楼网关" in told


def test_two_presses_by_mistake_are_both_taken_back_and_one_of_before_is_not(
    cast: Cast, elder: Person
) -> None:
    own = family(person_id=elder.pk)
    client = at_home(own)

    def press(second: int) -> str:
        with clock_at(NOON + second * SECOND):
            return client.post(f"/people/{elder.pk}/help/")["Location"]

    def mistaken(there: str, second: int) -> str:
        with clock_at(NOON + second * SECOND):
            client.post(f"{there}take-back/")
            return page(client, there)

    press(0)
    mistaken(press(3), 8)
    twice = Alarm.objects.get().severity
    press(600)
    shown = mistaken(press(1200), 1203)

    assert (twice, Alarm.objects.get().severity) == ("ROUTINE", "URGENT")
    assert "另外还按过一次" in shown and "有空" not in shown


def test_who_has_moved_since_an_open_call_is_answered_for_where_they_are_now(
    cast: Cast, elder: Person
) -> None:
    own = family(person_id=elder.pk)
    with clock_at(NOON):
        first = commands.call_for_help(by=own, at=NOON, person=elder)
    with clock_at(NOON + HOUR):
        commands.return_device(by=SYSTEM, at=NOON + HOUR, loan=elder.device_loans.get())
        lent(elder, cast.other_home)
        commands.call_for_help(by=own, at=NOON + HOUR, person=elder)
        run_pending()
    alarm = Alarm.objects.get()

    assert (first.unit_id, alarm.unit_id) == (cast.care_home.pk, cast.other_home.pk)
    assert Matter.objects.get(subject_id=alarm.pk, closed_at=None).unit_id == cast.other_home.pk


@pytest.mark.django_db
def test_a_relative_presses_only_when_the_elder_lets_them_decide(cast: Cast, elder: Person) -> None:
    clients = {}
    for name, decides in (("甄女儿", True), ("甄儿子", False)):
        relative = account(name, kind="RELATIVE")
        delegate_access(
            by=SYSTEM, at=now(), person=elder, account_id=relative.pk, account_label=name, kinship="CHILD",
            scope="FULL", expires_at=now() + timedelta(days=9), may_decide=decides, evidence="纸质授权书",
        )  # fmt: skip
        clients[decides] = Client()
        clients[decides].force_login(relative)

    assert clients[False].get(f"/people/{elder.pk}/help/").status_code == 404
    assert f"/people/{elder.pk}/help/" not in clients[False].get("/").content.decode()
    assert "替张桂兰呼叫帮助" in clients[True].get("/").content.decode()
    assert clients[True].post(f"/people/{elder.pk}/help/").status_code == 302
    with pytest.raises(NotFound):
        commands.call_for_help(by=cast.care_home_nurse, at=now(), person=elder)


@pytest.mark.django_db
def test_an_elder_for_whom_nobody_answers_is_told_whom_to_phone(cast: Cast) -> None:
    alone = person("独居之人")
    client = at_home(family(person_id=alone.pk))

    there = client.post(f"/people/{alone.pk}/help/")["Location"]

    assert "请同时打电话" in page(client, there)
    assert Alarm.objects.get().unit_id is None
