"""Filling in: the form, and its saving: by a script for each answer, by a button, or as JSON by an offline form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.commands.refusals import AnswersChanged, NotADraft
from yiyang.assessments.forms.answers import answers_in, revision_in, sources_in
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries import answering, bedside
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.queries.measured import taken_over
from yiyang.assessments.rules.wording import worded
from yiyang.assessments.views.places import trail_of
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


@needs(P.ASSESS)
def answer(request: Any, assessment_id: UUID) -> HttpResponse:
    """The form of a draft; POST keeps answers."""
    found = queries.assessment(request.actor, assessment_id)
    if request.method == "POST" and request.content_type == "application/json":
        return _save_json(request, found)
    if found.state != State.DRAFT:
        return redirect("assessments:assessment", found.pk)
    if request.method == "POST":
        return _save(request, found)
    return _page(request, found)


def _page(request: Any, found: Assessment, status: int = 200, **shown: Any) -> HttpResponse:
    seen(request.actor, [found.person_id], "assessments.answer")
    sheet = answering.sheet(found, shown.pop("typed", None), shown.pop("faults", None), reader=request.actor)
    context = {
        "sheet": sheet,
        "assessment": found,
        "person": found.person,
        "trail": trail_of(found)[:-1],
        "revision": found.revision,
        "device": request.POST.get("device") or get_random_string(12),
        "photos": queries.photos_of(found),
        **shown,
    }
    return render(request, "assessments/answer.html", context, status=status)


def _save(request: Any, found: Assessment) -> HttpResponse:
    """One answer by the page's script, or all of them by the button."""
    quietly = bool(request.headers.get("HX-Request"))
    content = queries.content(found)
    given = answers_in(request.POST, content)
    revision = revision_in(request.POST)
    before = answering.sheet(found, reader=request.actor) if quietly else None
    try:
        kept = commands.answer(
            by=request.actor, at=now(), assessment=found, answers=given, revision=revision,
            device=request.POST.get("device", "")[:40],
            sources=taken_over(found, given, sources_in(request.POST)),
        )  # fmt: skip
    except Refusal as refusal:
        return _not_kept(request, found, given, refusal, quietly=quietly)
    if not quietly:
        messages.success(request, _("Saved."))
        return redirect(
            "assessments:sign_assessment" if "sign" in request.POST else "assessments:answer", kept.pk
        )
    after = answering.sheet(kept, reader=request.actor)
    context = {
        "sheet": after,
        "assessment": kept,
        "revision": kept.revision,
        "redrawn": _redrawn(before, after, given, revision),
    }
    return render(request, "assessments/parts/saved.html", context)


def _redrawn(before: Any, after: Any, given: Mapping[str, Any], revision: int) -> list[Any]:
    """Questions that look otherwise now: put or no longer put, worked out, or answered by somebody else."""
    was = before.by_code
    return [
        one
        for code, one in after.by_code.items()
        if code not in given
        and (
            one.shown != was[code].shown
            or one.value != was[code].value
            or after.assessment.changed.get(code, [0])[0] > revision
        )
    ]


def _not_kept(
    request: Any, found: Assessment, given: Mapping[str, Any], refusal: Refusal, *, quietly: bool
) -> HttpResponse:
    """Why it was not kept, beside what was typed, which stays."""
    found = queries.assessment(request.actor, found.pk)
    conflict = _both(found, refusal) if isinstance(refusal, AnswersChanged) else None
    said = {"refusal": refusal, "conflict": conflict, "assessment": found}
    if quietly:
        # Whoever was told of the other answer may send their own again: then it is no longer unseen.
        said["revision"] = refusal.details["revision"] if conflict else request.POST.get("revision", "")
        return render(request, "assessments/parts/saved.html", said)
    field = str(refusal.details.get("field", ""))
    faults = {field: str(refusal)} if field else {}
    return _page(request, found, refusal.status, typed=dict(given), faults=faults, **said)


def _both(found: Assessment, refusal: AnswersChanged) -> list[dict[str, str]]:
    content = queries.content(found)
    return [
        {
            "code": code,
            "question": str(content.item(code).text),
            "mine": str(worded(content.item(code), refusal.details["mine"][code])),
            "theirs": str(worded(content.item(code), refusal.details["theirs"][code])),
        }
        for code in refusal.details["codes"]
    ]


def _save_json(request: Any, found: Assessment) -> HttpResponse:
    """`{"answers": {…}, "revision": 7, "device": "…"}`: sending the same again is safe; the answer says what lacks."""
    try:
        body = json.loads(request.body)
        answers, revision = dict(body["answers"]), int(body["revision"])
        device, tokens = str(body.get("device", ""))[:40], dict(body.get("sources") or {})
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"code": "BODY", "message": _("This could not be read.")}, status=422)
    if str(body.get("account") or request.actor.account_id) != str(request.actor.account_id):
        return JsonResponse({"code": "OTHER_ACCOUNT"}, status=409)  # whoever answered is signed in no more
    try:
        kept = commands.answer(
            by=request.actor, at=now(), assessment=found, answers=answers, revision=revision, device=device,
            sources=taken_over(found, answers, tokens),
        )  # fmt: skip
    except Refusal as refusal:
        return JsonResponse(_refused(found, refusal, answers), status=refusal.status)
    after = answering.sheet(kept)
    return JsonResponse({**answering.as_data(after), "computed": bedside.computed(after)})


def _refused(found: Assessment, refusal: Refusal, answers: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"code": refusal.code, "message": str(refusal)}
    for name in ("field", "codes", "mine", "theirs", "revision", "who"):
        if name in refusal.details:
            said[name] = refusal.details[name]
    if isinstance(refusal, AnswersChanged):
        said["differences"] = _both(found, refusal)
    elif isinstance(refusal, NotADraft):
        found.refresh_from_db()
        said["state"], said["differences"] = found.state, bedside.differing(found, answers)
    return said
