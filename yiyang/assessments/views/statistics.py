"""Figures of assessments, and the rows behind each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments.queries import instruments, statistics
from yiyang.kernel.components import Chart, Series
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now

FIRST = "GBT42195"
PARTS = ("level", "from", *statistics.DIMENSIONS)


@require_GET
@needs(P.SEE_FIGURES, P.ASSESS)
def assessment_figures(request: Any) -> HttpResponse:
    """Of the reader's own units or district; as a file with ?export=csv or xlsx."""
    codes = [(one.code, one.name) for one in instruments.in_use()]
    code = _code(request, codes)
    year = _year(request)
    found = statistics.figures(request.actor, code, year)
    if request.GET.get("export") in ("csv", "xlsx"):
        heads = [_("Part"), "", *[title for _code_of, title in found.levels], _("all")]
        return export(request.GET["export"], f"{found.title} {year}", heads, _lines(found))
    years = [(one, one == year) for one in statistics.last_years()]
    context = {
        "found": found,
        "codes": [(one, title, one == code) for one, title in codes],
        "years": years,
        "tables": [(name, title, found.by[name]) for name, title in _titles().items()],
        "may_assess": request.actor.may(P.ASSESS),
        "chart": _chart(found) if found.all.total else None,
    }
    return render(request, "assessments/figures.html", context)


@require_GET
@needs(P.SEE_FIGURES, P.ASSESS)
def assessment_rows(request: Any) -> HttpResponse:
    """What one figure was counted from."""
    codes = [(one.code, one.name) for one in instruments.in_use()]
    chosen = {name: request.GET[name][:60] for name in PARTS if name in request.GET}
    found = statistics.rows(request.actor, _code(request, codes), _year(request), **chosen)
    seen(request.actor, statistics.persons_of(found), "assessments.rows")
    context = {"rows": found, "title": dict(codes).get(_code(request, codes), ""), "year": _year(request)}
    return render(request, "assessments/rows.html", context)


def _titles() -> dict[str, str]:
    return {"age": _("By age"), "sex": _("By sex"), "street": _("By street"), "unit": _("By unit")}


def _chart(found: statistics.Figures) -> Chart:
    years = [line.label for line in found.years]
    series = tuple(
        Series(title, tuple(line.cells[place][1] for line in found.years))
        for place, (_level, title) in enumerate(found.levels)
    )
    return Chart(
        title=_("Persons at each level by year"), categories=tuple(years), series=series, shape="stacked"
    )


def _lines(found: statistics.Figures) -> list[list[Any]]:
    tables = [*((_titles()[name], lines) for name, lines in found.by.items()), (_("By year"), found.years)]
    return [
        [title, line.label, *[number for _level, number in line.cells], line.total]
        for title, lines in tables
        for line in lines
    ]


def _code(request: Any, codes: list[tuple[str, str]]) -> str:
    asked = request.GET.get("code", FIRST)
    known = [code for code, _title in codes]
    return asked if asked in known else next(iter(known), asked)


def _year(request: Any) -> int:
    this = localdate(now()).year
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2000 <= int(asked[:4]) <= this and len(asked) == 4 else this
