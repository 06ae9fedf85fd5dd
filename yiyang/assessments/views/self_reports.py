"""What a person answers themself: one question on a page, in large type, with a way back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.forms.answers import answers_in, revision_in
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries import answering
from yiyang.assessments.queries import assessments as queries
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.people import queries as people


@require_POST
@needs(P.ANSWER_SELF_REPORT)
def begin_self_report(request: Any, person_id: UUID) -> HttpResponse:
    """From the list of questions that one may answer."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.begin_self_report(
        by=request.actor, at=now(), person=person, code=request.POST.get("code", "")[:40]
    )
    return redirect("assessments:answer_self_report", made.pk)


@needs(P.ANSWER_SELF_REPORT, P.ASSESS)
def answer_self_report(request: Any, assessment_id: UUID) -> HttpResponse:
    """One question; the answer leads to the next, the last one to sending. Staff may hold the device."""
    found = queries.assessment(request.actor, assessment_id)
    if not found.instrument.self_report or found.state != State.DRAFT:
        raise NotFound
    if found.handed_in_at is not None and request.actor.membership_id is None:
        return render(request, "assessments/sent.html", {"assessment": found, "person": found.person})
    asked = answering.sheet(found).asked
    number = _number(request, asked)
    if request.method == "POST":
        return _keep(request, found, number)
    seen(request.actor, [found.person_id], "assessments.self_report")
    if number > len(asked):
        return render(request, "assessments/hand_in.html", _last(found, asked))
    return _question(request, found, asked, number)


@require_POST
@needs(P.ANSWER_SELF_REPORT, P.ASSESS)
def hand_in_self_report(request: Any, assessment_id: UUID) -> HttpResponse:
    """Send: staff read it with the person."""
    found = queries.assessment(request.actor, assessment_id)
    if request.actor.membership_id is not None:
        return redirect("assessments:sign_assessment", found.pk)
    try:
        commands.hand_in_self_report(by=request.actor, at=now(), assessment=found)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{_page(found)}?q=1")
    return redirect(_page(found))


def _keep(request: Any, found: Assessment, number: int) -> HttpResponse:
    given = answers_in(request.POST, queries.content(found))
    staff = request.actor.membership_id is not None
    command = commands.answer if staff else commands.answer_self_report
    try:
        command(
            by=request.actor, at=now(), assessment=found, answers=given, revision=revision_in(request.POST),
            device=request.POST.get("device", "")[:40],
        )  # fmt: skip
    except Refusal as refusal:
        asked = answering.sheet(found, given).asked
        return _question(request, found, asked, number, refusal=refusal, status=refusal.status)
    codes = [one.item.code for one in answering.sheet(queries.assessment(request.actor, found.pk)).asked]
    answered = next(iter(given), "")
    following = codes.index(answered) + 2 if answered in codes else number
    if not any(given.values()) and given:
        messages.error(request, _("Please choose an answer."))
        following = number
    return redirect(f"{_page(found)}?q={following}")


def _question(
    request: Any, found: Assessment, asked: list[Any], number: int, status: int = 200, **shown: Any
) -> HttpResponse:
    one = asked[number - 1]
    sections = queries.content(found).sections
    context = {
        "assessment": found,
        "person": found.person,
        "one": one,
        "stem": next((part.help for part in sections if part.code == one.item.section), ""),
        "number": number,
        "of": len(asked),
        "back": f"{_page(found)}?q={number - 1}" if number > 1 else _away(request, found),
        "revision": found.revision,
        **shown,
    }
    return render(request, "assessments/question.html", context, status=status)


def _last(found: Assessment, asked: list[Any]) -> dict[str, Any]:
    return {
        "assessment": found,
        "person": found.person,
        "lacking": [(number, one) for number, one in enumerate(asked, start=1) if one.missing],
        "back": f"{_page(found)}?q={len(asked)}",
    }


def _number(request: Any, asked: list[Any]) -> int:
    """The page asked for; else the first question without an answer."""
    given = request.GET.get("q", "") or request.POST.get("q", "")
    if given.isdecimal() and len(given) < 4:
        return max(1, min(int(given), len(asked) + 1))
    return next((number for number, one in enumerate(asked, start=1) if one.missing), len(asked) + 1)


def _page(found: Assessment) -> str:
    return reverse("assessments:answer_self_report", args=[found.pk])


def _away(request: Any, found: Assessment) -> str:
    if request.actor.membership_id is not None:
        return reverse("assessments:answer", args=[found.pk])
    return reverse("assessments:assessments_of_person", args=[found.person_id])
