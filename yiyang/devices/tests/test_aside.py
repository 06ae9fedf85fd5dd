"""Messages that trip over a fault of ours: whoever answers for the district hears of them until they are taken in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.aside import set_aside
from yiyang.devices.jobs import watch
from yiyang.devices.models import Alarm, Device, SetAside
from yiyang.devices.queries.credentials import sender_of
from yiyang.devices.tests import factories
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def then() -> Iterator[None]:
    """What happens that day is told by the next, whenever the test runs: long afterwards it would be refused."""
    with clock_at(NIGHT + timedelta(days=1)):
        yield


@pytest.fixture
def bracelet(cast: Cast) -> Device:
    with clock_at(NIGHT - timedelta(hours=4)):
        return factories.device(cast.care_home)


def trips(device: Device, payload: bytes, at: datetime = NIGHT) -> None:
    with clock_at(NIGHT - timedelta(hours=4)):
        secret = factories.key(device)
    sender = sender_of(secret, NIGHT)
    assert sender
    assert set_aside(sender, payload, "application/x-new", device.urn, "KeyError", at)


def alarms() -> list[bool]:
    return [one.active for one in Alarm.objects.filter(cause="SET_ASIDE").order_by("raised_at")]


def test_one_alarm_is_open_while_any_message_is_set_aside_and_it_names_them(
    cast: Cast, bracelet: Device
) -> None:
    trips(bracelet, b"{1}", NIGHT - timedelta(minutes=3))
    trips(bracelet, b"{2}")
    with clock_at(NIGHT):
        watch(NIGHT)
        watch(NIGHT)
        run_pending()

    assert alarms() == [True]
    alarm = Alarm.objects.get()
    assert (alarm.severity, alarm.unit_id, alarm.evidence["count"]) == ("URGENT", cast.centre.pk, 2)
    assert alarm.event_at == NIGHT - timedelta(minutes=3)
    assert cast.centre.pk in set(Notice.objects.values_list("organisation_id", flat=True))
    client = Client()
    client.force_login(cast.coordinator.account)
    assert "有设备消息因平台故障被搁置" in client.get("/alarms/?of=devices").content.decode()
    page = client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "等待处理的消息：2 条" in page and "yiyang take-again" in page
    assert bracelet.urn in page and page.count("KeyError") == 2
    assert "{1}" not in page  # what it says may be about somebody


def test_it_ends_when_nothing_is_set_aside_any_more_and_comes_again_with_the_next(bracelet: Device) -> None:
    trips(bracelet, b"{1}")
    watch(NIGHT)
    SetAside.objects.all().delete()
    watch(NIGHT + timedelta(minutes=1))
    assert alarms() == [False]

    trips(bracelet, b"{2}")
    watch(NIGHT + timedelta(hours=5))

    assert alarms() == [False, True]
