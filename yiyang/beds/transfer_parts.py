"""What contexts above show on the page of a transfer: they register addresses here, because beds cannot know them.

Each is fetched after the page; without scripts it is a link.

@transfer_parts.register
def packet(request, transfer) -> Part | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    label: Any
    url: str


Find = Callable[[Any, Any], "Part | None"]
_parts: list[Find] = []


def register(find: Find) -> Find:
    _parts.append(find)
    return find


def parts(request: Any, transfer: Any) -> list[Part]:
    """In the order of registering; none from those that have nothing to say."""
    return [found for find in _parts if (found := find(request, transfer)) is not None]
