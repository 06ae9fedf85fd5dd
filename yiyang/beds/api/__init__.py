"""The JSON API of beds, stays, transfers and the waiting list."""

from yiyang.beds.api import offers, transfers

routes = [transfers.routes, offers.routes]
