"""Which alarms still wait for somebody: asked by duty, which cannot know them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from yiyang.devices.queries import alarms
from yiyang.duty import matters

ALARM = "Alarm"


@matters.register(ALARM)
def alarms_that_wait(ids: Collection[UUID]) -> set[UUID]:
    return alarms.waiting(ids)
