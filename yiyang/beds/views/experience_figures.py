"""What was said of moves, by month and unit: no names, small numbers hidden, nothing of staff."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds.models import Experience
from yiyang.beds.queries import experience as queries
from yiyang.beds.views.experience import QUESTIONS
from yiyang.kernel.exports import export
from yiyang.kernel.time import now


@require_GET
@needs(P.SEE_FIGURES)
def experience_figures(request: Any) -> HttpResponse:
    """The running month, or the one asked for; as a file with ?export=csv or xlsx."""
    today = localdate(now())
    first = _month(request.GET.get("month", ""), today)
    found = queries.of_month(request.actor, first)
    if request.GET.get("export") in ("csv", "xlsx"):
        heads = [_("Month"), _("Unit"), _("Question"), *map(str, Experience.Answer.labels)]
        name = f"{_('How moves were felt')} {first:%Y-%m}"
        return export(request.GET["export"], name, heads, _rows(found))
    context = {
        "found": found,
        "month": f"{first:%Y-%m}",
        "before": f"{_before(first):%Y-%m}",
        "after": f"{queries.next_month(first):%Y-%m}" if queries.next_month(first) <= today else "",
        "tables": [
            (_("Of units that sent somebody"), [(name, QUESTIONS[name]) for name in queries.SENDER], found.sender),
            (_("Of units that received somebody"), [(name, QUESTIONS[name]) for name in queries.RECEIVER], found.receiver),
        ],
    }  # fmt: skip
    return render(request, "beds/experience_figures.html", context)


def _rows(found: queries.Month) -> list[list[Any]]:
    return [
        [f"{found.first:%Y-%m}", line.unit, QUESTIONS[name], cell.good, cell.fair, cell.bad]
        for lines in (found.sender, found.receiver)
        for line in lines
        for name, cell in (line.cells or {}).items()
    ]


def _before(first: date) -> date:
    return (
        first.replace(year=first.year - 1, month=12)
        if first.month == 1
        else first.replace(month=first.month - 1)
    )


def _month(text: str, today: date) -> date:
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return min(max(asked, date(2020, 1, 1)), today.replace(day=1))
