"""What the wall of a unit learns from its beds."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.beds import commands
from yiyang.beds.alarms import door_of
from yiyang.beds.models import Bed, Room
from yiyang.beds.tests import factories as f
from yiyang.devices.commands import raise_alarm
from yiyang.devices.models import Alarm
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import clock_at, now

NOON = datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


def test_whose_bed_is_only_kept_is_said_to_be_away(who: Cast) -> None:
    client = Client()
    client.force_login(who.care_home_nurse.account)
    with clock_at(NOON):
        episode = f.stay(f.person(organisation_id=who.care_home.pk), f.bed(who.care_home))
        before = client.get("/wall/").content.decode()

        commands.begin_leave(
            by=who.care_home_nurse, at=now(), episode=episode, companion="儿子王强",
            due_back_at=NOON + timedelta(hours=30),
        )  # fmt: skip
        after = client.get("/wall/").content.decode()

    assert "外出" not in before.split("<table", 1)[1]
    assert "· 外出" in after.split("<table", 1)[1]


def test_an_alarm_says_that_its_person_is_away_and_where_they_lie_now(who: Cast) -> None:
    client = Client()
    client.force_login(who.care_home_nurse.account)
    with clock_at(NOON):
        elder = f.person(organisation_id=who.care_home.pk)
        elder.residence_address = "幸福路1弄2号303室"
        elder.save()
        kept = f.bed(who.care_home)
        episode = f.stay(elder, kept)
        raise_alarm(by=SYSTEM, at=now(), person=elder, cause="FALL", severity="EMERGENCY")
        at_home = client.get("/alarms/").content.decode()

        commands.begin_leave(
            by=who.care_home_nurse, at=now(), episode=episode, companion="儿子王强",
            due_back_at=NOON + timedelta(hours=30),
        )  # fmt: skip
        away = client.get("/alarms/").content.decode()
        ward = f.bed(who.hospital, "HOSPITAL")
        f.stay(elder, ward)
        in_ward = client.get("/alarms/").content.decode()

    assert f"<strong>{kept.room.label} {kept.label}</strong>" in at_home
    assert f"<strong>{kept.room.label} {kept.label} · 外出</strong>" in away
    assert f"<strong>{who.hospital.name} {ward.room.label} {ward.label}</strong>" in in_ward
    assert "幸福路" not in away + in_ward


def test_the_page_of_an_alarm_says_where_it_happened_also_after_the_person_has_gone(who: Cast) -> None:
    client = Client()
    client.force_login(who.care_home_nurse.account)
    with clock_at(NOON):
        elder, room = f.person(organisation_id=who.care_home.pk), f.bed(who.care_home)
        episode = f.stay(elder, room)
    with clock_at(NOON + timedelta(hours=1)):
        alarm = raise_alarm(by=SYSTEM, at=now(), person=elder, cause="FALL", severity="EMERGENCY")
        at_home = client.get(f"/alarms/{alarm.pk}/").content.decode()
    with clock_at(NOON + timedelta(hours=2)):
        commands.begin_leave(
            by=who.care_home_nurse, at=now(), episode=episode, companion="儿子王强",
            due_back_at=NOON + timedelta(hours=30),
        )  # fmt: skip
        away = client.get(f"/alarms/{alarm.pk}/").content.decode()
        Alarm.objects.update(closed_at=now(), outcome="TRUE", done="上药")
        closed = client.get(f"/alarms/{alarm.pk}/").content.decode()

    there = f"{room.room.label} {room.label}"
    assert f"<dt>位置</dt><dd><strong>{there}</strong>" in at_home and "现在在哪里" not in at_home
    assert f"<dt>现在在哪里</dt><dd><strong>{there} · 外出</strong>" in away
    assert f"<dt>发生在哪里</dt><dd>{there}</dd>" in away
    assert f"<dt>位置</dt><dd><strong>{there}</strong>" in closed and "外出" not in closed


@pytest.mark.parametrize(
    ("room", "bed", "door"),
    [
        ("203", "2楼-203A", "2楼-203A"),
        ("203", "203-1", "203-1"),
        ("20", "2楼-203A", "20 2楼-203A"),
        ("A", "A1", "A1"),
        ("203", "1床", "203 1床"),
        ("", "1床", "1床"),
    ],
)
def test_a_room_is_not_said_twice(room: str, bed: str, door: str) -> None:
    assert door_of(Bed(label=bed, room=Room(label=room) if room else None)) == door


def test_a_battery_in_an_empty_home_is_a_matter_of_the_lender_and_not_of_the_ward(who: Cast) -> None:
    with clock_at(NOON):
        elder = f.person(organisation_id=who.care_home.pk)
        f.stay(elder, f.bed(who.care_home))
        sensor = device(DeviceKind.DOOR_SENSOR, unit=who.care_home)
        f.stay(elder, f.bed(who.hospital, "HOSPITAL"))

        about = {"by": SYSTEM, "at": now(), "person": elder, "severity": "ROUTINE", "device": sensor}
        battery = raise_alarm(cause="BATTERY", **about)
        fall = raise_alarm(cause="FALL", **about)

    assert (battery.unit_id, fall.unit_id) == (who.care_home.pk, who.hospital.pk)
