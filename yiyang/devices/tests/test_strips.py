"""A raw signal on paper: true to its scale, thinned without losing a spike, opened from the list and as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm
from yiyang.devices.packs import Pack, Signal
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.strips import seconds, sheet, thinned
from yiyang.devices.tests.lending import device, lend, micro, own_key
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by


def places(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (one.split(",") for one in points.split())]


def test_an_ecg_is_drawn_at_25_mm_a_second_and_10_mm_a_millivolt() -> None:
    beat = np.zeros(2500)
    beat[500] = 1000.0  # µV, one second after another 500 samples

    page = sheet("ECG", "uV", 250.0, beat)
    line = places(page.rows[0].lines[0].points)
    rest, peak = line[0], min(line, key=lambda place: place[1])

    assert len(page.rows) == 1 and page.unit == "mV"
    assert peak[0] == pytest.approx(50.0, abs=0.3)  # two seconds
    assert rest[1] - peak[1] == pytest.approx(10.0, abs=0.01)


def test_a_long_one_is_thinned_to_what_can_be_seen_and_keeps_every_spike() -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(0, 0.1, 360 * 1800)
    values[333_333], values[444_444] = 5.0, -5.0

    at, kept = thinned(values, 360 * 1800 / 250, 1.0)

    assert len(kept) <= 2001 and (kept.max(), kept.min()) == (5.0, -5.0)
    assert (np.diff(at) > 0).all()
    assert len(sheet("ECG", "mV", 360.0, values).rows) == 6  # a minute, ten seconds a row


def test_what_cannot_be_drawn_to_scale_still_is_drawn() -> None:
    for samples in ([1.0], [0.0] * 50, [np.nan, np.inf, 2.0]):
        assert sheet("PRESSURE", "", 10.0, np.array(samples)).rows[0].lines[0].points
    assert seconds("ACCELERATION", 10.0, np.arange(60.0))[1].low == (30.0, 31.0, 32.0)


@pytest.mark.django_db
def test_a_nurse_opens_the_movement_behind_a_fall_and_takes_it_as_a_file(cast: Cast) -> None:
    wang, worn = person(), device(DeviceKind.FALL_DETECTOR, unit=cast.care_home)
    seen_by(wang, cast.care_home.pk)
    lend(worn, wang.pk)
    began = now() - timedelta(minutes=3)
    upright, lying = [(0, 0, 1000)] * 400, [(1000, 0, 0)] * 400
    window: Any = np.array([*upright, (2500, 500, 2500), (2600, 500, 2600), (2500, 300, 2500), *lying], "<i2")
    fall = Signal(micro(began), "ACCELERATION", 100.0, "mg", window.tobytes())
    take_in([(own_key(worn), Pack(worn.urn, signals=[fall]))], now=now())
    nurse, address = Client(), f"/people/{wang.pk}/signals/"
    nurse.force_login(cast.care_home_nurse.account)

    listed = nurse.get(f"/people/{wang.pk}/readings/").content.decode()
    opened = f"{address}{micro(began) // 1000 * 1000}/"
    page, file = nurse.get(opened), nurse.get(f"{opened}csv/?of=ACCELERATION").content.decode()

    alarm = nurse.get(f"/alarms/{Alarm.objects.get().pk}/").content.decode()

    assert opened in alarm and opened in listed and opened in nurse.get(address).content.decode()
    assert page.content.decode().count("<polyline") == 3
    assert len(file.splitlines()) == 804 and file.splitlines()[401].startswith("4.0,2500.0,500.0,2500.0")
    assert nurse.get(f"{opened}?of=ECG").status_code == nurse.get(f"{address}1/").status_code == 404
