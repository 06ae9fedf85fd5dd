"""The wall of a unit shows everybody in its beds, whatever they wear."""

from __future__ import annotations

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.beds.tests.factories import bed, person, stay
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend
from yiyang.kernel.time import now


@pytest.mark.django_db
def test_the_wall_shows_who_has_a_bed_and_no_device_last(who: Cast) -> None:
    bare = person("无设备者")
    stay(bare, bed(who.care_home))
    worn = person("有设备者")
    stay(worn, bed(who.care_home))
    lend(device(DeviceKind.OXIMETER), worn.pk, since=now())
    nurse = Client()
    nurse.force_login(who.care_home_nurse.account)

    shown = nurse.get("/wall/").content.decode()

    assert 0 < shown.index("有设备者") < shown.index("无设备者")
    assert "1人没有设备" in shown
