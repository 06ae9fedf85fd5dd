"""What a clinician says for one person: own limits until a day, and pauses of one kind of alarm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices.commands.alarms import lock_persons
from yiyang.devices.models import Limit, Suppression
from yiyang.devices.queries.rules import in_force
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.rules import LOW
from yiyang.devices.rules.quantities import BY_NO, Quantity, Shape
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person

NEVER_PAUSED = (Cause.FALL, Cause.CALL, Cause.GAS_ALARM, Cause.SMOKE_ALARM)


class NoLimit(Refusal):
    message = _("Give a lower limit, an upper limit, or both.")
    status = 422


class LimitNotPossible(Refusal):
    message = _(
        "{name} can lie between {low} and {high}: give limits inside, the lower one below the upper one."
    )
    status = 422


class NothingLooksBelow(Refusal):
    message = _("No rule alarms when this is too low: {name}. A limit would call nobody: leave it out.")
    status = 422


class NothingLooksAbove(Refusal):
    message = _("No rule alarms when this is too high: {name}. A limit would call nobody: leave it out.")
    status = 422


class LimitEndsTooLate(Refusal):
    message = _(
        "Own limits end later than now, and after {days} days at most: say by when somebody decides again."
    )
    status = 422


class NeverPaused(Refusal):
    message = _(
        "Calls for help, falls, gas and smoke always alarm. Pause something else, or mend the device."
    )
    status = 422


class PauseTooLong(Refusal):
    message = _("A pause ends after {hours} hours at most. Choose an earlier end.")
    status = 422


def _own(by: Actor, **_given: Any) -> UUID | None:
    return by.organisation_id


def _of(person: Person, **_given: Any) -> UUID:
    return person.pk


def _of_row(row: Any, **_given: Any) -> UUID:
    found: UUID = row.person_id
    return found


@command(Permission.SET_ALARM_LIMITS, within=_own, about=in_full(_of))
def set_person_limits(
    *, by: Actor, at: datetime, person: Person, code: int, low: float | None, high: float | None, until: datetime,
    reason: str, target_88_92: bool = False, replayed: dict[str, Any] | None = None,
) -> Limit:  # fmt: skip
    """From where on readings of this person alarm, why, and until when. Earlier limits of the quantity end.

    `replayed` is what was seen before it was signed: kept with the fact.
    """
    quantity = check_limits(at=at, code=code, low=low, high=high, until=until)
    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    lock_persons([person.pk])
    for earlier in Limit.objects.filter(person=person, code=code, period__contains=at):
        _end(earlier, at)
    made = Limit.objects.create(
        person=person, code=code, low=low, high=high, target_88_92=target_88_92, reason=reason, set_at=at,
        period=DateTimeTZRange(at, until), set_by=by.account_id, set_label=by.label[:120],
    )  # fmt: skip
    record(
        "alarm_limit.set", by=by, at=at, subject=made, person=person, quantity=quantity.name, low=low, high=high,
        until=until, replayed=replayed or {},
    )  # fmt: skip
    return made


def check_limits(
    *, at: datetime, code: int, low: float | None, high: float | None, until: datetime, **_given: Any
) -> Quantity:
    """Whether it can be: said before it is tried on past readings."""
    quantity = BY_NO.get(code)
    if quantity is None or quantity.shape != Shape.VALUE or (low is None and high is None):
        raise NoLimit(field="low")
    given = [one for one in (low, high) if one is not None]
    if any(not quantity.low <= one <= quantity.high for one in given) or given != sorted(set(given)):
        raise LimitNotPossible(name=quantity.label, low=quantity.low, high=quantity.high, field="low")
    rules = [
        one
        for one in in_force(at).by_scope.values()
        if one and one.quantity == code and not one.change_seconds
    ]
    if low is not None and all(one.side != LOW for one in rules):
        raise NothingLooksBelow(name=quantity.label, field="low")
    if high is not None and all(one.side == LOW for one in rules):
        raise NothingLooksAbove(name=quantity.label, field="high")
    days = policy("devices.own_limits_days", on=localdate(at)).value
    if not at < until <= at + timedelta(days=days):
        raise LimitEndsTooLate(days=days, field="until")
    return quantity


@command(Permission.SET_ALARM_LIMITS, within=_own, about=in_full(_of_row))
def end_person_limits(*, by: Actor, at: datetime, row: Limit) -> Limit:
    """From now on the rule for everybody holds again."""
    found = Limit.objects.select_for_update(no_key=True).get(pk=row.pk)
    if found.period.upper <= at:
        raise Stale
    _end(found, at)
    record("alarm_limit.ended", by=by, at=at, subject=found, person=found.person_id, code=found.code)
    return found


def _end(row: Limit | Suppression, at: datetime) -> None:
    if row.period.lower >= at:
        row.delete()
        return
    row.period = DateTimeTZRange(row.period.lower, at)
    row.save(update_fields=["period"])


@command(Permission.SET_ALARM_LIMITS, within=_own, about=in_full(_of))
def pause_alarms(
    *, by: Actor, at: datetime, person: Person, cause: str, until: datetime, reason: str
) -> Suppression:
    """For some hours nothing of this kind is alarmed of the person; readings are kept all the same."""
    if cause in NEVER_PAUSED:
        raise NeverPaused(field="cause")
    hours = policy("devices.pause_hours", on=localdate(at)).value
    if not at < until <= at + timedelta(hours=hours):
        raise PauseTooLong(hours=hours, field="until")
    reason = line(reason, "reason", 400)
    if not reason:
        raise FieldNeeded(name=_("reason"), field="reason")
    made = Suppression.objects.create(
        person=person, cause=Cause(cause), period=DateTimeTZRange(at, until), reason=reason, set_at=at,
        by_account=by.account_id, by_label=by.label[:120],
    )  # fmt: skip
    record("alarm_pause.begun", by=by, at=at, subject=made, person=person, cause=cause, until=until)
    return made


@command(Permission.SET_ALARM_LIMITS, within=_own, about=in_full(_of_row))
def end_pause(*, by: Actor, at: datetime, row: Suppression) -> None:
    """It alarms again from now on."""
    found = Suppression.objects.select_for_update(no_key=True).get(pk=row.pk)
    if found.period.upper <= at:
        raise Stale
    _end(found, at)
    record("alarm_pause.ended", by=by, at=at, person=found.person_id, cause=found.cause)


@refuses("limit_one_in_force")
def _limit_meanwhile(_given: dict[str, Any]) -> Refusal:
    return Stale()
