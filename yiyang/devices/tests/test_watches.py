"""Nobody back in bed at night, nobody moving by day; and a silent device is not a still person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from yiyang.access.tests.factories import Cast
from yiyang.devices import jobs
from yiyang.devices.commands import packing, partitions
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm, Device, Look, RuleTrial
from yiyang.devices.queries import trials
from yiyang.devices.rules.judging.rules import BadRule
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import (
    DOOR,
    MOTION,
    OUT_OF_BED,
    STEPS,
    left_bed,
    movements,
    no_motion,
    read_watch,
)  # fmt: skip
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.devices.tests.moving import as_moved
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2026, 11, 10, tzinfo=ZONE)
BED = read_watch(
    "LEFT_BED", {"since": "22:00", "until": "06:00", "minutes": 20, "severity": "URGENT"}, "LEFT_BED v0"
)
STILL = read_watch(
    "NO_MOTION",
    {"since": "07:00", "until": "21:00", "minutes": 300, "after_door": 600, "severity": "URGENT"},
    "NO_MOTION v0",
)


def clock(text: str) -> int:
    """`22:10` of the first day; `30:10` is ten past six the next morning."""
    hours, minutes = text.split(":")
    return int((DAY + timedelta(hours=int(hours), minutes=int(minutes))).timestamp()) * 1_000_000


# out and back (-: not back), judged at || alarm at, until
NIGHTS = """
22:10-22:25         at 30:00 ||
22:10-22:31         at 30:00 || 22:30 22:31
22:10-              at 22:29 ||
22:10-              at 22:30 || 22:30 -
21:50-              at 24:00 ||
27:00-27:10 27:30-  at 29:00 || 27:50 -
30:01-              at 33:00 ||
"""


@pytest.mark.parametrize("row", NIGHTS.strip().splitlines())
def test_nights(row: str) -> None:
    given, expected = row.split("||")
    trips, at = given.split("at")
    readings = []
    for trip in trips.split():
        out, back = trip.split("-")
        # Some mattresses say it again each minute.
        readings += [Reading(clock(out), 1), Reading(clock(out) + 60_000_000, 1)]
        readings += [Reading(clock(back), 0)] if back else []

    found = left_bed(BED, readings, clock(at.strip()), ZONE)

    wanted = expected.split()
    assert [(one.at, one.until) for one in found] == (
        [(clock(wanted[0]), None if wanted[1] == "-" else clock(wanted[1]))] if wanted else []
    )


# movements (d: the door), judged at || alarms at
DAYS = """
08:00 12:00 16:59         at 21:00 ||
08:00 13:01               at 17:00 || 13:00
20:30                     at 33:00 ||
20:30                     at 35:30 || 35:30
08:00d 08:02              at 17:59 ||
08:00d 08:02              at 18:03 || 18:02
08:00d 08:30              at 14:00 || 13:30
"""


@pytest.mark.parametrize("row", DAYS.strip().splitlines())
def test_days(row: str) -> None:
    given, expected = row.split("||")
    seen, at = given.split("at")
    told: dict[int, list[Reading]] = {DOOR: [], MOTION: []}
    for one in seen.split():
        told[DOOR if one.endswith("d") else MOTION].append(Reading(clock(one.rstrip("d")), 1))

    found = no_motion(STILL, as_moved(told), clock(at.strip()), ZONE)

    assert [one.at for one in found] == [clock(one) for one in expected.split()]


def test_only_a_step_more_and_leaving_or_finding_the_bed_are_movement() -> None:
    told = {
        STEPS: [Reading(1, 50), Reading(2, 50), Reading(3, 60), Reading(4, 0), Reading(5, 0)],
        OUT_OF_BED: [Reading(10, 0), Reading(11, 1), Reading(12, 1), Reading(13, 0)],
        MOTION: [Reading(20, 0), Reading(21, 1, 2)],
    }

    assert [one.at for one in movements(told)] == [3, 11, 13]


# words of the mattress (u: out of bed, b: back, m: movement in it), whether the person lay in bed before, judged at
# || too long without movement at, for who has a mattress alone
MATTRESSES = """
07:30u              no  at 21:00 ||
07:30u 12:30b       no  at 17:29 ||
07:30u 12:30b       no  at 17:30 || 17:30
07:00m              no  at 21:00 ||
07:00m              yes at 21:00 || 12:00
07:00m 08:00u       yes at 21:00 ||
06:00u 09:00b 09:30m no at 21:00 || 14:30
"""


@pytest.mark.parametrize("row", MATTRESSES.strip().splitlines())
def test_a_mattress_alone_tells_of_no_movement_only_of_who_lies_on_it(row: str) -> None:
    given, expected = row.split("||")
    said, at = given.split("at")
    *words, lay = said.split()
    told: dict[int, list[Reading]] = {}
    for one in words:
        told.setdefault(MOTION if one.endswith("m") else OUT_OF_BED, []).append(
            Reading(clock(one[:-1]), float(not one.endswith("b")))
        )

    found = as_moved(told, lay=lay == "yes")
    alone = no_motion(STILL, found, clock(at.strip()), ZONE, only_in_bed=True)
    seen_elsewhere = no_motion(STILL, found, clock(at.strip()), ZONE)

    assert [one.at for one in alone] == [clock(one) for one in expected.split()]
    assert seen_elsewhere or clock(at.strip()) < clock("21:00"), "another device would have told of movement"
    assert movements(told, lay=lay == "yes") == [found.one(place) for place in range(len(found.at))]


@pytest.mark.parametrize(
    "wrong", [{"since": "25:00"}, {"minutes": 0}, {"until": "22:00"}, {"severity": "BAD"}]
)
def test_what_cannot_be_waited_for_is_refused(wrong: dict) -> None:
    good = {"since": "22:00", "until": "06:00", "minutes": 20, "severity": "URGENT"}

    with pytest.raises(BadRule):
        read_watch("LEFT_BED", {**good, **wrong}, "")


@pytest.fixture
def elder(cast: Cast) -> Person:
    return person("张桂兰", organisation_id=cast.care_home.pk)


def at(text: str) -> datetime:
    return datetime.fromtimestamp(clock(text) / 1e6, UTC)


def tell(worn: Device, name: str, when: str, value: float = 1, *, heard: str = "") -> None:
    now = at(heard or when)
    with clock_at(now):
        take_in([(own_key(worn), pack(worn, (name, at(when), value)))], now=now)
    Device.objects.filter(pk=worn.pk).update(last_seen_at=now)


def look(when: str) -> list[tuple[str, bool]]:
    with clock_at(at(when)):
        jobs.look(at(when))
    return [(one.cause, one.active) for one in Alarm.objects.order_by("raised_at")]


@pytest.mark.django_db
def test_who_is_not_back_in_bed_alarms_once_and_coming_back_ends_it(cast: Cast, elder: Person) -> None:
    mattress = device(DeviceKind.MATTRESS, unit=cast.care_home)
    lend(mattress, elder.pk)
    tell(mattress, "OUT_OF_BED", "22:10")
    tell(mattress, "OUT_OF_BED", "22:20", 0)
    assert look("22:31") == [] and not Look.objects.filter(cause="LEFT_BED").exists()

    tell(mattress, "OUT_OF_BED", "23:10")
    assert look("23:29") == []
    assert look("23:31") == look("23:40") == [("LEFT_BED", True)]
    alarm = Alarm.objects.get()
    assert (alarm.event_at, alarm.rule[:8]) == (at("23:10"), "LEFT_BED")

    tell(mattress, "OUT_OF_BED", "23:45", 0)
    assert look("23:46") == [("LEFT_BED", False)]

    tell(mattress, "OUT_OF_BED", "25:00", heard="27:00")
    assert look("27:00") == [("LEFT_BED", False), ("LEFT_BED", True)], "an exit that is heard of late"


@pytest.mark.django_db
def test_no_movement_alarms_while_the_sensor_speaks_and_not_when_it_is_silent(
    cast: Cast, elder: Person
) -> None:
    sensor = device(DeviceKind.MOTION_SENSOR, unit=cast.care_home, expected_seconds=300)
    lend(sensor, elder.pk)
    tell(sensor, "MOTION", "08:00")
    assert look("08:10") == []
    packing.pack(at("12:50"))

    assert look("13:05") == [], "silent since eight: that is the silence of a device"
    tell(sensor, "ROOM_TEMPERATURE", "13:10", 21)
    assert look("13:11") == look("13:20") == [("NO_MOTION", True)]
    alarm = Alarm.objects.get()
    assert (alarm.event_at, alarm.evidence["heard"][0][2]) == (at("08:00"), True)

    tell(sensor, "MOTION", "13:25")
    assert look("13:26") == [("NO_MOTION", False)]
    assert Look.objects.get(cause="NO_MOTION").due_at == at("18:25")


@pytest.mark.django_db
def test_who_is_up_by_day_is_not_taken_for_motionless_by_a_mattress_alone(cast: Cast, elder: Person) -> None:
    mattress = device(DeviceKind.MATTRESS, unit=cast.care_home)
    lend(mattress, elder.pk)
    tell(mattress, "MOTION", "06:10")
    tell(mattress, "OUT_OF_BED", "06:30")
    assert look("06:40") == []

    tell(mattress, "HEART_RATE", "14:00", 0)
    assert look("14:01") == [], "up since half past six: it would not have told of movement"

    tell(mattress, "OUT_OF_BED", "14:10", 0)
    tell(mattress, "HEART_RATE", "19:09", 61)
    assert look("19:09") == []
    tell(mattress, "HEART_RATE", "19:11", 61)
    assert look("19:12") == [("NO_MOTION", True)], "in bed for five hours without a movement"


@pytest.mark.django_db
def test_a_trial_counts_no_stillness_of_who_is_up_and_has_a_mattress_alone(cast: Cast, elder: Person) -> None:
    other = person("李国强", organisation_id=cast.care_home.pk)
    mattress, second, room = (
        device(kind, unit=cast.care_home)
        for kind in (DeviceKind.MATTRESS, DeviceKind.MATTRESS, DeviceKind.MOTION_SENSOR)
    )
    for worn, whom in ((mattress, elder), (second, other), (room, other)):
        lend(worn, whom.pk)
    for bed in (mattress, second):
        tell(bed, "OUT_OF_BED", "06:30")
        tell(bed, "OUT_OF_BED", "20:30", 0)
    trial = RuleTrial(
        code="NO_MOTION", asked_at=at("21:00"), params={"since": "07:00", "until": "21:00", "minutes": 300, "severity": "URGENT"},
    )  # fmt: skip

    found = trials.run(trial, lambda done: None)

    assert (found.persons, found.told["after"]) == (2, 1)
    assert [(one.person_id, one.at) for one in found.rows] == [(other.pk, at("12:00"))]


@pytest.mark.django_db
def test_another_sensor_still_tells_of_who_is_up(cast: Cast, elder: Person) -> None:
    mattress, room = device(DeviceKind.MATTRESS, unit=cast.care_home), device(DeviceKind.MOTION_SENSOR)
    lend(mattress, elder.pk)
    lend(room, elder.pk)
    tell(mattress, "OUT_OF_BED", "06:30")
    tell(room, "MOTION", "08:00")
    assert look("08:10") == []

    tell(mattress, "HEART_RATE", "13:10", 0)
    Device.objects.filter(pk=room.pk).update(last_seen_at=at("06:00") - timedelta(days=3))
    assert look("13:11") == [], "the one that would have told is silent"
    tell(room, "ROOM_TEMPERATURE", "13:20", 21)
    assert look("13:21") == [("NO_MOTION", True)]


@pytest.mark.django_db
def test_who_never_leaves_the_bed_is_watched_by_a_word_of_the_bed_from_long_ago(
    cast: Cast, elder: Person
) -> None:
    mattress = device(DeviceKind.MATTRESS, unit=cast.care_home)
    lend(mattress, elder.pk)
    tell(mattress, "MOTION", "08:00")
    tell(mattress, "HEART_RATE", "13:10", 60)
    assert look("13:11") == [], "whether somebody lies on it was never told"

    partitions.ensure_for(partitions.DAY, [at("00:00") - timedelta(days=20)])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO devices_day (person_id, day, count, code, min, mean, max, last) VALUES (%s, %s, 2, %s, 0, 0, 1, 0)",
            [elder.pk, (DAY - timedelta(days=20)).date(), OUT_OF_BED],
        )
    assert look("13:20") == [("NO_MOTION", True)]
