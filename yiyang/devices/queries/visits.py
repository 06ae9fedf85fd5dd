"""Visits ordered from alarms: those to be made, and one of them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from yiyang.devices.models import Alarm, AlarmVisit
from yiyang.devices.queries.alarms import alarms


def visits(actor: Any) -> QuerySet[AlarmVisit]:
    """Of persons whose alarms the actor sees, those due first."""
    found = AlarmVisit.objects.filter(alarm__in=alarms(actor).order_by())
    return found.select_related("alarm", "person", "unit").order_by("due_at", "pk")


def visits_to_make(actor: Any) -> QuerySet[AlarmVisit]:
    return visits(actor).filter(done_at=None, cancelled_at=None)


def visit(actor: Any, visit_id: UUID) -> AlarmVisit:
    found: AlarmVisit = get_object_or_404(visits(actor), pk=visit_id)
    return found


def found_of(alarm: Alarm) -> str:
    """What the last visit of an alarm found."""
    return alarm.visits.exclude(done_at=None).order_by("done_at").values_list("found", flat=True).last() or ""


def visit_of(visit_id: UUID) -> AlarmVisit:
    """For reactions: as it is now."""
    return AlarmVisit.objects.select_related("alarm").get(pk=visit_id)


def to_be_made(ids: Collection[UUID]) -> set[UUID]:
    return set(AlarmVisit.objects.open().filter(pk__in=ids).values_list("pk", flat=True))
