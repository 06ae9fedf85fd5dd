"""The JSON API of beds, stays, transfers and the waiting list."""

from yiyang.beds.api import (
    board,
    calls,
    companions,
    drafts,
    entry,
    episodes,
    experience,
    home_beds,
    infection,
    inventory,
    offers,
    skin,
    waiting,
)

__all__ = ["companions", "drafts", "entry", "experience", "routes", "skin"]

routes = [
    calls.routes,  # of transfers too
    offers.routes,
    inventory.routes,
    episodes.routes,
    waiting.routes,
    home_beds.routes,
    infection.routes,
    board.routes,
]
