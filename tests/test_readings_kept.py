"""A page with a name on it leaves only after it is written down who is shown it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from yiyang.access.tests.calling import caller
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel import readings
from yiyang.kernel.models import Reading

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_is_shown_when_its_reading_is_kept() -> None:
    who = cast()
    elder = person("王秀英")
    stay(elder, bed(who.care_home))

    shown = signed_in(who.care_home_nurse).get(f"/people/{elder.pk}/")

    assert shown.status_code == 200
    assert Reading.objects.filter(persons=[elder.pk]).count() == 1


@pytest.mark.parametrize("address", ["/people/{}/", "/api/people/{}"])
def test_nothing_is_shown_when_the_reading_cannot_be_kept(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast()
    elder = person("王秀英")
    stay(elder, bed(who.care_home))
    monkeypatch.setattr(readings, "_book", readings.Book(_fail))

    refused = _asked(who.care_home_nurse, address.format(elder.pk))

    assert refused.status_code == 503
    assert "王秀英" not in refused.content.decode()
    assert "Try again in a moment" in refused.content.decode()
    assert not Reading.objects.exists()


def _asked(actor: Any, address: str) -> Any:
    if address.startswith("/api/"):
        return Client().get(
            address, headers={"Authorization": f"Bearer {caller(actor).token}", "Accept-Language": "en"}
        )
    return signed_in(actor).get(address)


def _fail(rows: list[Any]) -> None:
    raise OperationalError("the disk is full")
