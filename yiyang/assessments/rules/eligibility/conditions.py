"""Conditions over evidence, as a policy pack writes them.

{instrument = "GBT42195", level = ["2", "3", "4"]}
{instrument = "NEWS2", total = {at_most = 4}}
{instrument = "GBT42195", subscore = "B.3", below = 14}
{instrument = "CARE_ENVIRONMENT", item = "main_carer", in = ["NOBODY"]}
{age = {at_least = 80}}   {diagnosis = ["I63"]}   {group = ["LIVES_ALONE"]}
{insurance = ["EMPLOYEE"]}   {bed = ["HOSPITAL"]}   {consent = "PALLIATIVE"}
{all = […]}   {any = […]}   {not = {…}}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from yiyang.assessments.rules.eligibility.evidence import (
    Assessed,
    Evidence,
    Lack,
    Lacking,
    Looked,
    Rest,
    Verdict,
    both,
    either,
    reverse,
)

LIMITS = ("at_least", "at_most", "above", "below")
SETS = ("insurance", "group", "bed")
PARTS = ("level", "total", "subscore", "item")


class ConditionFault(ValueError):
    """A condition that cannot be read; says which part and why."""


@dataclass(frozen=True)
class Leaf:
    """One question to the evidence: about what, and which answer counts."""

    about: str  # level, total, subscore, item, age, insurance, group, bed, consent
    instrument: str = ""
    item: str = ""
    values: tuple[str, ...] = ()
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Both:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Either:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Reverse:
    part: Condition


Condition = Leaf | Both | Either | Reverse


def read(given: Any) -> Condition:
    """The condition that this piece of a pack stands for; ConditionFault says what is wrong with it."""
    if not isinstance(given, Mapping) or not given:
        raise ConditionFault(
            _("a condition is a table such as {{age = {{at_least = 80}}}}, not {given}").format(
                given=repr(given)
            )
        )
    for word, kind in (("all", Both), ("any", Either)):
        if word in given:
            _only(given, word)
            parts = given[word]
            if not isinstance(parts, list) or not parts:
                raise ConditionFault(_("“{word}” needs a list of at least one condition").format(word=word))
            return kind(tuple(read(one) for one in parts))
    if "not" in given:
        _only(given, "not")
        return Reverse(read(given["not"]))
    return _of_instrument(given) if "instrument" in given else _of_person(given)


def leaves(condition: Condition) -> list[Leaf]:
    """Every question of a condition, in order."""
    if isinstance(condition, Leaf):
        return [condition]
    if isinstance(condition, Reverse):
        return leaves(condition.part)
    return [leaf for part in condition.parts for leaf in leaves(part)]


def look(condition: Condition, evidence: Evidence, max_age_days: int | None = None) -> Looked:
    """What the evidence says to a condition; assessments older than `max_age_days` leave it unknown."""
    if isinstance(condition, Both):
        return both([look(one, evidence, max_age_days) for one in condition.parts])
    if isinstance(condition, Either):
        return either([look(one, evidence, max_age_days) for one in condition.parts])
    if isinstance(condition, Reverse):
        return reverse(look(condition.part, evidence, max_age_days))
    if condition.instrument:
        return _look_at_assessment(condition, evidence, max_age_days)
    return _look_at_person(condition, evidence)


# Reading


def _of_instrument(given: Mapping[str, Any]) -> Leaf:
    code = given["instrument"]
    if not isinstance(code, str) or not code:
        raise ConditionFault("“instrument” needs the code of an instrument")
    asked = [part for part in PARTS if part in given]
    if len(asked) != 1:
        raise ConditionFault(
            _("a condition on {code} asks one of {parts}; this one asks {asked}").format(
                code=code, parts=", ".join(PARTS), asked=asked or "none"
            )
        )
    about = asked[0]
    if about == "level":
        _only(given, "instrument", "level")
        return Leaf("level", code, values=_values(given["level"], "level"))
    if about == "total":
        _only(given, "instrument", "total")
        return Leaf("total", code, limits=_limits(given["total"], "total"))
    if about == "subscore":
        _only(given, "instrument", "subscore", *LIMITS)
        return Leaf("subscore", code, str(given["subscore"]), limits=_limits(_rest(given), "subscore"))
    _only(given, "instrument", "item", "in", *LIMITS)
    if "in" in given:
        return Leaf("item", code, str(given["item"]), values=_values(given["in"], "in"))
    return Leaf("item", code, str(given["item"]), limits=_limits(_rest(given), "item"))


def _of_person(given: Mapping[str, Any]) -> Leaf:
    if len(given) != 1:
        raise ConditionFault(
            _("one question a condition, or all/any around several: {asked}").format(asked=sorted(given))
        )
    ((about, wanted),) = given.items()
    if about == "age":
        return Leaf("age", limits=_limits(wanted, "age"))
    if about == "consent":
        return Leaf("consent", values=_values([wanted], "consent"))
    if about in SETS or about == "judged":
        return Leaf(about, values=_values(wanted, about))
    raise ConditionFault(
        _("“{about}” is no question; known are instrument, age, consent, judged, {sets}").format(
            about=about, sets=", ".join(SETS)
        )
    )


def _only(given: Mapping[str, Any], *known: str) -> None:
    if strange := sorted(set(given) - set(known)):
        raise ConditionFault(
            _("“{strange}” does not belong beside “{known}”").format(strange=strange[0], known=known[0])
        )


def _rest(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in LIMITS if name in given}


def _values(given: Any, word: str) -> tuple[str, ...]:
    if not isinstance(given, list) or not given or not all(isinstance(one, str) and one for one in given):
        raise ConditionFault(_("“{word}” needs a list of codes, each in quotation marks").format(word=word))
    return tuple(given)


def _limits(given: Any, word: str) -> dict[str, float]:
    if not isinstance(given, Mapping) or not given or set(given) - set(LIMITS):
        raise ConditionFault(_("“{word}” needs limits: {limits}").format(word=word, limits=", ".join(LIMITS)))
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in given.values()):
        raise ConditionFault(_("the limits of “{word}” are numbers").format(word=word))
    low = max((given[name] for name in ("at_least", "above") if name in given), default=None)
    high = min((given[name] for name in ("at_most", "below") if name in given), default=None)
    if low is not None and high is not None and low > high:
        raise ConditionFault(
            _("no value of “{word}” is both above {low} and below {high}").format(
                word=word, low=low, high=high
            )
        )
    return dict(given)


# Looking


def _look_at_assessment(leaf: Leaf, evidence: Evidence, max_age_days: int | None) -> Looked:
    found = evidence.assessed.get(leaf.instrument)
    if found is None:
        return _open(leaf, Lacking.MISSING)
    rest = Rest("assessment", leaf.instrument, found.on, found.id, found.supposed)
    if found.expired(evidence.on):
        return _open(leaf, Lacking.EXPIRED, rest)
    if max_age_days is not None and (evidence.on - found.on).days > max_age_days:
        return _open(leaf, Lacking.TOO_OLD, rest)
    value = _value_of(leaf, found)
    if value in (None, ""):
        return _open(leaf, Lacking.NOT_ANSWERED, rest)
    return _compared(leaf, value, rest)


def _value_of(leaf: Leaf, found: Assessed) -> Any:
    if leaf.about == "level":
        return found.level
    if leaf.about == "total":
        return found.total
    if leaf.about == "subscore":
        return found.subscores.get(leaf.item)
    answer = found.answers.get(leaf.item)
    return answer.get("value") if isinstance(answer, Mapping) else answer


def _look_at_person(leaf: Leaf, evidence: Evidence) -> Looked:
    rest = Rest(leaf.about, supposed=SUPPOSED_AS[leaf.about] in evidence.supposed)
    if leaf.about == "consent":
        return _consented(leaf, evidence, rest)
    if leaf.about == "judged":
        return _judged(leaf, evidence, rest)
    known: dict[str, Any] = {
        "age": evidence.age,
        "insurance": evidence.insurance,
        "group": evidence.groups,
        "bed": evidence.beds,
    }
    value = known[leaf.about]
    return _open(leaf, Lacking.MISSING) if value is None else _compared(leaf, value, rest)


SUPPOSED_AS = {
    "age": "age", "insurance": "insurance", "group": "groups", "bed": "beds",
    "consent": "consents", "judged": "judged",
}  # fmt: skip


def _consented(leaf: Leaf, evidence: Evidence, rest: Rest) -> Looked:
    said = evidence.consents.get(leaf.values[0])
    if said is None:
        return _open(leaf, Lacking.MISSING)
    return Looked(Verdict.MET, (rest,)) if said else _differs(leaf, False, rest)


def _judged(leaf: Leaf, evidence: Evidence, rest: Rest) -> Looked:
    said = [evidence.judged.get(code, "") for code in leaf.values]
    if "YES" in said:
        return Looked(Verdict.MET, (rest,))
    return _differs(leaf, False, rest) if set(said) == {"NO"} else _open(leaf, Lacking.NOT_JUDGED)


def _compared(leaf: Leaf, value: Any, rest: Rest) -> Looked:
    if leaf.limits:
        fits = _within(value, leaf.limits)
        if fits is None:
            return _open(leaf, Lacking.NOT_ANSWERED, rest)
    else:
        held = {str(value)} if isinstance(value, str | int | float) else {str(one) for one in value}
        fits = not held.isdisjoint(leaf.values)
    return Looked(Verdict.MET, (rest,)) if fits else _differs(leaf, value, rest)


def _within(value: Any, limits: Mapping[str, float]) -> bool | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    tests = {
        "at_least": lambda limit: number >= limit,
        "at_most": lambda limit: number <= limit,
        "above": lambda limit: number > limit,
        "below": lambda limit: number < limit,
    }
    return all(tests[name](limit) for name, limit in limits.items())


def _wanted(leaf: Leaf) -> dict[str, Any]:
    return dict(leaf.limits) or {"in": leaf.values}


def _open(leaf: Leaf, why: Lacking, rest: Rest | None = None) -> Looked:
    lack = Lack(why, leaf.about, leaf.instrument, leaf.item, wanted=_wanted(leaf))
    return Looked(Verdict.UNKNOWN, (rest,) if rest else (), (lack,))


def _differs(leaf: Leaf, value: Any, rest: Rest) -> Looked:
    shown = tuple(sorted(str(one) for one in value)) if isinstance(value, frozenset | list | tuple) else value
    lack = Lack(Lacking.DIFFERS, leaf.about, leaf.instrument, leaf.item, now=shown, wanted=_wanted(leaf))
    return Looked(Verdict.NOT_MET, (rest,), (lack,))
