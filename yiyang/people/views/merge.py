from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.forms import MergeForm, ReasonForm
from yiyang.people.views.changes import page


def merge_persons(request: Any, pk: UUID) -> HttpResponse:
    """Look for the second record, compare both side by side, join them."""
    found = queries.record(request.actor, queries.person_in_full(request.actor, pk).pk)
    if not request.actor.may(Permission.MERGE_PERSONS):
        raise NotAllowed
    typed = request.GET.get("q", "").strip()[:80]
    with_id = queries.id_from(request.GET.get("with", ""))
    other = queries.record(request.actor, with_id) if with_id else None
    likely = (
        []
        if other
        else [
            one
            for one in queries.search_persons(request.actor, typed or found.person.full_name).persons
            if one.pk != found.person.pk
        ]
    )
    form = MergeForm(request.POST or None)
    with form.refusals():
        if other and form.is_valid():
            commands.merge_persons(
                by=request.actor,
                at=now(),
                person=found.person,
                duplicate=other.person,
                reason=form.cleaned_data["reason"],
            )
            return redirect("people:person", found.person.pk)
    seen(request.actor, [found.person, *([other.person] if other else []), *likely], "people.merge_persons")
    return render(
        request,
        "people/merge.html",
        {
            "person": found.person,
            "sides": [found, other] if other else [],
            "typed": typed,
            "likely": [(one, queries.age_of(one)) for one in likely],
            "form": form,
        },
    )


def unmerge_persons(request: Any, pk: UUID, row: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    duplicate = queries.merged_record(found, row)

    def run(told: dict[str, Any]) -> None:
        commands.unmerge_persons(by=request.actor, at=now(), duplicate=duplicate, reason=told["reason"])

    return page(
        request, found, ReasonForm(request.POST or None), run, _("Part these records again"),
        submit=_("Part them"), danger=True, permission=Permission.MERGE_PERSONS,
        lead=_("The record that was joined becomes a record of its own again, as it was."),
    )  # fmt: skip
