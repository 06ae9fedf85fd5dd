"""The form at the bedside, which goes on without a connection: what a device keeps of it, and what comes back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import bedside as loaded
from yiyang.assessments import commands
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries import answering
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.queries import bedside as taken
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


@require_GET
def bedside(request: Any) -> HttpResponse:
    """An empty page that a device keeps: it fills itself from what lies there. It holds nothing about anybody."""
    return render(request, "assessments/bedside.html")


@require_GET
def bedside_worker(request: Any) -> HttpResponse:
    """The script that answers when there is no connection, for the addresses of assessments alone."""
    return HttpResponse(
        loaded.worker(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@needs(P.ASSESS)
@require_GET
def bedside_form(request: Any, assessment_id: UUID) -> HttpResponse:
    """All questions of a draft with who is asked, for the device of whoever fills it in."""
    found = queries.assessment(request.actor, assessment_id)
    if found.state != State.DRAFT:
        return JsonResponse({"state": found.state})
    seen(request.actor, [found.person_id], "assessments.bedside")
    return JsonResponse(_form(request, found))


def _form(request: Any, found: Assessment) -> dict[str, Any]:
    sheet = answering.sheet(found, reader=request.actor)
    context = {"sheet": sheet, "assessment": found, "person": found.person}
    drawn = {
        name: render_to_string(f"assessments/parts/{name}.html", {**context, "every": True}, request)
        for name in ("lead", "questions")
    }
    return {
        **answering.as_data(sheet),
        **taken.questions(found),
        **drawn,
        "computed": taken.computed(sheet),
        "state": found.state,
        "account": str(request.actor.account_id),
        "heading": found.instrument.name,
        "title": f"{found.instrument.name} · {found.person.full_name}",
    }


@needs(P.ASSESS)
@require_POST
def keep_beside(request: Any, assessment_id: UUID) -> HttpResponse:
    """`{"answers": {…}, "reason": "…", "key": "…"}`: mine as a draft of its own beside what was signed meanwhile."""
    found = queries.assessment(request.actor, assessment_id)
    try:
        body = json.loads(request.body)
        answers, reason, key = dict(body["answers"]), str(body["reason"]), str(body["key"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "BODY", "message": _("This could not be read.")}, status=422)
    try:
        made = commands.keep_beside(
            by=request.actor, at=now(), assessment=found, answers=answers, reason=reason, key=key
        )
    except Refusal as refusal:
        return JsonResponse({"code": refusal.code, "message": str(refusal)}, status=refusal.status)
    return JsonResponse({"url": reverse("assessments:assessment", args=[made.pk])})
