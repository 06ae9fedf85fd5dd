from django.urls import URLPattern, URLResolver, path

from yiyang.beds.eligibility_urls import eligibility_urls
from yiyang.beds.handover_urls import handover_urls
from yiyang.beds.home_bed_urls import home_bed_urls
from yiyang.beds.transfer_urls import transfer_urls
from yiyang.beds.views import (
    absences,
    admissions,
    bed_changes,
    board,
    calls,
    contract_figures,
    corrections,
    endings,
    stays,
    units,
    waiting,
)

app_name = "beds"

boards: list[URLPattern | URLResolver] = [
    path("board/", board.board, name="board"),
    path("board/figures/", board.board_figures, name="board_figures"),
    path("board/today/", board.board_today, name="board_today"),
    path("board/weeks/", board.board_weeks, name="board_weeks"),
    path("board/beds/", board.board_beds, name="board_beds"),
    path("units/<uuid:unit_id>/", units.unit, name="unit"),
    path("units/<uuid:unit_id>/beds/", units.unit_beds, name="unit_beds"),
    path("units/<uuid:unit_id>/add-ward/", units.add_ward, name="add_ward"),
    path("units/<uuid:unit_id>/open-bed/", units.open_bed, name="open_bed"),
    path("wards/<uuid:ward_id>/add-room/", units.add_room, name="add_room"),
    path("wards/<uuid:ward_id>/close/", units.close_ward_to_offers, name="close_ward_to_offers"),
    path("beds/<uuid:bed_id>/close/", units.close_bed, name="close_bed"),
    path("beds/<uuid:bed_id>/change-kind/", units.change_bed_kind, name="change_bed_kind"),
    path("beds/<uuid:bed_id>/block/", units.block_bed, name="block_bed"),
    path("beds/<uuid:bed_id>/release/", units.release_bed, name="release_bed"),
    path("beds/<uuid:bed_id>/admit/", admissions.find_for_bed, name="find_for_bed"),
    path("people/<uuid:person_id>/admit/", admissions.admit, name="admit"),
    path("episodes/<uuid:episode_id>/", stays.stay, name="stay"),
    path("episodes/<uuid:episode_id>/change-bed/", bed_changes.change_bed, name="change_bed"),
    path("episodes/<uuid:episode_id>/swap/", bed_changes.swap_beds, name="swap_beds"),
    path("episodes/<uuid:episode_id>/leave/", absences.begin_leave, name="begin_leave"),
    path("episodes/<uuid:episode_id>/return/", absences.return_to_held_bed, name="return_to_held_bed"),
    path("episodes/<uuid:episode_id>/extend-hold/", absences.extend_hold, name="extend_hold"),
    path("episodes/<uuid:episode_id>/release-hold/", absences.release_hold, name="release_hold"),
    path("episodes/<uuid:episode_id>/withdraw-release/", absences.withdraw_release, name="withdraw_release"),
    path("episodes/<uuid:episode_id>/missing/", absences.report_missing, name="report_missing"),
    path("episodes/<uuid:episode_id>/discharge/", endings.discharge, name="discharge"),
    path("episodes/<uuid:episode_id>/expected-end/", endings.set_expected_end, name="set_expected_end"),
    path("episodes/<uuid:episode_id>/whole-room/", bed_changes.take_room, name="take_room"),
    path("episodes/<uuid:episode_id>/death/", endings.record_death, name="record_death"),
    path("episodes/<uuid:episode_id>/phone/", calls.phone_about_stay, name="phone_about_stay"),
    path("episodes/<uuid:episode_id>/void/", corrections.void_episode, name="void_episode"),
    path("contracts/<uuid:contract_id>/offers/", contract_figures.contract_offers, name="contract_offers"),
    path("waiting/", waiting.waiting_list, name="waiting_list"),
    path("waiting/ready/", waiting.ready_to_leave, name="ready_to_leave"),
    path("waiting/<uuid:waiting_entry_id>/", waiting.waiting_entry, name="waiting_entry"),
    path("waiting/<uuid:waiting_entry_id>/offer/", waiting.offer_place, name="offer_place"),
    path("waiting/<uuid:waiting_entry_id>/answer/", waiting.answer_place, name="answer_place"),
    path("waiting/<uuid:waiting_entry_id>/channel/", waiting.change_channel, name="change_channel"),
    path("waiting/<uuid:waiting_entry_id>/phone/", waiting.phone_about_place, name="phone_about_place"),
    path("waiting/<uuid:waiting_entry_id>/give-up/", waiting.give_up_waiting, name="give_up_waiting"),
    path("people/<uuid:person_id>/wait/", waiting.join_waiting_list, name="join_waiting_list"),
    path("occupancies/<uuid:occupancy_id>/correct/", corrections.correct_occupancy, name="correct_occupancy"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *boards,
    *transfer_urls,
    *handover_urls,
    *home_bed_urls,
    *eligibility_urls,
]
