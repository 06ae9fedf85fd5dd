"""The district bed board: figures of the five kinds, who waits for an answer, who comes and goes today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds.forms.board import BoardFilters
from yiyang.beds.queries import board as lists
from yiyang.beds.queries import district_emergency
from yiyang.beds.queries import figures as queries
from yiyang.beds.views.board_export import exported
from yiyang.kernel.components import Chart, Column, Series, Table
from yiyang.kernel.facts import seen
from yiyang.kernel.policy import policy
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now

ROWS = 60  # a page of units; the sums above it count them all


@require_GET
@needs(Permission.SEE_BOARD)
def board(request: Any) -> HttpResponse:
    """The whole district on one page; its parts fetch themselves again when something happens."""
    if request.GET.get("format") in ("csv", "xlsx"):
        narrowed = _narrowed(request)
        return exported(request.GET["format"], narrowed.in_use, narrowed.table)
    today = lists.today(request.actor)
    seen(request.actor, today.named, what="beds.board")
    context = {**_figures(request), "today": today}
    context["emergency"] = district_emergency.declared(request.actor)
    context["may_declare"] = request.actor.may(Permission.DECLARE_EMERGENCY, request.actor.organisation_id)
    return render(request, "beds/board.html", context)


@require_GET
@needs(Permission.SEE_BOARD)
def board_figures(request: Any) -> HttpResponse:
    """The figures alone, as the board fetches them again."""
    return render(request, "beds/board_figures.html", _figures(request))


@require_GET
@needs(Permission.SEE_BOARD)
def board_today(request: Any) -> HttpResponse:
    """What waits, comes and goes alone, as the board fetches it again."""
    today = lists.today(request.actor)
    seen(request.actor, today.named, what="beds.board")
    return render(request, "beds/board_today.html", {"today": today})


@require_GET
@needs(Permission.SEE_BOARD)
def board_weeks(request: Any) -> HttpResponse:
    """How full the beds were in the last weeks: counted over all stays, so the board does not wait for it."""
    template = "beds/board_chart.html" if request.htmx else "beds/board_weeks.html"
    return render(request, template, {"chart": _chart(queries.history(request.actor))})


@require_GET
@needs(Permission.SEE_BOARD)
def board_beds(request: Any) -> HttpResponse:
    """The beds behind a figure, one by one: count them again."""
    chosen = _chosen_beds(request)
    offset = _whole(request.GET.get("after", ""))
    found = queries.beds_behind(request.actor, **chosen, offset=offset, limit=queries.PAGE + 1)
    shown = found[: queries.PAGE]
    names = lists.names(request.actor, [row.person_id for row in shown])
    seen(request.actor, names, what="beds.board_beds")
    context = {
        "rows": [(row, names.get(row.person_id, "")) for row in shown],
        "chosen": [word for word in _words(chosen, shown) if word],
        "offset": offset,
        "after": str(offset + queries.PAGE) if len(found) > queries.PAGE else "",
    }
    return render(request, "beds/board_beds.html", context)


@dataclass(frozen=True)
class Narrowed:
    """The lines and rows that were asked for, in the order asked for."""

    form: BoardFilters
    street: str
    by: str
    here: list[queries.UnitFigures]
    rows: list[Row]
    in_use: list[Row]
    table: Table


def _narrowed(request: Any) -> Narrowed:
    lines = queries.counts(request.actor)
    streets = sorted({(one.street, one.street_name or one.street) for one in lines if len(one.street) == 9})
    form = BoardFilters(request.GET, streets=streets)
    kind, street, by = form.chosen("kind"), form.chosen("street"), form.chosen("by") or "unit"
    here = [line for line in lines if not street or line.street == street]
    table = _table(request, by)
    rows = _rows([one for one in here if kind in ("", one.kind)], by)
    in_use = rows if request.GET.get("all") else [row for row in rows if row.sums.any_open]
    return Narrowed(form, street, by, here, rows, _sorted(in_use, table.sort), table)


def _figures(request: Any) -> dict[str, Any]:
    found = _narrowed(request)
    every, by = _in_charge(request, found.here), found.by
    offset = _whole(request.GET.get("after", ""))
    silent_after = now() - timedelta(hours=policy("beds.no_figure_hours", on=timezone.localdate()).value)
    return {
        "form": found.form,
        "kinds": [
            (code, sums, _link(every=every, street=found.street, kind=code))
            for code, sums in queries.by_kind(found.here).items()
        ],
        "rows": [_shown(request, row, by, silent_after) for row in found.in_use[offset : offset + ROWS]],
        "more": str(offset + ROWS) if len(found.in_use) > offset + ROWS else "",
        "not_open": len(found.rows) - len(found.in_use),
        "everything": f"{reverse('beds:board')}?{urlencode({**request.GET.dict(), 'all': '1'})}#units",
        "table": found.table,
        "tabs": _tabs(request, by),
        "query": request.GET.urlencode(),
        "at": now(),
    }


@dataclass(frozen=True)
class Row:
    """A unit (or sub-district) and one kind of its beds."""

    name: str
    of: UUID | str
    kind: str
    sums: queries.Sums

    @property
    def share(self) -> int:
        taken = self.sums.present + self.sums.held
        return round(100 * taken / self.sums.open) if self.sums.open else 0


def _rows(lines: list[queries.UnitFigures], by: str) -> list[Row]:
    if by == "street":
        streets = queries.group(lines, lambda one: (one.street, one.street_name, one.kind))
        whole = _("of the whole district")
        return [Row(name or whole, street, kind, sums) for (street, name, kind), sums in streets.items()]
    units = queries.group(lines, lambda one: (one.unit_id, one.kind))
    return [Row(sums.lines[0].name, unit, kind, sums) for (unit, kind), sums in units.items()]


def _shown(request: Any, row: Row, by: str, silent_after: datetime) -> dict[str, Any]:
    """A row as the page draws it. Only what lies in the actor's reach leads to the beds behind it."""
    mine = _in_charge(request, row.sums.lines)
    chosen = {"street" if by == "street" else "unit": str(row.of)}
    return {
        "name": row.name,
        "unit": row.of if mine and by != "street" else None,
        "kind": row.kind,
        "sums": row.sums,
        "share": row.share,
        "figures": row.sums.figures(silent_after=None if by == "street" else silent_after),
        "url": _link(every=mine, kind=row.kind, **chosen),
    }


