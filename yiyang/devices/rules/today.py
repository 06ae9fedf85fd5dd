"""A person's day of readings in two or three plain sentences. Pure; no word of medicine, nothing judged that no
clinician has agreed on."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AS_AGREED, OTHERWISE, NOTHING_AGREED = "AS_AGREED", "OTHERWISE", ""


@dataclass(frozen=True)
class Heart:
    """Between which values the heart mostly beat today. `calm`: nothing of it was worth a look."""

    low: int
    high: int
    calm: bool


@dataclass(frozen=True)
class Measured:
    """One value that people know by its name, as it is shown. `agreed`: whether a clinician's own limits hold it."""

    name: str
    shown: str
    at: datetime
    agreed: str = NOTHING_AGREED


@dataclass(frozen=True)
class Worn:
    """A device that is with the person: when it was heard from last, whether that is too long ago."""

    name: Any
    heard_at: datetime | None
    silent: bool = False


@dataclass(frozen=True)
class Today:
    """`opens`: whether the reader may know what was measured."""

    opens: bool
    heart: Heart | None
    measured: Measured | None
    devices: tuple[Worn, ...]


def sentences(today: Today, at: datetime, *, own: bool) -> list[str]:
    """What is said of the day, to the person or to somebody whom they have entrusted."""
    said = []
    if today.opens and today.heart:
        said.append(_heart(today.heart, own))
    if today.opens and today.measured:
        said.append(_measured(today.measured, at))
    if today.opens and today.devices and not said:
        said.append(_("Nothing was measured today."))
    return [*said, _devices(today.devices, at, own)]


def _heart(heart: Heart, own: bool) -> str:
    if own:
        calm = _("Your heart beat calmly today: mostly {low} to {high} times a minute.")
        plain = _("Your heart beat mostly {low} to {high} times a minute today.")
    else:
        calm = _("The heart beat calmly today: mostly {low} to {high} times a minute.")
        plain = _("The heart beat mostly {low} to {high} times a minute today.")
    return (calm if heart.calm else plain).format(low=heart.low, high=heart.high)


def _measured(one: Measured, at: datetime) -> str:
    what = {
        "SYSTOLIC": _("Blood pressure {when}: {value}"), "GLUCOSE": _("Blood sugar {when}: {value}"),
        "OXYGEN": _("Oxygen in the blood {when}: {value}"), "TEMPERATURE": _("Body temperature {when}: {value}"),
        "WEIGHT": _("Body weight {when}: {value}"),
    }[one.name].format(when=part_of_day(one.at, at), value=one.shown)  # fmt: skip
    if one.agreed == AS_AGREED:
        return _("{what}, within what was agreed with the doctor.").format(what=what)
    if one.agreed == OTHERWISE:
        return _(
            "{what}. That is not as agreed with the doctor; please speak with the people who help you."
        ).format(what=what)
    return _("{what}.").format(what=what)


def _devices(devices: Sequence[Worn], at: datetime, own: bool) -> str:
    """The one that is silent, else the one that spoke last."""
    if not devices:
        return _("You have no device with you.") if own else _("There is no device with them.")
    quiet = sorted(
        (one for one in devices if one.silent), key=lambda one: (one.heard_at is None, str(one.name))
    )
    if quiet:
        one = quiet[0]
        if one.heard_at is None:
            never = _("Your {device} has told nothing yet. Please look whether it is switched on.")
            of_them = _("The {device} has told nothing yet. Please look whether it is switched on.")
            return (never if own else of_them).format(device=named(one.name))
        since = _("Your {device} has told nothing since {when}. Please put it on the charger and wear it.")
        of_them = _("The {device} has told nothing since {when}. Please put it on the charger and wear it.")
        return (since if own else of_them).format(device=named(one.name), when=since_when(one.heard_at, at))
    heard = [one for one in devices if one.heard_at is not None]
    if not heard:
        return (
            _("Your devices speak when they are used.") if own else _("The devices speak when they are used.")
        )
    newest = max(heard, key=lambda one: one.heard_at)  # type: ignore[arg-type, return-value]
    last = (
        _("Your {device} last told us something {when}.")
        if own
        else _("The {device} last told us something {when}.")
    )
    return last.format(device=named(newest.name), when=ago(newest.heard_at, at))


def named(label: Any) -> str:
    """The name of a kind of device inside a sentence."""
    text = str(label)
    return text[:1].lower() + text[1:] if not text[:3].isupper() else text


def ago(then: datetime | None, at: datetime) -> str:
    """How long ago, as people say it."""
    if then is None or at - then < 2 * MINUTE:
        return pgettext("how long ago", "just now")
    if at - then < HOUR:
        minutes = round((at - then) / MINUTE)
        return ngettext("{n} minute ago", "{n} minutes ago", minutes).format(n=minutes)
    return part_of_day(then, at)


def since_when(then: datetime, at: datetime) -> str:
    if localtime(then).date() == localtime(at).date():
        return localtime(then).strftime("%H:%M")
    return part_of_day(then, at)


def part_of_day(then: datetime, at: datetime) -> str:
    """This morning, yesterday evening, or the day."""
    local, days = localtime(then), (localtime(at).date() - localtime(then).date()).days
    if days not in (0, 1):
        return pgettext("day in a sentence", "on {month}/{day}").format(month=local.month, day=local.day)
    part = bisect((5, 11, 14, 18), local.hour)
    of_today = (
        _("in the night"),
        _("this morning"),
        _("at noon today"),
        _("this afternoon"),
        _("this evening"),
    )
    before = (
        _("the night before last"), _("yesterday morning"), _("at noon yesterday"), _("yesterday afternoon"),
        _("yesterday evening"),
    )  # fmt: skip
    return (before if days else of_today)[part]
