"""Writing the handover: the form, its draft that is kept while typing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.beds import commands
from yiyang.beds.forms.handling import DeclineReturn
from yiyang.beds.forms.handover import HandOver, chosen_in, typed_in
from yiyang.beds.models import Transfer
from yiyang.beds.queries import handover_drafts as drafts
from yiyang.beds.queries import handovers, ribbon
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.whereabouts import kept_for_return
from yiyang.beds.views.acts import act_page, asked, done, posted, to_transfer
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now

ONLY_CONDITION = gettext_lazy(
    "Only the condition must be told; what you leave empty is read as “not known”."
    " It can be completed until the person departs."
)


def hand_over(request: Any, transfer_id: UUID) -> HttpResponse:
    """What the receiving team must know before the person arrives."""
    found = asked(request, transfer_id, "hand_over")
    if request.method == "POST" and {"save", "more", "settle"} & set(request.POST):
        return _save(request, found, "beds:hand_over")
    form = _form(request, found)
    shown = _shown(request, found)
    if done(form, commands.hand_over, by=request.actor, transfer=found):
        return to_transfer(request, found.pk, "hand_over")
    if isinstance(getattr(form, "refusal", None), commands.DraftChanged):
        shown["conflict"] = _conflict(request, found)
    return act_page(request, found, form, "hand_over", explains=str(ONLY_CONDITION), **shown)


def save_handover_draft(request: Any, transfer_id: UUID) -> HttpResponse:
    """The same form before its time: what is typed is kept, and handed over once a bed is given."""
    found = queries.transfer(request.actor, transfer_id)
    if not handovers.may_write(request.actor, found):
        raise NotAllowed
    if request.method == "POST":
        return _save(request, found, "beds:save_handover_draft")
    form = _form(request, found)
    return _draft_page(request, found, form, **_shown(request, found))


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


def _draft_page(request: Any, found: Transfer, form: HandOver, **shown: Any) -> HttpResponse:
    explains = _("What you write is kept. It is handed over once a bed is given.")
    shown |= {"heading": _("Prepare the handover"), "draft_only": True}
    return act_page(request, found, form, "save_handover_draft", explains=explains, **shown)


def _form(request: Any, found: Transfer, typed: dict[str, str] | None = None) -> HandOver:
    return HandOver(
        posted(request) if typed is None else None,
        about=found,
        back=handovers.is_way_back(found),
        initial=handovers.written(found) if typed is None else typed,
        more=request.GET.get("more", ""),
    )


def _shown(request: Any, found: Transfer) -> dict[str, Any]:
    return {
        "template": "beds/hand_over.html",
        "known": handovers.known(request.actor, found),
        "draft": getattr(found, "handover_draft", None),
        "seen": request.POST.get("seen", drafts.mark_of(found)),
        "replaced": drafts.replaced(found),
    }


def _conflict(request: Any, found: Transfer) -> drafts.Conflict:
    return drafts.conflict(found, typed_in(request.POST.dict()), chosen_in(request.POST.dict()))


def _save(request: Any, found: Transfer, page: str) -> HttpResponse:
    """Keep the draft; a script asks for one line in answer, a press on a button for the page again."""
    quietly = bool(request.headers.get("HX-Request"))
    typed, seen = typed_in(request.POST.dict()), request.POST.get("seen", "")
    if "settle" in request.POST:
        typed, seen = _settled(request, found, typed)
    try:
        draft = commands.save_handover_draft(
            by=request.actor, at=now(), transfer=found, typed=typed, seen=seen
        )
    except Refusal as refusal:
        return _not_kept(request, found, page, refusal, quietly=quietly)
    if quietly:
        return render(request, "beds/parts/draft_saved.html", {"draft": draft, "seen": draft.mark})
    more = request.POST.get("more", "")
    if more:
        return redirect(f"{reverse(page, args=[found.pk])}?more={more[:40]}#table-{more[:40]}")
    messages.success(request, _("The draft is saved. Nobody else was told."))
    return redirect(page, found.pk)


def _settled(request: Any, found: Transfer, typed: dict[str, str]) -> tuple[dict[str, str], str]:
    """Both made into one, when the draft is still the one with which mine was compared."""
    theirs, compared = getattr(found, "handover_draft", None), request.POST["settle"]
    if theirs is None or str(theirs.mark) != compared:
        return typed, "" if theirs is None else request.POST.get("seen", "")
    return drafts.settled(typed, theirs.typed, chosen_in(request.POST.dict())), compared


def _not_kept(request: Any, found: Transfer, page: str, refusal: Refusal, *, quietly: bool) -> HttpResponse:
    """Why it was not kept, beside what was typed. A script puts only an answer without an error into the page."""
    conflict = _conflict(request, found) if isinstance(refusal, commands.DraftChanged) else None
    said = {"refusal": refusal, "conflict": conflict, "seen": request.POST.get("seen", "")}
    if quietly:
        return render(request, "beds/parts/draft_saved.html", said)
    form = _form(request, found, typed_in(request.POST.dict()))
    shown = {**_shown(request, found), **said}
    if page == "beds:save_handover_draft":
        answer = _draft_page(request, found, form, **shown)
    else:
        answer = act_page(request, found, form, "hand_over", explains=str(ONLY_CONDITION), **shown)
    answer.status_code = refusal.status
    return answer
