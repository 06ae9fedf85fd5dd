"""The offers behind a figure of a contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.access import queries as access
from yiyang.beds.queries import contract_figures as queries
from yiyang.beds.queries.transfer_pages import who
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people.queries import id_from

ROWS = 50


def contract_offers(request: Any, contract_id: UUID) -> HttpResponse:
    """Everyone who sees the contract sees its offers; the person's name only who may see the person."""
    contract = access.contract(request.actor, contract_id)
    figure, days = request.GET.get("figure", ""), request.GET.get("days", "")
    figure = figure if figure in queries.FIGURES else "sent"
    days = days if days in queries.PERIODS else "90"
    found = queries.offers_behind(
        request.actor, contract.pk, figure, days, id_from(request.GET.get("unit", "")), now()
    )
    start = _start(request.GET.get("after", ""))
    offers = list(found[start : start + ROWS + 1])
    more, offers = len(offers) > ROWS, offers[:ROWS]
    may_open = queries.open_to(request.actor, offers)
    for one in offers:
        one.transfer.named = one.named
    seen(request.actor, [one.transfer.person_id for one in offers if one.named], "beds.contract_offers")
    return render(
        request,
        "beds/contract_offers.html",
        {
            "contract": contract,
            "figure": queries.FIGURES[figure],
            "period": queries.PERIODS[days],
            "rows": [_row(one, may_open) for one in offers],
            "after": start + ROWS if more else "",
        },
    )


def _row(offer: Any, may_open: set[UUID]) -> dict[str, Any]:
    answered = offer.answered_at and offer.answered_by
    minutes = round((offer.answered_at - offer.sent_at).total_seconds() / 60) if answered else None
    person = who(offer.transfer) if offer.transfer_id in may_open else None
    return {"offer": offer, "who": person, "answered": answered, "minutes": minutes}


def _start(after: str) -> int:
    return int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
