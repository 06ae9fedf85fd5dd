"""Every read of the beds context."""

from yiyang.beds.queries.inventory import bed, beds, ward_of
from yiyang.beds.queries.occupancy import live_rows_of
from yiyang.beds.queries.transfers import (
    agreements_of,
    closed_offers,
    offer,
    offers,
    open_offers,
    open_to,
    reservation_of,
    transfer,
    transfers,
)
