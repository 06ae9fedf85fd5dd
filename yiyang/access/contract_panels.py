"""What contexts above show on the page of a contract: they register drawings here, because access cannot know them.

@contract_panels.register
def how_it_is_kept(request, contract) -> SafeString: ...      # "" draws nothing
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Draw = Callable[[HttpRequest, Any], str]
_panels: list[Draw] = []


def register(draw: Draw) -> Draw:
    """Draw something on the page of every contract, in the order of registering."""
    _panels.append(draw)
    return draw


def drawn(request: HttpRequest, contract: Any) -> list[str]:
    """All panels; those that draw nothing are left out."""
    return [drawing for draw in _panels if (drawing := draw(request, contract))]
