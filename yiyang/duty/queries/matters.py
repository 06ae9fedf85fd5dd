"""What waits for units, and for which of it somebody is to be told now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate

from yiyang.duty import matters as registry
from yiyang.duty.models import Matter, Urgency
from yiyang.duty.queries.answering import Answerer, who_answer
from yiyang.duty.queries.days import hours_of
from yiyang.duty.rules.hours import Hours, add_minutes
from yiyang.duty.rules.ladder import Rung

LOW = ("", Rung.ON_DUTY, Rung.DEPUTY)
AT_ONCE = 500


def open_matters(unit_ids: Iterable[UUID]) -> list[Matter]:
    """What waits for units and has not been acted on, the most pressing first."""
    found = Matter.objects.open().filter(unit__in=list(unit_ids))
    return _waiting(list(found.prefetch_related("steps").order_by("due_at", "opened_at")))


def steps_about(subject_ids: Iterable[UUID]) -> dict[UUID, list[object]]:
    """Who was told of these subjects so far, for pages that have checked who may see them."""
    found: dict[UUID, list[object]] = {}
    for one in (
        Matter.objects.filter(subject_id__in=list(subject_ids))
        .select_related("unit")
        .prefetch_related("steps")
    ):
        for step in one.steps.all():
            step.matter = one
            found.setdefault(one.subject_id, []).append(step)
    return found


def waiting_since(subject_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """Since when the unit is called about each of these; nothing of what somebody has acted on."""
    found = Matter.objects.open().filter(subject_id__in=list(subject_ids))
    return dict(found.order_by("-opened_at").values_list("subject_id", "opened_at"))


def later(unit_id: UUID | None, urgency: str, minutes: int, at: datetime) -> datetime:
    """Minutes of the unit's duty hours for routine matters, of the clock for urgent ones."""
    return later_by(partial(hours_of, unit_id), urgency, minutes, at)


def later_by(hours: Callable[[date], Hours], urgency: str, minutes: int, at: datetime) -> datetime:
    """As `later`, for who knows the unit's hours already."""
    if urgency == Urgency.ROUTINE:
        return add_minutes(hours(localdate(at)), at, minutes)
    return at + timedelta(minutes=minutes)


def opened_between(subject_kind: str, since: datetime, until: datetime) -> QuerySet[Matter]:
    """What was waited for in a time, with who was told; the newest first. For those who count them."""
    found = Matter.objects.filter(subject_kind=subject_kind, opened_at__gte=since, opened_at__lt=until)
    return found.select_related("shift", "unit").prefetch_related("steps").order_by("-opened_at", "-id")


def matters_due(at: datetime) -> list[Matter]:
    """Matters that are over, whose shift has changed, or for which the next one is to be told."""
    found = list(Matter.objects.open().order_by("opened_at")[:AT_ONCE])
    waiting = {one.pk for one in _waiting(found)}
    answerers = who_answer([(one.unit_id, one.act) for one in found], at)
    return [
        one for one in found if one.pk not in waiting or has_next(one, answerers[one.unit_id, one.act], at)
    ]


def _waiting(found: list[Matter]) -> list[Matter]:
    by_kind: dict[str, list[UUID]] = {}
    for one in found:
        by_kind.setdefault(one.subject_kind, []).append(one.subject_id)
    waiting = {kind: registry.still_waiting(kind, ids) for kind, ids in by_kind.items()}
    return [one for one in found if one.subject_id in waiting[one.subject_kind]]


def has_next(matter: Matter, answerer: Answerer, at: datetime) -> bool:
    """Whether somebody is to be told now: a new shift, or the next one of the ladder."""
    return is_new(matter, answerer) or moves_on(matter, answerer, at)


def is_new(matter: Matter, answerer: Answerer) -> bool:
    """Somebody is on duty who was not told yet."""
    if answerer.shift is None or answerer.shift.pk == matter.shift_id:
        return False
    return not matter.steps.filter(rung=Rung.ON_DUTY, shift=answerer.shift).exists()


def moves_on(matter: Matter, answerer: Answerer, at: datetime) -> bool:
    """The time of the last one told is over, or that one has gone home and nobody followed."""
    over = matter.next_at is not None and matter.next_at <= at
    return over or (answerer.gap and matter.rung in LOW)
