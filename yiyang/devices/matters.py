"""Which alarms still wait for somebody: asked by duty and by the inbox, which cannot know them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.access import answering
from yiyang.devices import commands
from yiyang.devices.places import stand
from yiyang.devices.queries import alarms, visits
from yiyang.devices.queries import waiting as own
from yiyang.duty import matters, waiting
from yiyang.duty.rules.posts import Act

ALARM, VISIT = "Alarm", "AlarmVisit"


def take_alarm(by: Any, at: datetime, alarm_id: UUID) -> None:
    """From the inbox: the same step as on the alarm's own page."""
    commands.acknowledge_alarm(by=by, at=at, alarm=alarms.alarm(by, alarm_id))


def alarms_in_a_line(by: Any, ids: Collection[UUID]) -> dict[UUID, str]:
    """In the inbox two alarms are told apart: what happened, to whom, where."""
    found = list(alarms.alarms(by).filter(pk__in=ids))
    stand(found)
    return {one.pk: " · ".join(filter(None, _parts(one))) for one in found}


def _parts(alarm: Any) -> tuple[str, ...]:
    cause = str(alarm.get_cause_display())
    if alarm.person is None:
        return cause, alarm.gateway.name if alarm.gateway else alarm.way
    return cause, alarm.person.full_name, alarm.place


@answering.register("devices:alarm", take=take_alarm, tell=alarms_in_a_line)
@matters.register(ALARM)
def alarms_that_wait(ids: Collection[UUID]) -> set[UUID]:
    return alarms.waiting(ids)


@waiting.register(Act.ACT_ON_ALARM)
def own_minutes(urgency: str, at: datetime) -> int | None:
    return own.signed(at).get(urgency)


@matters.register(VISIT)
def visits_to_make(ids: Collection[UUID]) -> set[UUID]:
    return visits.to_be_made(ids)
