"""Alarms from the first reading to what was done: raised and cleared by readings, the rest by people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.devices import responders
from yiyang.devices.commands.fallen import keep_fall, lock_the_fallen
from yiyang.devices.models import Alarm, AlarmNote
from yiyang.devices.rules.alarms import TECHNICAL, Cause, Outcome, Severity, rises
from yiyang.kernel import versions
from yiyang.kernel.actors import Actor, identity
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.people import queries as people
from yiyang.people.reach import in_full

SAID = 20  # how often it was said, at most, is kept with it


class AlarmClosed(Refusal):
    message = _("{who} has closed this alarm already, at {at}.")


class AlarmTaken(Refusal):
    message = _("{who} has taken this alarm already, at {at}. You can still go and help.")


class LookAtThePersonFirst(Refusal):
    message = _(
        "Nobody has seen the person yet. Go and look, mark that you have seen them, then close the alarm."
    )


class NotDangerous(Refusal):
    message = _(
        "The emergency contact is asked to call only when life may be in danger. Telephone the family instead."
    )


class ContactAsked(Refusal):
    message = _("The emergency contact was asked to call already, at {at}.")


class NobodyToAsk(Refusal):
    message = _(
        "No agreement names an emergency contact with a telephone, or your unit has no telephone to call. Telephone the family instead."
    )


class NotOnYourStaff(Refusal):
    message = _("This account does not work in the unit that answers. Choose somebody of the unit.")
    status = 422


def about(by: Actor, alarm: Alarm, **given: Any) -> UUID | None:
    """Whose alarm it is; of whom basics alone are open, nobody acts. A gateway's alarm is about nobody."""
    return _in_full(by=by, alarm=alarm) if alarm.person_id else None


_in_full = in_full(lambda alarm, **_: alarm.person_id)
about.in_full = True  # type: ignore[attr-defined]


