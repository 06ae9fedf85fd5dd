"""What contexts above show on the person page: they register drawings here, because people cannot know them.

@panels.register(place="head", order=10)
def ribbon(request, record) -> SafeString: ...      # "" draws nothing

@panels.register_actions
def ask_for_a_bed(request, record) -> list[panels.Action]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

Draw = Callable[[HttpRequest, Any], str]
Matter = Callable[[HttpRequest, list[Any]], bool]
Offer = Callable[[HttpRequest, Any], "list[Action]"]
PLACES = ("head", "body", "aside")


@dataclass(frozen=True)
class Action:
    """A button at the head of the page; the first is the next step."""

    label: Any
    url: str
    primary: bool = False


@dataclass(frozen=True)
class Panel:
    place: str
    order: int
    draw: Draw


_panels: list[Panel] = []
_offers: list[Offer] = []
_matters: list[Matter] = []
_sights: list[Draw] = []


def register(draw: Draw | None = None, *, place: str = "body", order: int = 50) -> Any:
    """Draw something on every person page, at this place, in this order."""
    if place not in PLACES:
        raise ValueError(f"no place {place} on the person page")

    def take(one: Draw) -> Draw:
        _panels.append(Panel(place, order, one))
        _panels.sort(key=lambda panel: panel.order)
        return one

    return take(draw) if draw else take


def register_actions(offer: Offer) -> Offer:
    """Offer buttons for a person to whoever may press them."""
    _offers.append(offer)
    return offer


def register_sight(draw: Draw) -> Draw:
    """Draw something on the page of who can see a record; what is drawn of is the person."""
    _sights.append(draw)
    return draw


def sights(request: HttpRequest, person: Any) -> list[str]:
    return [drawing for draw in _sights if (drawing := draw(request, person))]


def register_matter(asked: Matter) -> Matter:
    """Say whether a person has something of which they were not told, such as a palliative stay."""
    _matters.append(asked)
    return asked


def matters(request: HttpRequest, person_ids: list[Any]) -> bool:
    return any(asked(request, person_ids) for asked in _matters)


def drawn(request: HttpRequest, record: Any) -> dict[str, list[str]]:
    """All panels by place; those that draw nothing are left out."""
    found: dict[str, list[str]] = {place: [] for place in PLACES}
    for panel in _panels:
        if drawing := panel.draw(request, record):
            found[panel.place].append(drawing)
    return found


def actions(request: HttpRequest, record: Any) -> list[Action]:
    return [action for offer in _offers for action in offer(request, record)]


def line_of(request: HttpRequest, person_id: Any, *, matter: bool | None = None) -> str:
    """What may be said before this person: for pages of staff in contexts above."""
    from yiyang.people.views.disclosure import line

    return line(request, person_id, matter=matter)
