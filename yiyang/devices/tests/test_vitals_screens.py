"""A nurse looks at what was measured: now, through a day, and drawn closer; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands.intake import take_in
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang(cast: Cast) -> Any:
    """Two hours of pulse, a minute each, between 60 and 79."""
    found = person()
    seen_by(found, cast.care_home.pk)
    made = device(DeviceKind.BRACELET)
    lend(made, found.pk)
    told = [("HEART_RATE", now() - timedelta(minutes=minute), 60 + minute % 20) for minute in range(120)]
    take_in([(own_key(made), pack(made, *told))], now=now())
    return found


def client(actor: Any) -> Client:
    signed_in = Client()
    signed_in.force_login(actor.account)
    return signed_in


def test_the_newest_value_leads_to_its_day_and_to_a_closer_look(cast: Cast, wang: Any) -> None:
    nurse, address = client(cast.care_home_nurse), f"/people/{wang.pk}/readings/"
    until = now()
    window = {"since": (until - timedelta(minutes=30)).isoformat(), "until": until.isoformat()}

    assert "<strong>60</strong>" in nurse.get(address).content.decode()
    assert "共120次读数，60～79" in nurse.get(f"{address}HEART_RATE/?span=day").content.decode()
    assert 28 <= len(nurse.get(f"{address}HEART_RATE/drawn/", window).json()["times"]) <= 31


def test_an_address_that_means_nothing_shows_a_day(cast: Cast, wang: Any) -> None:
    nurse = client(cast.care_home_nurse)

    for query in ("span=never&until=yesterday", "until=9999-01-01T00:00:00Z", "until=0001-01-01T00:00:00Z"):
        assert nurse.get(f"/people/{wang.pk}/readings/HEART_RATE/?{query}").status_code == 200


def test_whoever_does_not_care_for_the_person_sees_nothing(cast: Cast, wang: Any) -> None:
    assert client(cast.stranger).get(f"/people/{wang.pk}/readings/").status_code == 404
