"""Another version of a rule of alarms: signed after it was seen what it would have done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.commands.intake import number
from yiyang.devices.commands.limits import LimitEndsTooLate
from yiyang.devices.models import AlarmRule, RuleTrial
from yiyang.devices.queries.rules import params_in_force
from yiyang.devices.rules.alarms import TECHNICAL, Cause
from yiyang.devices.rules.judging.rules import LOOKED_BACK_AT_MOST, BadRule, Rule, read
from yiyang.devices.rules.judging.watches import WATCHED, read_watch
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.people import queries as people
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person


class RuleNotUsable(Refusal):
    message = _("This rule cannot be used: {what}. Correct it, then try it again.")
    status = 422


# What rules/judging says of a rule that cannot be: in words, and the field of the page where it stands.
WRONG: dict[str, tuple[Any, str]] = {
    "levels": (_("its limits do not go from mild to grave"), "limit_2"),
    "limit": (_("a limit lies beyond what can be measured"), "limit_1"),
    "count": (_("of the last 60 readings at most, one to all may be asked for"), "count"),
    "seconds": (_("it looks back more than two hours"), "apart"),
    "until": (_("it begins and ends at the same hour"), "until_time"),
    "minutes": (_("it waits for less than a minute or more than two days"), "minutes"),
}


class WindowTooLong(Refusal):
    message = _(
        "This rule looks back {needed} minutes, but single readings are at hand for {kept} minutes alone. Ask for fewer "
        "readings, or let them add up within a shorter time."
    )
    status = 422


class NotReplayed(Refusal):
    message = _("First look at what it would have done last month, then sign.")
    status = 422


class TrialOver(Refusal):
    message = _(
        "This was signed already, tried too long ago, or another rule has come into force since. Try it again, then sign."
    )


@command(Permission.SIGN_ALARM_RULES, within="by.organisation_id")
def try_alarm_rule(
    *, by: Actor, at: datetime, code: str, params: dict[str, Any], reason: str,
    scope: str = AlarmRule.Scope.ALL, whom: str = "",
) -> RuleTrial:  # fmt: skip
    """What it would have done to last month's readings of all whom it touches: the worker finds out."""
    from yiyang.devices.jobs import queue_trial, try_rule

    check_rule(code, params, scope, whom, at)
    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    made = RuleTrial.objects.create(
        code=Cause(code), scope=scope, whom=whom, params=params, reason=reason, unit_id=by.organisation_id, asked_at=at,
        asked_label=by.label[:120],
    )  # fmt: skip
    queue_trial(try_rule, made.pk)
    record("alarm_rule.tried", by=by, at=at, subject=made, code=code, scope=scope, whom=whom)
    return made


@command(SYSTEM_ONLY, within=ANYWHERE)
def keep_trial(
    *, by: Actor, at: datetime, trial: RuleTrial, result: dict[str, Any], rows: list[Any]
) -> RuleTrial:
    """All that it found, in one go."""
    found = RuleTrial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if found.finished_at is not None:
        raise Stale
    found.result, found.rows, found.finished_at = result, rows, at
    found.persons = found.done = result["persons"]
    found.save()
    record("alarm_rule.replayed", by=by, at=at, subject=found, code=found.code, **result)
    return found


@command(Permission.SIGN_ALARM_RULES, within="by.organisation_id")
def sign_alarm_rule(*, by: Actor, at: datetime, trial: RuleTrial) -> AlarmRule:
    """From now on what was tried holds, for everybody, one kind of device or one group; the one before ends."""
    found = RuleTrial.objects.select_for_update(no_key=True).get(pk=trial.pk)
    if found.finished_at is None:
        raise NotReplayed
    code, scope, whom = found.code, found.scope, found.whom
    check_rule(code, found.params, scope, whom, at)
    before = list(AlarmRule.objects.select_for_update(no_key=True).filter(code=code))
    mine = [one for one in before if (one.scope, one.whom) == (scope, whom)]
    if not found.usable(at) or any(one.signed_at > found.asked_at for one in mine):
        raise TrialOver
    for one in mine:
        if one.period.upper is None:
            one.period = DateTimeTZRange(one.period.lower, at)
            one.save(update_fields=["period"])
    made = AlarmRule.objects.create(
        code=Cause(code), number=_next(before), scope=scope, whom=whom, params=found.params, reason=found.reason,
        replayed=found.result, period=DateTimeTZRange(at, None), signed_at=at, signed_by=by.account_id,
        signed_label=by.label[:120],
    )  # fmt: skip
    found.signed = made
    found.save(update_fields=["signed"])
    record(
        "alarm_rule.signed", by=by, at=at, subject=made, code=code, number=made.number, scope=scope, whom=whom
    )
    return made


