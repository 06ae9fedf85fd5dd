"""A version laid over all assessments that stand: asking for it, how far it is, what came of it, and of whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.queries import instruments, rescorings
from yiyang.assessments.rules.eligibility import words
from yiyang.kernel.acting import act, asked
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now

ROWS = 100
ANSWERS = {answer[0]: said for answer, said in words.ANSWERS.items()}


@needs(P.MANAGE_INSTRUMENTS)
def start_rescoring(request: Any, instrument_id: UUID) -> HttpResponse:
    """Nothing that was signed changes; the worker does it, chunk after chunk."""
    found = instruments.version(instrument_id)
    return act(
        request,
        Form(asked(request)),
        lambda: commands.start_rescoring(by=request.actor, at=now(), instrument=found),
        heading=_("Score all that stands by {what}").format(what=f"{found.name} {found.version}"),
        submit=pgettext("rescoring", "Begin"),
        back=reverse("assessments:instrument", args=[found.pk]),
        trail=[
            (_("Instruments"), reverse("assessments:instruments")),
            (found.name, _page_of_version(found.pk)),
        ],
        lead=_(
            "Every signed assessment of this instrument is scored by this version, and which beds would fit. "
            "Signed results stay as they are; the new ones stand beside them."
        ),
        onward=lambda made: reverse("assessments:rescoring", args=[made.pk]),
    )


@require_GET
@needs(P.ASSESS, P.MANAGE_INSTRUMENTS, P.SEE_FIGURES)
def rescoring(request: Any, rescoring_id: UUID) -> HttpResponse:
    """How many levels change and which way; who it is, as far as the reader may know."""
    run = rescorings.run(request.actor, rescoring_id)
    outcome = rescorings.outcome(run)
    titles = dict([*outcome.levels, *((line.level, line.title) for line in outcome.lines)])
    before, level = request.GET.get("from"), request.GET.get("to")
    one_cell = before in titles and level in titles
    found = rescorings.moved(request.actor, run, *((before, level) if one_cell else ()))
    start = _start(request)
    rows = list(found[start : start + ROWS + 1])
    seen(request.actor, [one.assessment.person_id for one in rows[:ROWS]], "assessments.rescoring")
    context = {
        "run": run,
        "outcome": outcome,
        "titles": titles,
        "rows": rows[:ROWS],
        "after": start + ROWS if len(rows) > ROWS else "",
        "cell": one_cell,
        "whole": link(request, **{"from": None, "to": None, "after": None}),
        "fits": [
            (BedKind(one.kind), ANSWERS[one.before], ANSWERS[one.after], one.number) for one in outcome.fits
        ],
        "share": outcome.rows * 100 // run.stood,
    }
    return render(request, "assessments/rescoring.html", context)


def _start(request: Any) -> int:
    after = request.GET.get("after", "")
    return int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0


def _page_of_version(instrument_id: UUID) -> str:
    return reverse("assessments:instrument", args=[instrument_id])
