"""Who may press the call button of a person's page, which unit answers, and how far a call has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.access.permissions import Permission
from yiyang.devices import responders
from yiyang.devices.models import Alarm, Loan
from yiyang.devices.rules.alarms import EVENTS, Cause
from yiyang.duty.queries import Answerer, steps_about, who_answers
from yiyang.duty.rules.posts import Act
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people


@dataclass(frozen=True)
class Called:
    """A call, who answers for it, whom it was told to so far."""

    alarm: Alarm
    answers: Answerer | None
    told: list[Any] = field(default_factory=list)
    others: list[Alarm] = field(default_factory=list)  # of the same person, for which somebody must come too

    @property
    def nobody(self) -> bool:
        """Nobody in particular is known to be told."""
        return not self.told and (self.answers is None or self.answers.gap or not self.answers.has_roster)

    @property
    def _to_see(self) -> list[Alarm]:
        return [one for one in (self.alarm, *self.others) if one.seen_at is None and one.closed_at is None]

    @property
    def comes(self) -> str:
        """Who takes care of it in spite of the mistake."""
        return next((one.acknowledged_label for one in self._to_see if one.acknowledged_at), "")

    @property
    def still(self) -> str:
        """Why somebody is called in spite of the mistake: a device said it too, or another press."""
        waits = [one for one in self._to_see if one.acknowledged_at is None and one.stands]
        if any(one != self.alarm or one.by_device for one in waits):
            return "DEVICE"
        return "PRESSED" if waits else ""


def may_call_for(actor: Actor, person_id: UUID) -> bool:
    """The person themself; a relative or guardian whom the delegation lets decide."""
    return (
        getattr(actor, "membership_id", None) is None
        and actor.may(Permission.CALL_FOR_HELP)
        and people.may_decide_for(actor, person_id)
    )


def whom_to_call_for(actor: Actor, person_id: UUID) -> Any:
    """The person for whom the actor may press; 404 for everybody else."""
    person = people.person_in_full(actor, person_id)
    if person.died_at is not None or not may_call_for(actor, person.pk):
        raise NotFound
    return person


def answering_unit(person_id: UUID, at: datetime) -> UUID | None:
    """Whose bed the person is in; else who lent them a device; else their family doctor's."""
    loans = Loan.objects.filter(people.of_person(person_id), returned_at=None, period__contains=at)
    lender = loans.order_by("-period").values_list("device__unit", flat=True).first()
    doctor = people.family_doctors(people.ids(person_id), localdate(at))
    of_doctor = next((one.organisation_id for one in doctor.values()), None)
    return responders.unit_for(person_id, lender or of_doctor, at)


def call(actor: Actor, alarm_id: UUID) -> Alarm:
    """A call for help, for whoever may press the button of that person."""
    found = Alarm.objects.select_related("unit", "person").filter(pk=alarm_id, cause=Cause.CALL).first()
    if found is None or found.person_id is None:
        raise NotFound
    whom_to_call_for(actor, found.person_id)
    return found


def open_call(person_id: UUID) -> Alarm | None:
    """The call for help that is under way, of a person whom the caller holds."""
    calls = Alarm.objects.open().filter(people.of_person(person_id), cause=Cause.CALL)
    return calls.select_related("unit").first()


def how_far(alarm: Alarm, at: datetime) -> Called:
    answers = who_answers(alarm.unit_id, Act.ACT_ON_ALARM, at) if alarm.unit_id else None
    since = alarm.pressed_at or alarm.raised_at
    steps: list[Any] = sorted(steps_about([alarm.pk]).get(alarm.pk, []), key=lambda step: step.at)
    told: dict[str, Any] = {}  # who is told on several rungs, or again, stands there once
    for step in steps:
        if step.at >= since:
            told.setdefault(step.name, step)
    others = Alarm.objects.active().filter(people.of_person(alarm.person_id), cause__in=EVENTS, seen_at=None)
    return Called(alarm, answers, list(told.values()), list(others.exclude(pk=alarm.pk)[:20]))


def whom_to_phone(person_id: UUID, at: datetime) -> Answerer | None:
    """Who answers the telephone for this person now, before anything is pressed."""
    unit = answering_unit(person_id, at)
    return who_answers(unit, Act.ACT_ON_ALARM, at) if unit else None


def emergency_number(at: datetime) -> str:
    return str(policy("beds.emergency_number", on=localdate(at)).value)
