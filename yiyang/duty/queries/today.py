"""Who stands on which post of several units in a span of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from yiyang.duty.models import Shift


def on_duty_within(unit_ids: Iterable[UUID], since: datetime, until: datetime) -> list[Shift]:
    """In the order in which they begin; one statement."""
    found = Shift.objects.within(since, until).filter(post__unit__in=set(unit_ids))
    return list(found.select_related("account", "post").order_by("period", "pk"))
