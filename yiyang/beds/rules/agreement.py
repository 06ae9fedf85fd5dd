"""Who decides about a transfer, out of all statements that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _


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


def decision(statements: Sequence[Statement], *, guarded: bool = False) -> Decision:
    """The person's own last word decides; where the person cannot decide, the guardian's; then the relatives'.

    Relatives decide together: as long as two of them disagree, nothing is decided. A relative can agree only
    after it was recorded that the person cannot decide, and never in the place of a guardian (`guarded`). Source: Civil Code art. 33, 35 (guardians); the
    order among relatives is to be confirmed by the district.
    """
    for who in ("PERSON", "GUARDIAN"):
        last = _last(statements, who)
        if last in ("AGREED", "REFUSED"):
            return Decision(last)
    if guarded:
        return Decision.OPEN
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


class Standing(StrEnum):
    """Whose word it is now, out of all that was said."""

    NOBODY = "NOBODY"
    PERSON = "PERSON"
    GUARDIAN = "GUARDIAN"
    TOGETHER = "TOGETHER"
    APART = "APART"
    APART_GUARDED = "APART_GUARDED"
    APART_LATE = "APART_LATE"
    GUARDIAN_ASKED = "GUARDIAN_ASKED"
    PERSON_FIRST = "PERSON_FIRST"
    WAITING = "WAITING"


WORDS = {
    Standing.NOBODY: "",
    Standing.PERSON: _("The person's own word decides."),
    Standing.GUARDIAN: _("The guardian's word decides. What the relatives said stays beside it."),
    Standing.TOGETHER: _("The person cannot decide now, and the relatives say the same: their word decides."),
    Standing.APART: _(
        "The relatives do not say the same. Each word counts and stays. Until the person or a guardian decides, "
        "or the relatives find a common answer, nothing is begun."
    ),
    Standing.APART_GUARDED: _(
        "The relatives do not say the same. Each word counts and stays. The guardian decides; until then nothing is begun."
    ),
    Standing.APART_LATE: _(
        "The relatives do not say the same any more. Each word counts and stays. The unit speaks with all of them."
    ),
    Standing.GUARDIAN_ASKED: _(
        "The person cannot decide now. The guardian decides; the relatives' words are kept."
    ),
    Standing.PERSON_FIRST: _("The person is asked first. The relatives' words are kept until then."),
    Standing.WAITING: _("The person cannot decide now. The guardian is asked, or the relatives together."),
}


def standing(statements: Sequence[Statement], *, guarded: bool = False, begun: bool = False) -> Standing:
    """For the page: the same order as `decision`; `begun` when units were asked already."""
    if not statements:
        return Standing.NOBODY
    for who, one in (("PERSON", Standing.PERSON), ("GUARDIAN", Standing.GUARDIAN)):
        if _last(statements, who) in ("AGREED", "REFUSED"):
            return one
    relatives = {s.name: s.outcome for s in statements if s.by_whom == "RELATIVE"}
    said = set(relatives.values()) - {"NOT_REACHED", "CANNOT_DECIDE"}
    if len(said) > 1:
        return (
            Standing.APART_GUARDED
            if guarded and not begun
            else Standing.APART_LATE
            if begun
            else Standing.APART
        )
    if not any(s.outcome == "CANNOT_DECIDE" for s in statements if s.by_whom == "PERSON"):
        return Standing.PERSON_FIRST
    if guarded:
        return Standing.GUARDIAN_ASKED
    return Standing.TOGETHER if said else Standing.WAITING


def _last(statements: Sequence[Statement], who: str) -> str:
    said = [s.outcome for s in statements if s.by_whom == who]
    return said[-1] if said else ""
