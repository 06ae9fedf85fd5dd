"""Addresses of what goes with a person: the handover, the skin checks."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from yiyang.beds.views import handovers, skin

OF_TRANSFER = {
    "hand-over": handovers.hand_over,
    "hand-over/draft": handovers.save_handover_draft,
    "skin-at-departure": skin.check_skin_at_departure,
    "skin-at-departure/confirm": skin.confirm_skin_at_departure,
    "skin-at-arrival": skin.check_skin_at_arrival,
    "skin-at-arrival/confirm": skin.confirm_skin_at_arrival,
}

handover_urls: list[URLPattern | URLResolver] = [
    path(f"transfers/<uuid:transfer_id>/{step}/", view, name=view.__name__)
    for step, view in OF_TRANSFER.items()
]
