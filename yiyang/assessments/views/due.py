"""What is due: the worklist of a unit and of an assessor; asking for an assessment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands, links
from yiyang.assessments.forms.acts import AskFor
from yiyang.assessments.queries import due as queries
from yiyang.assessments.queries import instruments
from yiyang.assessments.queries import left_open as late
from yiyang.assessments.views.places import trail_to
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now
from yiyang.people import queries as people


@require_GET
@needs(P.ASSESS)
def worklist(request: Any) -> HttpResponse:
    """Due soonest first, then what was begun, waits for a second signature, was sent in, is questioned."""
    mine = request.GET.get("whose") == "mine"
    found = queries.worklist(request.actor, mine=mine)
    seen(request.actor, found.persons, "assessments.worklist")
    here = reverse("assessments:worklist")
    tabs = [
        NavigationItem(_("My unit"), here, current=not mine, count=None),
        NavigationItem(_("Mine alone"), f"{here}?whose=mine", current=mine, count=None),
    ]
    context = {
        "found": found,
        "tabs": tabs,
        "days": queries.days_before(now()),
        "links": links.offered("worklist", request, None),
    }
    return render(request, "assessments/worklist.html", context)


@require_GET
@needs(P.SEE_FIGURES, P.ASSESS)
def left_open(request: Any) -> HttpResponse:
    """What the reader's units, or those of the district, have left open too long, and who was told of it."""
    found = late.of_units(request.actor, request.actor.reach)
    seen(request.actor, [one.row.person_id for one in found if one.named], "assessments.left_open")
    today = localdate(now())
    context = {
        "rows": found,
        "draft_days": late.draft_days(today),
        "lead_days": late.days_until(late.Rung.LEAD, today),
        "coordinator_days": late.days_until(late.Rung.COORDINATOR, today),
    }
    return render(request, "assessments/left_open.html", context)


@needs(P.ASSESS)
def ask_for_assessment(request: Any, person_id: UUID) -> HttpResponse:
    """Somebody saw that the person has changed."""
    person = people.person_in_full(request.actor, person_id)
    choices = [(one.code, one.name) for one in instruments.in_use()]
    form = AskFor(asked(request), instruments=choices)
    seen(request.actor, [person.pk], "assessments.ask")
    return act(
        request,
        form,
        lambda: commands.ask_for_assessment(by=request.actor, at=now(), person=person, **form.cleaned_data),
        heading=_("Put an assessment into the worklist"),
        submit=_("Put into the worklist"),
        back=reverse("assessments:assessments_of_person", args=[person.pk]),
        trail=trail_to(person),
        done=_("It stands in the worklist of your unit."),
    )
