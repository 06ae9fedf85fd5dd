"""Rules for everybody, one kind of device, one group and one person: tried on all whom they touch, then signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from yiyang.access.tests.factories import Cast
from yiyang.devices import commands, jobs
from yiyang.devices.commands import packing
from yiyang.devices.commands.intake import take_in
from yiyang.devices.commands.rules import NotReplayed, TrialOver, WindowTooLong
from yiyang.devices.models import Alarm, AlarmRule, Device, RuleTrial
from yiyang.devices.queries.rules import in_force
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import clock_at
from yiyang.people.models import GroupMembership, Person
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
LOW = {
    "quantity": "OXYGEN", "side": "LOW", "levels": [{"limit": 88, "severity": "URGENT"}], "count": 3, "of": 4, "margin": 2,
    "apart": 900,
}  # fmt: skip


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens then is told then, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NOW):
        yield


def wearer(kind: DeviceKind, name: str = "张桂兰", **of: Any) -> tuple[Person, Device]:
    with clock_at(NOW - timedelta(days=20)):
        who, worn = person(name, **of), device(kind)
    lend(worn, who.pk, NOW - timedelta(days=20))
    return who, worn


def tell(worn: Device, minutes: range, since: datetime = NOW, **values: float) -> None:
    at = [since + timedelta(minutes=minute) for minute in minutes]
    rows = [(name, moment, value) for moment in at for name, value in values.items()]
    with clock_at(at[-1]):
        take_in([(own_key(worn), pack(worn, *rows))], now=at[-1])


def tried(cast: Cast, code: str = "OXYGEN_LOW", params: dict[str, Any] = LOW, **whom: str) -> RuleTrial:
    with clock_at(NOW):
        made = commands.try_alarm_rule(
            by=cast.coordinator, at=NOW, code=code, params=params, reason="误报太多", **whom
        )
        jobs.try_on_last_month(made.pk)
    made.refresh_from_db()
    return made


def signed(cast: Cast, *args: Any, **whom: Any) -> AlarmRule:
    return commands.sign_alarm_rule(by=cast.coordinator, at=NOW, trial=tried(cast, *args, **whom))


def causes(who: Person) -> list[tuple[str, str]]:
    found = Alarm.objects.active().filter(person=who).exclude(cause="NEWS2")
    return sorted(found.values_list("cause", "severity"))


def test_a_rule_is_tried_on_all_whom_it_touches_and_signed_once_on_its_page(cast: Cast) -> None:
    _ill, oximeter = wearer(DeviceKind.OXIMETER)
    _other, bracelet = wearer(DeviceKind.BRACELET, "李梅")
    before = NOW - timedelta(days=3)
    for worn in (oximeter, bracelet):
        tell(worn, range(10), before, OXYGEN=90)
        tell(worn, range(10, 20), before, OXYGEN=97)
    packing.pack(NOW)
    client = Client()
    client.force_login(cast.coordinator.account)
    form = {
        "for_whom": "KIND:OXIMETER", "limit_1": "88", "severity_1": "URGENT", "count": "3", "of": "4", "margin": "2",
        "apart": "900", "reason": "误报太多", "limit_2": "", "severity_2": "",
    }  # fmt: skip

    with clock_at(NOW):
        answer = client.post("/alarm-rules/OXYGEN_LOW/", form)
        trial = RuleTrial.objects.get()
        assert answer["Location"] == f"/alarm-rules/trials/{trial.pk}/"
        assert "progress" in client.get(answer["Location"]).content.decode()
        with pytest.raises(NotReplayed):
            commands.sign_alarm_rule(by=cast.coordinator, at=NOW, trial=trial)
        jobs.try_on_last_month(trial.pk)
        page = client.get(answer["Location"]).content.decode()
        client.post(f"{answer['Location']}sign/")
        assert client.post(f"{answer['Location']}sign/").status_code == TrialOver.status

        trial.refresh_from_db()
        assert (trial.result["persons"], trial.result["before"], trial.result["after"]) == (1, 1, 0)
        assert "血氧仪" in page or "OXIMETER" in page
        days = [trial.result[name] for name in ("days", "told_days", "days_each", "untold")]
        assert (days, "30天中的1天" in page, "大部分没有读数" in page) == ([30, 1, 1.0, 0], True, True)
        rule = AlarmRule.objects.get()
        assert (rule.scope, rule.whom, rule.replayed["before"]) == ("KIND", "OXIMETER", 1)
        assert "第1版" in client.get("/alarm-rules/").content.decode()
        beyond = client.post("/alarm-rules/OXYGEN_LOW/", {**form, "limit_1": "500"})
        assert beyond.status_code == 422 and beyond.content.decode().count('class="error-summary"') == 1

    everybody = tried(cast)
    assert (everybody.result["persons"], everybody.result["before"], everybody.result["after"]) == (2, 1, 0)


def test_rules_of_a_kind_of_a_group_and_of_a_person_go_before_wider_ones(cast: Cast) -> None:
    kind, group = signed(cast, scope="KIND", whom="OXIMETER"), {"scope": "GROUP", "whom": "LOW_INCOME"}
    signed(cast, params={**LOW, "levels": [{"limit": 96, "severity": "ROUTINE"}]}, **group)
    signed(cast, "PULSE_HIGH", {"off": True}, scope="KIND", whom="OXIMETER")
    by_oximeter, oximeter = wearer(DeviceKind.OXIMETER)
    by_bracelet, bracelet = wearer(DeviceKind.BRACELET, "李梅", organisation_id=cast.care_home.pk)
    poor, own = wearer(DeviceKind.OXIMETER, "王五")
    GroupMembership.objects.create(person=poor, group="LOW_INCOME", from_on=NOW.date())

    for worn in (oximeter, bracelet):
        tell(worn, range(1, 6), OXYGEN=90, HEART_RATE=150)
    tell(own, range(1, 6), OXYGEN=95)

    assert kind.params["levels"][0]["limit"] == 88
    assert causes(by_oximeter) == [], "88 for oximeters, whose pulse does not alarm"
    assert ("OXYGEN_LOW", "URGENT") in causes(by_bracelet) and ("PULSE_HIGH", "URGENT") in causes(by_bracelet)
    assert causes(poor) == [("OXYGEN_LOW", "ROUTINE")]

    with clock_at(NOW):
        given: dict[str, Any] = {
            "by": cast.care_home_nurse,
            "at": NOW,
            "person": by_bracelet,
            "reason": "起夜多",
        }
        watch = commands.set_person_watch(
            **given, code="LEFT_BED", params={"minutes": 45}, until=NOW + timedelta(days=30)
        )
    mine = in_force(NOW, [by_bracelet.pk, poor.pk])
    assert [mine.watch(Cause.LEFT_BED, one.pk, ()).minutes for one in (by_bracelet, poor)] == [45, 20]  # type: ignore[union-attr]
    with clock_at(NOW + timedelta(hours=1)):
        commands.end_person_watch(
            by=cast.care_home_nurse, at=NOW + timedelta(hours=1), row=watch, person=by_bracelet
        )
    assert (
        in_force(NOW + timedelta(hours=2), [by_bracelet.pk]).watch(Cause.LEFT_BED, by_bracelet.pk, ()).minutes
        == 20
    )  # type: ignore[union-attr]


def test_the_score_and_what_did_not_happen_are_tried_too(cast: Cast) -> None:
    _who, monitor = wearer(DeviceKind.MONITOR)
    _sleeper, mattress = wearer(DeviceKind.MATTRESS, "李梅")
    before = NOW - timedelta(days=2)
    tell(monitor, range(10), before, SYSTOLIC=105, HEART_RATE=95, BREATHING=10, OXYGEN=95, TEMPERATURE=38.3)
    tell(
        monitor, range(10, 20), before, SYSTOLIC=125, HEART_RATE=75, BREATHING=16, OXYGEN=97, TEMPERATURE=36.8
    )
    night = before.replace(hour=16, minute=0)
    tell(mattress, range(1), night, OUT_OF_BED=1)
    tell(mattress, range(30, 31), night, OUT_OF_BED=0)
    packing.pack(NOW)
    news = {
        "quantity": "NEWS2", "side": "HIGH", "levels": [{"limit": 6, "severity": "URGENT"}], "count": 2, "of": 3,
        "margin": 1, "apart": 3600,
    }  # fmt: skip
    bed = {"since": "22:00", "until": "06:00", "minutes": 40, "severity": "URGENT"}

    for code, params in (("NEWS2", news), ("LEFT_BED", bed)):
        result = tried(cast, code, params).result

        assert (result["before"], result["after"]) == (1, 0), code


@pytest.mark.parametrize(
    "wide", [{"of": 10, "apart": 900}, {"of": 8, "apart": 1000, "change_seconds": 600, "only": 80}]
)
def test_a_rule_that_looks_back_further_than_readings_are_kept_is_refused(cast: Cast, wide: dict) -> None:
    with pytest.raises(WindowTooLong) as refused:
        tried(cast, params={**LOW, **wide})

    with override("zh-hans"):
        assert "逐条读数只保留 120 分钟" in str(refused.value)


def test_a_rule_is_asked_for_with_its_unit_and_its_side_of_those_who_can_tell(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.coordinator.account)

    oxygen, glucose, bed = (
        client.get(f"/alarm-rules/{code}/").content.decode()
        for code in ("OXYGEN_LOW", "GLUCOSE_FALLING", "LEFT_BED")
    )

    assert "第一级：低于多少报警（%）" in oxygen
    assert "KIND:OXIMETER" in oxygen and "KIND:DOOR_SENSOR" not in oxygen
    assert "30分钟内下降超过多少，写负数（mmol/L）" in glucose
    assert "after_door" not in bed and "KIND:MATTRESS" in bed


def test_the_versions_of_a_rule_say_what_each_of_them_said(cast: Cast) -> None:
    signed(cast)
    signed(cast, params={"off": True})
    client = Client()
    client.force_login(cast.coordinator.account)

    with clock_at(NOW):
        versions = client.get("/alarm-rules/OXYGEN_LOW/").context["versions"]

    assert [one["number"] for one in versions] == ["第2版", "第1版"]
    assert versions[0]["words"] == "已停用"
    assert versions[1]["words"].startswith("低于 88 %（紧急）")


def test_numbers_that_contradict_each_other_are_told_where_they_stand(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.coordinator.account)
    right = {
        "for_whom": "ALL:", "limit_1": "92", "severity_1": "URGENT", "limit_2": "85", "severity_2": "EMERGENCY",
        "count": "3", "of": "4", "margin": "2", "apart": "900", "reason": "误报太多",
    }  # fmt: skip

    for wrong, field in (
        ({"limit_2": "95"}, "limit_2"),
        ({"severity_2": ""}, "severity_2"),
        ({"limit_2": ""}, "limit_2"),
        ({"severity_2": "ROUTINE"}, "severity_2"),
        ({"count": "5"}, "count"),
        ({"limit_1": "500"}, "limit_1"),
    ):
        answer = client.post("/alarm-rules/OXYGEN_LOW/", {**right, **wrong})
        assert answer.status_code == 422, wrong
        assert list(answer.context["form"].errors) == [field], wrong

    with clock_at(NOW):
        off = client.post(
            "/alarm-rules/OXYGEN_LOW/", {"for_whom": "ALL:", "off": "on", "limit_1": "", "reason": "设备全坏"}
        )
    assert off.status_code == 302


def test_the_numbers_that_were_tried_are_those_that_are_changed_further(cast: Cast) -> None:
    trial = tried(cast)
    client = Client()
    client.force_login(cast.coordinator.account)

    with clock_at(NOW):
        change = client.get(f"/alarm-rules/trials/{trial.pk}/").context["change"]
        page = client.get(change).content.decode()

    assert f'value="{trial.params["levels"][0]["limit"]:g}' in page
    assert trial.reason in page


def test_the_page_of_a_person_says_what_is_switched_off_for_the_devices_they_have(cast: Cast) -> None:
    signed(cast, "PULSE_HIGH", {"off": True}, scope="KIND", whom="BRACELET")
    with_bracelet, _bracelet = wearer(DeviceKind.BRACELET, "李梅", organisation_id=cast.care_home.pk)
    without, _oximeter = wearer(DeviceKind.OXIMETER, "王五", organisation_id=cast.care_home.pk)
    client = Client()
    client.force_login(cast.care_home_nurse.account)

    with clock_at(NOW):
        hers, his = (
            client.get(f"/people/{one.pk}/alarm-limits/").content.decode() for one in (with_bracelet, without)
        )

    assert "只对部分人生效或已停用" in hers
    assert "只对部分人生效或已停用" not in his
