"""What the wall of a unit learns from its beds."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from yiyang.access.tests.factories import Cast
from yiyang.beds import commands
from yiyang.beds.tests import factories as f
from yiyang.kernel.time import clock_at, now

NOON = datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

pytestmark = pytest.mark.django_db


def test_whose_bed_is_only_kept_is_said_to_be_away(who: Cast) -> None:
    client = Client()
    client.force_login(who.care_home_nurse.account)
    with clock_at(NOON):
        episode = f.stay(f.person(organisation_id=who.care_home.pk), f.bed(who.care_home))
        before = client.get("/wall/").content.decode()

        commands.begin_leave(
            by=who.care_home_nurse, at=now(), episode=episode, companion="儿子王强",
            due_back_at=NOON + timedelta(hours=30),
        )  # fmt: skip
        after = client.get("/wall/").content.decode()

    assert "外出" not in before.split("<table", 1)[1]
    assert "· 外出" in after.split("<table", 1)[1]
