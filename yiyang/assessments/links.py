"""Links that contexts above add to the pages of assessments: they register them here, because assessments cannot
know them.

@links.register("result")
def as_fhir(request, assessment) -> list[links.Link]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The pages: a result, a person's assessments, an instrument, the worklist. An offer is given what the page is about.
PLACES = ("result", "of_person", "instrument", "worklist")


@dataclass(frozen=True)
class Link:
    label: Any
    url: str
    download: bool = False


Offer = Callable[[Any, Any], list[Link]]
_offers: dict[str, list[Offer]] = {place: [] for place in PLACES}


def register(place: str) -> Callable[[Offer], Offer]:
    """Offer links on this page to whoever may follow them."""

    def take(offer: Offer) -> Offer:
        _offers[place].append(offer)
        return offer

    return take


def offered(place: str, request: Any, about: Any) -> list[Link]:
    return [link for offer in _offers[place] for link in offer(request, about)]
