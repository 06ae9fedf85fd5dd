"""What is lacking, said in words: what it is now, and what it would have to be."""

from __future__ import annotations

from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.assessments.rules.eligibility.deciding import Answer
from yiyang.assessments.rules.eligibility.evidence import Lack, Lacking, Verdict

ANSWERS: dict[str, Any] = {
    Answer.ELIGIBLE: pgettext_lazy("eligibility", "qualifies"),
    Answer.NOT_ELIGIBLE: pgettext_lazy("eligibility", "does not qualify"),
    Answer.JUDGEMENT: pgettext_lazy("eligibility", "a clinician decides"),
}
VERDICTS: dict[str, Any] = {
    Verdict.MET: pgettext_lazy("criterion", "met"),
    Verdict.NOT_MET: pgettext_lazy("criterion", "not met"),
    Verdict.UNKNOWN: pgettext_lazy("criterion", "unknown"),
}
ABOUT: dict[str, Any] = {
    "age": _("Age"),
    "insurance": _("Insurance"),
    "group": pgettext_lazy("of a person", "Group"),
    "bed": _("Present bed"),
    "consent": _("Consent to this bed"),
    "level": pgettext_lazy("assessment", "level"),
    "total": pgettext_lazy("assessment", "total"),
}
LIMITS: dict[str, Any] = {
    "at_least": _("at least {limit}"),
    "at_most": _("at most {limit}"),
    "above": _("above {limit}"),
    "below": _("below {limit}"),
}
OPEN: dict[str, Any] = {
    Lacking.MISSING: _("{what}: not assessed yet"),
    Lacking.EXPIRED: _("{what}: the assessment has expired"),
    Lacking.TOO_OLD: _("{what}: the assessment is too old for this"),
    Lacking.NOT_ANSWERED: _("{what}: was not answered"),
}


class Names(Protocol):
    """What codes are called, in the reader's language."""

    def instrument(self, code: str) -> str: ...
    def part(self, instrument: str, about: str, item: str) -> str: ...
    def value(self, about: str, instrument: str, item: str, code: Any) -> str: ...


def lack(one: Lack, names: Names) -> str:
    """Why this part of a condition is not met or unknown, and what would meet it."""
    if one.why is Lacking.NOT_JUDGED:
        return str(_("a clinician has to say"))
    if one.why is not Lacking.DIFFERS:
        words = OPEN[one.why] if one.instrument else _("{what}: not recorded")
        return str(words).format(what=what(one, names))
    if one.about == "consent":
        return str(_("{what}: refused")).format(what=what(one, names))
    if one.about == "judged" or not one.wanted:
        return str(_("{what}: excludes it")).format(what=what(one, names))
    return str(_("{what}: now {now}, asked for {wanted}")).format(
        what=what(one, names), now=_now(one, names), wanted=wanted(one, names)
    )


def what(one: Lack, names: Names) -> str:
    if not one.instrument:
        return str(ABOUT.get(one.about, one.about))
    part = names.part(one.instrument, one.about, one.item)
    title = names.instrument(one.instrument)
    if one.why in (Lacking.MISSING, Lacking.EXPIRED, Lacking.TOO_OLD) or not part:
        return title
    return f"{title} · {part}"


def wanted(one: Lack, names: Names) -> str:
    """Codes by their names joined with “or”, limits in words."""
    if "in" in one.wanted:
        named = [names.value(one.about, one.instrument, one.item, code) for code in one.wanted["in"]]
        return str(pgettext_lazy("between choices", " or ")).join(named)
    return str(pgettext_lazy("between limits", " and ")).join(
        str(LIMITS[name]).format(limit=_number(limit)) for name, limit in one.wanted.items()
    )


def _now(one: Lack, names: Names) -> str:
    values = one.now if isinstance(one.now, tuple) else (one.now,)
    if not values:
        return str(pgettext_lazy("list", "none"))
    named = [names.value(one.about, one.instrument, one.item, value) for value in values]
    return str(pgettext_lazy("list of choices", ", ")).join(named)


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
