"""The JSON API of beds, stays, transfers and the waiting list."""

from yiyang.beds.api import board, calls, episodes, home_beds, inventory, offers, waiting

routes = [
    calls.routes,  # of transfers too
    offers.routes,
    inventory.routes,
    episodes.routes,
    waiting.routes,
    home_beds.routes,
    board.routes,
]
