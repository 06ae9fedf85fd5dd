"""The page of one assessment, and its sheet on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import links
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries import alerts, answering, results
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.views.places import trail_of
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now


@require_GET
def assessment(request: Any, assessment_id: UUID) -> HttpResponse:
    """The result; a draft leads on to its form for those who fill it in."""
    found = queries.assessment(request.actor, assessment_id)
    may_act = request.actor.may(P.ASSESS, found.organisation_id or request.actor.organisation_id)
    at_home = request.actor.membership_id is None
    if found.state == State.DRAFT and may_act:
        return redirect("assessments:answer", found.pk)
    if at_home and found.state not in (State.SIGNED, State.SUPERSEDED):
        raise NotFound
    seen(request.actor, [found.person_id], "assessments.assessment")
    context = _context(request, found)
    context["may_act"] = may_act
    context["alert_waits"] = not at_home and bool(alerts.open_codes(found))
    context["alert_answers"] = [] if at_home else alerts.answers_to(found)
    context["may_second"] = _may_second(request, found)
    context["may_dispute"] = bool(context["result"].may_dispute_until) and request.actor.may(
        P.DISPUTE_ASSESSMENT
    )
    context["links"] = links.offered("result", request, found)
    return render(
        request, "assessments/result_family.html" if at_home else "assessments/result.html", context
    )


@require_GET
def assessment_sheet(request: Any, assessment_id: UUID) -> HttpResponse:
    """The result report on paper, with both signatures."""
    found = queries.assessment(request.actor, assessment_id)
    if found.state in (State.DRAFT,) or (request.actor.membership_id is None and found.state != State.SIGNED):
        raise NotFound
    seen(request.actor, [found.person_id], "assessments.sheet")
    return render(request, "assessments/sheet.html", {**_context(request, found), "printed_at": now()})


@require_GET
@needs(P.SEARCH_PERSONS)
def assessment_pdf(request: Any, assessment_id: UUID) -> HttpResponse:
    """The same report as a file, for staff; persons and families print the page, whose words are chosen for them."""
    found = queries.assessment(request.actor, assessment_id)
    if found.state == State.DRAFT:
        raise NotFound
    from yiyang.assessments import report  # the maker of PDF files is large, and not asked for often

    content = report.report(_context(request, found))
    seen(request.actor, [found.person_id], "assessments.pdf")
    headers = {
        "Content-Disposition": f'attachment; filename="{found.code}-{localdate(found.assessed_at):%Y%m%d}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _context(request: Any, found: Assessment) -> dict[str, Any]:
    shown = results.result(request.actor, found)
    return {
        "assessment": found,
        "person": found.person,
        "result": shown,
        "sheet": answering.sheet(found) if shown.in_full else None,
        "trail": trail_of(found)[:-1],
        "photos": queries.photos_of(found) if request.actor.membership_id else [],
        "two": shown.content.assessors > 1,
    }


def _may_second(request: Any, found: Assessment) -> bool:
    waits = found.state == State.AWAITING_SECOND and request.actor.may(
        P.ASSESS, request.actor.organisation_id
    )
    return bool(waits) and found.signed_by_account != request.actor.account_id
