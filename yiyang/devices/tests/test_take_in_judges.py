"""What is stored is judged in the same transaction; only what may mean something is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.devices.commands import intake
from yiyang.devices.commands.intake import take_in
from yiyang.devices.commands.judging import judge
from yiyang.devices.models import Alarm, Limit
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import clock_at
from yiyang.people.tests import factories as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens that day is told by the next, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NOW + timedelta(days=1)):
        yield


def test_a_fall_alarms_once_however_often_it_is_told():
    bracelet, wang = device(), people.person()
    lend(bracelet, wang.pk)
    sent = pack(bracelet, ("FALL", NOW - timedelta(hours=5), 1), ("HEART_RATE", NOW, 71))

    for _ in range(2):
        take_in([(own_key(bracelet), sent)], now=NOW)

    assert Alarm.objects.get().person_id == wang.pk


def test_only_what_may_mean_something_is_handed_on(monkeypatch):
    asked = []
    monkeypatch.setattr(
        intake, "judge", lambda fresh, now: asked.extend(zip(fresh.person_id, fresh.value, strict=True))
    )
    usual, own = people.person(), people.person("李大爷")
    bracelets = device(), device()
    Limit.objects.create(
        person=own, code=1, low=60, high=75, period=DateTimeTZRange(NOW - timedelta(days=1), None), reason="β",
        set_at=NOW, set_label="Dr",
    )  # fmt: skip
    sent = []
    for bracelet, person in zip(bracelets, (usual, own), strict=True):
        lend(bracelet, person.pk)
        values = enumerate((70, 79, 171, 400))
        readings = [("HEART_RATE", NOW - timedelta(minutes=number), value) for number, value in values]
        sent.append((own_key(bracelet), pack(bracelet, *readings)))

    take_in(sent, now=NOW)

    assert sorted(asked, key=str) == sorted([(usual.pk, 171), (own.pk, 79), (own.pk, 171)], key=str)


def test_five_readings_of_one_point_each_reach_the_score_and_are_looked_at_only_near_it(monkeypatch):
    asked = []
    monkeypatch.setattr(
        intake, "judge", lambda fresh, now: asked.append(sorted(fresh.value)) or judge(fresh, now=now)
    )
    monitor, wang = device(DeviceKind.MONITOR), people.person()
    lend(monitor, wang.pk)

    def tell(minute: int, **values: float) -> None:
        at = NOW + timedelta(minutes=minute)
        take_in(
            [(own_key(monitor), pack(monitor, *((name, at, one) for name, one in values.items())))], now=at
        )

    tell(0, HEART_RATE=95, BREATHING=10, OXYGEN=95, TEMPERATURE=38.3)
    assert asked == [], "four points at most: nobody looks"
    tell(2, SYSTOLIC=105)
    tell(3, HEART_RATE=96, OXYGEN=98)
    tell(4, OXYGEN=95)

    assert asked == [[105], [96], [95]]
    alarm = Alarm.objects.get()
    assert (alarm.cause, alarm.severity) == ("NEWS2", "URGENT")
    assert alarm.evidence["score"]["lacking"] == ["oxygen", "consciousness"]
