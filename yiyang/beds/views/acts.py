"""What all acts on a transfer share: fetch within sight, refuse early, do one command, go back to the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.beds.forms.transfers import Act
from yiyang.beds.models import Transfer
from yiyang.beds.queries import actions as may
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.rules import actions as table
from yiyang.beds.rules import steps
from yiyang.beds.rules.transfers import NEXT, WrongStep
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.people import queries as people
from yiyang.people.rules.disclosure import Audience


def asked(request: Any, transfer_id: UUID, name: str, keeping: UUID | None = None) -> Transfer:
    """The transfer, 404 unless it is the actor's to see. A page that leads nowhere is refused before it is
    filled in; what was filled in while somebody else was faster goes to the command, which says so."""
    transfer = queries.transfer(request.actor, transfer_id)
    if request.method != "GET" or any(one.name == name for one in open_to(request, transfer, keeping)):
        return transfer
    action = table.BY_NAME[name]
    if action.verb not in may.open_verbs(transfer):
        raise WrongStep(
            state=transfer.get_state_display(),
            verb=action.label,
            next=NEXT.get(transfer.state, _("nothing more")),
        )
    raise NotAllowed


def open_to(request: Any, transfer: Transfer, keeping: UUID | None = None) -> list[table.Action]:
    return may.actions(request.actor, transfer, keeping)


def posted(request: HttpRequest) -> Any:
    """What was typed, or None for a page that is only looked at."""
    return request.POST if request.method == "POST" else None


def done(form: Act, command: Callable[..., Any], **given: Any) -> bool:
    """Whether the form was in order and the command carried out; a Refusal becomes an error of the form."""
    if not form.is_valid():
        return False
    with form.refusals():
        command(at=form.at, **given, **form.told())
        return True
    return False


def act_on(
    request: Any, transfer: Transfer, form: Act, command: Callable[..., Any], **shown: Any
) -> HttpResponse:
    """Carry the command out and go back to the transfer; until then, the page of the act of the same name."""
    name = command.__name__
    if done(form, command, by=request.actor, transfer=transfer):
        return to_transfer(request, transfer.pk, table.BY_NAME[name].verb)
    return act_page(request, transfer, form, name, **shown)


def to_transfer(request: HttpRequest, transfer_id: Any, said: str = "") -> HttpResponse:
    """Back to the page of the transfer, with one line of what was done."""
    if said:
        messages.success(request, steps.SAID.get(said, said))
    return redirect("beds:transfer", transfer_id)


def act_page(
    request: Any,
    transfer: Transfer,
    form: Form,
    name: str,
    *,
    explains: str = "",
    template: str = "beds/transfer_act.html",
    **context: Any,
) -> HttpResponse:
    """The page of one act: who it is about, where the transfer stands, what will happen, the form."""
    if form.is_bound:
        transfer = queries.transfer(request.actor, transfer.pk)
        if isinstance(form, Act):
            form.look_again(context.get("offer") or transfer)
    action = table.BY_NAME.get(name)
    seen(request.actor, [transfer.person_id], f"beds.{name}")
    who = queries.who(transfer)
    own = people.audience(request.actor, transfer.person_id) == Audience.PERSON
    shown = {
        "transfer": transfer,
        "who": who,
        "reason": "" if own else who.hide_name(transfer.reason, transfer.person.full_name),
        "form": form,
        "heading": action.label if action else "",
        "danger": bool(action and action.danger),
        "explains": explains,
        "next_step": queries.next_step(transfer),
        **context,
    }
    return render(request, template, shown, status=status_of(form))


def status_of(form: Form) -> int:
    """What the answer is called: as the Refusal says, 422 for a form that is not in order."""
    refusal = getattr(form, "refusal", None)
    return refusal.status if refusal else 422 if form.is_bound and form.errors else 200
