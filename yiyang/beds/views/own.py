"""A transfer as the person themselves reads it: where to, what comes next, what they can decide. Nothing clinical."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.beds.models import Transfer
from yiyang.beds.models.transfers import TransferState
from yiyang.beds.queries import experience
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.green_channel import green_channel
from yiyang.beds.rules.transfers import NEXT_TO_THEM
from yiyang.beds.views.acts import open_to
from yiyang.kernel.facts import seen
from yiyang.people import queries as people
from yiyang.people.rules.disclosure import Audience


def is_own(request: Any, transfer: Transfer) -> bool:
    """Whether the reader is the person whom the transfer is about."""
    return people.audience(request.actor, transfer.person_id) == Audience.PERSON


def own_transfer(request: Any, transfer: Transfer) -> HttpResponse:
    """In neutral words until they were told; without evaluation, reasons and answers of units."""
    words = people.words_for(request.actor, transfer.person_id)
    seen(request.actor, [transfer.person_id], "beds.own_transfer")
    kind = words.kind_label(
        transfer.target_kind,
        transfer.get_target_kind_display(),
        comes_to_them=transfer.target_lane == "OVERLAY",
    )
    unit = transfer.to_unit.name if transfer.to_unit else transfer.destination_outside
    context = {
        "transfer": transfer,
        "kind": kind,
        "unit": "" if words.says_too_much(unit) else unit,
        "call": transfer.to_unit or transfer.from_unit or transfer.requested_unit,
        "stations": queries.stations(transfer, queries.steps_of(transfer)),
        "next_step": NEXT_TO_THEM.get(transfer.state, ""),
        "ask": transfer.state == TransferState.COMPLETED and not experience.is_answered(transfer),
        "asks_first": green_channel(transfer).asks,
        "actions": open_to(request, transfer),
    }
    return render(request, "beds/transfer_own.html", context)
