"""Real recordings, replayed twice, shuffled and in another order: each reading once, at its time, zeros as nothing."""

from __future__ import annotations

import csv
import gzip
import os
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from yiyang.devices.commands import packing
from yiyang.devices.commands.intake import take_in
from yiyang.devices.packs import Pack
from yiyang.devices.queries.series import readings, series
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import device, lend, own_key
from yiyang.people.tests import factories as people

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
pytestmark = [pytest.mark.django_db, pytest.mark.outside_data]
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 19, 1, tzinfo=UTC)
Rows = list[tuple[int, int, float]]  # µs since 1970, number of the quantity, value
COLUMNS = {"HR[bpm]": "HEART_RATE", "RESP[pm]": "BREATHING", "SpO2[%]": "OXYGEN", "ABPSys[mmHg]": "SYSTOLIC"}


def of_the_monitor() -> Rows:
    with next(_files("vitals-icu", "*.csv")).open() as file:
        return [
            (round((START + timedelta(minutes=float(row["minute"]))).timestamp()) * 1_000_000, BY_NAME[name].no, float(row[column]))
            for row in csv.DictReader(file)
            for column, name in COLUMNS.items()
            if row[column]
        ]  # fmt: skip


def of_the_first_sensor() -> Rows:
    with gzip.open(next(_files("cgm", "*.csv.gz")), "rt") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] == "Subject 1"]
    times = [datetime.fromisoformat(row["time"]).replace(tzinfo=SHANGHAI) for row in rows]
    glucose = BY_NAME["GLUCOSE"].no
    return [
        (round(at.timestamp()) * 1_000_000, glucose, round(float(row["gl"]) / 18.016, 2))
        for at, row in zip(times, rows, strict=True)
    ]


def _files(folder: str, pattern: str):
    found = sorted((DATA / folder).glob(pattern))
    if not found:
        pytest.skip(f"YIYANG_TEST_DATA has no {folder}")
    return iter(found)


def shuffled(rows: Rows) -> Rows:
    return random.Random(7).sample(rows, len(rows))


@pytest.mark.parametrize(
    ("kind", "recorded"), [(DeviceKind.MONITOR, of_the_monitor), (DeviceKind.GLUCOSE_SENSOR, of_the_first_sensor)]
)  # fmt: skip
def test_a_recording_is_stored_once_in_whatever_order_it_comes(
    kind: DeviceKind, recorded: Callable[[], Rows]
):
    rows = recorded()
    truth = sorted({(at, code): value for at, code, value in reversed(rows) if value}.items())
    ended = datetime.fromtimestamp(rows[-1][0] / 1e6, UTC) + timedelta(minutes=1)
    orders = {
        "as recorded, live": (rows, 600),
        "backwards, all late": (rows[::-1], 700),
        "shuffled": (shuffled(rows), 300),
    }

    for order, (sent, size) in orders.items():
        wearer, worn = people.person(), device(kind)
        lend(worn, wearer.pk)
        for repeat in range(2):
            stored = 0
            for begin in range(0, len(sent), size):
                at, code, value = zip(*sent[begin : begin + size], strict=True)
                last = datetime.fromtimestamp(max(at) / 1e6, UTC)
                entry = own_key(worn), Pack(worn.urn, list(at), list(code), list(value), [0] * len(at))
                stored += take_in([entry], now=last if "live" in order and not repeat else ended)[0].stored
            assert stored == (0 if repeat else len(truth)), order
            packing.pack(ended)
        since = datetime.fromtimestamp(truth[0][0][0] / 1e6, UTC)
        for code in {code for (_, code), _ in truth}:
            kept = readings([wearer.pk], code, since, ended)
            expected = [(at, value) for (at, no), value in truth if no == code]
            assert kept.at.tolist() == [at for at, _ in expected], order
            assert np.allclose(kept.value, [value for _, value in expected]), order
            assert series([wearer.pk], code, since, ended + timedelta(days=101)).count.sum() == len(expected)
