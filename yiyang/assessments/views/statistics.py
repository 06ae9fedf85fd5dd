"""Figures of assessments, and the rows behind each."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments.queries import figure_rows, instruments, statistics
from yiyang.kernel.components import Chart, Series, Table
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.kernel.words import shown

FIRST = "GBT42195"
DUE = ("open", "overdue")
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
        "chart": _chart(found) if found.all.total else None,
    }
    return render(request, "assessments/figures.html", context)


@require_GET
@needs(P.SEE_FIGURES, P.ASSESS)
def assessment_rows(request: Any) -> HttpResponse:
    """What one figure was counted from, all of it; without names to those who may not read the records."""
    codes = [(one.code, one.name) for one in instruments.in_use()]
    code, year, due = _code(request, codes), _year(request), request.GET.get("due", "")
    wanted = request.GET.get("format", "")
    after = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    cut: dict[str, Any] = {"limit": None} if wanted in ("csv", "xlsx") else {"after": min(after, 10**7)}
    if due in DUE:
        found = figure_rows.due_rows(request.actor, code, late=due == "overdue", **cut)
    else:
        chosen = {name: request.GET[name][:60] for name in PARTS if name in request.GET}
        found = figure_rows.rows(request.actor, code, year, **cut, **chosen)
    seen(request.actor, found.persons, "assessments.rows")
    title = dict(codes).get(code, "")
    if wanted in ("csv", "xlsx"):
        return export(
            wanted, f"{title} {year}", [str(one) for one in _heads(due in DUE)], _cells(found, due in DUE)
        )
    more = after + len(found.rows) < found.total
    context = {
        "found": found,
        "title": title,
        "year": year,
        "due": due if due in DUE else "",
        "table": Table((), request, exports=("csv", "xlsx")),
        "after": str(after + figure_rows.PAGE) if more else "",
    }
    return render(request, "assessments/rows.html", context)


def _heads(due: bool) -> list[Any]:
    person = [pgettext("figures", "Person"), _("Sex"), _("Age"), _("Sub-district")]
    if due:
        return [
            *person,
            pgettext("assessments", "Why"),
            _("Unit"),
            pgettext("assessments", "By when"),
            _("Days late"),
        ]
    return [*person, _("Level"), pgettext("assessment", "Before"), _("Unit"), _("Assessed")]


def _cells(found: figure_rows.Rows, due: bool) -> list[list[Any]]:
    rows = []
    for one in found.rows:
        what = [one.reason, one.unit] if due else [one.level, one.was, one.unit]
        rows.append(
            [one.name, one.sex, one.age, one.street, *what, shown(one.at), *([one.days] if due else [])]
        )
    return rows


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
