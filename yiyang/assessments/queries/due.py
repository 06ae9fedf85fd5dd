"""What is due: of a person, of a unit, of an assessor; and what may be reminded of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from yiyang.assessments.models import Assessment, Dispute, Due, State
from yiyang.assessments.queries import left_open
from yiyang.assessments.queries.instruments import titles
from yiyang.assessments.queries.left_open import Kind
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people import queries as people

AT_MOST = 200


@dataclass(frozen=True)
class Line:
    """One person, one instrument, one day."""

    due: Due
    title: str
    days: int

    @property
    def overdue(self) -> bool:
        return self.days < 0

    @property
    def late_by(self) -> int:
        return -self.days


@dataclass(frozen=True)
class Worklist:
    """What waits for assessors: due entries, drafts, second signatures, answers sent in, disputes."""

    due: list[Line]
    overdue: int
    drafts: list[Assessment]
    seconds: list[Assessment]
    handed_in: list[Assessment]
    disputes: list[Dispute]
    late: dict[UUID, int]

    @property
    def persons(self) -> list[UUID]:
        rows: list[Any] = [
            *(one.due for one in self.due),
            *self.drafts,
            *self.seconds,
            *self.handed_in,
            *self.disputes,
        ]
        return [row.person_id for row in rows]


def days_before(at: datetime) -> int:
    return int(policy("assessments.due_before_days", on=localdate(at)).value)


def worklist(actor: Actor, *, mine: bool = False) -> Worklist:
    """Of the actor's units, what comes within the policy's days; `mine` is what the actor did last."""
    units = list(getattr(actor, "organisation_ids", ()))
    until = localdate(now()) + timedelta(days=days_before(now()))
    of_units = Q(organisation__in=units)
    rows = Due.objects.visible_to(actor).open().filter(of_units, due_on__lte=until)
    open_ones = Assessment.objects.visible_to(actor).filter(of_units)
    disputes = Dispute.objects.visible_to(actor).filter(of_units, state=Dispute.State.OPEN)
    if mine:
        rows = rows.filter(assessor_account=actor.account_id)
        open_ones = open_ones.filter(Q(begun_by_account=actor.account_id) | ~Q(handed_in_at=None))
    found = lines(rows.select_related("person", "organisation")[:AT_MOST])
    started = list(
        open_ones.filter(state__in=("DRAFT", "AWAITING_SECOND")).select_related("person", "instrument")[
            :AT_MOST
        ]
    )
    drafts = [one for one in started if one.state == State.DRAFT]
    seconds = [one for one in started if one.state == State.AWAITING_SECOND]
    questioned = list(disputes.select_related("person", "assessment__instrument")[:AT_MOST])
    late = left_open.days_late(drafts, Kind.DRAFT) | left_open.days_late(seconds, Kind.SECOND)
    return Worklist(
        due=found,
        overdue=sum(one.overdue for one in found),
        drafts=[one for one in drafts if one.handed_in_at is None],
        seconds=seconds,
        handed_in=[one for one in drafts if one.handed_in_at is not None],
        disputes=questioned,
        late=late | left_open.days_late(questioned, Kind.DISPUTE),
    )


def rows(actor: Actor, *, until: date | None = None) -> QuerySet[Due]:
    """Everything open of persons whose record is open to the actor, for the API."""
    found = Due.objects.visible_to(actor).open().select_related("person", "organisation")
    return found.filter(due_on__lte=until) if until else found


def of_person(actor: Actor, person_id: UUID) -> list[Line]:
    found = Due.objects.visible_to(actor).open().filter(people.of_person(person_id))
    return lines(found.select_related("person", "organisation"))


def lines(found: Any) -> list[Line]:
    rows = list(found)
    today, names = localdate(now()), titles() if rows else {}
    return [Line(one, names.get(one.code, one.code), (one.due_on - today).days) for one in rows]


def to_remind(at: datetime) -> list[Due]:
    """Those whose day comes near and of which nobody was reminded yet."""
    until = localdate(at) + timedelta(days=days_before(at))
    found = Due.objects.open().filter(reminded_on=None, due_on__lte=until, person__died_at=None)
    return list(found.order_by("due_on")[:500])
