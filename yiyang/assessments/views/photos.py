"""Photos of an assessment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.forms.acts import AddPhoto
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.views.places import trail_of
from yiyang.kernel.acting import act
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


@needs(P.ASSESS)
def add_assessment_photo(request: Any, assessment_id: UUID) -> HttpResponse:
    """Straight from the camera of a telephone."""
    found = queries.assessment(request.actor, assessment_id)
    form = AddPhoto(request.POST, request.FILES) if request.method == "POST" else AddPhoto()
    seen(request.actor, [found.person_id], "assessments.add_photo")

    def run() -> None:
        commands.add_assessment_photo(
            by=request.actor, at=now(), assessment=found, content=form.cleaned_data["photo"].read(),
            note=form.cleaned_data["note"],
        )  # fmt: skip

    return act(
        request,
        form,
        run,
        heading=_("Add a photo"),
        submit=_("Add a photo"),
        back=reverse("assessments:answer", args=[found.pk]),
        trail=trail_of(found),
        lead=_("Those who may read this assessment see it. Once it is signed, photos stay."),
    )


@require_GET
def assessment_photo(request: Any, assessment_photo_id: UUID) -> HttpResponse:
    """The photo itself."""
    found = queries.photo(request.actor, assessment_photo_id)
    seen(request.actor, [found.assessment.person_id], "assessments.photo")
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(queries.photo_content(found), content_type=found.media_type, headers=headers)


@require_POST
@needs(P.ASSESS)
def remove_assessment_photo(request: Any, assessment_photo_id: UUID) -> HttpResponse:
    found = queries.photo(request.actor, assessment_photo_id)
    try:
        commands.remove_assessment_photo(by=request.actor, at=now(), assessment_photo=found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("assessments:answer", found.assessment_id)
