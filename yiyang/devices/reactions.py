"""What follows from alarms: whoever is on duty is called, and nobody further once somebody has taken it."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access import delivering
from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.queries import naming
from yiyang.devices import notices
from yiyang.devices.matters import ALARM, VISIT
from yiyang.devices.models import Alarm
from yiyang.devices.queries import alarms, visits
from yiyang.devices.rules.alarms import Outcome, Severity
from yiyang.duty.commands import close_matters_about, open_matter
from yiyang.duty.queries import who_answers
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import Fact
from yiyang.kernel.policy import policy
from yiyang.kernel.reactions import on
from yiyang.people import queries as people


@on("alarm.raised")
def call_whoever_answers(fact: Fact) -> None:
    _call(fact)


@on("alarm.returned")
def call_again(fact: Fact) -> None:
    _call(fact)


@on("alarm.taken_back")
def call_without_haste(fact: Fact) -> None:
    """Somebody looks all the same, when they have time; unless it was taken, or a device told of it too."""
    if fact.data.get("alone"):
        withdraw_notice(by=SYSTEM, at=fact.recorded_at, key_begins=f"alarm:{fact.subject_id}:")
        _call(fact)


@on("alarm.severity_changed")
def call_louder(fact: Fact) -> None:
    """What got worse is told anew, with its new urgency."""
    if fact.data.get("risen"):
        _call(fact)


def _call(fact: Fact) -> None:
    alarm = alarms.alarm_of(fact.subject_id)  # type: ignore[arg-type]
    if alarm.unit_id is None or not alarms.waiting([alarm.pk]):
        return
    at, unit = fact.recorded_at, alarm.unit_id
    minutes = policy(f"devices.alarm_minutes.{alarm.severity}", on=localdate(at)).value
    link = reverse("devices:alarm", args=[alarm.pk])
    due_at = fact.at + timedelta(minutes=minutes)
    close_matters_about(by=SYSTEM, at=at, subject_kind=ALARM, subject_id=alarm.pk)
    if not who_answers(unit, Act.ACT_ON_ALARM, at).has_roster:
        notify(
            by=SYSTEM, at=at, subject=notices.ALARM, organisation=unit, person=alarm.person_id,
            params={"urgency": alarm.severity}, link=link, priority=alarm.severity, due_at=due_at,
            key=f"alarm:{alarm.pk}:{fact.id}",
        )  # fmt: skip
    open_matter(
        by=SYSTEM, at=at, unit_id=unit, act=Act.ACT_ON_ALARM, urgency=alarm.severity, subject_kind=ALARM,
        subject_id=alarm.pk, person=alarm.person_id, link=link, due_at=due_at,
        coordinator_id=naming.coordination_centre(naming.area_of(unit)),
    )  # fmt: skip


@on("alarm.acknowledged")
def somebody_goes(fact: Fact) -> None:
    _quiet(fact)


@on("alarm.person_seen")
def somebody_is_there(fact: Fact) -> None:
    _quiet(fact)


@on("alarm.assigned")
def somebody_was_sent(fact: Fact) -> None:
    """Whoever was put in charge by somebody else is told, and reminded until they have read it."""
    _quiet(fact)
    alarm = alarms.alarm_of(fact.subject_id)  # type: ignore[arg-type]
    if alarm.assignee_id is None or str(alarm.assignee_id) != fact.data.get("to") or not alarm.active:
        return
    if alarm.assignee_id == fact.by_account:
        return
    notify(
        by=SYSTEM, at=fact.recorded_at, subject=notices.IN_CHARGE, account=alarm.assignee_id, person=alarm.person_id,
        params={"urgency": alarm.severity}, link=reverse("devices:alarm", args=[alarm.pk]), priority=alarm.severity,
        remind=True, key=f"alarm:{alarm.pk}:{fact.id}",
    )  # fmt: skip


@on("alarm.cleared")
def it_is_over(fact: Fact) -> None:
    _quiet(fact)


@on("alarm.closed")
def it_was_dealt_with(fact: Fact) -> None:
    _quiet(fact)


def _quiet(fact: Fact) -> None:
    """Nobody further is told, unless it has come back in the meantime."""
    if fact.subject_id is None or alarms.waiting([fact.subject_id]):
        return
    close_matters_about(by=SYSTEM, at=fact.recorded_at, subject_kind=ALARM, subject_id=fact.subject_id)
    withdraw_notice(by=SYSTEM, at=fact.recorded_at, key_begins=f"alarm:{fact.subject_id}:")


@on("alarm.outcome_corrected")
def it_was_something_else(fact: Fact) -> None:
    """Relatives are not told of help that was not needed; of help that was, they are told now."""
    withdraw_notice(by=SYSTEM, at=fact.recorded_at, key_begins=f"alarm-family:{fact.subject_id}:")
    _tell_family(fact)


@on("alarm.closed")
def tell_those_entrusted(fact: Fact) -> None:
    """Relatives who are entrusted with the record hear that help was needed, once it is known that it was."""
    _tell_family(fact)


def _tell_family(fact: Fact) -> None:
    dangerous = fact.data.get("severity") == Severity.EMERGENCY and fact.data.get("outcome") == Outcome.TRUE
    if fact.person_id is None or not dangerous:
        return
    alarm: Alarm = alarms.alarm_of(fact.subject_id)  # type: ignore[arg-type]
    for account in people.accounts_entrusted(fact.person_id):
        notify(
            by=SYSTEM, at=fact.recorded_at, subject=notices.FAMILY, account=account, person=fact.person_id,
            params={
                "at": alarm.event_at, "unit": naming.unit_name(alarm.unit_id),
                "telephone": delivering.telephone_of_unit(alarm.unit_id),
            },
            link=reverse("people:person", args=[fact.person_id]),
            key=f"alarm-family:{fact.subject_id}:{fact.id}:{account}",
        )  # fmt: skip


@on("alarm_visit.ordered")
def call_whoever_visits(fact: Fact) -> None:
    """Told now; the next one is told when nobody has gone by then. Where no roster is kept, the unit is."""
    visit = visits.visit_of(fact.subject_id)  # type: ignore[arg-type]
    if not visit.is_open:
        return
    at, unit, link = fact.recorded_at, visit.unit_id, reverse("devices:alarm_visits")
    if not who_answers(unit, Act.VISIT, at).has_roster:
        notify(
            by=SYSTEM, at=at, subject=notices.VISIT, organisation=unit, person=visit.person_id,
            params={"due_at": visit.due_at}, link=link, due_at=visit.due_at, remind=True,
            key=f"visit:{visit.pk}",
        )  # fmt: skip
    open_matter(
        by=SYSTEM, at=at, unit_id=unit, act=Act.VISIT, urgency=Severity.ROUTINE, subject_kind=VISIT,
        subject_id=visit.pk, person=visit.person_id, link=link, due_at=visit.due_at,
        coordinator_id=naming.coordination_centre(naming.area_of(unit)),
    )  # fmt: skip


@on("alarm_visit.made")
def visit_was_made(fact: Fact) -> None:
    _visit_over(fact)


@on("alarm_visit.cancelled")
def visit_was_cancelled(fact: Fact) -> None:
    _visit_over(fact)


def _visit_over(fact: Fact) -> None:
    at, visit_id = fact.recorded_at, fact.subject_id
    assert visit_id is not None
    close_matters_about(by=SYSTEM, at=at, subject_kind=VISIT, subject_id=visit_id)
    withdraw_notice(by=SYSTEM, at=at, key=f"visit:{visit_id}")
