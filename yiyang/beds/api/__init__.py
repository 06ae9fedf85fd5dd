"""The JSON API of beds, stays, transfers and the waiting list."""

from yiyang.beds.api import (
    board,
    calls,
    companions,
    drafts,
    eligibility,
    entry,
    episodes,
    experience,
    home_beds,
    infection,
    inventory,
    offers,
    recordings,
    skin,
    unit_messages,
    waiting,
)

__all__ = ["companions", "drafts", "entry", "experience", "recordings", "routes", "skin", "unit_messages"]

routes = [
    calls.routes,  # of transfers too
    offers.routes,
    inventory.routes,
    episodes.routes,
    waiting.routes,
    home_beds.routes,
    infection.routes,
    board.routes,
    eligibility.routes,
]
