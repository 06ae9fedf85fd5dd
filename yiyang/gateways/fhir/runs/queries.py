"""Imports as far as somebody may know of them: those of one's units, for whoever imports."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yiyang.access.actors import in_same_capacity
from yiyang.access.permissions import Permission
from yiyang.gateways.fhir.runs.models import UNDER_WAY, ImportRun
from yiyang.kernel.refusals import NotFound

KEPT = timedelta(days=1)
NEWEST = 20


def visible_to(actor: Any) -> QuerySet[ImportRun]:
    """One's own, and those of the unit in which one imports."""
    if not actor.may(Permission.IMPORT_DATA):
        return ImportRun.objects.none()
    return (
        ImportRun.objects.filter(organisation_id=actor.organisation_id).defer("content").order_by("-asked_at")
    )


def newest(actor: Any) -> list[ImportRun]:
    return list(visible_to(actor)[:NEWEST])


def import_run(actor: Any, run_id: UUID) -> ImportRun:
    found = visible_to(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def by_id(run_id: UUID) -> ImportRun | None:
    return ImportRun.objects.filter(pk=run_id).first()


def left_behind() -> list[UUID]:
    """Those that a worker should be at."""
    return list(ImportRun.objects.filter(state__in=UNDER_WAY).values_list("pk", flat=True))


def out_of_date(at: datetime) -> list[ImportRun]:
    """Tried and then forgotten: the file does not stay."""
    return list(ImportRun.objects.filter(state="TRIED", asked_at__lt=at - KEPT).defer("content"))


def asker(run: ImportRun, at: datetime) -> Any:
    """Whoever asked for it, in the capacity of then; None when they have it no more."""
    return in_same_capacity(run.account_id, run.membership_id, at, run.purpose)
