"""Generated elders are in bed, up at night and about by day; some wander, some lie still, and the rules find just them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from yiyang.demo.devices import rhythm
from yiyang.demo.devices.physiology import DAY, HOUR, SHANGHAI
from yiyang.demo.devices.wearing import Worn, moved, quiet_today, said
from yiyang.devices import jobs
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm
from yiyang.devices.packs import Pack
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.watches import (
    MOTION,
    OUT_OF_BED,
    left_bed,
    no_motion,
    read_watch,
)
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import device, lend, own_key
from yiyang.devices.tests.moving import as_moved
from yiyang.kernel.policy import policy
from yiyang.kernel.time import clock_at
from yiyang.people.tests.factories import person

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = 20_700  # a day since 1970
DAYS, WEARERS = 30, 24
SEED = 1


def told(kind: str, who: int, first: int = FIRST, days: int = DAYS) -> dict[int, list[Reading]]:
    """By quantity, what one device of a wearer says of movement from noon to noon."""
    since = first * DAY - SHANGHAI + 12 * HOUR
    found: dict[int, list[Reading]] = {}
    for one in moved(SEED, Worn(f"urn:dev:ser:{kind}-{who}", kind, who), since, since + days * DAY):
        reading = Reading(round(one["t"] * 1e6), float(one["v"]), 0)
        found.setdefault(BY_NAME[one["n"].rpartition("/")[2]].no, []).append(reading)
    return found


def never_quiet() -> list[int]:
    """Wearers whose mattress speaks every day; what a silent one did not see is not judged."""
    days = [(FIRST + day) * DAY for day in range(DAYS + 1)]
    worn = [Worn(f"urn:dev:ser:MATTRESS-{who}", "MATTRESS", who) for who in range(WEARERS)]
    return [one.who for one in worn if not any(quiet_today(SEED, one, day) for day in days)]


def watch(code: str):
    (row,) = [
        one for one in policy("devices.watches", on=datetime.now(ZONE).date()).value if one["code"] == code
    ]
    return read_watch(code, row, "v0")


def test_times_out_of_bed_follow_each_other_and_the_night_is_spent_in_bed():
    for who in range(WEARERS):
        spans = list(rhythm.out_of_bed(SEED, who, FIRST * DAY, (FIRST + DAYS) * DAY))
        assert all(left < back for left, back in spans)
        assert all(one[1] < other[0] for one, other in itertools.pairwise(spans))
        hours = sum(back - left for left, back in spans) / HOUR / DAYS
        assert 9 < hours < 16


@pytest.mark.django_db
def test_whoever_is_out_of_bed_too_long_at_night_wanders_and_nobody_else_is_alarmed():
    bed = watch("LEFT_BED")
    found, wandered = 0, 0
    for who in never_quiet():
        readings = told("MATTRESS", who)[OUT_OF_BED]
        found += len(left_bed(bed, readings, readings[-1].at, ZONE))
        wandered += sum(rhythm.wanders(SEED, who, FIRST + day) for day in range(DAYS))

    assert found == wandered
    assert DAYS * WEARERS / 80 < wandered < DAYS * WEARERS / 20  # now and then


@pytest.mark.django_db
def test_whoever_does_not_move_by_day_lies_still_and_nobody_else_is_alarmed():
    still = watch("NO_MOTION")
    found, on_the_mattress, lay = 0, 0, 0
    for who in never_quiet():
        moves = as_moved(told("MATTRESS", who))
        until = int(moves.at[-1])
        found += len(no_motion(still, moves, until, ZONE))
        on_the_mattress += len(no_motion(still, moves, until, ZONE, only_in_bed=True))
        lay += sum(rhythm.lies_still(SEED, who, FIRST + day) for day in range(1, DAYS))

    assert found == on_the_mattress == lay
    assert lay


def test_a_mattress_feels_nobody_who_is_not_on_it():
    since = FIRST * DAY
    for one in said(SEED, [Worn("urn:dev:ser:m", "MATTRESS", 7)], since, since + DAY):
        if one["n"].endswith("HEART_RATE") and rhythm.is_out_of_bed(SEED, 7, one["t"]):
            assert one["v"] == 0
        if one["n"].endswith("MOTION"):
            assert not rhythm.is_out_of_bed(SEED, 7, one["t"])


def test_who_wears_a_fall_detector_moves_when_the_mattress_says_so():
    day = told("FALL_DETECTOR", 3, days=2)[MOTION]

    assert len(day) > 50
    assert all(rhythm.is_out_of_bed(SEED, 3, one.at / 1e6) for one in day)


@pytest.mark.django_db
def test_one_who_wanders_in_the_demo_is_looked_for_within_the_half_hour():
    who, day = next((w, d) for w in range(99) for d in range(FIRST, FIRST + 9) if rhythm.wanders(SEED, w, d))
    midnight = day * DAY - SHANGHAI
    left, back = next(
        one
        for one in rhythm.out_of_bed(SEED, who, midnight + 22 * HOUR, midnight + 30 * HOUR)
        if one[1] - one[0] > 1200
    )
    elder, mattress = person(), device(DeviceKind.MATTRESS)
    lend(mattress, elder.pk)
    worn = [Worn(mattress.urn, "MATTRESS", who)]

    def speaks(since: float, until: float) -> None:
        at = datetime.fromtimestamp(until, UTC)
        named = [(one["n"].rpartition("/")[2], one) for one in said(SEED, worn, since, until)]
        pack = Pack(
            urn=mattress.urn,
            at=[round(one["t"] * 1e6) for _, one in named],
            code=[BY_NAME[name].no for name, _ in named],
            value=[float(one["v"]) for _, one in named],
            marks=[0] * len(named),
        )
        with clock_at(at):
            take_in([(own_key(mattress), pack)], now=at)
            jobs.look(at + timedelta(seconds=1))

    speaks(left - 3600, left + 19 * 60)
    assert not Alarm.objects.filter(cause="LEFT_BED").exists()
    speaks(left + 19 * 60, left + 22 * 60)
    assert Alarm.objects.active().get(cause="LEFT_BED").person_id == elder.pk
    speaks(left + 22 * 60, back + 60)
    assert not Alarm.objects.active().filter(cause="LEFT_BED").exists()
