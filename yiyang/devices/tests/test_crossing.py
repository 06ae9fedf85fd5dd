"""Whoever leaves an agreed area is told of once, and once more when they are back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from yiyang.devices import commands
from yiyang.devices.commands.fences import FenceNamedTwice, HoursNeedBoth, NotAnArea, PlacesNotAgreed
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Sensed
from yiyang.devices.packs import Pack
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import agree, device, lend, micro, own_key, stored
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import clock_at
from yiyang.people.tests import factories as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
HOME = (31.2304, 121.4737)
CIRCLE = {"circle": [*HOME, 500]}
OUT = BY_NAME["OUT_OF_FENCE"].no


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens that day is told by the next, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NOW + timedelta(days=1)):
        yield


@pytest.fixture
def wang():
    return people.person()


@pytest.fixture
def locator(wang):
    made = device(DeviceKind.LOCATOR)
    lend(made, wang.pk)
    return made


def fence(person, **fields):
    agree(person.pk, Sensed.LOCATION)
    fields = {"name": "Home", "area": CIRCLE, "reason": "gets lost at dusk", **fields}
    return commands.set_fence(by=SYSTEM, at=NOW, person=person, **fields)


def at(minutes: float, north_m: float, accuracy: float = 10.0):
    return (micro(NOW + timedelta(minutes=minutes)), HOME[0] + north_m / 111_320, HOME[1], accuracy)


def walk(locator, *positions):
    when = NOW + timedelta(minutes=max(0, (max(one[0] for one in positions) - micro(NOW)) / 6e7))
    return take_in([(own_key(locator), Pack(locator.urn, positions=list(positions)))], now=when)


def told():
    return [(when, value) for _person, code, when, value, _marks in stored() if code == OUT]


def test_leaving_is_told_once_and_coming_back_too(wang, locator):
    fence(wang)

    walk(locator, at(0, 0), at(1, 900))
    assert told() == []
    walk(locator, at(4, 950))
    walk(locator, at(6, 1200))
    assert told() == [(NOW + timedelta(minutes=4), 1)]
    walk(locator, at(9, 100))
    assert told() == [(NOW + timedelta(minutes=4), 1), (NOW + timedelta(minutes=9), 0)]


def test_an_ended_area_tells_of_nobody(wang, locator):
    commands.end_fence(by=SYSTEM, at=NOW, fence=fence(wang))

    walk(locator, at(0, 900), at(10, 900))

    assert told() == []


def test_hours_of_the_day_are_those_of_the_place(wang, locator):
    from datetime import time

    fence(wang, since=time(22), until=time(6))  # 10:30 UTC is 18:30 here

    walk(locator, at(0, 900), at(10, 900))
    assert told() == []
    walk(locator, at(220, 900), at(230, 900))
    assert told() == [(NOW + timedelta(minutes=230), 1)]


def test_without_consent_to_places_no_area_is_set(wang):
    with pytest.raises(PlacesNotAgreed):
        commands.set_fence(by=SYSTEM, at=NOW, person=wang, name="Home", area=CIRCLE, reason="gets lost")


@pytest.mark.parametrize(
    "area, why",
    [
        ({"corners": [[31.0, 121.0], [31.1, 121.1], [31.1, 121.0], [31.0, 121.1]]}, "crosses itself"),
        ({"circle": [121.4, 31.2, 100]}, "exchanged"),
        ({"circle": [31.2, 121.4, "far"]}, "corners"),
        ({}, "corners"),
    ],
)
def test_what_is_no_area_is_refused_in_words(wang, area, why):
    from django.utils.translation import override

    with override("en"):
        with pytest.raises(NotAnArea) as refused:
            fence(wang, area=area)

        assert why in str(refused.value)


def test_one_name_is_one_area_and_hours_come_in_pairs(wang):
    from datetime import time

    fence(wang)

    with pytest.raises(FenceNamedTwice):
        commands.set_fence(by=SYSTEM, at=NOW, person=wang, name="Home", area=CIRCLE, reason="again")
    with pytest.raises(HoursNeedBoth):
        commands.set_fence(
            by=SYSTEM, at=NOW, person=wang, name="Night", area=CIRCLE, reason="night", since=time(22)
        )
