"""What contexts above show on the home page of staff: they register addresses here, because portals cannot know them.

Each is fetched after the page; without scripts it is a link.

@home_parts.register
def packets(request) -> Part | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    label: Any
    url: str


Find = Callable[[Any], "Part | None"]
_parts: list[Find] = []


def register(find: Find) -> Find:
    _parts.append(find)
    return find


def parts(request: Any) -> list[Part]:
    """In the order of registering; none from those that have nothing to say."""
    return [found for find in _parts if (found := find(request)) is not None]
