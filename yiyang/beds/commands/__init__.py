"""Every write of the beds context."""

from yiyang.beds.commands.admissions import admit
from yiyang.beds.commands.agreements import record_agreement
from yiyang.beds.commands.allocations import allocate_bed, decline_return, look_elsewhere, take_back
from yiyang.beds.commands.answers import (
    accept_offer,
    answer_offer_otherwise,
    decline_offer,
    give_information,
    lapse_offer,
)
from yiyang.beds.commands.arrivals import arrive, arrive_outside, depart, fail_transfer
from yiyang.beds.commands.calls import phone_about_place, phone_about_stay, phone_about_transfer
from yiyang.beds.commands.cancellations import cancel_transfer
from yiyang.beds.commands.companions import add_companion, end_companion
from yiyang.beds.commands.corrections import correct_occupancy, void_episode
from yiyang.beds.commands.criteria import (
    count_criteria,
    keep_count,
    propose_criteria,
    sign_criteria,
    withdraw_criteria,
)
from yiyang.beds.commands.deadlines import escalate_transfer
from yiyang.beds.commands.deaths import record_death
from yiyang.beds.commands.discharges import discharge, set_expected_end
from yiyang.beds.commands.eligibility import override_eligibility, withdraw_override
from yiyang.beds.commands.emergencies import declare_emergency, end_emergency
from yiyang.beds.commands.emergency_rooms import enter_emergency_room, move_on, note_emergency_time, send_back
from yiyang.beds.commands.entry import ask_for_document, show_document, stop_asking_for
from yiyang.beds.commands.evaluations import await_assessment, evaluate_transfer
from yiyang.beds.commands.experience import answer_experience
from yiyang.beds.commands.handovers import (
    DraftChanged,
    confirm_handover_read,
    hand_over,
    save_handover_draft,
)
from yiyang.beds.commands.holds import (
    extend_hold,
    release_hold,
    report_missing,
    return_to_held_bed,
    withdraw_release,
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
from yiyang.beds.commands.offers import offer_transfer
from yiyang.beds.commands.places import answer_place, lapse_places, offer_place
from yiyang.beds.commands.precautions import (
    begin_precaution,
    declare_outbreak,
    end_outbreak,
    end_precaution,
)
from yiyang.beds.commands.receipts import note_opened, see_offer
from yiyang.beds.commands.recordings import add_recording, remove_recording
from yiyang.beds.commands.requests import ask_for_green_channel, follow_agreement, request_transfer
from yiyang.beds.commands.skin import (
    check_skin_at_arrival,
    check_skin_at_departure,
    confirm_skin_at_arrival,
    confirm_skin_at_departure,
)
from yiyang.beds.commands.stays import begin_leave, change_bed, swap_beds, take_room
from yiyang.beds.commands.steps import open_verbs
from yiyang.beds.commands.unit_messages import answer_family, read_messages, write_to_unit
from yiyang.beds.commands.urgency import change_urgency, resume_transfer
from yiyang.beds.commands.waiting import change_channel, give_up_waiting, join_waiting_list
from yiyang.beds.commands.waiting_priority import weigh_waiting
