"""Glucose over weeks: the figures of recorded sensors, computed here another way; and the page."""

from __future__ import annotations

import csv
import gzip
import os
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.intake import take_in
from yiyang.devices.rules.glucose_profile import Summary, day_profile, summary
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import clock_at
from yiyang.people.tests.factories import person, seen_by

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data")) / "cgm"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def of_arrays(rows: list[tuple[datetime, float]], since: datetime, until: datetime) -> Summary | None:
    at = np.array([round(one.timestamp() * 1e6) for one, _value in rows], np.int64)
    value = np.array([value for _at, value in rows], np.float32)
    return summary(at, value, np.zeros(len(rows), np.int16), since, until, SHANGHAI)


def recorded() -> dict[str, list[tuple[datetime, int]]]:
    files = sorted(DATA.glob("*.csv.gz"))
    if not files:
        pytest.skip("YIYANG_TEST_DATA has no cgm")
    found: dict[str, list[tuple[datetime, int]]] = {}
    with gzip.open(files[0], "rt") as text:
        for row in csv.DictReader(text):
            at = datetime.fromisoformat(row["time"]).replace(tzinfo=SHANGHAI)
            found.setdefault(row["id"], []).append((at, int(float(row["gl"]))))
    return found


@pytest.mark.outside_data
def test_the_figures_of_recorded_sensors_are_those_of_their_reports() -> None:
    for whose, rows in recorded().items():
        since, until = rows[0][0], rows[-1][0] + timedelta(minutes=5)
        mg = [value for _at, value in rows]
        mean = statistics.fmean(mg)
        shares = {
            "very_low": sum(one < 54 for one in mg), "below": sum(one < 70 for one in mg),
            "in_range": sum(70 <= one <= 180 for one in mg), "above": sum(one > 180 for one in mg),
            "very_high": sum(one > 250 for one in mg),
        }  # fmt: skip

        found = of_arrays([(at, value / 18.016) for at, value in rows], since, until)

        assert found and found.continuous, whose
        assert found.mean * 18.016 == pytest.approx(mean, abs=0.2), whose
        assert found.gmi == pytest.approx(3.31 + 0.02392 * mean, abs=0.01), whose
        assert found.cv == pytest.approx(100 * statistics.stdev(mg) / mean, abs=0.1), whose
        assert found.days_with == len({at.date() for at, _value in rows}), whose
        for name, count in shares.items():  # 181 and 251 mg/dL are shown as 10.0 and 13.9 mmol/L
            assert 100 * getattr(found.shares, name) == pytest.approx(100 * count / len(mg), abs=2.0), (
                whose,
                name,
            )


def test_seventy_is_in_range_and_so_is_a_hundred_and_eighty() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    mg = [53, 54, 69, 70, 180, 182, 250, 252]
    rows = [(since + timedelta(minutes=5 * n), value / 18.016) for n, value in enumerate([*mg, 100])]

    found = of_arrays(rows, since, since + timedelta(minutes=90))

    assert found is not None
    shares = found.shares
    eighths = [shares.very_low, shares.below, shares.in_range, shares.above, shares.very_high]
    assert [round(8 * one) for one in eighths if one is not None] == [1, 3, 2, 3, 1]
    assert found.present == 0.5 and not found.enough


def test_few_measurements_are_said_to_be_single_ones_and_none_are_nothing() -> None:
    since = datetime(2026, 11, 1, tzinfo=UTC)
    rows = [(since + timedelta(hours=6 * n), 6.0 + n % 2) for n in range(8)]

    found = of_arrays(rows, since, since + timedelta(days=2))

    assert found is not None and not found.continuous and found.days_with == 3
    assert of_arrays([], since, since + timedelta(days=2)) is None


def test_a_day_is_laid_over_the_other_on_the_clock_of_the_district() -> None:
    since = datetime(2026, 11, 1, 23, 10, tzinfo=UTC)  # 07:10 in Shanghai
    at = np.array([round((since + timedelta(days=n)).timestamp() * 1e6) for n in range(5)], np.int64)

    slots = day_profile(at, np.array([4.0, 5, 6, 7, 8]), np.zeros(5, np.int16), SHANGHAI)

    assert [one.label for one in slots if one.percentiles] == ["07:00"]
    assert slots[14].percentiles == pytest.approx((4.2, 5.0, 6.0, 7.0, 7.8))


@pytest.mark.django_db
def test_a_nurse_reads_two_weeks_and_is_told_how_much_is_missing(cast: Cast) -> None:
    noon = datetime(2026, 11, 10, 12, tzinfo=SHANGHAI)
    with clock_at(noon):
        wang, worn = person(), device(DeviceKind.GLUCOSE_SENSOR, unit=cast.care_home)
        seen_by(wang, cast.care_home.pk)
        lend(worn, wang.pk)
        nurse, address = Client(), f"/people/{wang.pk}/readings/GLUCOSE/patterns/"
        nurse.force_login(cast.care_home_nurse.account)
        empty = nurse.get(address).content.decode()
        told = [("GLUCOSE", noon - timedelta(minutes=15 * n), 6.0) for n in range(96)]
        take_in([(own_key(worn), pack(worn, *told))], now=noon)

        page = nurse.get(f"{address}?days=14&until=nonsense").content.decode()

    assert "这段时间没有测血糖" in empty
    assert "100.0 %" in page and "只有应有读数的7%" in page and "14 天中的 2 天" in page
