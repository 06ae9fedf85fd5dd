"""Rules of alarms in the words in which people read them: from where on, how often, in which version. Pure."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .alarms import Cause
from .judging.rules import LOW, Rule
from .judging.watches import Watch
from .quantities import BY_NO

# As queries/rules.py and own limits name a version: "PULSE_HIGH 2015-01-01", "PULSE_HIGH v2, own limit 120".
VERSION = re.compile(
    r"(?P<code>[A-Z0-9_]+) (?:v(?P<number>\d+)|(?P<day>\d{4}-\d\d-\d\d)|event)(?:, own limit (?P<own>\S+))?"
)


def unit_of(rule: Rule) -> str:
    """How people write what the rule looks at; a score has points."""
    return (
        str(BY_NO[rule.quantity].shown_unit) if rule.quantity else pgettext("early warning score", "points")
    )


def levels(rule: Rule) -> list[str]:
    """From where on it alarms, each level with how urgent it is."""
    unit, minutes = unit_of(rule), round(rule.change_seconds / 60)
    shown = []
    for level in rule.levels:
        limit = f"{abs(level.limit) if minutes else level.limit:g} {unit}".strip()
        if minutes and rule.side == LOW:
            words = _("falls by more than {limit} within {n} min").format(limit=limit, n=minutes)
        elif minutes:
            words = _("rises by {limit} or more within {n} min").format(limit=limit, n=minutes)
        elif rule.side == LOW:
            words = pgettext("alarm rule", "below {limit}").format(limit=limit)
        else:
            words = pgettext("alarm rule", "from {limit}").format(limit=limit)
        shown.append(
            pgettext("a limit and how urgent", "{limit} ({urgency})").format(
                limit=words, urgency=level.severity.label
            )
        )
    return shown


def how_often(rule: Rule) -> str:
    if rule.of == 1:
        return _("a single reading")
    return _("{m} of the last {n} readings").format(m=rule.count, n=rule.of)


def in_words(rule: Rule | Watch | None) -> str:
    """The whole of it in a line."""
    if rule is None:
        return pgettext("alarm rule", "switched off")
    if isinstance(rule, Rule):
        return " · ".join([*levels(rule), how_often(rule)])
    waited = ngettext("after {n} minute", "after {n} minutes", rule.minutes).format(n=rule.minutes)
    parts = [
        f"{rule.since:%H:%M}–{rule.until:%H:%M}",
        pgettext("a limit and how urgent", "{limit} ({urgency})").format(
            limit=waited, urgency=rule.severity.label
        ),
    ]
    if rule.after_door:
        parts.append(_("where the door was opened last, after {n} minutes").format(n=rule.after_door))
    return " · ".join(parts)


def version(named: str) -> str:
    """Which version of the rule it was; the cause stands beside it."""
    found = VERSION.fullmatch(named)
    if found is None:
        return named
    if found["number"]:
        words = _("version {n}").format(n=found["number"])
    else:
        words = _("policy of {day}").format(day=found["day"]) if found["day"] else _("always, without a rule")
    return f"{words} · {_('own limit {limit}').format(limit=found['own'])}" if found["own"] else words


def named(rule: str) -> Any:
    """A rule and its version, where the cause does not stand beside it."""
    found = VERSION.fullmatch(rule)
    if found is None or found["code"] not in Cause.values:
        return rule
    return f"{Cause(found['code']).label} · {version(rule)}"


def asked_for(rule: Rule) -> dict[str, str]:
    """How the numbers of a rule are asked for: on which side of them it alarms, and in which unit."""
    unit, minutes = unit_of(rule), round(rule.change_seconds / 60)
    if minutes and rule.side == LOW:
        first = _("First limit: falls by more than this within {n} min, with a minus ({unit})")
        graver = _("Graver limit: falls by more than this within {n} min, with a minus ({unit})")
    elif minutes:
        first = _("First limit: rises by this or more within {n} min ({unit})")
        graver = _("Graver limit: rises by this or more within {n} min ({unit})")
    elif rule.side == LOW:
        first, graver = _("First limit: alarms below ({unit})"), _("Graver limit: alarms below ({unit})")
    else:
        first, graver = _("First limit: alarms from ({unit})"), _("Graver limit: alarms from ({unit})")
    margin = _("Ends when back within the limit by ({unit})")
    asked = {"limit_1": first, "limit_2": graver, "margin": margin}
    return {name: words.format(n=minutes, unit=unit) for name, words in asked.items()}
