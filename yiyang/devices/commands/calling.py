"""The call button of the person's own page: the same alarm as of a button that is worn, and nothing swallowed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.devices.commands.alarms import _locked, _record, _save, raise_alarm
from yiyang.devices.models import Alarm
from yiyang.devices.queries.calling import answering_unit, may_call_for
from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.people.queries import died_at, ids
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person


class CallNotYours(Refusal):
    message = _(
        "Only the person, or whoever they let decide for them, can take this call back. Tell whoever comes or telephones."
    )
    status = 403


class TakenBackTooLate(Refusal):
    message = _("The call was passed on already. Tell whoever comes or telephones that it was a mistake.")


def about(by: Actor, **given: Any) -> UUID:
    """The person, for themself or for whoever decides for them; nobody else presses in their name."""
    person_id = _in_full(by=by, **given)
    if not may_call_for(by, person_id):
        raise NotFound
    return person_id


_in_full = in_full(lambda person=None, alarm=None, **_: person.pk if person is not None else alarm.person_id)
about.in_full = True  # type: ignore[attr-defined]


@command(Permission.CALL_FOR_HELP, within=ANYWHERE, about=about)
def call_for_help(*, by: Actor, at: datetime, person: Person) -> Alarm:
    """Somebody is called at once, by the ladder of duty of the unit that answers for the person."""
    if died_at(person.pk) is not None:
        raise NotFound
    alarm = raise_alarm(
        by=by, at=at, person=ids(person.pk)[0], cause=Cause.CALL,
        severity=policy("devices.events", on=localdate(at)).value[Cause.CALL], rule="CALL page",
        unit_id=answering_unit(person.pk, at), evidence={"pressed": "PAGE"},
        source={"page": by.label[:120], "account": str(by.account_id)},
    )  # fmt: skip
    alarm.pressed_at, alarm.pressed_by, alarm.pressed_label = at, by.account_id, by.label[:120]
    _save(alarm)
    return alarm


@command(Permission.CALL_FOR_HELP, within=ANYWHERE, about=about)
def take_back_call(*, by: Actor, at: datetime, alarm: Alarm) -> Alarm:
    """Pressed by mistake: written down, and still to be looked at, but nobody runs.

    What a device, somebody else or an earlier press said stays as it was, and so does who is called for it.
    """
    found = _locked(alarm)
    if found.pressed_at is None or found.pressed_by != by.account_id:
        raise CallNotYours
    if at > found.pressed_at + undo_within(at):
        raise TakenBackTooLate
    found.taken_back_at = max(at, found.pressed_at)
    told_by = [_taken_back(one, by, at) for one in found.told_by]
    found.evidence = {**found.evidence, "told_by": told_by}
    alone = not found.stands and found.acknowledged_at is None
    if alone:
        found.severity = Severity.ROUTINE
    _save(found)
    _record("alarm.taken_back", found, by=by, at=at, cause=found.cause, alone=alone)
    return found


def _taken_back(said: dict[str, str], by: Actor, at: datetime) -> dict[str, str]:
    """Their own presses of these seconds, and nothing else."""
    own = said.get("account") == str(by.account_id)
    if not own or datetime.fromisoformat(said["at"]) < at - undo_within(at) or "taken_back_at" in said:
        return said
    return {**said, "taken_back_at": at.isoformat()}


def undo_within(at: datetime) -> timedelta:
    return timedelta(seconds=policy("devices.call_undo_seconds", on=localdate(at)).value)
