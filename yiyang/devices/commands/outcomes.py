"""What an alarm was, said again when it was said wrongly."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.commands.alarms import _record, _save, about
from yiyang.devices.commands.fallen import forget_fall, keep_fall, lock_the_fallen
from yiyang.devices.models import Alarm
from yiyang.devices.rules.alarms import Outcome
from yiyang.kernel import versions
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.refusals import Refusal, Stale


class NotClosedYet(Refusal):
    message = _("Nobody has said yet what this alarm was. Close it.")


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def correct_outcome(*, by: Actor, at: datetime, alarm: Alarm, outcome: str, reason: str) -> Alarm:
    """It was something else than was said when it was closed. A fall that it recorded is withdrawn, or is recorded."""
    reason = line(reason, "reason", 200)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    lock_the_fallen(alarm)
    found = Alarm.objects.select_for_update(no_key=True).get(pk=alarm.pk)
    versions.compare(found)
    if found.closed_at is None:
        raise NotClosedYet
    if found.outcome == outcome:
        raise Stale
    was, found.outcome = found.outcome, Outcome(outcome)
    if was == Outcome.TRUE:
        forget_fall(found, by=by, at=at, reason=reason)
    else:
        keep_fall(found, by=by, at=at, note=reason)
    _save(found)
    _record(
        "alarm.outcome_corrected", found, by=by, at=at, was=was, outcome=outcome, cause=found.cause,
        severity=found.severity, reason=reason,
    )  # fmt: skip
    return found
