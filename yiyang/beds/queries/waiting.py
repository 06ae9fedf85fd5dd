"""The waiting list in its order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, IntegerField, QuerySet, Value, When

from yiyang.beds.models import WaitingEntry
from yiyang.beds.rules.waiting import CHANNELS


def waiting_in_order(kind: str, list_owner: UUID | None) -> QuerySet[WaitingEntry, Any]:
    """All who wait for a kind of bed in one district, first come first within each channel."""
    channel = Case(
        *[When(channel=c, then=Value(n)) for c, n in CHANNELS.items()], output_field=IntegerField()
    )
    suspended = Case(
        When(transfer__suspended_at__isnull=False, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        WaitingEntry.objects.filter(kind=kind, list_owner=list_owner, state__in=["WAITING", "OFFERED"])
        .annotate(suspended=suspended)
        .select_related("person", "wanted_unit")
        .order_by(channel, "joined_at", "pk")
    )
