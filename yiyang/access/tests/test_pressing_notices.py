from __future__ import annotations

from django.test import Client

from yiyang.access import commands
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now


def test_the_page_learns_that_something_urgent_waits_and_not_what(cast: f.Cast, client: Client) -> None:
    client.force_login(cast.care_home_nurse.account)
    for priority in ("ROUTINE", "URGENT"):
        commands.notify(
            by=SYSTEM, at=now(), subject="access.contract_ended", organisation=cast.care_home,
            role="CARE_HOME_NURSE", priority=priority, params={"reason": "secret"},
        )  # fmt: skip

    answer = client.get("/inbox/pressing/")

    assert answer.json()["count"] == 1
    assert "secret" not in answer.content.decode()


def test_other_peoples_urgent_notices_make_no_sound(cast: f.Cast, client: Client) -> None:
    commands.notify(
        by=SYSTEM, at=now(), subject="access.contract_ended", organisation=cast.care_home,
        role="CARE_HOME_NURSE", priority="URGENT",
    )  # fmt: skip
    client.force_login(cast.stranger.account)

    assert client.get("/inbox/pressing/").json() == {
        "count": 0, "newest": None, "text": "有 0 条紧急通知等您处理", "inbox": "/inbox/",
    }  # fmt: skip
