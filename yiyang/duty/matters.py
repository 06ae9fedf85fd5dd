"""What contexts above wait for: each says which of its subjects still wait, because duty cannot know them.

@matters.register("Offer")
def offers_that_wait(ids: Collection[UUID]) -> set[UUID]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

Waiting = Callable[[Collection[UUID]], set[UUID]]
_checks: dict[str, Waiting] = {}


def register(subject_kind: str) -> Callable[[Waiting], Waiting]:
    """Declare who knows whether subjects of a kind still wait to be acted on."""

    def take(check: Waiting) -> Waiting:
        _checks[subject_kind] = check
        return check

    return take


def still_waiting(subject_kind: str, ids: Collection[UUID]) -> set[UUID]:
    """Those of the subjects that still wait; of a kind that nobody knows, all do."""
    check = _checks.get(subject_kind)
    return check(ids) if check and ids else set(ids)
