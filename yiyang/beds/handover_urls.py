"""Addresses of what goes with a person: the handover, the skin checks."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.beds.views import (
    entry,
    experience,
    experience_figures,
    handling,
    handovers,
    recordings,
    skin,
    unit_messages,
)

OF_TRANSFER = {
    "hand-over": handovers.hand_over,
    "hand-over/draft": handovers.save_handover_draft,
    "experience": experience.answer_experience,
    "experience/sheet": experience.experience_sheet,
    "decline-return": handovers.decline_return,
    "recordings/add": recordings.add_recording,
    "skin-at-departure": skin.check_skin_at_departure,
    "skin-at-departure/confirm": skin.confirm_skin_at_departure,
    "skin-at-arrival": skin.check_skin_at_arrival,
    "skin-at-arrival/confirm": skin.confirm_skin_at_arrival,
}

handover_urls: list[URLPattern | URLResolver] = [
    path(f"transfers/<uuid:transfer_id>/{step}/", view, name=view.__name__)
    for step, view in OF_TRANSFER.items()
]
handover_urls += [
    path("units/<uuid:unit_id>/entry-documents/", entry.ask_for_document, name="ask_for_document"),
    path("entry-documents/<uuid:entry_requirement_id>/stop/", entry.stop_asking_for, name="stop_asking_for"),
    path(
        "transfers/<uuid:transfer_id>/entry-documents/<uuid:entry_requirement_id>/",
        entry.show_document,
        name="show_document",
    ),
    path("moves/said/", experience_figures.experience_figures, name="experience_figures"),
    path("people/<uuid:person_id>/precautions/", handling.begin_precaution, name="begin_precaution"),
    path("precautions/<uuid:precaution_id>/end/", handling.end_precaution, name="end_precaution"),
    path("units/<uuid:unit_id>/outbreak/", handling.declare_outbreak, name="declare_outbreak"),
    path("outbreaks/<uuid:outbreak_id>/end/", handling.end_outbreak, name="end_outbreak"),
    path("people/<uuid:person_id>/companions/", handling.add_companion, name="add_companion"),
    path(
        "people/<uuid:person_id>/units/<uuid:unit_id>/messages/",
        unit_messages.unit_messages,
        name="unit_messages",
    ),
    path("units/<uuid:unit_id>/messages/", unit_messages.messages_of_unit, name="messages_of_unit"),
    path("recordings/<uuid:recording_id>/", recordings.recording, name="recording"),
    path("recordings/<uuid:recording_id>/remove/", recordings.remove_recording, name="remove_recording"),
    path("companions/<uuid:companion_id>/end/", handling.end_companion, name="end_companion"),
]
