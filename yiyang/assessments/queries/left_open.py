"""What was left open too long: drafts, second signatures, disputes, dues; who is told next; the rows of a unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncDate
from django.utils.timezone import localdate

from yiyang.assessments.models import RUNGS, Assessment, Dispute, Due, LeftOpen, Reason, State
from yiyang.assessments.queries.instruments import titles
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now

Kind, Rung = LeftOpen.Kind, LeftOpen.Rung
AT_ONCE = 500
SHOWN = 200


@dataclass(frozen=True)
class Late:
    """One thing that was to be done by a day that has gone by."""

    kind: str
    row: Any
    day: date
    on: date
    rungs: list[LeftOpen] = field(default_factory=list)
    title: str = ""
    named: bool = False

    @property
    def late_by(self) -> int:
        return (self.on - self.day).days

    @property
    def words(self) -> Any:
        return Kind(self.kind).label

    @property
    def told(self) -> str:
        """Who was told last, in words."""
        return str(self.rungs[-1].get_rung_display()) if self.rungs else ""

    @property
    def code(self) -> str:
        found = self.row.assessment if self.kind == Kind.DISPUTE else self.row
        return str(found.code)


def draft_days(on: date) -> int:
    return int(policy("assessments.draft_days", on=on).value)


def days_until(rung: str, on: date) -> int:
    """How many days late something is when this rung is told; whoever assesses is told on the first."""
    return 0 if rung == Rung.ASSESSOR else int(policy(f"assessments.left_open_days.{rung}", on=on).value)


def rows_of(kind: str, on: date) -> QuerySet[Any]:
    """What of a kind is late on a day, with `by`: when it was to be done."""
    alive = Q(person__died_at=None)
    if kind == Kind.DUE:
        dues = Due.objects.open().exclude(reason=Reason.DISPUTE).annotate(by=F("due_on"))
        return dues.filter(alive, due_on__lt=on)
    if kind == Kind.DISPUTE:
        asked = Dispute.objects.filter(alive, state=Dispute.State.OPEN, decide_by__lt=on)
        return asked.annotate(by=F("decide_by")).select_related("assessment__instrument")
    since = "begun_at" if kind == Kind.DRAFT else "signed_at"
    state = State.DRAFT if kind == Kind.DRAFT else State.AWAITING_SECOND
    waits = timedelta(days=draft_days(on))
    found = Assessment.objects.filter(alive, state=state).annotate(
        by=Cast(TruncDate(since) + waits, DateField())
    )
    return found.filter(by__lt=on).select_related("instrument")


def to_tell(at: datetime) -> list[tuple[Late, str]]:
    """For what somebody is to be told today, and on which rung: the next one, a day after the last at the earliest."""
    today, found = localdate(at), []
    for kind in Kind:
        for place, rung in enumerate(RUNGS):
            told = LeftOpen.objects.filter(kind=kind, subject_id=OuterRef("pk"), day=OuterRef("by"))
            rows = rows_of(kind, today).filter(by__lt=today - timedelta(days=days_until(rung, today)))
            rows = rows.exclude(Exists(told.filter(rung=rung)))
            if place:
                rows = rows.filter(Exists(told.filter(rung=RUNGS[place - 1], told_on__lt=today)))
            rows = rows.select_related("organisation").order_by("by", "pk")[:AT_ONCE]
            found += [(Late(kind, one, one.by, today), rung.value) for one in rows]
    return found


def of_units(actor: Actor, units: Iterable[UUID]) -> list[Late]:
    """What is late in these units, the latest first, with who was told; names of persons whose record is open."""
    units, today, found = list(units), localdate(now()), []
    for kind in Kind:
        rows = rows_of(kind, today).filter(organisation__in=units).select_related("person", "organisation")
        found += [Late(kind, one, one.by, today) for one in rows.order_by("by", "pk")[:SHOWN]]
    ids = [one.row.pk for one in found]
    told: dict[tuple[UUID, date], list[LeftOpen]] = {}
    for step in LeftOpen.objects.filter(subject_id__in=ids):
        told.setdefault((step.subject_id, step.day), []).append(step)
    names = titles() if found else {}
    open_to = _open_to(actor, found)
    made = [
        Late(
            one.kind, one.row, one.day, one.on, told.get((one.row.pk, one.day), []),
            names.get(one.code, one.code), one.row.person_id in open_to,
        )
        for one in found
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.day, str(one.row.pk)))


def days_late(rows: Iterable[Any], kind: str) -> dict[UUID, int]:
    """By how many days each of these rows is late, for lists that show them anyway."""
    today, ids = localdate(now()), [one.pk for one in rows]
    late = rows_of(kind, today).filter(pk__in=ids).values_list("pk", "by") if ids else ()
    return {pk: (today - by).days for pk, by in late}


def _open_to(actor: Actor, found: list[Late]) -> set[UUID]:
    """Persons whose assessments the actor may read, asked of the same rows."""
    known: set[UUID] = set()
    for model in (Assessment, Dispute, Due):
        ids = [one.row.pk for one in found if isinstance(one.row, model)]
        if ids:
            rows = model.objects.visible_to(actor).filter(pk__in=ids)
            known.update(rows.values_list("person_id", flat=True))
    return known
