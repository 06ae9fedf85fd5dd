from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Max, UUIDField, Value, When, Window
from django.db.models.functions import Greatest
from django.shortcuts import get_object_or_404

from yiyang.kernel.prepared import Asked, Given

from ..models import Notice
from ..models.notices import NoticeQuerySet

OPEN_FIRST = Case(When(acknowledged_at=None, then=Value(0)), default=Value(1))
PRESSING = Case(
    When(priority="EMERGENCY", then=Value(0)), When(priority="URGENT", then=Value(1)), default=Value(2)
)


def notices(actor: Any, *, only_open: bool = False) -> NoticeQuerySet:
    """The actor's inbox: own notices and those of the role it acts in. Open ones come first, the most pressing before the rest."""
    found = Notice.objects.visible_to(actor).shown().filter(withdrawn_at=None)
    return (found.open() if only_open else found).order_by(OPEN_FIRST, PRESSING, "-created_at", "id")


def notice(actor: Any, notice_id: UUID) -> Notice:
    found: Notice = get_object_or_404(notices(actor), pk=notice_id)
    return found


def open_notice_count(actor: Any) -> int:
    known: int | None = getattr(actor, "open_notices", None)
    if known is not None:
        return known
    if actor.account_id is None:
        return 0
    actor = getattr(actor, "assistant", actor)
    return _OPEN.count(account=actor.account_id, organisation=actor.organisation_id, role=actor.role)


def _open_ones() -> NoticeQuerySet:
    somebody = SimpleNamespace(
        account_id=Given("account", UUIDField()),
        organisation_id=Given("organisation", UUIDField()),
        role=Given("role", CharField()),
    )
    return notices(somebody, only_open=True).order_by()


_OPEN: Asked[Notice] = Asked(_open_ones)


def newest_notices(actor: Any, number: int) -> list[Notice]:
    """The first of the open ones; how many there are is known from the same statement."""
    found: list[Any] = list(notices(actor, only_open=True).annotate(of=Window(Count("pk")))[:number])
    actor.open_notices = found[0].of if found else 0
    return found


def pressing_notices(actor: Any) -> tuple[int, datetime | None]:
    """Of the open ones those that are urgent: how many, and when the newest came or was repeated."""
    found = notices(actor, only_open=True).exclude(priority="ROUTINE").order_by()
    asked = found.aggregate(count=Count("pk"), newest=Max(Greatest("created_at", "reminded_at")))
    return asked["count"], asked["newest"]


def waiting_notice_count() -> int:
    """Notices held back since a restore; for the operator's page."""
    return Notice.objects.filter(held=True).count()


def known_keys(keys: Collection[str]) -> set[str]:
    """Which of these notices were sent already."""
    return set(Notice.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
