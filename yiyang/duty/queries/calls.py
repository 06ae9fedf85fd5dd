"""Telephone calls that were recorded: about one thing, and as a log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from yiyang.duty.models import PhoneCall
from yiyang.duty.queries.roster import rosters_of


def calls(
    actor: Any, *, since: datetime | None = None, until: datetime | None = None, result: str = ""
) -> QuerySet[PhoneCall]:
    """Calls that one's own units made or got; a coordinator sees those of the district."""
    found = PhoneCall.objects.visible_to(rosters_of(actor)).select_related("from_unit", "to_unit")
    if since:
        found = found.filter(at__gte=since)
    if until:
        found = found.filter(at__lt=until)
    return found.filter(result=result) if result else found


def calls_about(subject_id: UUID) -> list[PhoneCall]:
    """For the page of the subject, which has checked who may see it."""
    return list(
        PhoneCall.objects.filter(subject_id=subject_id).select_related("from_unit", "to_unit").order_by("-at")
    )


def last_calls(subject_ids: Iterable[UUID]) -> dict[UUID, PhoneCall]:
    """The newest call about each of these, for lists."""
    found = PhoneCall.objects.filter(subject_id__in=list(subject_ids)).order_by("subject_id", "-at", "-pk")
    return {one.subject_id: one for one in found.distinct("subject_id") if one.subject_id}
