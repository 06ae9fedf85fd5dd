"""Alarms in figures: by street and hour, how soon somebody came; each figure opens its rows, names only where seen."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiyang.access.tests.factories import Cast
from yiyang.devices.models import Alarm
from yiyang.devices.queries import figures
from yiyang.devices.tests.factories import device
from yiyang.kernel.time import clock_at
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 10, 4, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def alarms(cast: Cast) -> None:
    """Ten falls at the home at ten in the morning, taken after 10, 20 … 100 s, three of them false; one silent device."""
    with clock_at(NOON - 8 * HOUR):
        lain = person("张桂兰", organisation_id=cast.care_home.pk)
    worn, at = device(cast.care_home), NOON - 2 * HOUR
    for number in range(10):
        outcome = {"outcome": "FALSE" if number < 3 else "TRUE", "closed_at": at + HOUR}
        Alarm.objects.create(
            person=lain, unit=cast.care_home, cause="FALL", severity="EMERGENCY", device=worn, event_at=at,
            raised_at=at, judged_at=at, acknowledged_at=at + 10 * (number + 1) * SECOND,
            seen_at=at + (number + 1) * MINUTE, about=str(number), **outcome,
        )  # fmt: skip
    Alarm.objects.create(
        person=lain, unit=cast.care_home, cause="SILENT", severity="ROUTINE", device=worn, about="1", event_at=at,
        raised_at=at, judged_at=at,
    )  # fmt: skip


def signed_in(actor: Any) -> Client:
    client = Client()
    client.force_login(actor.account)
    return client


def test_figures_are_those_of_the_rows_and_few_statements_make_them(cast: Cast, alarms: None) -> None:
    coordinator = signed_in(cast.coordinator)
    with clock_at(NOON):
        coordinator.get("/alarm-figures/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            shown = coordinator.get("/alarm-figures/").content.decode()
        found = figures.figures(cast.coordinator, NOON - 24 * HOUR, NOON)
        file = coordinator.get("/alarm-figures/?format=csv").content.decode("utf-8-sig")

    [line] = found.units
    assert (line.count, line.taken_median, line.taken_p90, line.seen_median) == (10, 55.0, 91.0, 330.0)
    assert [(one.key, one.percent_false) for one in (*found.causes, *found.kinds)] == [
        ("FALL", 30),
        ("BRACELET", 30),
    ]
    assert (
        found.hours == {cast.care_home.area_id[:9]: {10: 10}} or sum(found.hours.popitem()[1].values()) == 10
    )
    assert [(one.name, one.silent) for one in found.quiet] == [(cast.care_home.name, 1)]
    assert "shade-5" in shown and "55 秒" in shown and "张桂兰" not in shown
    assert len(asked) <= 12, [one["sql"][:90] for one in asked]
    assert ["单位", "阳光养老院", "10", "10", "55.0"] in [row[:5] for row in csv.reader(io.StringIO(file))]


def test_a_figure_opens_its_alarms_and_names_nobody_to_a_supervisor(cast: Cast, alarms: None) -> None:
    rows = "/alarm-figures/rows/?period=day&outcome=FALSE&cause=FALL&hour=10"
    with clock_at(NOON):
        seen = {
            who: signed_in(getattr(cast, who)).get(rows).content.decode()
            for who in ("care_home_manager", "supervisor_health")
        }
        none = signed_in(cast.care_home_manager).get(f"{rows}&street=999999999").content.decode()
        odd = "/alarm-figures/rows/?period=year&hour=x&unit=1&until=0001-01-01T00:00:00Z&kind=%00&after=9"
        assert signed_in(cast.coordinator).get(odd).status_code == 200

    assert seen["care_home_manager"].count("张桂兰") == 3
    assert "张桂兰" not in seen["supervisor_health"] and seen["supervisor_health"].count("<tr>") == 4
    assert "<tbody>" not in none
