"""Every read of the beds context."""

from yiyang.beds.queries.episodes import (
    emergencies,
    emergency,
    episode,
    episodes,
    home_bed_setup,
    home_bed_setups,
    occupancy_row,
    rows_of,
)
from yiyang.beds.queries.inventory import (
    bed,
    beds,
    free_between,
    room,
    rooms,
    ward,
    ward_of,
    wards,
    with_rows_now,
)
from yiyang.beds.queries.occupancy import live_rows_of
from yiyang.beds.queries.open_records import open_episodes, open_rows, open_transfers, open_waiting
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
from yiyang.beds.queries.waiting import place_of, waiting_entries, waiting_entry, waiting_in_order
