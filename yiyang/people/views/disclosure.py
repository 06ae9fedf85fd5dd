"""What a person wants to know, and what they were told: entered by clinicians, shown to staff before they speak."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.kernel.time import now
from yiyang.people import commands, panels, queries
from yiyang.people.forms import DisclosureForm, ReasonForm, ToldForm
from yiyang.people.rules.disclosure import Audience, Topic
from yiyang.people.views.changes import page


@panels.register(place="head", order=1)
def disclosure_line(request: Any, record: Any) -> str:
    """At the top of the page of staff: what may be said before this person."""
    if getattr(request, "person_scope", "BASIC") == "BASIC":
        return ""
    return line(request, record.person.pk, in_full=True, ids=record.ids)


def line(
    request: Any,
    person_id: UUID,
    *,
    in_full: bool = False,
    matter: bool | None = None,
    ids: list[UUID] | None = None,
) -> str:
    """The line itself, for other pages about the person too; nothing for elders, families and guardians.
    In full it says when and by whom each matter was told.

    Quiet by default; loud when something must not be said: by the person's wish, or a matter (a palliative stay, asked
    of the contexts above where the caller does not know) of which they were not told.
    """
    if queries.audience(request.actor, person_id) != Audience.STAFF:
        return ""
    known = queries.known(person_id)
    loud = known.must_be_kept
    if not loud and Topic.PALLIATIVE in known.untold:
        loud = panels.matters(request, ids or queries.ids(person_id)) if matter is None else matter
    context = {
        "known": known,
        "loud": loud,
        "told": queries.told_so_far(person_id) if in_full and known.topics else [],
        "person_id": person_id,
        "may_set": request.actor.may(Permission.SET_DISCLOSURE),
    }
    return render_to_string("people/parts/disclosure.html", context, request)


def set_disclosure(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.set_disclosure(by=request.actor, at=now(), person=found, **told)

    disclosure = queries.known(found.pk).disclosure if request.actor.may(Permission.SET_DISCLOSURE) else None
    form = DisclosureForm(request.POST or None, initial=DisclosureForm.initial_of(disclosure))
    return page(
        request, found, form, run, _("What the person wants to know"),
        lead=_("Ask the person themselves, in a quiet place. Their own wish goes first."),
        permission=Permission.SET_DISCLOSURE,
    )  # fmt: skip


def record_told(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)

    def run(told: dict[str, Any]) -> None:
        commands.record_told(by=request.actor, at=now(), person=found, **told)

    form = ToldForm(request.POST or None, untold=queries.known(found.pk).untold)
    return page(
        request, found, form, run, _("The person was told"),
        lead=_("From then on the person's own pages name it in plain words."),
        permission=Permission.SET_DISCLOSURE,
    )  # fmt: skip


def withdraw_told(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    told = queries.told_row(request.actor, row)
    if told is None or told.person_id not in queries.ids(found.pk):
        raise Http404

    def run(given: dict[str, Any]) -> None:
        commands.withdraw_told(by=request.actor, at=now(), told=told, reason=given["reason"])

    return page(
        request, found, ReasonForm(request.POST or None), run, _("Noted as told by mistake"),
        submit=_("Take back"), danger=True, permission=Permission.SET_DISCLOSURE,
        lead=_("The person's own pages go back to neutral words."),
    )  # fmt: skip
