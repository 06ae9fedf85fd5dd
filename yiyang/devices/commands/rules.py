"""Another version of a rule of alarms: signed after it was seen what it would have done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.models import AlarmRule
from yiyang.devices.rules.alarms import TECHNICAL, Cause
from yiyang.devices.rules.judging.rules import LOOKED_BACK_AT_MOST, BadRule, read
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.people import queries as people


class RuleNotUsable(Refusal):
    message = _(
        "This rule cannot be used ({what}). Levels go from mild to grave inside what is possible, so many of the last "
        "readings at most 60, and it looks back {hours} hours at most."
    )
    status = 422


class NotReplayed(Refusal):
    message = _("First look at what this rule would have done to the readings of last month, then sign.")
    status = 422


@command(Permission.SIGN_ALARM_RULES, within="by.organisation_id")
def sign_alarm_rule(
    *, by: Actor, at: datetime, code: str, params: dict[str, Any], reason: str, replayed: dict[str, Any],
    scope: str = AlarmRule.Scope.ALL, whom: str = "",
) -> AlarmRule:  # fmt: skip
    """From now on this version holds, for everybody, one kind of device or one group; the one before ends."""
    check_rule(code, params, scope, whom)
    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    if not replayed:
        raise NotReplayed
    before = AlarmRule.objects.select_for_update(no_key=True).filter(code=code)
    number = max((one.number for one in before), default=0) + 1
    for one in before:
        if one.scope == scope and one.whom == whom and one.period.upper is None:
            one.period = DateTimeTZRange(one.period.lower, at)
            one.save(update_fields=["period"])
    made = AlarmRule.objects.create(
        code=Cause(code), number=number, scope=scope, whom=whom, params=params, reason=reason, replayed=replayed,
        period=DateTimeTZRange(at, None), signed_at=at, signed_by=by.account_id, signed_label=by.label[:120],
    )  # fmt: skip
    record("alarm_rule.signed", by=by, at=at, subject=made, code=code, number=number, scope=scope, whom=whom)
    return made


def check_rule(code: str, params: dict[str, Any], scope: str = AlarmRule.Scope.ALL, whom: str = "") -> None:
    """Whether it can be: said before it is replayed."""
    known = {
        AlarmRule.Scope.ALL: [""], AlarmRule.Scope.KIND: DeviceKind.values,
        AlarmRule.Scope.GROUP: list(people.group_names()),
    }  # fmt: skip
    hours = LOOKED_BACK_AT_MOST // 3600
    if code not in Cause.values or code in TECHNICAL or whom not in known.get(AlarmRule.Scope(scope), []):
        raise RuleNotUsable(what=code, hours=hours, field="scope")
    if params.get("off"):
        return
    try:
        read(code, params, "")
    except BadRule as error:
        raise RuleNotUsable(what=str(error), hours=hours) from error


@refuses("alarmrule_one_in_force")
@refuses("alarmrule_number_once")
def _signed_meanwhile(_given: dict[str, Any]) -> Refusal:
    return Stale()
