"""Writing the handover: the form, its draft that is kept while typing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.beds import commands
from yiyang.beds.forms.handling import DeclineReturn
from yiyang.beds.forms.handover import HandOver, typed_in
from yiyang.beds.models import Transfer
from yiyang.beds.queries import handovers, ribbon
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.whereabouts import kept_for_return
from yiyang.beds.views.acts import act_on, act_page, asked, done, posted, to_transfer
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now


def hand_over(request: Any, transfer_id: UUID) -> HttpResponse:
    """What the receiving team must know before the person arrives."""
    found = asked(request, transfer_id, "hand_over")
    if request.method == "POST" and {"save", "more"} & set(request.POST):
        return _save(request, found, "beds:hand_over")
    form = _form(request, found)
    explains = _(
        "Only the condition must be told; what you leave empty is read as “not known”."
        " It can be completed until the person departs."
    )
    return act_on(request, found, form, commands.hand_over, explains=explains, **_shown(request, found))


def save_handover_draft(request: Any, transfer_id: UUID) -> HttpResponse:
    """The same form before its time: what is typed is kept, and handed over once a bed is given."""
    found = queries.transfer(request.actor, transfer_id)
    if not handovers.may_write(request.actor, found):
        raise NotAllowed
    if request.method == "POST":
        return _save(request, found, "beds:save_handover_draft")
    explains = _("What you write is kept. It is handed over once a bed is given.")
    form = _form(request, found)
    shown = {**_shown(request, found), "heading": _("Prepare the handover"), "draft_only": True}
    return act_page(request, found, form, "save_handover_draft", explains=explains, **shown)


def decline_return(request: Any, transfer_id: UUID) -> HttpResponse:
    """The care home cannot manage what its resident needs now; the bed stays kept."""
    found = queries.transfer(request.actor, transfer_id)
    keeping = kept_for_return(ribbon.rows_of(found.person_id), found)
    asked(request, transfer_id, "decline_return", keeping.unit_id if keeping else None)
    tubes = [row["kind"] for row in handovers.sheet_of(found).get("tubes", []) if "kind" in row]
    form = DeclineReturn(posted(request), about=found, initial={"tubes": tubes})
    if done(form, commands.decline_return, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "decline_return")
    explains = _("The bed stays kept, and you may take the person back once this is mended.")
    return act_page(request, found, form, "decline_return", explains=explains)


def _form(request: Any, found: Transfer) -> HandOver:
    return HandOver(
        posted(request),
        about=found,
        back=handovers.is_way_back(found),
        initial=handovers.written(found),
        more=request.GET.get("more", ""),
    )


def _shown(request: Any, found: Transfer) -> dict[str, Any]:
    return {
        "template": "beds/hand_over.html",
        "known": handovers.known(request.actor, found),
        "draft": getattr(found, "handover_draft", None),
    }


def _save(request: Any, found: Transfer, page: str) -> HttpResponse:
    """Keep the draft; a script asks for one line in answer, a press on a button for the page again."""
    quietly = bool(request.headers.get("HX-Request"))
    try:
        draft = commands.save_handover_draft(
            by=request.actor, at=now(), transfer=found, typed=typed_in(request.POST.dict())
        )
    except Refusal as refusal:
        if quietly:
            return render(request, "beds/parts/draft_saved.html", {"refusal": refusal}, status=refusal.status)
        messages.error(request, str(refusal))
        return redirect(page, found.pk)
    if quietly:
        return render(request, "beds/parts/draft_saved.html", {"draft": draft})
    more = request.POST.get("more", "")
    if more:
        return redirect(f"{reverse(page, args=[found.pk])}?more={more[:40]}#table-{more[:40]}")
    messages.success(request, _("The draft is saved. Nobody else was told."))
    return redirect(page, found.pk)
