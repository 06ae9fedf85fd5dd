"""What an assistance allows now, for the frame that decides who acts in a request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from yiyang.access.acting import Bar, Standing
from yiyang.people import queries


def found(staff: Any, assistance_id: UUID, mark: str) -> tuple[Standing | None, Bar | None]:
    """For whom somebody acts now, and what stands above the page; only the bar when its time is over."""
    row = queries.begun(staff, assistance_id, mark)
    if row is None:
        return None, None
    standing = queries.standing(staff, row)
    url = reverse("people:end_assistance", args=[row.pk])
    return standing, Bar(row.name, str(row.get_channel_display()), row.until, url, over=standing is None)
