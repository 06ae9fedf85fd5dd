"""Conditions over evidence, and what the evidence says to them. How they are written: `reading_conditions.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
