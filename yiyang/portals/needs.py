"""What is needed of the person or the family: sign, bring, decide, each with its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.queries import entry
from yiyang.people import queries as people
from yiyang.people.queries.agreements import ToSign

BY_AGREEMENT = {BedKind.HOME_CARE, BedKind.INSTITUTION, BedKind.HOME_MEDICAL}


@dataclass(frozen=True)
class Needs:
    """Nothing in it says why somebody moves."""

    sign: list[ToSign] = field(default_factory=list)
    bring: list[str] = field(default_factory=list)
    bring_to: Any = None
    bring_at: Any = None

    def __bool__(self) -> bool:
        return bool(self.sign or self.bring)


def needs(situations: Mapping[UUID, Any]) -> dict[UUID, Needs]:
    """By what `beds.queries.family` says of each person."""
    sign = people.to_sign(list(situations), _moves(situations))
    return {pk: _needs(one, sign.get(pk, [])) for pk, one in situations.items()}


def _moves(situations: Mapping[UUID, Any]) -> dict[UUID, tuple[UUID, str, Any]]:
    """Who goes to a unit that takes nobody without an agreement, and when."""
    return {
        pk: (one.transfer.to_unit_id, one.transfer.to_unit.name, _day(one))
        for pk, one in situations.items()
        if _signs(one.transfer)
    }


def _signs(move: Any) -> bool:
    """In an emergency nobody signs first, and who returns has signed."""
    known = move is not None and move.to_unit_id is not None and move.departed_at is None
    return bool(known and move.target_kind in BY_AGREEMENT and not move.emergency and not move.is_return)


def _needs(situation: Any, sign: list[ToSign]) -> Needs:
    bring = entry.to_bring(situation.transfer) if situation.transfer is not None else []
    to = situation.transfer.to_unit if bring else None
    return Needs(sign, bring, to, _day(situation) if bring else None)


def _day(situation: Any) -> Any:
    """When the bed is ready, where it is known."""
    return next((row.claim.lower for row in situation.promised if row.claim), None)
