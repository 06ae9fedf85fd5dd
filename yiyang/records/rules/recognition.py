"""Whether the result of another unit stands in place of a new test, and why. Pure.

Source: 国卫医发[2022]6号 (a result is an image or data, not a doctor's conclusion; the treating doctor decides). Items,
days, levels, marks and what is excluded are the policy pack's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

ITEMS = "urn:yiyang:codes:items"
REASONS = "urn:yiyang:codes:recognition"
OTHER = "OTHER"
EXCLUSIONS: dict[str, Any] = {
    "CONDITION_CHANGED": gettext_lazy("the condition changed, or the result does not fit it"),
    "FAST_CHANGING": gettext_lazy("the value changes fast in this illness"),
    "MAJOR_SURGERY": gettext_lazy("before major surgery or treatment"),
    "EMERGENCY": pgettext_lazy("recognition of results", "an emergency"),
    "FORENSIC": gettext_lazy("for a legal or forensic purpose"),
    "POOR_QUALITY": gettext_lazy("the quality of the result is not good enough"),
    OTHER: gettext_lazy("another reason, in words"),
}
FINAL = ("final", "amended", "corrected", "appended")
SAME_DAY = timedelta(minutes=1)


class Outcome(StrEnum):
    """What became of a wish for a test: ordered without anything to recognise, ordered all the same, or not needed."""

    ORDERED = "ORDERED"
    DECLINED = "DECLINED"
    ACCEPTED = "ACCEPTED"


OUTCOMES: dict[str, Any] = {
    Outcome.ORDERED: pgettext_lazy("recognition of results", "ordered, nothing to recognise"),
    Outcome.DECLINED: pgettext_lazy("recognition of results", "ordered, result not accepted"),
    Outcome.ACCEPTED: pgettext_lazy("recognition of results", "result accepted, no new test"),
}


@dataclass(frozen=True)
class Item:
    """One test: all codes that mean it ("system|code"), and for how many days a result counts; None is never."""

    codes: frozenset[str]
    days: int | None = None


@dataclass(frozen=True)
class Unit:
    """`standing`: codes and kinds from the unit itself to the root of its tree, by which its level is found."""

    root: str
    standing: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A result of another unit. `words` are all in which a mark may stand."""

    status: str
    at: datetime | None
    has_value: bool
    unit: Unit | None
    words: str = ""


@dataclass(frozen=True)
class Pack:
    """What the district has set."""

    items: tuple[Mapping[str, Any], ...]
    levels: Mapping[str, int]
    marks: tuple[str, ...]
    mark_needed: bool
    exclusions: tuple[str, ...]
    confirmed: bool = True


@dataclass(frozen=True)
class Judgement:
    """`reasons` say in words what speaks against it, or when nothing does, why it is recognised."""

    recognised: bool
    reasons: tuple[str, ...]
    codes: tuple[str, ...] = ()


def item_of(pack: Pack, *asked: str) -> Item:
    """The item that is meant by a code ("system|code") and those that its list calls the same, with all codes that
    the district counts as the same."""
    for told in pack.items:
        codes = frozenset([f"{ITEMS}|{told['code']}", *told.get("also", ())])
        if codes & set(asked):
            return Item(codes | set(asked), int(told["days"]))
    return Item(frozenset(asked))


def judged(
    item: Item, result: Result, *, by: Unit, at: datetime, pack: Pack, circumstances: Sequence[str] = ()
) -> Judgement:
    """One result, for a test that a unit would order now under these circumstances."""
    against = [
        *_of_the_case(circumstances, pack),
        *_of_its_age(item, result, at),
        *_of_its_state(result),
        *_of_its_unit(result, by, pack),
        *_of_its_mark(result, pack),
    ]
    if against:
        return Judgement(
            False, tuple(words for _code, words in against), tuple(code for code, _words in against)
        )
    return Judgement(True, tuple(_in_favour(item, result, by, at, pack)))


Found = list[tuple[str, str]]


def _of_the_case(circumstances: Sequence[str], pack: Pack) -> Found:
    return [
        (one, str(EXCLUSIONS[one])) for one in circumstances if one in pack.exclusions and one in EXCLUSIONS
    ]


def _of_its_age(item: Item, result: Result, at: datetime) -> Found:
    if item.days is None:
        return [("NO_PERIOD", _("the district has set no days for this item"))]
    if result.at is None:
        return [("NO_DATE", _("it does not say when it was taken"))]
    if result.at > at + SAME_DAY:
        return [("AHEAD", _("its date lies ahead"))]
    age = at - result.at
    if age > timedelta(days=item.days):
        return [
            ("TOO_OLD", _("{age} days old; it counts for {days} days").format(age=age.days, days=item.days))
        ]
    return []


def _of_its_state(result: Result) -> Found:
    if result.status not in FINAL:
        return [("NOT_FINAL", _("it is not final"))]
    return [] if result.has_value else [("NO_VALUE", _("it has no value"))]


def _of_its_unit(result: Result, by: Unit, pack: Pack) -> Found:
    if result.unit is None:
        return [("UNIT_UNKNOWN", _("it is not known which unit it is from"))]
    if result.unit.root == by.root:
        return []
    theirs, ours = level(result.unit, pack), level(by, pack)
    if theirs is None:
        return [("LEVEL_UNKNOWN", _("the district has set no level for that unit"))]
    if theirs < (ours or 0):
        return [("LOWER_LEVEL", _("that unit stands at a lower level than yours"))]
    return []


def _of_its_mark(result: Result, pack: Pack) -> Found:
    if pack.mark_needed and not mark(result, pack):
        return [("NO_MARK", _("it bears no mark of mutual recognition"))]
    return []


def level(unit: Unit, pack: Pack) -> int | None:
    """Of the unit itself, else of what it belongs to."""
    return next((pack.levels[one] for one in unit.standing if one in pack.levels), None)


def mark(result: Result, pack: Pack) -> str:
    """The mark that the result bears: as a word of its own, not as a part of a longer one."""
    for one in pack.marks:
        if re.search(rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])", result.words):
            return one
    return ""


def _in_favour(item: Item, result: Result, by: Unit, at: datetime, pack: Pack) -> list[str]:
    days = (at - result.at).days if result.at else 0
    age = ngettext("{n} day old", "{n} days old", days).format(n=days)
    found = [_("{age}; it counts for {days} days").format(age=age, days=item.days)]
    same = result.unit is not None and result.unit.root == by.root
    found.append(_("of a unit of the same union") if same else _("of a unit at the same or a higher level"))
    if sign := mark(result, pack):
        found.append(_("it bears the mark {mark}").format(mark=sign))
    return found
