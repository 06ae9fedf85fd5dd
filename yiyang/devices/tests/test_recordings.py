"""Real recordings, replayed twice, shuffled and in another order: each reading once, at its time, zeros as nothing."""

from __future__ import annotations

import csv
import gzip
import os
import random
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
from yiyang.kernel.time import clock_at
from yiyang.people.tests import factories as people

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
pytestmark = [pytest.mark.django_db, pytest.mark.outside_data]
SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 11, 19, 1, tzinfo=UTC)
ORDERS = ("as recorded, live", "backwards, all late", "shuffled")
Rows = list[tuple[int, int, float]]  # µs since 1970, number of the quantity, value
COLUMNS = {"HR[bpm]": "HEART_RATE", "RESP[pm]": "BREATHING", "SpO2[%]": "OXYGEN", "ABPSys[mmHg]": "SYSTOLIC"}


def of_a_monitor(file: Path) -> Rows:
    with file.open() as lines:
        return [
            (round((START + timedelta(minutes=float(row["minute"]))).timestamp()) * 1_000_000, BY_NAME[name].no, float(row[column]))
            for row in csv.DictReader(lines)
            for column, name in COLUMNS.items()
            if row.get(column)
        ]  # fmt: skip


def of_sensors(file: Path) -> dict[str, Rows]:
    """By wearer; local time without a zone, mg/dL."""
    found: dict[str, Rows] = {}
    with gzip.open(file, "rt") as lines:
        for row in csv.DictReader(lines):
            at = datetime.fromisoformat(row["time"]).replace(tzinfo=SHANGHAI)
            told = (
                round(at.timestamp()) * 1_000_000,
                BY_NAME["GLUCOSE"].no,
                round(float(row["gl"]) / 18.016, 2),
            )
            found.setdefault(row["id"], []).append(told)
    return found


def cases() -> dict[str, tuple[DeviceKind, Rows]]:
    """Whatever recordings of their kind lie there."""
    monitors = sorted((DATA / "vitals-icu").glob("*.csv"))
    sensors = sorted((DATA / "cgm").glob("*.csv.gz"))
    found = {file.name: (DeviceKind.MONITOR, of_a_monitor(file)) for file in monitors}
    for file in sensors:
        found |= {
            f"{file.name} {who}": (DeviceKind.GLUCOSE_SENSOR, rows) for who, rows in of_sensors(file).items()
        }
    return found


def shuffled(rows: Rows) -> Rows:
    return random.Random(7).sample(rows, len(rows))


def test_recordings_are_stored_once_in_whatever_order_they_come():
    """The first of each kind in every order, each further one in the next."""
    found = cases()
    if not found:
        pytest.skip("YIYANG_TEST_DATA has no vitals-icu and no cgm")
    met: set[DeviceKind] = set()
    in_time = sorted(found.items(), key=lambda one: max(one[1][1]))
    for nth, (name, (kind, rows)) in enumerate(in_time):
        known = kind in met
        _replay(name, kind, rows, (ORDERS[nth % len(ORDERS)],) if known else ORDERS, 5 if known else 1)
        met.add(kind)


def _replay(name: str, kind: DeviceKind, rows: Rows, chosen: tuple[str, ...], times: int) -> None:
    truth = sorted({(at, code): value for at, code, value in reversed(rows) if value}.items())
    ended = datetime.fromtimestamp(max(at for at, _code, _value in rows) / 1e6, UTC) + timedelta(minutes=1)
    whole = {
        "as recorded, live": (rows, 600), "backwards, all late": (rows[::-1], 700), "shuffled": (shuffled(rows), 300),
    }  # fmt: skip
    orders = {f"{name}, {order}": whole[order] for order in chosen}

    for order, (sent, one_pack) in orders.items():
        size = one_pack * times
        wearer, worn = people.person(), device(kind)
        lend(worn, wearer.pk)
        for repeat in range(2):
            stored = 0
            for begin in range(0, len(sent), size):
                at, code, value = zip(*sent[begin : begin + size], strict=True)
                last = datetime.fromtimestamp(max(at) / 1e6, UTC)
                entry = own_key(worn), Pack(worn.urn, list(at), list(code), list(value), [0] * len(at))
                now = last if "live" in order and not repeat else ended
                with clock_at(now):
                    stored += take_in([entry], now=now)[0].stored
            assert stored == (0 if repeat else len(truth)), order
            packing.pack(ended)
        since = datetime.fromtimestamp(truth[0][0][0] / 1e6, UTC)
        for code in {code for (_, code), _ in truth}:
            kept = readings([wearer.pk], code, since, ended)
            expected = [(at, value) for (at, no), value in truth if no == code]
            assert kept.at.tolist() == [at for at, _ in expected], order
            assert np.allclose(kept.value, [value for _, value in expected]), order
            assert series([wearer.pk], code, since, ended + timedelta(days=101)).count.sum() == len(expected)