def _in_charge(request: Any, lines: list[queries.UnitFigures]) -> bool:
    """Whether all of these units are the actor's own or in its charge."""
    return bool(request.actor.sees_all or {line.unit_id for line in lines} <= request.actor.reach)


def _sorted(rows: list[Row], order: str) -> list[Row]:
    kinds = {kind.value: place for place, kind in enumerate(BedKind)}
    keys: dict[str, Any] = {
        "name": lambda row: (row.name, kinds[row.kind]),
        "kind": lambda row: (kinds[row.kind], row.name),
        "free": lambda row: (row.sums.free, row.name),
        "open": lambda row: (row.sums.open, row.name),
        "share": lambda row: (row.share, row.name),
    }
    return sorted(rows, key=keys[order.lstrip("-")], reverse=order.startswith("-"))


def _table(request: HttpRequest, by: str) -> Table:
    columns = (
        Column(_("Unit") if by == "unit" else _("Sub-district"), "name"),
        Column(_("Kind of bed"), "kind"),
        Column(pgettext("beds", "Free"), "free", number=True),
        Column(pgettext("beds", "Open"), "open", number=True),
        Column(pgettext("beds", "Taken"), "share", number=True),
        Column(_("Occupancy")),
    )
    caption = _("Beds by unit") if by == "unit" else _("Beds by sub-district")
    return Table(columns, request, caption=caption, default_sort="name", exports=("csv", "xlsx"))


def _tabs(request: HttpRequest, by: str) -> list[NavigationItem]:
    def url(side: str) -> str:
        query = request.GET.copy()
        query["by"] = side
        query.pop("sort", None)
        return f"{reverse('beds:board')}?{query.urlencode()}#units"

    return [
        NavigationItem(_("By unit"), url("unit"), by == "unit", count=None),
        NavigationItem(_("By sub-district"), url("street"), by == "street", count=None),
    ]


def _link(*, every: bool, **chosen: str) -> str:
    """The page with the rows behind a figure; nothing where the actor may know the count alone."""
    if not every:
        return ""
    return f"{reverse('beds:board_beds')}?{urlencode({k: v for k, v in chosen.items() if v})}"


def _chosen_beds(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET
    kind, state, street = asked.get("kind", ""), asked.get("state", ""), asked.get("street", "")
    return {
        "unit": _uuid(asked.get("unit", "")),
        "kind": kind if kind in BedKind.values else "",
        "state": state if state in queries.STATES else "",
        "street": street if street.isascii() and street.isdigit() else "",
        "extra": {"0": False, "1": True}.get(asked.get("extra", "")),
    }


def _words(chosen: dict[str, Any], rows: list[queries.BedRow]) -> list[Any]:
    return [
        rows[0].unit if chosen["unit"] and rows else "",
        BedKind(chosen["kind"]).label if chosen["kind"] else "",
        queries.state_label(chosen["state"]) if chosen["state"] else "",
        _("extra beds only")
        if chosen["extra"]
        else _("without extra beds")
        if chosen["extra"] is False
        else "",
    ]


def _chart(days: list[queries.Day]) -> Chart:
    ends = sorted({day.at for day in days})
    by_kind = {kind.value: {d.at: d.share for d in days if d.kind == kind.value} for kind in BedKind}
    last = {kind: shares.get(ends[-1]) if ends else None for kind, shares in by_kind.items()}
    said = [f"{BedKind(kind).label} {share:g}%" for kind, share in last.items() if share is not None]
    return Chart(
        title=_("How full the beds were in the last weeks"),
        categories=tuple(date_format(timezone.localtime(end - timedelta(seconds=1)), "m-d") for end in ends),
        series=tuple(
            Series(BedKind(kind).label, tuple(shares.get(end) for end in ends), kind=kind)
            for kind, shares in by_kind.items()
            if any(share is not None for share in shares.values())
        ),
        unit="%",
        summary=_("Beds taken (present or held) of those open. Now: {kinds}.").format(kinds=", ".join(said))
        if said
        else _("No beds are open yet."),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
