"""A transfer on paper: the sheet that goes along, the valuables, the notice of refusal, what was signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from yiyang.beds.models.inventory import Feature
from yiyang.beds.queries import handling, handovers, ribbon, skin
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.transfers import agreements_of
from yiyang.beds.queries.whereabouts import reserved_bed
from yiyang.beds.rules import criteria
from yiyang.beds.views.own import is_own
from yiyang.kernel import papers
from yiyang.kernel.facts import seen


def transfer_sheet(request: Any, transfer_id: UUID) -> HttpResponse:
    """The sheet that goes with the person, for printing."""
    return _printed(request, transfer_id, "beds/transfer_sheet.html")


def valuables_sheet(request: Any, transfer_id: UUID) -> HttpResponse:
    """Aids, papers, cash and valuables that go along: counted by two, taken over with a signature."""
    found = queries.transfer(request.actor, transfer_id)
    if not found.named or request.actor.membership_id is None:
        raise Http404
    seen(request.actor, [found.person_id], "beds.valuables_sheet")
    context = {"transfer": found, "who": queries.who(found), "part": handovers.belongings(found)}
    return render(request, "beds/valuables_sheet.html", context)


def refusal_notice(request: Any, transfer_id: UUID) -> HttpResponse:
    """The notice of refusal (拒绝转诊) with what was explained, for signing."""
    return _printed(request, transfer_id, "beds/refusal_notice.html", refused=True)


def _printed(request: Any, transfer_id: UUID, template: str, *, refused: bool = False) -> HttpResponse:
    found = queries.transfer(request.actor, transfer_id)
    if is_own(request, found) and not refused:
        return redirect("beds:transfer", found.pk)
    agreements = list(agreements_of(found))
    refusals = [one for one in agreements if one.outcome == "REFUSED"]
    if not found.named or (refused and not refusals):
        raise Http404
    seen(request.actor, [found.person_id], f"beds.{'refusal_notice' if refused else 'transfer_sheet'}")
    rows = ribbon.rows_of(found.person_id)
    context = {
        "transfer": found,
        "who": queries.who(found),
        "agreements": agreements,
        "refusals": refusals,
        "evaluations": [(one, criteria.answered(one.criteria)) for one in found.evaluations.order_by("at")],
        "reserved": reserved_bed(rows, found),
        "accepted": next((one for one in queries.offers_of(found) if one.state == "ACCEPTED"), None),
        "needs": [Feature(one).label for one in found.needs if one in Feature.values],
        "handover": None if refused else handovers.shown(found, empty=True),
        "known": [] if refused else handovers.known(request.actor, found),
        "skin": [] if refused else skin.checks(request.actor, found),
        "precautions": [] if refused else handling.precautions(request.actor, found.person_id),
        "companions": [] if refused else handling.companions(request.actor, found.person_id),
        "stub": handovers.stub(found),
        "way_back": handovers.is_way_back(found),
    }
    return render(request, template, context)


def agreement_paper(request: Any, transfer_id: UUID, agreement_id: UUID) -> HttpResponse:
    """The photographed paper, to those who may see the person by name."""
    found = queries.transfer(request.actor, transfer_id)
    paper = found.agreements.filter(pk=agreement_id).exclude(paper=None).first()
    if not found.named or paper is None or paper.paper_type not in papers.KINDS:
        raise Http404
    seen(request.actor, [found.person_id], "beds.agreement_paper")
    return HttpResponse(bytes(paper.paper), content_type=paper.paper_type)