def _of(person: Person, **_given: Any) -> UUID:
    return person.pk


@command(Permission.SET_ALARM_LIMITS, within="by.organisation_id", about=in_full(_of))
def set_person_watch(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    code: str,
    params: dict[str, Any],
    until: datetime,
    reason: str,
) -> AlarmRule:
    """How long is waited for this person's way back to bed, or for movement, until a day. What was set before ends."""
    if code not in WATCHED:
        raise RuleNotUsable(what=_("nothing is waited for there"), field="cause")
    whole = params if params.get("off") else {**params_in_force(code, at), **params}
    whom = str(person.pk)
    check_rule(code, whole, AlarmRule.Scope.PERSON, whom, at, person=True)
    days = policy("devices.own_limits_days", on=localdate(at)).value
    if not at < until <= at + timedelta(days=days):
        raise LimitEndsTooLate(days=days, field="until")
    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    before = list(AlarmRule.objects.select_for_update(no_key=True).filter(code=code))
    mine = {str(one) for one in people.ids(person.pk)}
    for one in before:
        if one.scope == AlarmRule.Scope.PERSON and one.whom in mine and one.period.upper > at:
            _end(one, at)
    made = AlarmRule.objects.create(
        code=Cause(code), number=_next(before), scope=AlarmRule.Scope.PERSON, whom=whom, params=whole, reason=reason,
        period=DateTimeTZRange(at, until), signed_at=at, signed_by=by.account_id, signed_label=by.label[:120],
    )  # fmt: skip
    record(
        "alarm_watch.set", by=by, at=at, subject=made, person=person, cause=code, until=until, params=whole
    )
    return made


@command(Permission.SET_ALARM_LIMITS, within="by.organisation_id", about=in_full(_of))
def end_person_watch(*, by: Actor, at: datetime, row: AlarmRule, person: Person) -> AlarmRule:
    """From now on is waited as for everybody."""
    found = AlarmRule.objects.select_for_update(no_key=True).get(pk=row.pk)
    if found.period.upper <= at or found.whom not in {str(one) for one in people.ids(person.pk)}:
        raise Stale
    _end(found, at)
    record("alarm_watch.ended", by=by, at=at, subject=found, person=person, cause=found.code)
    return found


def _end(row: AlarmRule, at: datetime) -> None:
    row.period = DateTimeTZRange(row.period.lower, max(at, row.period.lower))
    row.save(update_fields=["period"])


def _next(versions: list[AlarmRule]) -> int:
    return max((one.number for one in versions), default=0) + 1


def check_rule(
    code: str, params: dict[str, Any], scope: str, whom: str, at: datetime, *, person: bool = False
) -> None:
    """Whether it can be: said before it is tried."""
    known = {
        AlarmRule.Scope.ALL: [""], AlarmRule.Scope.KIND: DeviceKind.values,
        AlarmRule.Scope.GROUP: list(people.group_names()), AlarmRule.Scope.PERSON: [whom] if person else [],
    }  # fmt: skip
    if code not in Cause.values or code in TECHNICAL or whom not in known.get(AlarmRule.Scope(scope), []):
        raise RuleNotUsable(what=_("it cannot hold for these"), field="for_whom")
    if params.get("off"):
        return
    try:
        rule = read_watch(code, params, "") if code in WATCHED else read(code, params, "")
    except BadRule as error:
        what, field = WRONG.get(str(error), (str(error), ""))
        raise RuleNotUsable(what=str(what), field=field) from error
    kept = min(LOOKED_BACK_AT_MOST, number("hot_hours", at) * 3600)
    if isinstance(rule, Rule) and rule.window > kept:
        raise WindowTooLong(needed=-(-rule.window // 60), kept=kept // 60, field="apart")


@refuses("alarmrule_one_in_force")
@refuses("alarmrule_number_once")
def _signed_meanwhile(_given: dict[str, Any]) -> Refusal:
    return Stale()
