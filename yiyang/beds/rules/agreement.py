"""Who decides about a transfer, out of all statements that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    AGREED = "AGREED"
    REFUSED = "REFUSED"
    OPEN = "OPEN"


@dataclass(frozen=True)
class Statement:
    """One statement, in the order in which they were made."""

    by_whom: str
    name: str
    outcome: str


def decision(statements: Sequence[Statement]) -> Decision:
    """The person's own last word decides; where the person cannot decide, the guardian's; then the relatives'.

    Relatives decide together: as long as two of them disagree, nothing is decided. A relative can agree only
    after it was recorded that the person cannot decide. Source: Civil Code art. 33, 35 (guardians); the
    order among relatives is to be confirmed by the district.
    """
    for who in ("PERSON", "GUARDIAN"):
        last = _last(statements, who)
        if last in ("AGREED", "REFUSED"):
            return Decision(last)
    relatives = {
        s.name: s.outcome for s in statements if s.by_whom == "RELATIVE" and s.outcome != "NOT_REACHED"
    }
    said = set(relatives.values())
    cannot = any(s.outcome == "CANNOT_DECIDE" for s in statements if s.by_whom == "PERSON")
    if said == {"AGREED"} and cannot:
        return Decision.AGREED
    if said == {"REFUSED"} and cannot:
        return Decision.REFUSED
    return Decision.OPEN


def _last(statements: Sequence[Statement], who: str) -> str:
    said = [s.outcome for s in statements if s.by_whom == who]
    return said[-1] if said else ""
