"""Readings lie singly, late or packed; whoever asks sees each once and at its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from yiyang.devices.commands import packing
from yiyang.devices.commands.intake import take_in
from yiyang.devices.packs import Mark, Pack
from yiyang.devices.queries.series import latest, readings, series
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.people.tests import factories as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
PULSE = BY_NAME["HEART_RATE"].no


def minutes_of(bracelet, start: datetime, count: int, value=lambda number: 60 + number % 30) -> Pack:
    times = [start + timedelta(minutes=number) for number in range(count)]
    return pack(bracelet, *(("HEART_RATE", at, value(number)) for number, at in enumerate(times)))


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_hours_are_packed_and_nothing_is_lost_by_it_or_told_twice():
    bracelet, wang = device(), people.person()
    lend(bracelet, wang.pk)
    key, start = own_key(bracelet), NOW - timedelta(minutes=150)
    sent = minutes_of(bracelet, start, 150)
    sent.value[3] = 500
    take_in([(key, sent)], now=NOW)
    before = readings([wang.pk], PULSE, start, NOW)
    later = NOW + timedelta(hours=2)

    packing.pack(later)
    packing.pack(later)
    again = take_in([(key, sent)], now=later)[0]

    after = readings([wang.pk], PULSE, start, NOW)
    assert (again.stored, again.repeated) == (0, 150)
    assert [len(before.at), len(after.at)] == [150, 150]
    assert (before.at == after.at).all() and (before.value == after.value).all()
    assert after.marks[3] == Mark.IMPLAUSIBLE
    assert count("devices_pack") == 2  # the third hour is still open
    assert latest([wang.pk], later, timedelta(hours=9))[wang.pk, PULSE].value == before.value[-1]


def test_a_late_reading_opens_its_hour_once_and_its_day_again():
    bracelet, second, wang = device(), device(), people.person()
    lend(bracelet, wang.pk), lend(second, wang.pk)
    start = datetime(2026, 11, 18, 16, tzinfo=UTC)  # midnight in Shanghai
    take_in([(own_key(bracelet), minutes_of(bracelet, start, 120))], now=start + timedelta(hours=2))
    packing.pack(NOW)
    late = pack(second, ("HEART_RATE", start + timedelta(seconds=30), 190))

    first = take_in([(own_key(second), late)], now=NOW)[0]
    waiting = series([wang.pk], PULSE, start, start + timedelta(hours=3), step=3600)
    packing.pack(NOW)
    repeated = take_in([(own_key(second), late)], now=NOW)[0]
    packing.pack(NOW)

    assert (first.stored, repeated.repeated) == (1, 1)
    assert waiting.count.tolist() == [61, 60]
    assert (count("devices_late"), count("devices_reading")) == (0, 0)
    raw = readings([wang.pk], PULSE, start, start + timedelta(minutes=2))
    assert raw.value.tolist() == [60, 190, 61]
    assert raw.marks.tolist() == [0, Mark.LATE, 0]
    assert raw.device_no.tolist() == [bracelet.no, second.no, bracelet.no]
    hours = series([wang.pk], PULSE, start, start + timedelta(hours=3), step=3600)
    assert (hours.count.tolist(), hours.high.tolist()) == ([61, 60], [190, 89])
    days = series([wang.pk], PULSE, start - timedelta(days=400), NOW)
    assert (days.step, days.count.tolist(), days.high.tolist()) == (86400, [121], [190])


def test_a_chart_sees_the_open_hour_beside_packed_hours_and_days():
    bracelet, wang = device(), people.person()
    lend(bracelet, wang.pk)
    key = own_key(bracelet)
    buffered = minutes_of(bracelet, NOW - timedelta(hours=50), 2940)
    take_in([(key, buffered)], now=NOW - timedelta(hours=1))
    packing.pack(NOW - timedelta(hours=1))
    take_in([(key, minutes_of(bracelet, NOW - timedelta(hours=1), 60))], now=NOW)

    hourly = series([wang.pk], PULSE, NOW - timedelta(days=30), NOW)
    daily = series([wang.pk], PULSE, NOW - timedelta(days=300), NOW)
    fine = series([wang.pk], PULSE, NOW - timedelta(hours=1), NOW)
    by_minute = series([wang.pk], PULSE, NOW - timedelta(days=2), NOW)

    assert [one.step for one in (hourly, daily, fine, by_minute)] == [3600, 86400, None, 60]
    assert hourly.count.sum() == daily.count.sum() == 3000
    assert len(daily) == 3
    assert len(fine) == 60
    assert by_minute.count.sum() == 2880