def lock_persons(person_ids: list[UUID]) -> None:
    """One judges a person at a time, until the transaction ends; always in one order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('device:' || p, 0)) FROM unnest(%s::text[]) p",
            [sorted({str(one) for one in person_ids})],
        )


@command(SYSTEM_ONLY, within=ANYWHERE)
def raise_alarm(
    *,
    by: Actor,
    at: datetime,
    person: Any = None,
    cause: str,
    severity: str,
    event_at: datetime | None = None,
    about: str = "",
    device: Any = None,
    gateway: Any = None,
    unit_id: UUID | None = None,
    codes: list[int] | None = None,
    rule: str = "",
    evidence: dict[str, Any] | None = None,
    source: dict[str, str] | None = None,
) -> Alarm:
    """Somebody must look. One alarm of a person and cause is open; what comes back soon is the same one.

    `source`: which device said it, through which gateway, or who on the person's page.
    """
    person_id = identity(person)
    lock_persons([person_id] if person_id else [])
    whom = Q(person__in=people.ids(person_id)) if person_id else Q(person=None)
    kept = Alarm.objects.select_for_update(no_key=True).filter(whom, cause=cause, about=about).open()
    earlier = kept.filter(cleared_at=None).first() or kept.filter(cleared_at__gt=at - _back(at)).first()
    told: dict[str, Any] = {"severity": severity, "event_at": event_at or at}
    said = said_by(source, told["event_at"], at)
    if earlier is not None:
        unit = unit_id or _answers(person_id, device, at, cause)
        return _again(earlier, told, said, unit, by=by, at=at)
    alarm = Alarm.objects.create(
        person_id=person_id, cause=Cause(cause), about=about, severity=Severity(severity), device=device,
        gateway=gateway, codes=codes or [], event_at=told["event_at"], raised_at=at, judged_at=at, rule=rule[:60],
        unit_id=unit_id or _answers(person_id, device, at, cause),
        evidence={**(evidence or {}), "told_by": said},
    )  # fmt: skip
    _record("alarm.raised", alarm, by=by, at=at, cause=cause, severity=severity, event_at=alarm.event_at)
    return alarm


def _answers(person_id: UUID | None, device: Any, at: datetime, cause: str) -> UUID | None:
    """What stands in an empty home is seen to by its lender, not by the ward where the person lies."""
    lender: UUID | None = getattr(device, "unit_id", None)
    if cause in TECHNICAL and person_id and lender and person_id in responders.elsewhere([person_id], at):
        return lender
    return responders.unit_for(person_id, lender, at) if person_id else lender


def _back(at: datetime) -> timedelta:
    return timedelta(minutes=policy("devices.alarm_back_minutes", on=localdate(at)).value)


def said_by(source: dict[str, str] | None, event_at: datetime, at: datetime) -> list[dict[str, str]]:
    return [{**source, "event_at": event_at.isoformat(), "at": at.isoformat()}] if source else []


def _again(
    alarm: Alarm, told: dict[str, Any], said: list[dict[str, str]], unit: UUID | None, *, by: Actor, at: datetime
) -> Alarm:  # fmt: skip
    """It is open already, or was cleared a moment ago. Whoever has taken it is called again by what happened since;
    who has moved in the meantime is answered for by the unit where they are now."""
    was, back = alarm.severity, alarm.cleared_at is not None
    since = told["event_at"]
    risen = rises(was, told["severity"])
    moved = alarm.is_event and unit is not None and unit != alarm.unit_id
    anew = (
        back
        or risen
        or moved
        or (alarm.is_event and alarm.acknowledged_at is not None and since > alarm.acknowledged_at)
    )
    alarm.times += 1
    alarm.judged_at, alarm.cleared_at = at, None
    if risen or back:
        alarm.severity = told["severity"]
    alarm.taken_back_at = None
    if moved:
        alarm.unit_id = unit
    alarm.evidence = {
        **alarm.evidence,
        "again": [*alarm.evidence.get("again", []), since.isoformat()][-SAID:],
        "told_by": [*alarm.told_by, *said][-SAID:],
    }
    if anew:
        alarm.acknowledged_at = alarm.acknowledged_by = None
        alarm.seen_at = alarm.seen_by = None
        alarm.acknowledged_label = alarm.seen_label = ""
    _save(alarm)
    name = "alarm.returned" if anew else "alarm.repeated"
    _record(name, alarm, by=by, at=at, cause=alarm.cause, severity=alarm.severity, times=alarm.times)
    return alarm


@command(SYSTEM_ONLY, within=ANYWHERE)
def change_severity(
    *, by: Actor, at: datetime, alarm: Alarm, severity: str, evidence: dict[str, Any] | None = None,
    source: dict[str, str] | None = None,
) -> Alarm:  # fmt: skip
    """Newer readings are worse or better. What gets worse calls again, whoever has taken it."""
    found = _locked(alarm)
    if found.severity == severity:
        raise Stale
    was, found.severity, found.judged_at = found.severity, Severity(severity), at
    risen = rises(was, severity)
    if risen:
        found.evidence = {
            **found.evidence,
            **(evidence or {}),
            "told_by": [*found.told_by, *said_by(source, at, at)][-SAID:],
        }
        found.acknowledged_at, found.acknowledged_by, found.acknowledged_label = None, None, ""
    _save(found)
    _record("alarm.severity_changed", found, by=by, at=at, was=was, severity=severity, risen=risen)
    return found


@command(SYSTEM_ONLY, within=ANYWHERE)
def call_unseen_again(*, by: Actor, at: datetime, alarm: Alarm) -> Alarm:
    """Who took it has not said that they saw the person: whoever is on duty is told as at the beginning."""
    found = _locked(alarm)
    if found.seen_at is not None or found.acknowledged_at is None or not found.is_event:
        raise Stale
    taken = found.acknowledged_label
    found.acknowledged_at, found.acknowledged_by, found.acknowledged_label = None, None, ""
    _save(found)
    _record("alarm.returned", found, by=by, at=at, cause=found.cause, severity=found.severity, taken=taken)
    return found


@command(SYSTEM_ONLY, within=ANYWHERE)
def clear_alarm(*, by: Actor, at: datetime, alarm: Alarm, cleared_at: datetime | None = None) -> Alarm:
    """Newer readings are well again, or the device is heard from. What happened to a person is never cleared so."""
    found = _locked(alarm)
    if found.cleared_at is not None or found.is_event:
        raise Stale
    found.cleared_at = max(cleared_at or at, found.raised_at)
    found.judged_at = at
    _save(found)
    _record("alarm.cleared", found, by=by, at=at, cause=found.cause)
    return found


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def acknowledge_alarm(*, by: Actor, at: datetime, alarm: Alarm) -> Alarm:
    """I take care of it: nobody further is told."""
    found = _locked(alarm)
    if found.acknowledged_at is not None:
        raise AlarmTaken(who=found.acknowledged_label, at=found.acknowledged_at)
    _take(found, by, at)
    _save(found)
    _record("alarm.acknowledged", found, by=by, at=at, seconds=_seconds(found, at))
    return found


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def mark_person_seen(*, by: Actor, at: datetime, alarm: Alarm) -> Alarm:
    """Somebody stands before the person, or speaks with them."""
    found = _locked(alarm)
    if found.acknowledged_at is None:
        _take(found, by, at)
    found.seen_at, found.seen_by, found.seen_label = max(at, found.raised_at), by.account_id, by.label[:120]
    _save(found)
    _record("alarm.person_seen", found, by=by, at=at, seconds=_seconds(found, at))
    return found


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_seen_by_others(
    *, by: Actor, at: datetime, alarm: Alarm, seen_at: datetime, label: str, account_id: UUID | None
) -> Alarm:
    """Who saw them off, or received them, has seen them: nobody is called again to a home that is empty."""
    found = _locked(alarm)
    if found.seen_at is not None or not found.is_event:
        raise Stale
    seen_at = max(seen_at, found.raised_at)
    if found.acknowledged_at is None:
        found.acknowledged_at, found.acknowledged_by = seen_at, account_id
        found.acknowledged_label = label[:120]
    found.seen_at, found.seen_by, found.seen_label = seen_at, account_id, label[:120]
    _save(found)
    _record("alarm.person_seen", found, by=by, at=at, seconds=_seconds(found, seen_at), seen_by=label)
    return found


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def comment_on_alarm(*, by: Actor, at: datetime, alarm: Alarm, text: str) -> AlarmNote:
    """What others should know of it, in a sentence."""
    text = line(text, "text", 400)
    if not text:
        raise FieldNeeded(name=_("comment"), field="text")
    note = AlarmNote.objects.create(
        alarm=alarm, text=text, at=at, by_account=by.account_id, by_label=by.label[:120]
    )
    _record("alarm.commented", alarm, by=by, at=at)
    return note


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def assign_alarm(*, by: Actor, at: datetime, alarm: Alarm, account_id: UUID) -> Alarm:
    """Somebody of the unit takes it over from now on."""
    from yiyang.devices.queries.alarms import staff_of

    found = _locked(alarm)
    chosen = next((one for one in staff_of(found) if one.pk == account_id), None)
    if chosen is None:
        raise NotOnYourStaff(field="account_id")
    found.assignee = chosen
    if found.acknowledged_at is None:
        _take(found, by, at)
    _save(found)
    _record("alarm.assigned", found, by=by, at=at, to=account_id)
    return found


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def close_alarm(
    *, by: Actor, at: datetime, alarm: Alarm, outcome: str, done: str, place: str = "OTHER", injury: str = "UNKNOWN"
) -> Alarm:  # fmt: skip
    """What it was, and what was done. What happened to a person is closed only when somebody has seen them.

    A fall that was real is recorded of the person: where it was, and whether they are hurt.
    """
    done = line(done, "done", 400)
    if not done:
        raise FieldNeeded(name=_("what was done"), field="done")
    lock_the_fallen(alarm)
    found = _locked(alarm)
    if found.is_event and found.seen_at is None and outcome != Outcome.TEST:
        raise LookAtThePersonFirst
    if found.acknowledged_at is None:
        _take(found, by, at)
    found.outcome, found.done = Outcome(outcome), done
    found.closed_at, found.closed_by = max(at, found.raised_at), by.account_id
    found.closed_label = by.label[:120]
    keep_fall(found, by=by, at=at, note=done, place=place, injury=injury)
    _save(found)
    _record("alarm.closed", found, by=by, at=at, outcome=outcome, cause=found.cause, severity=found.severity)
    return found


@command(Permission.TAKE_DUTY, within="alarm.unit_id", about=about)
def ask_contact_to_call(*, by: Actor, at: datetime, alarm: Alarm) -> Alarm:
    """Life may be in danger: the emergency contact of the agreement is asked to call the unit. Nothing else is said."""
    from yiyang.devices.queries.alarms import contact_of

    found = _locked(alarm)
    if found.severity != Severity.EMERGENCY or found.person_id is None or found.cause in TECHNICAL:
        raise NotDangerous
    if found.contact_asked_at is not None:
        raise ContactAsked(at=found.contact_asked_at)
    if not contact_of(found, at):
        raise NobodyToAsk
    found.contact_asked_at = at
    _save(found)
    _record("alarm.contact_asked", found, by=by, at=at)
    return found


def _take(alarm: Alarm, by: Actor, at: datetime) -> None:
    alarm.acknowledged_at = max(at, alarm.raised_at)
    alarm.acknowledged_by, alarm.acknowledged_label = by.account_id, by.label[:120]


def _seconds(alarm: Alarm, at: datetime) -> int:
    return int((at - alarm.raised_at).total_seconds())


def _locked(alarm: Alarm) -> Alarm:
    found = Alarm.objects.select_for_update(no_key=True).get(pk=alarm.pk)
    if found.closed_at is not None:
        raise AlarmClosed(who=found.closed_label, at=found.closed_at)
    versions.compare(found)
    return found


def _save(alarm: Alarm) -> None:
    alarm.version += 1
    alarm.save()


def _record(name: str, alarm: Alarm, *, by: Actor, at: datetime, **data: Any) -> None:
    record(name, by=by, at=at, subject=alarm, person=alarm.person_id, unit=alarm.unit_id, **data)


@refuses("alarm_one_of_a_cause")
def _one_already(_given: dict[str, Any]) -> Refusal:
    return Stale()
