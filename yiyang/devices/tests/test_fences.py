"""Who stands outside an agreed area, and who only seems to."""

from datetime import UTC, datetime, time, timedelta

import pytest

from yiyang.devices.rules.detecting.fences import Area, Circle, Fence, NoFence, Place, Side, side, standing

HOME = (31.2304, 121.4737)
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
ROUND_HOME = Fence(Circle(*HOME, 500))
NORTH_300_M, NORTH_900_M = (HOME[0] + 300 / 111_320, HOME[1]), (HOME[0] + 900 / 111_320, HOME[1])
BLOCK = Area(((31.22, 121.46), (31.24, 121.46), (31.24, 121.48), (31.22, 121.48)))


def places(
    *found: tuple[float, tuple[float, float]], accuracy: float = 10, start: datetime = NOON
) -> list[Place]:
    return [Place(start + timedelta(minutes=minute), *where, accuracy) for minute, where in found]


@pytest.mark.parametrize(
    "fence, where, accuracy, expected",
    [
        (ROUND_HOME, NORTH_300_M, 10, Side.INSIDE),
        (ROUND_HOME, NORTH_900_M, 10, Side.OUTSIDE),
        (ROUND_HOME, NORTH_900_M, 600, Side.UNSURE),
        (Fence(BLOCK), HOME, 10, Side.INSIDE),
        (Fence(BLOCK), (31.25, 121.47), 10, Side.OUTSIDE),
        (Fence(BLOCK), (31.2401, 121.47), 50, Side.UNSURE),
    ],
)
def test_a_place_is_on_one_side_as_far_as_it_is_known(fence, where, accuracy, expected):
    assert side(fence, Place(NOON, *where, accuracy)) is expected


def test_metres_are_metres_to_the_east_as_well():
    east_600_m = (HOME[0], HOME[1] + 600 / (111_320 * 0.8551))

    assert ROUND_HOME.shape.beyond(*east_600_m) == pytest.approx(100, abs=1)


def test_one_wild_place_calls_nobody():
    assert standing(ROUND_HOME, places((0, HOME), (1, NORTH_900_M), (2, HOME))) is Side.INSIDE


def test_outside_for_the_agreed_time_is_outside_until_surely_back():
    out = places((0, HOME), (1, NORTH_900_M), (3, NORTH_900_M))

    assert standing(ROUND_HOME, out) is Side.OUTSIDE
    assert standing(ROUND_HOME, [*out, *places((4, NORTH_900_M), accuracy=2000)]) is Side.OUTSIDE
    assert standing(ROUND_HOME, [*out, *places((5, HOME))]) is Side.INSIDE


def test_a_fence_of_the_night_says_nothing_by_day():
    night = Fence(Circle(*HOME, 500), since=time(22), until=time(6))
    walk = [(0, NORTH_900_M), (10, NORTH_900_M)]

    assert standing(night, places(*walk)) is Side.UNSURE
    assert standing(night, places(*walk, start=NOON.replace(hour=23))) is Side.OUTSIDE


@pytest.mark.parametrize(
    "code, build",
    [
        ("CROSSES_ITSELF", lambda: Area(((31.0, 121.0), (31.1, 121.1), (31.1, 121.0), (31.0, 121.1)))),
        ("CORNERS", lambda: Area(((31.0, 121.0), (31.1, 121.1), (31.0, 121.0)))),
        ("RADIUS", lambda: Circle(*HOME, 0)),
        ("NOT_ON_EARTH", lambda: Circle(121.4737, 31.2304, 100)),
    ],
)
def test_what_is_no_area_is_refused_with_its_reason(code, build):
    with pytest.raises(NoFence) as refused:
        build()

    assert refused.value.code == code
