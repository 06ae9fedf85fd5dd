"""What is known of a person when a bed is asked for, and what a condition makes of it: met, not met or unknown.

A condition is data of a policy pack (`conditions.py` reads it). What is not known never counts as "no":
an assessment that was never made, has expired or is older than the criterion allows leaves it unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    MET = "MET"
    NOT_MET = "NOT_MET"
    UNKNOWN = "UNKNOWN"


class Lacking(StrEnum):
    """Why a part of a condition is not met, or cannot be told."""

    DIFFERS = "DIFFERS"  # known, and other than asked for
    MISSING = "MISSING"  # never assessed, or not recorded
    EXPIRED = "EXPIRED"  # assessed, and no longer valid
    TOO_OLD = "TOO_OLD"  # valid, and older than this criterion allows
    NOT_ANSWERED = "NOT_ANSWERED"  # assessed without this answer
    NOT_JUDGED = "NOT_JUDGED"  # reserved to a clinician who has not said


TO_ASSESS = frozenset({Lacking.MISSING, Lacking.EXPIRED, Lacking.TOO_OLD, Lacking.NOT_ANSWERED})


@dataclass(frozen=True)
class Assessed:
    """The latest signed assessment by one instrument."""

    instrument: str
    on: date
    valid_until: date | None = None
    level: str = ""
    total: float | None = None
    subscores: Mapping[str, float] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    supposed: bool = False

    def expired(self, on: date) -> bool:
        """Whether it has run out: it holds up to, and not on, the day `valid_until`."""
        return self.valid_until is not None and on >= self.valid_until


@dataclass(frozen=True)
class Evidence:
    """Everything that criteria may look at, as of one day. None is: not known."""

    on: date
    assessed: Mapping[str, Assessed] = field(default_factory=dict)
    age: int | None = None
    insurance: frozenset[str] | None = None
    groups: frozenset[str] = frozenset()
    beds: frozenset[str] = frozenset()
    consents: Mapping[str, bool] = field(default_factory=dict)  # by kind of bed
    judged: Mapping[str, str] = field(default_factory=dict)  # a clinician's YES, NO or UNKNOWN by criterion
    supposed: frozenset[str] = frozenset()  # what a what-if has put in, by name of the fact

    def supposing(self, **changes: Any) -> Evidence:
        """As if these were so: for a what-if, which keeps nothing."""
        return replace(self, supposed=self.supposed | frozenset(changes), **changes)


@dataclass(frozen=True)
class Rest:
    """What an answer rested on: which fact, from which day."""

    about: str  # "assessment", "age", "group", …
    instrument: str = ""
    on: date | None = None
    id: str = ""
    supposed: bool = False


@dataclass(frozen=True)
class Lack:
    """One part of a condition that is not met or unknown: what it is now and what it would have to be."""

    why: Lacking
    about: str
    instrument: str = ""
    item: str = ""
    now: Any = None
    wanted: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """What looking at the evidence gave."""

    verdict: Verdict
    rests: tuple[Rest, ...] = ()
    lacks: tuple[Lack, ...] = ()


def both(parts: list[Looked]) -> Looked:
    """All of them: one that is not met settles it, one that is unknown leaves it open."""
    return Looked(_worst([one.verdict for one in parts]), _rests(parts), _lacks(parts))


def either(parts: list[Looked]) -> Looked:
    """Any of them: one that is met settles it; what the others lack then does not matter."""
    verdict = _best([one.verdict for one in parts])
    if verdict is Verdict.MET:
        met = [one for one in parts if one.verdict is Verdict.MET]
        return Looked(verdict, _rests(met))
    return Looked(verdict, _rests(parts), _lacks(parts))


def reverse(part: Looked) -> Looked:
    turned = {Verdict.MET: Verdict.NOT_MET, Verdict.NOT_MET: Verdict.MET}
    verdict = turned.get(part.verdict, Verdict.UNKNOWN)
    if verdict is Verdict.NOT_MET:
        return Looked(
            verdict, part.rests, tuple(Lack(Lacking.DIFFERS, one.about, one.instrument) for one in part.rests)
        )
    return Looked(verdict, part.rests, () if verdict is Verdict.MET else part.lacks)


def _worst(verdicts: list[Verdict]) -> Verdict:
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.MET


def _best(verdicts: list[Verdict]) -> Verdict:
    if Verdict.MET in verdicts:
        return Verdict.MET
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.NOT_MET


def _rests(parts: list[Looked]) -> tuple[Rest, ...]:
    return tuple(dict.fromkeys(rest for one in parts for rest in one.rests))


def _lacks(parts: list[Looked]) -> tuple[Lack, ...]:
    return tuple(lack for one in parts if one.verdict is not Verdict.MET for lack in one.lacks)
