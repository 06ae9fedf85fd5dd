"""All transfers that the actor may see, by status; what was asked for stays in the address."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds.forms.transfers import TransferFilters
from yiyang.beds.models.transfers import ENDED, TransferState, Urgency
from yiyang.beds.queries import answering, district_emergency
from yiyang.beds.queries import transfer_board as lists
from yiyang.beds.queries import transfer_pages as queries
from yiyang.kernel.components import Column, Table
from yiyang.kernel.components.lists import link
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now
from yiyang.kernel.words import shown

ROWS = 50
EXPORTED = 10_000


def transfers(request: Any) -> HttpResponse:
    """The board: active or ended, filtered, sorted, exported."""
    ended = request.GET.get("tab") == "ended"
    states = [(one.value, one.label) for one in TransferState if (one in ENDED) == ended]
    filters = TransferFilters(
        request.GET or None, states=states, units=lists.units_with_transfers(request.actor)
    )
    table = _table(request, ended)
    found = lists.board(request.actor, _wanted(filters, ended), table.sort)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _exported(request, found[:EXPORTED])
    page = lists.page_of(found, table.sort, request.GET.get("after", "")[:1000], ROWS)
    seen(request.actor, [one.person_id for one in page.rows], "beds.transfers")
    context = {
        "tabs": _tabs(request, ended),
        "counts": [] if ended else _counts(request),
        "filters": filters,
        "table": table,
        "rows": _rows(request, page.rows),
        "after": page.after,
        "ended": ended,
        "may_answer": request.actor.may(Permission.ANSWER_OFFER),
        "emergency": district_emergency.declared(request.actor),
        "may_declare": request.actor.may(Permission.DECLARE_EMERGENCY, request.actor.organisation_id),
    }
    template = "beds/parts/transfers.html" if request.htmx else "beds/transfers.html"
    return render(request, template, context)


def _wanted(filters: TransferFilters, ended: bool) -> lists.Wanted:
    given = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    unit = given.get("unit")
    return lists.Wanted(
        ended=ended,
        state=given.get("state", ""),
        kind=given.get("kind", ""),
        urgency=given.get("urgency", ""),
        unit=UUID(unit) if unit else None,
        escalated="escalated" in filters.data,
    )


def _table(request: Any, ended: bool) -> Table:
    columns = (
        Column(pgettext("transfers", "Person")),
        Column(_("From → to"), "kind"),
        Column(_("Urgency"), "urgency"),
        Column(_("State"), "state"),
        Column(_("Ended"), "ended_at") if ended else Column(_("Who acts, by when"), "act_by"),
        Column(_("Requested"), "requested_at"),
    )
    sort = "-ended_at" if ended else "act_by"
    return Table(columns, request, caption=_("Transfers"), default_sort=sort, exports=("csv", "xlsx"))


def _rows(request: Any, found: list[Any]) -> list[dict[str, Any]]:
    whom = answering.answerers(found, now())
    return [_row(request, one, whom.get(one.pk)) for one in found]


def _row(request: Any, one: Any, answers: Any) -> dict[str, Any]:
    return {
        "answers": answers,
        "phoned": answering.call_address(request.actor, one, answers),
        "transfer": one,
        "who": queries.who(one),
        "who_acts": queries.who_acts(one),
        "next_step": queries.next_step(one),
        "tone": "danger" if one.emergency and one.live else "",
    }


def _tabs(request: Any, ended: bool) -> list[NavigationItem]:
    sides = ((pgettext("transfers", "Active"), None), (pgettext("transfers", "Ended"), "ended"))
    return [
        NavigationItem(
            label,
            link(request, tab=tab, state=None, sort=None, after=None),
            current=ended == (tab is not None),
            count="",  # type: ignore[arg-type]
        )
        for label, tab in sides
    ]


def _counts(request: Any) -> list[dict[str, Any]]:
    """How many stand at each state; each figure leads to its rows."""
    number = lists.count_by_state(request.actor)
    return [
        {
            "label": state.label,
            "number": number[state.value],
            "url": link(request, state=state.value, after=None),
        }
        for state in TransferState
        if number.get(state.value)
    ]


def _exported(request: Any, found: Any) -> HttpResponse:
    heads = [
        pgettext("transfers", "Person"),
        _("From"),
        _("To"),
        _("Kind of bed wanted"),
        _("Urgency"),
        _("State"),
    ]
    heads += [_("Requested"), _("Act by"), _("Ended")]
    rows, persons = [], []
    for one in found:
        persons.append(one.person_id)
        rows.append(
            [
                str(queries.who(one)),
                one.from_unit.name if one.from_unit else "",
                one.to_unit.name if one.to_unit else one.destination_outside,
                BedKind(one.target_kind).label,
                Urgency(one.urgency).label,
                one.get_state_display(),
                *[shown(at) if at else "" for at in (one.requested_at, one.act_by, one.ended_at)],
            ]
        )
    seen(request.actor, persons, "beds.transfers")
    return export(request.GET["format"], _("transfers"), heads, rows)
