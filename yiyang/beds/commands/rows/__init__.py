"""The one place that writes occupancy rows. Called inside commands, under the locks that they hold."""

from yiyang.beds.commands.rows.closing import (
    BeforeItBegan,
    EndsBeforeItBegins,
    end,
    live_row,
    open_rows,
    release,
    release_reservation,
    void,
)
from yiyang.beds.commands.rows.going_on import hold, open_up_room, resume, vacate
from yiyang.beds.commands.rows.opening import (
    BedOutOfService,
    block,
    make_takeable,
    occupy,
    reserve,
    rewrite,
    stay_outside,
)
