"""A person's assessments, and beginning one."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands, links
from yiyang.assessments.forms.acts import Begin
from yiyang.assessments.models import Reason, State
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.queries import due as dues
from yiyang.assessments.queries import instruments
from yiyang.assessments.views.places import trail_to
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.people import queries as people


def assessments_of_person(request: Any, person_id: UUID) -> HttpResponse:
    """All of a person by instrument, what is due, what was questioned."""
    person = people.person_in_full(request.actor, person_id)
    found = queries.of_person(request.actor, person.pk)
    seen(request.actor, [person.pk], "assessments.of_person")
    at_home = request.actor.membership_id is None
    groups: dict[str, list[Any]] = {}
    for one in found:
        if not at_home or one.state == State.SIGNED:
            groups.setdefault(one.code, []).append(one)
    context = {
        "person": person,
        "groups": [(_called(rows[0].instrument, at_home), rows) for rows in groups.values()],
        "due": [] if at_home else dues.of_person(request.actor, person.pk),
        "may_assess": request.actor.may(P.ASSESS, request.actor.organisation_id) and not person.died_at,
        "self_reports": _self_reports(request, person, found),
        "links": links.offered("of_person", request, person),
        "is_self": people.is_self(request.actor, person.pk),
    }
    template = "assessments/of_person_family.html" if at_home else "assessments/of_person.html"
    return render(request, template, context)


def _called(instrument: Any, at_home: bool) -> str:
    return str((at_home and instruments.content_of(instrument).own_title) or instrument.name)


def _self_reports(request: Any, person: Any, found: list[Any]) -> list[Any]:
    if not request.actor.may(P.ANSWER_SELF_REPORT) or person.died_at:
        return []
    return instruments.self_reports()


@needs(P.ASSESS)
def begin_assessment(request: Any, person_id: UUID) -> HttpResponse:
    """Choose the instrument and say why; a script sends JSON with a key and may repeat it."""
    person = people.person_in_full(request.actor, person_id)
    if request.content_type == "application/json":
        return _begin_by_script(request, person)
    choices = [(one.code, _label(one, content)) for one, content in instruments.for_role(request.actor)]
    first = not queries.of_person(request.actor, person.pk)
    initial = {
        "code": request.GET.get("code", ""),
        "reason": request.GET.get("reason", Reason.FIRST if first else Reason.ROUTINE),
    }
    form = Begin(asked(request), initial=initial, instruments=choices)
    seen(request.actor, [person.pk], "assessments.begin")
    return act(
        request,
        form,
        lambda: commands.begin_assessment(by=request.actor, at=now(), person=person, **form.cleaned_data),
        heading=_("Begin an assessment"),
        submit=_("Begin"),
        back=reverse("assessments:assessments_of_person", args=[person.pk]),
        trail=trail_to(person),
        lead=_("What your unit has begun and not signed yet is gone on with."),
        onward=lambda made: reverse("assessments:answer", args=[made.pk]),
    )


def _label(one: Any, content: Any) -> str:
    more = _("{n} assessors").format(n=content.assessors) if content.assessors > 1 else ""
    unsure = one.get_status_display() if one.status != "sourced" else ""
    return " · ".join(part for part in (one.name, more, unsure) if part)


def _begin_by_script(request: Any, person: Any) -> HttpResponse:
    try:
        body = json.loads(request.body or b"{}")
        told = {name: str(body.get(name, "")) for name in ("code", "reason", "note", "key")}
        if told["reason"] not in Reason.values:
            told["reason"] = Reason.ROUTINE
        made = commands.begin_assessment(by=request.actor, at=now(), person=person, **told)
    except (ValueError, AttributeError):
        return JsonResponse({"code": "BODY", "message": _("This could not be read.")}, status=422)
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=refusal.status)
    return JsonResponse(
        {"id": str(made.pk), "revision": made.revision, "url": reverse("assessments:answer", args=[made.pk])}
    )
