"""Two who write one handover: where they differ, and what counts when they have chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yiyang.beds.models import HandoverDraft, Transfer
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.beds.rules.handover_sheet import Field, Table

Typed = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that two have told differently; a table counts as one thing, so that rows are never mixed."""

    name: str
    label: Any
    mine: str
    theirs: str
    takes_theirs: bool


@dataclass(frozen=True)
class Conflict:
    """What was typed and not kept, beside what somebody else had saved meanwhile."""

    draft: HandoverDraft | None
    differences: list[Difference]


def mark_of(transfer: Transfer) -> str:
    """What a form that is opened now has seen."""
    draft = getattr(transfer, "handover_draft", None)
    return str(draft.mark) if draft is not None else ""


def conflict(transfer: Transfer, mine: Typed, chosen: Mapping[str, str]) -> Conflict:
    """Until something is chosen, what I left empty is taken from the other, and what I wrote is kept."""
    draft = HandoverDraft.objects.filter(transfer=transfer).first()
    return Conflict(draft, differences(mine, draft.typed if draft else {}, chosen))


def differences(mine: Typed, theirs: Typed, chosen: Mapping[str, str]) -> list[Difference]:
    found = []
    for name, told in sheets.ITEMS.items():
        own, other = _cells(name, mine), _cells(name, theirs)
        if own != other:
            takes = chosen.get(name, "mine" if own else "theirs") == "theirs"
            found.append(Difference(name, told.label, _said(told, own), _said(told, other), takes))
    return found


def settled(mine: Typed, theirs: Typed, chosen: Mapping[str, str]) -> dict[str, str]:
    """Both made into one, as it was chosen."""
    from_them = {one.name for one in differences(mine, theirs, chosen) if one.takes_theirs}
    kept: dict[str, str] = {}
    for name in sheets.ITEMS:
        kept |= _cells(name, theirs if name in from_them else mine)
    return kept


def replaced(transfer: Transfer) -> list[Difference]:
    """What somebody else had written, where the draft now says something else."""
    draft = getattr(transfer, "handover_draft", None)
    if draft is None or not draft.replaced:
        return []
    return [one for one in differences(draft.typed, draft.replaced["typed"], {}) if one.theirs]


def _cells(name: str, typed: Typed) -> dict[str, str]:
    """The inputs of one thing: one of a field, many of a table; what is empty is not told."""
    return {key: value for key, value in typed.items() if key.partition("-")[0] == name and value.strip()}


def _said(told: Field | Table, cells: Typed) -> str:
    if isinstance(told, Field):
        return _words(told, cells.get(told.name, ""))
    rows: dict[str, list[str]] = {}
    for column in told.columns:
        for key, value in cells.items():
            _table, _dash, rest = key.partition("-")
            number, _dash, name = rest.partition("-")
            if name == column.name:
                rows.setdefault(number, []).append(_words(column, value))
    in_order = sorted(rows.items(), key=lambda one: int(one[0]) if one[0].isdecimal() else 0)
    return "\n".join(" · ".join(words) for _number, words in in_order)


def _words(told: Field, typed: str) -> str:
    return str((told.choices or {}).get(typed, typed)).replace("T", " ") if typed else ""
