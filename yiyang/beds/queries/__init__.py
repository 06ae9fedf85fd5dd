"""Every read of the beds context."""

from yiyang.beds.queries.occupancy import live_rows_of
