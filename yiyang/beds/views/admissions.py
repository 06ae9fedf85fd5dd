"""Screens of an admission without a transfer: whom, and into which bed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import stays as forms
from yiyang.beds.queries import units as queries
from yiyang.beds.views.on_stays import typed
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.people.queries import search_persons


@needs(P.ADMIT)
def find_for_bed(request: Any, bed_id: UUID) -> HttpResponse:
    """Whom to admit to this bed: found by name or number, then chosen."""
    bed = queries.bed(request.actor, bed_id)
    form = forms.FindPerson(asked(request))
    found = (
        search_persons(request.actor, form.cleaned_data["q"]) if form.is_bound and form.is_valid() else None
    )
    if found is not None:
        seen(request.actor, found.persons, what="people.search")
    return render(request, "beds/admit_find.html", {"bed": bed, "form": form, "found": found})


@needs(P.ADMIT)
def admit(request: Any, person_id: UUID) -> HttpResponse:
    """Open a stay directly, without a transfer."""
    person = queries.person(request.actor, person_id)
    beds = queries.own_free_beds(request.actor)
    form = forms.Admit(asked(request), beds=beds, initial={"bed": request.GET.get("bed", "")})
    seen(request.actor, [person.pk], what="beds.admit")
    return act(
        request,
        form,
        lambda: commands.admit(
            by=request.actor,
            at=form.happened_at,
            person=person,
            bed=form.chosen,
            reason=form.cleaned_data["why"],
            **typed(form, "responsible", "expected_until", "whole_room"),
        ),
        heading=_("Admit {name}").format(name=person.full_name),
        submit=_("Admit"),
        back=f"/people/{person.pk}/",
        lead=_("For somebody who comes by themselves. Who comes from another unit comes by a transfer.")
        if beds
        else _("No bed of your unit is free. Open a bed, or enter the person in the waiting list."),
        done=_("The person was admitted."),
    )
