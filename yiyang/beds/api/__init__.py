"""The JSON API of beds, stays, transfers and the waiting list."""

from yiyang.beds.api import board, episodes, home_beds, inventory, offers, transfers, waiting

routes = [
    transfers.routes,
    offers.routes,
    inventory.routes,
    episodes.routes,
    waiting.routes,
    home_beds.routes,
    board.routes,
]
