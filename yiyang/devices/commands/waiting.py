"""Other times of waiting before the next one is told of an alarm: tried on last month's alarms, then signed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.commands.rules import NotReplayed, TrialOver
from yiyang.devices.models import WaitingTimes
from yiyang.devices.queries import waiting as queries
from yiyang.devices.rules.alarms import Severity
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, Stale

MOST = 24 * 60


class TimesNotUsable(Refusal):
    message = _(
        "Each has between 1 minute and {most} minutes, and what is more urgent never waits longer. Change the minutes."
    )
    status = 422


@command(Permission.SIGN_ALARM_RULES, within="by.organisation_id")
def try_waiting_times(*, by: Actor, at: datetime, minutes: dict[str, int], reason: str) -> WaitingTimes:
    """How often somebody further up would have been told of last month's alarms: the worker finds out."""
    from yiyang.devices.jobs import queue_trial, try_waiting_times

    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    ordered = [minutes.get(one.value, 0) for one in (Severity.EMERGENCY, Severity.URGENT, Severity.ROUTINE)]
    if ordered != sorted(ordered) or not 1 <= ordered[0] <= ordered[-1] <= MOST:
        raise TimesNotUsable(most=MOST, field="emergency")
    minutes = {one.value: minutes[one.value] for one in Severity}
    made = WaitingTimes.objects.create(
        minutes=minutes, before=queries.in_force(at), reason=reason, unit_id=by.organisation_id, asked_at=at,
        asked_label=by.label[:120],
    )  # fmt: skip
    queue_trial(try_waiting_times, made.pk)
    record("waiting_times.tried", by=by, at=at, subject=made, minutes=minutes)
    return made


@command(SYSTEM_ONLY, within=ANYWHERE)
def keep_waiting_trial(
    *, by: Actor, at: datetime, trial: WaitingTimes, result: dict[str, Any], rows: list[Any]
) -> WaitingTimes:
    """All that it found, in one go."""
    found = WaitingTimes.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if found.tried:
        raise Stale
    found.result, found.rows = result, rows
    found.alarms = found.done = result["alarms"]
    found.save()
    record("waiting_times.replayed", by=by, at=at, subject=found, **result)
    return found


@command(Permission.SIGN_ALARM_RULES, within="by.organisation_id")
def sign_waiting_times(*, by: Actor, at: datetime, trial: WaitingTimes) -> WaitingTimes:
    """From now on these times hold for alarms, whatever the policy says."""
    found = WaitingTimes.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if not found.tried:
        raise NotReplayed
    if not found.usable(at) or WaitingTimes.objects.filter(signed_at__gt=found.asked_at).exists():
        raise TrialOver
    found.signed_at, found.signed_by, found.signed_label = at, by.account_id, by.label[:120]
    found.save()
    record("waiting_times.signed", by=by, at=at, subject=found, minutes=found.minutes)
    return found
