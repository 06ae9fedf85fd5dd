"""Every write of the beds context."""

from yiyang.beds.commands.episodes import (
    admit,
    discharge,
    extend_hold,
    record_death,
    release_hold,
    report_missing,
    return_to_held_bed,
    set_expected_end,
)
from yiyang.beds.commands.home_beds import (
    apply_for_home_bed,
    cancel_home_bed,
    file_with_insurance,
    record_home_visit,
    review_home_bed,
    set_up_home_bed,
    sign_home_bed_agreement,
)
from yiyang.beds.commands.inventory import (
    add_room,
    add_ward,
    block_bed,
    change_bed_kind,
    close_bed,
    close_ward_to_offers,
    open_bed,
    release_bed,
)
from yiyang.beds.commands.moves import (
    allocate_bed,
    arrive,
    arrive_outside,
    confirm_handover_read,
    depart,
    enter_emergency_room,
    fail_transfer,
    hand_over,
    look_elsewhere,
    move_on,
    note_emergency_time,
    send_back,
    take_back,
)
from yiyang.beds.commands.offers import (
    accept_offer,
    answer_offer_otherwise,
    decline_offer,
    give_information,
    lapse_offer,
    offer_transfer,
)
from yiyang.beds.commands.stays import (
    begin_leave,
    change_bed,
    correct_occupancy,
    swap_beds,
    take_room,
    void_episode,
)
from yiyang.beds.commands.transfers import (
    cancel_transfer,
    change_urgency,
    declare_emergency,
    end_emergency,
    escalate_transfer,
    evaluate_transfer,
    open_verbs,
    record_agreement,
    request_transfer,
    resume_transfer,
)
from yiyang.beds.commands.waiting import (
    answer_place,
    change_channel,
    give_up_waiting,
    join_waiting_list,
    lapse_places,
    offer_place,
)
