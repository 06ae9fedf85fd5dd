"""The persons of a unit on one drawing: only who agreed, who is outside first, old places said to be old."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.devices.commands import set_fence
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Sensed
from yiyang.devices.packs import Pack
from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.devices.rules.mapping import Marked, together
from yiyang.devices.tests.lending import agree, device, lend, micro, own_key
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by

HOME = (31.23, 121.47)


def test_several_persons_are_drawn_in_one_view_and_nobody_covers_who_is_outside() -> None:
    found = together([], [Marked(HOME, "1", outside=True), Marked((31.24, 121.48), "2")])

    assert found is not None
    assert [one.marked.number for one in found.marks] == ["2", "1"]
    assert all(0 < one.x < found.width and 0 < one.y < found.height for one in found.marks)
    assert together([], []) is None


def located(cast: Cast, name: str, north: float, age: timedelta, *, agrees: bool = True) -> Any:
    """Somebody of the home with a locator, an area of 500 m round the home, and one place."""
    found = person(name)
    seen_by(found, cast.care_home.pk)
    worn = device(DeviceKind.LOCATOR, unit=cast.care_home)
    lend(worn, found.pk)
    if agrees:
        agree(found.pk, Sensed.LOCATION)
        set_fence(
            by=SYSTEM, at=now(), person=found, name="院区", area={"circle": [*HOME, 500]}, reason="易走失"
        )
    place = (micro(now() - age), HOME[0] + north, HOME[1], 10.0)
    take_in([(own_key(worn), Pack(worn.urn, positions=[place]))], now=now())
    return found


@pytest.mark.django_db
def test_who_is_outside_stands_first_and_who_has_not_agreed_is_nowhere(cast: Cast) -> None:
    located(cast, "甲在家", 0.0, timedelta(minutes=2))
    out = located(cast, "乙在外", 0.02, timedelta(minutes=3))
    located(cast, "丙已旧", 0.001, timedelta(hours=3))
    located(cast, "丁未同意", 0.0, timedelta(minutes=2), agrees=False)
    nurse, stranger = Client(), Client()
    nurse.force_login(cast.care_home_nurse.account)
    stranger.force_login(cast.stranger.account)

    shown = nurse.get("/whereabouts/").content.decode()

    names = re.findall("乙在外|甲在家|丙已旧|丁未同意", shown.split("<tbody>")[1])
    assert names == ["乙在外", "丙已旧", "甲在家"]
    assert "1人未同意" in shown and shown.count('class="mark') == 3 and 'class="mark stale"' in shown
    assert f"/people/{out.pk}/whereabouts/" in shown
    assert Reading.objects.filter(subject_kind="devices.located", persons__contains=[out.pk]).exists()
    assert "乙在外" not in stranger.get("/whereabouts/").content.decode()
    assert stranger.get(f"/whereabouts/?unit={cast.care_home.pk}").status_code == 404


@pytest.mark.django_db
def test_the_coordinates_that_a_locator_tells_are_set_on_its_page(cast: Cast) -> None:
    manager = Client()
    manager.force_login(cast.care_home_manager.account)
    worn = device(DeviceKind.LOCATOR, unit=cast.care_home)
    typed = {"serial": worn.serial, "urn": worn.urn, "datum": "GCJ02", "version": worn.version}

    assert manager.post(f"/devices/{worn.pk}/change/", typed).status_code == 302

    worn.refresh_from_db()
    assert worn.datum == Datum.GCJ02
    assert str(Datum.GCJ02.label) in manager.get(f"/devices/{worn.pk}/").content.decode()
    typed |= {"datum": "EPSG:4326", "version": worn.version}
    assert manager.post(f"/devices/{worn.pk}/change/", typed).status_code == 422
