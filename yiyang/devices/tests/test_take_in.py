"""What devices send is stored once, at its time, under who had the device; the rest is answered with a reason."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from yiyang.devices.commands import intake
from yiyang.devices.commands.intake import number, take_in
from yiyang.devices.models import Device, DeviceConsent, Rejected, Sensed
from yiyang.devices.packs import Mark, Pack, Sender, Signal, Why
from yiyang.devices.queries.series import positions, readings
from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import (
    agree,
    device,
    gateway_key,
    lend,
    micro,
    own_key,
    pack,
    stored,
)
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import clock_at
from yiyang.people.tests import factories as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens then is told then, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NOW):
        yield


PULSE = BY_NAME["HEART_RATE"].no


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.fixture
def bracelet() -> Device:
    return device()


@pytest.fixture
def wang(bracelet: Device):
    person = people.person()
    lend(bracelet, person.pk)
    return person


def test_a_pack_is_stored_once_however_often_it_comes(bracelet, wang):
    sent = pack(bracelet, ("HEART_RATE", ago(minutes=2), 71), ("OXYGEN", ago(minutes=2), 97))
    key = own_key(bracelet)

    first, twice = take_in([(key, sent), (key, sent)], now=NOW)
    again = take_in([(key, sent)], now=NOW)[0]

    assert (first.stored, first.repeated) == (2, 0)
    assert (twice.stored, twice.repeated) == (0, 2)
    assert (again.stored, again.repeated) == (0, 2)
    assert stored() == [(wang.pk, 1, ago(minutes=2), 71, 0), (wang.pk, 2, ago(minutes=2), 97, 0)]
    bracelet.refresh_from_db()
    assert bracelet.last_seen_at == NOW


def test_a_reading_belongs_to_whom_the_device_was_lent_to_at_its_instant(bracelet):
    first, second = people.person(), people.person("李大爷")
    lend(bracelet, first.pk, until=ago(minutes=40))
    lend(bracelet, second.pk, since=ago(minutes=20))
    sent = pack(bracelet, *(("HEART_RATE", ago(minutes=minutes), 70) for minutes in (50, 30, 10)))

    taken = take_in([(own_key(bracelet), sent)], now=NOW)[0]

    assert [(row[0], row[2]) for row in stored()] == [
        (first.pk, ago(minutes=50)),
        (second.pk, ago(minutes=10)),
    ]
    assert [(one.index, one.code) for one in taken.rejected] == [(1, Why.LENT_TO_NOBODY)]


def test_what_is_wrong_in_a_pack_is_told_and_the_rest_is_stored(bracelet, wang):
    sent = pack(
        bracelet,
        ("HEART_RATE", ago(minutes=1), 70),
        ("HEART_RATE", ago(minutes=2), math.nan),
        ("HEART_RATE", NOW + timedelta(hours=1), 70),
        ("HEART_RATE", ago(days=500), 70),
        ("HEART_RATE", ago(minutes=3), 400),
        ("HEART_RATE", ago(minutes=4), 0),
    )
    sent.at.append(micro(ago(minutes=5))), sent.code.append(999), sent.value.append(1), sent.marks.append(0)

    taken = take_in([(own_key(bracelet), sent)], now=NOW)[0]

    assert (taken.stored, taken.no_reading) == (2, 1)
    assert {one.index: one.code for one in taken.rejected} == {
        1: Why.NOT_A_NUMBER,
        2: Why.FROM_THE_FUTURE,
        3: Why.TOO_OLD,
        6: Why.UNKNOWN_QUANTITY,
    }
    assert [row[3:] for row in stored()] == [(400, Mark.IMPLAUSIBLE), (70, 0)]


def test_who_may_not_send_is_told_so_and_others_of_the_group_are_taken(bracelet, wang):
    other, old = device(unit=bracelet.unit), device(state="RETIRED")
    reading = ("HEART_RATE", ago(minutes=1), 70)
    broken = Pack(urn=bracelet.urn, at=[2**80], code=[1], value=[70.0], marks=[0])
    entries: list[tuple[Sender, Pack]] = [
        (own_key(other), pack(bracelet, reading)),
        (gateway_key(new_id()), pack(bracelet, reading)),
        (own_key(bracelet), pack(None, reading)),
        (own_key(old), pack(old, reading)),
        (own_key(other), pack(other, reading)),
        (own_key(bracelet), broken),
        (gateway_key(bracelet.unit_id), Pack(urn="")),
        (gateway_key(bracelet.unit_id), pack(bracelet, reading)),
        (own_key(bracelet), Pack(urn="", at=[micro(ago(minutes=9))], code=[1], value=[66.0], marks=[0])),
    ]

    taken = take_in(entries, now=NOW)

    assert [[one.code for one in told.rejected] for told in taken] == [
        [Why.NOT_YOURS], [Why.NOT_YOURS], [Why.UNKNOWN_DEVICE], [Why.DEVICE_RETIRED], [Why.LENT_TO_NOBODY],
        [Why.MALFORMED], [Why.UNKNOWN_DEVICE], [], [],
    ]  # fmt: skip
    assert [told.stored for told in taken] == [0, 0, 0, 0, 0, 0, 0, 1, 1]
    counted = Rejected.objects.values_list("code", "urn")
    assert ("UNKNOWN_DEVICE", "urn:dev:nobody") in counted
    assert counted.count() == 7


def test_a_flood_of_unknown_devices_stays_a_few_rows(bracelet):
    key = own_key(bracelet)
    flood = [
        (key, Pack(urn=f"urn:{number}", at=[0], code=[1], value=[1.0], marks=[0])) for number in range(400)
    ]

    take_in(flood, now=NOW)

    assert Rejected.objects.count() == 51
    assert Rejected.objects.get(urn="").count == 350


def test_a_device_that_sends_too_much_is_told_so_and_a_fall_of_its_wearer_is_taken(
    bracelet, wang, monkeypatch
):
    monkeypatch.setattr(
        intake, "number", lambda name, at: 5 if name == "readings_a_minute" else number(name, at)
    )
    other, key = device(unit=bracelet.unit), gateway_key(bracelet.unit_id)
    lend(other, people.person("李大爷").pk)
    pulses = [
        pack(bracelet, *(("HEART_RATE", ago(minutes=first + n), 70) for n in range(4))) for first in (0, 4)
    ]
    quiet = pack(other, ("HEART_RATE", ago(minutes=1), 60))
    fallen = pack(bracelet, ("FALL", ago(minutes=1), 1), ("HEART_RATE", ago(minutes=20), 70))

    taken = [take_in([(key, pulses[0])], now=NOW), take_in([(key, pulses[1]), (key, quiet)], now=NOW)]
    with_fall = take_in([(key, fallen), (key, fallen)], now=NOW)[0]
    later = take_in([(key, pulses[1])], now=NOW + timedelta(minutes=1))[0]

    assert [[one.stored for one in some] for some in taken] == [[4], [0, 1]]
    assert taken[1][0].rejected[0].code == Why.TOO_MANY
    assert (with_fall.stored, [(one.index, one.code) for one in with_fall.rejected]) == (
        1,
        [(1, Why.TOO_MANY)],
    )
    assert later.stored == 4


def test_places_and_camera_events_need_consent_at_their_time(wang):
    locator, camera = device(DeviceKind.LOCATOR), device(DeviceKind.CAMERA)
    lend(locator, wang.pk), lend(camera, wang.pk)
    agree(wang.pk, Sensed.LOCATION, since=ago(minutes=30))
    places = [(micro(ago(minutes=minutes)), 31.23, 121.46, 20.0) for minutes in (40, 20, 5)]
    places.append((micro(ago(minutes=20)), 131.23, 121.46, None))

    walk, seen = take_in(
        [
            (own_key(locator), pack(locator, positions=places)),
            (own_key(camera), pack(camera, ("FALL", ago(minutes=1), 1))),
        ],
        now=NOW,
    )

    assert walk.stored == 2
    assert [(one.index, one.code) for one in walk.rejected] == [(0, Why.NO_CONSENT), (3, Why.NOT_A_PLACE)]
    assert [one.code for one in seen.rejected] == [Why.NO_CONSENT]
    assert stored() == []
    assert len(positions([wang.pk], ago(hours=1), NOW)[0]) == 2
    _nothing_more_after_it_is_withdrawn(locator, wang)


def test_places_are_kept_in_wgs_84_as_the_message_says_or_else_as_is_known_of_the_device(wang):
    sent, kept = (
        (31.175304, 121.531542),
        (31.177428, 121.527211),
    )  # GCJ-02 of Shanghai, and the same in WGS-84
    plain, shifted = device(DeviceKind.LOCATOR), device(DeviceKind.BRACELET, datum=Datum.GCJ02)
    lend(plain, wang.pk), lend(shifted, wang.pk), agree(wang.pk, Sensed.LOCATION)
    at = [(micro(ago(minutes=minutes)), *sent, None) for minutes in (9, 6, 3)]

    take_in(
        [
            (own_key(plain), pack(plain, positions=[at[0]])),
            (own_key(shifted), pack(shifted, positions=[at[1]])),
            (own_key(shifted), pack(shifted, positions=[at[2]], datum_said=True)),
        ],
        now=NOW,
    )

    _micro, lat, lon, _accuracy = positions([wang.pk], ago(hours=1), NOW)
    found = list(zip(lat.tolist(), lon.tolist(), strict=True))
    assert found == [pytest.approx(one, abs=1e-5) for one in (sent, kept, sent)]


def _nothing_more_after_it_is_withdrawn(locator, wang):
    """Also not what the device kept from before, and what is there is not shown."""
    camera = device(DeviceKind.CAMERA)
    lend(camera, wang.pk), agree(wang.pk, Sensed.CAMERA, since=ago(minutes=30))
    take_in([(own_key(camera), pack(camera, ("CAMERA_EVENT", ago(minutes=3), 1)))], now=NOW)
    told = [wang.pk], BY_NAME["CAMERA_EVENT"].no, ago(hours=1), NOW
    assert len(readings(*told).at) == 1

    DeviceConsent.objects.update(withdrawn_at=ago(minutes=1))

    [late] = take_in(
        [(own_key(locator), pack(locator, positions=[(micro(ago(minutes=15)), 31.2, 121.4, 20.0)]))], now=NOW
    )

    assert [one.code for one in late.rejected] == [Why.NO_CONSENT]
    assert not len(positions([wang.pk], ago(hours=1), NOW)[0])
    assert not len(readings(*told).at)


def test_an_acceleration_is_kept_and_its_fall_becomes_a_reading(bracelet, wang):
    import numpy as np

    rate, quiet = 50, [0, 0, 1000]
    window = [quiet] * 150 + [[0, 0, 100]] * 15 + [[3500, 500, 500]] * 3 + [[1000, 0, 0]] * 200
    signal = Signal(micro(ago(minutes=1)), "ACCELERATION", rate, "mg", np.array(window, "<i2").tobytes())
    key = own_key(bracelet)

    unknown = Signal(micro(ago(minutes=2)), "SONG", rate, "mg", signal.samples)
    [first] = take_in([(key, pack(bracelet, signals=[unknown, signal]))], now=NOW)
    take_in([(key, pack(bracelet, signals=[signal]))], now=NOW)

    assert (first.stored, [one.code for one in first.rejected]) == (1, [Why.UNKNOWN_QUANTITY])
    (row,) = stored()
    assert row[:2] == (wang.pk, BY_NAME["FALL"].no)
    assert ago(minutes=1) < row[2] < ago(seconds=50)
