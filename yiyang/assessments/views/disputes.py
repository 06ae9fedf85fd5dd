"""A result that person or family question: asked, assessed again by others, or withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.forms.acts import RaiseDispute, SaySo
from yiyang.assessments.models import Reason
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.views.places import page_of, trail_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


@needs(P.DISPUTE_ASSESSMENT)
def raise_dispute(request: Any, assessment_id: UUID) -> HttpResponse:
    """At home the reader asks; staff write down who did."""
    found = queries.assessment(request.actor, assessment_id)
    staff = request.actor.membership_id is not None
    form = RaiseDispute(asked(request), staff=staff)
    seen(request.actor, [found.person_id], "assessments.raise_dispute")
    own = "PERSON" if request.actor.role == "ELDER" else "FAMILY"

    def run() -> None:
        told = {"by_whom": own, **form.cleaned_data}
        commands.raise_dispute(by=request.actor, at=now(), assessment=found, **told)

    return act(
        request,
        form,
        run,
        heading=_("Ask for another assessment"),
        submit=_("Ask for another assessment"),
        back=page_of(found),
        trail=trail_of(found) if staff else (),
        lead=_("Other assessors look again. Both results stay, and nobody is worse off for asking."),
        done=_("Your request was written down. Other assessors will come."),
        at_home=not staff,
    )


@needs(P.ASSESS)
def begin_reassessment(request: Any, dispute_id: UUID) -> HttpResponse:
    """Assessors who did not do the first one begin anew, with an empty form."""
    found = queries.dispute(request.actor, dispute_id)
    form = Form(asked(request))
    return act(
        request,
        form,
        lambda: commands.begin_assessment(
            by=request.actor, at=now(), person=found.person, code=found.assessment.code, reason=Reason.DISPUTE,
            dispute=found,
        ),
        heading=_("Assess again"),
        submit=_("Begin"),
        back=page_of(found.assessment),
        trail=trail_of(found.assessment),
        lead=_("Questioned: {grounds}. The form is empty; the first answers are not shown.").format(
            grounds=found.grounds.rstrip(".。")
        ),
        onward=lambda made: reverse("assessments:answer", args=[made.pk]),
    )  # fmt: skip


@needs(P.DISPUTE_ASSESSMENT)
def withdraw_dispute(request: Any, dispute_id: UUID) -> HttpResponse:
    found = queries.dispute(request.actor, dispute_id)
    form = SaySo(asked(request))
    staff = request.actor.membership_id is not None
    return act(
        request,
        form,
        lambda: commands.withdraw_dispute(by=request.actor, at=now(), dispute=found, **form.cleaned_data),
        heading=_("No other assessment is wanted"),
        submit=_("Withdraw the request"),
        back=page_of(found.assessment),
        trail=trail_of(found.assessment) if staff else (),
        done=_("The request is withdrawn. The result stands."),
        at_home=not staff,
    )
