"""What contexts above show to whoever takes over a shift: what is taken by somebody and not over yet.

@panels.register(order=10)
def open_alarms(request: Any, unit_ids: Collection[UUID]) -> str: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

Draw = Callable[[Any, Collection[UUID]], str]
_panels: list[tuple[int, Draw]] = []


def register(*, order: int) -> Callable[[Draw], Draw]:
    """Declare a part of the pages of duty, drawn as HTML; empty where there is nothing to show."""

    def take(draw: Draw) -> Draw:
        if all(other is not draw for _order, other in _panels):
            _panels.append((order, draw))
            _panels.sort(key=lambda one: one[0])
        return draw

    return take


def drawn(request: Any, unit_ids: Collection[UUID]) -> list[str]:
    """The parts that have something to show."""
    return [part for _order, draw in _panels if (part := draw(request, unit_ids))]
