"""What is drawn under a chart of readings on the same axis of time: what happened, in lanes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import pgettext_lazy


class Lane(StrEnum):
    ALARM = "ALARM"
    EVENT = "EVENT"
    NOTE = "NOTE"
    BED = "BED"
    DEVICE = "DEVICE"


LANES: dict[Lane, Any] = {
    Lane.ALARM: pgettext_lazy("chart", "Alarms"),
    Lane.EVENT: pgettext_lazy("chart", "Events"),
    Lane.NOTE: pgettext_lazy("chart", "Notes"),
    Lane.BED: pgettext_lazy("chart", "Beds"),
    Lane.DEVICE: pgettext_lazy("chart", "Devices"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """At an instant, or from `since` to `until`; `open` when it still lasts. `link` leads to more of it."""

    lane: Lane
    since: datetime
    label: str
    until: datetime | None = None
    open: bool = False
    link: str = ""
    grave: bool = False

    @property
    def lasts(self) -> bool:
        return self.open or self.until is not None

    @property
    def heading(self) -> Any:
        return LANES[self.lane]


def in_order(marks: list[Mark]) -> list[Mark]:
    """As a table tells them: the newest first."""
    return sorted(marks, key=lambda one: (one.since, one.lane, one.label), reverse=True)
