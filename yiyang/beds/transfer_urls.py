"""Addresses of transfers and offers: the name of each is the command's."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.beds.views import (
    calls,
    district_emergency,
    eligibility,
    green_channel,
    moves,
    offers,
    transfer_board,
    transfer_page,
    transfer_papers,
    transfers,
)

OF_TRANSFER = {
    "changes": transfer_page.transfer_changes,
    "around": transfer_page.transfer_around,
    "calls": transfer_page.transfer_calls,
    "eligibility": eligibility.transfer_eligibility,
    "evaluation-form": eligibility.evaluation_form,
    "evaluate": transfers.evaluate_transfer,
    "record-agreement": transfers.record_agreement,
    "change-urgency": transfers.change_urgency,
    "ask-for-green-channel": green_channel.ask_for_green_channel,
    "cancel": transfers.cancel_transfer,
    "resume": transfers.resume_transfer,
    "offer": offers.offer_transfer,
    "allocate-bed": moves.allocate_bed,
    "take-back": moves.take_back,
    "look-elsewhere": moves.look_elsewhere,
    "confirm-handover-read": moves.confirm_handover_read,
    "depart": moves.depart,
    "arrive": moves.arrive,
    "arrive-outside": moves.arrive_outside,
    "note-emergency-time": moves.note_emergency_time,
    "enter-emergency-room": moves.enter_emergency_room,
    "move-on": moves.move_on,
    "send-back": moves.send_back,
    "fail": moves.fail_transfer,
    "phone": calls.phone_about_transfer,
    "sheet": transfer_papers.transfer_sheet,
    "valuables": transfer_papers.valuables_sheet,
    "refusal-notice": transfer_papers.refusal_notice,
}
OF_OFFER = {
    "accept": offers.accept_offer,
    "decline": offers.decline_offer,
    "answer-otherwise": offers.answer_offer_otherwise,
    "give-information": offers.give_information,
}

transfer_urls: list[URLPattern | URLResolver] = [
    path("transfers/", transfer_board.transfers, name="transfers"),
    path("transfers/<uuid:transfer_id>/", transfer_page.transfer, name="transfer"),
    path(
        "transfers/<uuid:transfer_id>/papers/<uuid:agreement_id>/",
        transfer_papers.agreement_paper,
        name="agreement_paper",
    ),
    path("people/<uuid:person_id>/request-transfer/", transfers.request_transfer, name="request_transfer"),
    path("offers/", offers.offers, name="offers"),
    path("district-emergency/declare/", district_emergency.declare_emergency, name="declare_emergency"),
    path(
        "district-emergency/<uuid:district_emergency_id>/end/",
        district_emergency.end_emergency,
        name="end_emergency",
    ),
    *[
        path(f"transfers/<uuid:transfer_id>/{step}/", view, name=view.__name__)
        for step, view in OF_TRANSFER.items()
    ],
    *[path(f"offers/<uuid:offer_id>/{step}/", view, name=view.__name__) for step, view in OF_OFFER.items()],
]
