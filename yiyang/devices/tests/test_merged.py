"""Two records are found to be one person: what devices were allowed and told under either holds for both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm, Fence, Limit, Loan, Sensed
from yiyang.devices.packs import Why
from yiyang.devices.queries import alarms
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import agree, device, lend, micro, own_key, pack, stored
from yiyang.kernel.time import now
from yiyang.people import commands
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def both(cast: Cast) -> tuple[Person, Person]:
    """The record that will be kept, and the one that the hospital made of an unknown person."""
    kept = person("王秀英", organisation_id=cast.care_home.pk)
    gone = person("无名氏", unknown=True, organisation_id=cast.hospital.pk)
    for one in (kept, gone):
        seen_by(one, cast.centre.pk)
    return kept, gone


def merge(cast: Cast, kept: Person, gone: Person) -> None:
    commands.merge_persons(by=cast.coordinator, at=now(), person=kept, duplicate=gone, reason="家属认出")


def test_a_consent_under_the_former_record_holds_for_the_device_that_is_handed_out_after(
    cast: Cast, both: tuple[Person, Person]
) -> None:
    kept, gone = both
    agree(gone.pk, Sensed.LOCATION, since=now() - 60 * MINUTE)
    Fence.objects.create(
        person=gone,
        name="家",
        area={"circle": [31.2, 121.4, 200]},
        reason="走失过",
        set_at=now(),
        dwell_seconds=0,
    )
    merge(cast, kept, gone)
    locator = device(DeviceKind.LOCATOR)
    lend(locator, kept.pk)
    far = [(micro(now() - minutes * MINUTE), 31.3, 121.4, 10.0) for minutes in (3, 2, 1)]

    [taken] = take_in([(own_key(locator), pack(locator, positions=far))], now=now())

    assert taken.rejected == [] and taken.stored == 3
    assert Alarm.objects.get().cause == "OUT_OF_FENCE"
    gone.device_consents.update(withdrawn_at=now())
    [refused] = take_in([(own_key(locator), pack(locator, positions=far))], now=now())
    assert {one.code for one in refused.rejected} == {Why.NO_CONSENT}


def test_an_alarm_and_limits_under_the_former_record_are_those_of_the_person(
    cast: Cast, both: tuple[Person, Person]
) -> None:
    kept, gone = both
    old, new = device(), device()
    loan = lend(old, gone.pk, until=now() - 5 * MINUTE)
    Loan.objects.filter(pk=loan.pk).update(returned_at=now() - 5 * MINUTE)
    slow = pack(old, *(("HEART_RATE", now() - minutes * MINUTE, 40) for minutes in (9, 8, 7)))
    take_in([(own_key(old), slow)], now=now() - 6 * MINUTE)
    Limit.objects.create(
        person=gone, code=2, low=96, period=(now() - MINUTE, now() + 60 * MINUTE), reason="β", set_at=now(),
        set_label="Dr",
    )  # fmt: skip
    merge(cast, kept, gone)
    lend(new, kept.pk, since=now() - 5 * MINUTE)

    assert alarms.inbox(cast.care_home_nurse).get().person_id == gone.pk
    fall = pack(old, ("FALL", now() - 6 * MINUTE, 1))
    take_in([(own_key(old), fall)], now=now())
    well = [("HEART_RATE", now() - minutes * MINUTE, 70) for minutes in (3, 2, 1)]
    thin = [("OXYGEN", now() - minutes * MINUTE, 95) for minutes in (3, 2, 1)]
    take_in([(own_key(new), pack(new, *well, *thin))], now=now())

    found = {(one.cause, one.person_id, one.cleared_at is None) for one in Alarm.objects.all()}
    assert found == {
        ("PULSE_LOW", gone.pk, False), ("FALL", kept.pk, True), ("OXYGEN_LOW", kept.pk, True),
    }  # fmt: skip
    again = pack(new, *(("HEART_RATE", now() - second * timedelta(seconds=9), 40) for second in (3, 2, 1)))
    take_in([(own_key(new), again)], now=now())
    assert Alarm.objects.get(cause="PULSE_LOW").times == 2
    assert len(stored()) == 13
