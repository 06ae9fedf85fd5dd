"""Nobody takes readings in, or nobody calls people: that is an alarm too, and ends by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.beats import beat, rest, silent
from yiyang.devices.models import Alarm, Beat
from yiyang.devices.rules.ways import Process, Way
from yiyang.devices.tests.factories import lent
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens then is told then, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NIGHT):
        yield


def time_passes(seconds: int, way: str | None = None) -> None:
    """By the database's clock, for all or for one that was away so long."""
    span = timedelta(seconds=seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE devices_beat SET beat_at = beat_at - %s, started_at = started_at - %s WHERE way = %s OR %s",
            [span, span, way or "", way is None],
        )


def has_been_up(way: str, seconds: int) -> None:
    Beat.objects.filter(way=way).update(started_at=Now() - timedelta(seconds=seconds))


def down() -> dict[str, bool]:
    """By way: whether it is still so."""
    return {one.about: one.active for one in Alarm.objects.filter(cause="INTAKE_DOWN")}


@pytest.fixture
def watched(cast: Cast) -> Cast:
    with clock_at(NIGHT - timedelta(hours=4)):
        lent(person("张桂兰", organisation_id=cast.care_home.pk), cast.care_home)
    for way in Way:
        beat(Process(way), at=NIGHT, starts=True)
    return cast


def test_a_way_that_stays_away_is_alarmed_once_and_the_coordinator_is_told(watched: Cast) -> None:
    time_passes(50)
    beat(Process(Way.WORKER), at=NIGHT)
    assert down() == {}

    has_been_up(Way.WORKER, 1000)
    time_passes(11)
    with clock_at(NIGHT):
        beat(Process(Way.WORKER), at=NIGHT)
        beat(Process(Way.WORKER), at=NIGHT)
        run_pending()

    assert down() == {"HTTP": True, "MQTT": True}
    alarm = Alarm.objects.get(about="HTTP")
    assert (alarm.severity, alarm.unit_id) == ("EMERGENCY", watched.centre.pk)
    assert alarm.way == "HTTP 接收读数"
    assert 60 <= (NIGHT - alarm.event_at).total_seconds() < 70
    assert watched.centre.pk in set(Notice.objects.values_list("organisation_id", flat=True))
    client = Client()
    client.force_login(watched.coordinator.account)
    for address in ("/alarms/?of=devices", f"/alarms/{alarm.pk}/"):
        assert "读数接收或通知值班人员的程序中断" in (page := client.get(address).content.decode())
        assert "HTTP 接收读数" in page
    beat(Process(Way.HTTP), at=NIGHT)
    beat(Process(Way.WORKER), at=NIGHT)
    assert down() == {"HTTP": False, "MQTT": True}


def test_who_was_away_itself_says_so_when_it_is_back_and_who_stopped_in_order_does_not(watched: Cast) -> None:
    time_passes(600)
    rest(Process(Way.MQTT))

    beat(Process(Way.MQTT), at=NIGHT, starts=True)
    beat(Process(Way.HTTP), at=NIGHT, starts=True)

    assert down() == {"HTTP": True}
    beat(Process(Way.HTTP), at=NIGHT)
    assert down() == {"HTTP": False}


def test_a_worker_that_stands_still_is_alarmed_by_those_that_take_readings(watched: Cast) -> None:
    time_passes(200)
    rest(Process(Way.MQTT))
    beat(Process(Way.HTTP), at=NIGHT, starts=True)
    assert "WORKER" not in down()  # it may just be starting, as we are

    has_been_up(Way.HTTP, 200)
    beat(Process(Way.HTTP), at=NIGHT)

    assert down()["WORKER"]


def test_one_of_two_processes_of_a_way_that_dies_is_named(watched: Cast) -> None:
    first, second = Process(Way.HTTP, 1, 2), Process(Way.HTTP, 2, 2)
    beat(first, at=NIGHT, starts=True)  # and the row of the one process that there was before is gone
    beat(second, at=NIGHT, starts=True)
    time_passes(100)
    for one in (first, Process(Way.MQTT)):
        beat(one, at=NIGHT)  # away themselves until now, so they say nothing of others
    assert "HTTP-2" not in down()

    beat(Process(Way.WORKER), at=NIGHT)
    beat(first, at=NIGHT)

    assert [one for one, still in down().items() if still] == ["HTTP-2"]
    assert Alarm.objects.get(about="HTTP-2").way == "HTTP 接收读数，进程 2"
    assert list(silent(NIGHT)) == ["HTTP-2"]

    beat(second, at=NIGHT, starts=True)
    beat(first, at=NIGHT)
    assert set(down().values()) == {False}
    assert silent(NIGHT) == {}


def test_a_process_that_is_not_run_any_more_is_not_looked_for(watched: Cast) -> None:
    for nth in (1, 2):
        beat(Process(Way.MQTT, nth, 2), at=NIGHT, starts=True)
    time_passes(1000, "MQTT-2")
    beat(Process(Way.MQTT), at=NIGHT, starts=True)

    beat(Process(Way.WORKER), at=NIGHT)

    assert down() == {}


def test_of_two_machines_on_one_database_the_silent_one_is_named_although_the_other_speaks(
    watched: Cast,
) -> None:
    here, there = (Process(Way.HTTP, 1, 2, machine) for machine in ("front-1", "front-2.example"))
    for one in (here, there):
        beat(one, at=NIGHT, starts=True)  # and neither takes the other's row away
    time_passes(100)
    for one in (here, Process(Way.MQTT), Process(Way.WORKER)):
        beat(one, at=NIGHT)
    beat(here, at=NIGHT)

    assert [one for one, still in down().items() if still] == ["HTTP-1@front-2.example"]
    assert Alarm.objects.get(about=there.name).way == "HTTP 接收读数，进程 1（front-2.example）"
    assert list(silent(NIGHT)) == ["HTTP-1@front-2.example"]

    beat(there, at=NIGHT)
    beat(here, at=NIGHT)
    assert set(down().values()) == {False}


def test_a_machine_that_was_taken_away_is_looked_for_until_another_begins_a_day_later(watched: Cast) -> None:
    here, gone = Process(Way.MQTT, machine="front-1"), Process(Way.MQTT, machine="front-2")
    for one in (here, gone):
        beat(one, at=NIGHT, starts=True)

    time_passes(23 * 3600, gone.name)
    beat(here, at=NIGHT, starts=True)
    beat(Process(Way.WORKER), at=NIGHT)
    has_been_up(here.name, 1000)
    beat(here, at=NIGHT)
    assert down()[gone.name]

    time_passes(3600, gone.name)
    beat(here, at=NIGHT, starts=True)
    assert not down()[gone.name]
