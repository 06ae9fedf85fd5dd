"""What a device does, in the plain words in which it is told to those who wear it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import DeviceKind, Kind
from .quantities import Shape
from .signals import name_of
from .silence import Patience, expected, silent

MINUTE, HOUR, DAY = 60, 3600, 86400


def tells(kind: Kind) -> list[str]:
    """What it sends: values first, then events, then raw signals."""
    ordered = sorted(kind.quantities, key=lambda one: one.shape != Shape.VALUE)
    return [str(one.label) for one in ordered] + [str(name_of(code)) for code in kind.signals]


def how_often(kind: str, own: int | None) -> str:
    seconds = expected(kind, own)
    if seconds is None:
        return _("only when it is used")
    if seconds < HOUR:
        minutes = max(1, round(seconds / MINUTE))
        return _("about every {n} minutes").format(n=minutes) if minutes > 1 else _("about every minute")
    if seconds < DAY:
        hours = round(seconds / HOUR)
        return _("about every {n} hours").format(n=hours) if hours > 1 else _("about every hour")
    days = round(seconds / DAY)
    return _("about every {n} days").format(n=days) if days > 1 else _("about every day")


def quiet_for_long(device: Any, since: datetime, at: datetime, patience: Patience) -> bool:
    """Whether it should have been heard from; in maintenance nothing is expected."""
    if device.quiet_until and device.quiet_until > at:
        return False
    seconds = expected(DeviceKind(device.kind), device.expected_seconds)
    return silent(at, since, device.last_seen_at, seconds, patience)


@dataclass(frozen=True)
class Asked:
    """A consent in words: its name, the question, what is told beforehand, and how it is stopped."""

    name: Any
    question: Any
    told: Any
    stop: Any


CONSENTS = {
    "LOCATION": Asked(
        gettext_lazy("Your whereabouts"),
        gettext_lazy("May the device tell where you are?"),
        gettext_lazy(
            "So that you are found when you have lost your way or leave the agreed area. Those who look after you "
            "see it; nobody else does."
        ),
        gettext_lazy("Stop telling where you are?"),
    ),
    "CAMERA": Asked(
        gettext_lazy("What a camera notices"),
        gettext_lazy("May a camera tell when something unusual happens?"),
        gettext_lazy(
            "Such as a fall. No picture is kept here, only what happened and when. Those who look after you see it; "
            "nobody else does."
        ),
        gettext_lazy("Stop what the camera tells?"),
    ),
}


OF_SOMEBODY = {
    "LOCATION": Asked(
        gettext_lazy("Whereabouts"),
        gettext_lazy("May the device tell where the person is?"),
        gettext_lazy(
            "So that they are found when they have lost their way or leave the agreed area. Those who look after them "
            "see it; nobody else does."
        ),
        gettext_lazy("Stop telling where the person is?"),
    ),
    "CAMERA": Asked(
        gettext_lazy("What a camera notices"),
        gettext_lazy("May a camera tell when something unusual happens?"),
        gettext_lazy(
            "Such as a fall. No picture is kept here, only what happened and when. Those who look after the person "
            "see it; nobody else does."
        ),
        gettext_lazy("Stop what the camera tells?"),
    ),
}


def asks_consent(what: str, own: bool) -> Asked:
    """The words for the person, or for somebody who decides or writes down for them."""
    return (CONSENTS if own else OF_SOMEBODY)[str(what)]
