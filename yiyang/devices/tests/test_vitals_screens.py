"""A nurse looks at what was measured: now, through a day, and drawn closer; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands import acknowledge_alarm, raise_alarm, set_device_quiet
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Fence, Sensed
from yiyang.devices.packs import Pack
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import agree, device, lend, micro, own_key, pack
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(cast: Cast) -> Any:
    """Two hours of pulse, a minute each, between 60 and 79."""
    found = person()
    seen_by(found, cast.care_home.pk)
    made = device(DeviceKind.BRACELET)
    lend(made, found.pk)
    told = [("HEART_RATE", now() - timedelta(minutes=minute), 60 + minute % 20) for minute in range(120)]
    take_in([(own_key(made), pack(made, *told))], now=now())
    return found


def client(actor: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(actor.account)
    return signed_in


def test_the_newest_value_leads_to_its_day_and_to_a_closer_look(cast: Cast, wang: Any) -> None:
    nurse, address = client(cast.care_home_nurse), f"/people/{wang.pk}/readings/"
    until = now()
    window = {"since": (until - timedelta(minutes=30)).isoformat(), "until": until.isoformat()}

    assert "<strong>60</strong>" in nurse.get(address).content.decode()
    assert "共120次读数，60～79" in nurse.get(f"{address}HEART_RATE/?span=day").content.decode()
    assert 28 <= len(nurse.get(f"{address}HEART_RATE/drawn/", window).json()["times"]) <= 31


def test_a_line_ends_where_nothing_came_for_long_beside_what_is_usual(cast: Cast, wang: Any) -> None:
    cuff = device(DeviceKind.PRESSURE_METER, unit=cast.care_home)
    lend(cuff, wang.pk)
    told = [("SYSTOLIC", now() - timedelta(minutes=15 * nth), 130) for nth in range(5)]
    take_in([(own_key(cuff), pack(cuff, *told))], now=now())
    nurse, address = client(cast.care_home_nurse), f"/people/{wang.pk}/readings/"

    each_minute, each_quarter = (
        nurse.get(f"{address}{name}/drawn/").json()["gap"] for name in ("HEART_RATE", "SYSTOLIC")
    )

    assert (each_minute, each_quarter) == (600, 3600)


def test_an_address_that_means_nothing_shows_a_day(cast: Cast, wang: Any) -> None:
    nurse = client(cast.care_home_nurse)

    for query in ("span=never&until=yesterday", "until=9999-01-01T00:00:00Z", "until=0001-01-01T00:00:00Z"):
        assert nurse.get(f"/people/{wang.pk}/readings/HEART_RATE/?{query}").status_code == 200


def test_whoever_does_not_care_for_the_person_sees_nothing(cast: Cast, wang: Any) -> None:
    assert client(cast.stranger).get(f"/people/{wang.pk}/readings/").status_code == 404


def test_the_wall_puts_silent_devices_first_and_says_when_a_score_is_partial(cast: Cast, wang: Any) -> None:
    silent = person(full_name="沉默之人")
    seen_by(silent, cast.care_home.pk)
    lend(device(DeviceKind.OXIMETER, unit=cast.care_home), silent.pk)
    worn = device(DeviceKind.OXIMETER, unit=cast.care_home)
    lend(worn, wang.pk)
    take_in([(own_key(worn), pack(worn, ("HEART_RATE", now(), 112), ("OXYGEN", now(), 93)))], now=now())

    shown = client(cast.care_home_nurse).get("/wall/").content.decode()

    assert shown.index("沉默之人") < shown.index(wang.full_name)
    assert "1人设备失联" in shown
    assert (
        '<strong class="figure">4</strong>' in shown and "不完整" in shown
    )  # NEWS2: 2 for a pulse of 112, 2 for 93 %


def test_the_wall_says_of_each_alarm_whether_somebody_has_taken_it(cast: Cast, wang: Any) -> None:
    lend(device(DeviceKind.OXIMETER, unit=cast.care_home), wang.pk)
    alarm = raise_alarm(
        by=SYSTEM, at=now(), person=wang, cause="FALL", severity="EMERGENCY", unit_id=cast.care_home.pk
    )
    nurse = client(cast.care_home_nurse)

    before = nurse.get("/wall/").content.decode()
    acknowledge_alarm(by=cast.care_home_nurse, at=now(), alarm=alarm)
    after = nurse.get("/wall/").content.decode()

    assert "无人接手" in before and "已接手" not in before
    assert "已接手" in after and "无人接手" not in after


def test_the_wall_says_when_an_old_value_was_measured_and_marks_three_points_in_one(
    cast: Cast, wang: Any
) -> None:
    worn = device(DeviceKind.OXIMETER, unit=cast.care_home)
    lend(worn, wang.pk)
    hours = now() - timedelta(hours=5)
    take_in(
        [
            (
                own_key(worn),
                pack(worn, ("OXYGEN", now(), 89), ("TEMPERATURE", hours, 36.5), ("HEART_RATE", now(), 80)),
            )
        ],
        now=now(),
    )

    shown = client(cast.care_home_nurse).get("/wall/").content.decode()

    assert f'36.5<br><span class="muted">{localtime(hours):%H:%M}' in shown.replace(
        f"{localtime(hours):%m-%d} ", ""
    )
    assert "89</td>" in shown, "just measured: without its time"
    assert "单项3分" in shown and "血氧饱和度 %" in shown


def test_the_wall_says_which_device_is_in_maintenance_and_calls_it_not_silent(cast: Cast, wang: Any) -> None:
    worn = device(DeviceKind.OXIMETER, unit=cast.care_home)
    lend(worn, wang.pk)
    nurse, until = client(cast.care_home_nurse), now() + timedelta(hours=2)
    before = nurse.get("/wall/").content.decode()

    set_device_quiet(by=cast.care_home_manager, at=now(), device=worn, until=until, reason="换电池")

    after = nurse.get("/wall/").content.decode()
    assert "1人设备失联" in before and "维护中" not in before
    assert "0人设备失联" in after and "维护中" in after and f"{localtime(until):%H:%M}" in after


def test_where_somebody_was_is_drawn_only_while_they_agree(cast: Cast, wang: Any) -> None:
    nurse, address = client(cast.care_home_nurse), f"/people/{wang.pk}/whereabouts/"
    locator = device(DeviceKind.LOCATOR, unit=cast.care_home)
    lend(locator, wang.pk)
    assert "<svg" not in nurse.get(address).content.decode().split("<main", 1)[1]

    agree(wang.pk, Sensed.LOCATION)
    assert (
        nurse.post(
            f"{address}areas/set/",
            {
                "name": "家",
                "lat": "31.23",
                "lon": "121.47",
                "radius": "500",
                "dwell_seconds": "120",
                "reason": "易走失",
            },
        ).status_code
        == 302
    )
    way = [
        (micro(now() - timedelta(minutes=9 - step)), 31.23 + step / 1000, 121.47, 10.0) for step in range(5)
    ]
    take_in([(own_key(locator), Pack(locator.urn, positions=way))], now=now())
    shown = nurse.get(address).content.decode()

    assert 'class="way"' in shown and 'class="area"' in shown and "共5个位置" in shown
    crossed = {
        "name": "田",
        "corners": "31 121\n31.1 121.1\n31.1 121\n31 121.1",
        "dwell_seconds": "0",
        "reason": "x",
    }
    refused = nurse.post(f"{address}areas/set/", crossed)
    assert "边线自相交叉" in refused.content.decode() and "corners" in refused.context["form"].errors
    bare = nurse.post(f"{address}areas/set/", {**crossed, "name": "圆", "corners": "", "radius": "300"})
    assert "圆形要有中心" in bare.content.decode() and "lat" in bare.context["form"].errors
    assert "中心周围500米" in nurse.get(address).content.decode()


def test_an_area_that_was_ended_stays_to_be_read_with_its_time_and_reason(cast: Cast, wang: Any) -> None:
    nurse, address = client(cast.care_home_nurse), f"/people/{wang.pk}/whereabouts/"
    agree(wang.pk, Sensed.LOCATION)
    first = {
        "name": "家",
        "lat": "31.2",
        "lon": "121.4",
        "radius": "500",
        "dwell_seconds": "120",
        "reason": "易走失",
    }
    nurse.post(f"{address}areas/set/", first)
    shown = nurse.get(address).content.decode()
    assert "曾约定的范围" not in shown
    assert 'aria-label="结束这个范围: 家"' in shown and 'data-label="生效时间"' in shown

    nurse.post(f"/whereabouts/areas/{Fence.objects.get().pk}/end/")
    nurse.post(f"{address}areas/set/", {**first, "radius": "800"})

    shown = nurse.get(address).content.decode()
    now_agreed, former = shown.split("曾约定的范围")
    assert "中心周围800米" in now_agreed and "中心周围500米" not in now_agreed
    assert "中心周围500米" in former and "易走失" in former
