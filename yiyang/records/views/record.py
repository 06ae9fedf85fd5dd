"""A person's clinical record, for those who read such records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.components import Chart, Series
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.people import queries as people
from yiyang.records.forms import TimelineFilter
from yiyang.records.queries import entries, readable_person, timeline
from yiyang.records.rules.items import SECTIONS, Item
from yiyang.records.rules.trends import Line, lines
from yiyang.records.rules.writing import STRIKES

WITHOUT_RESULTS = "course"


@needs(Permission.READ_RECORD)
def record(request: Any, person_id: UUID) -> HttpResponse:
    person = _reader_of(request, person_id)
    form = TimelineFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    kind, after = request.GET.get("kind", ""), request.GET.get("after", "")
    page = timeline.timeline(
        request.actor,
        person.pk,
        types=_types(kind),
        since=_start(told.get("since")),
        until=_end(told.get("until")),
        after=after,
    )
    first = not (kind or after or told.get("since") or told.get("until"))
    held = timeline.summary(request.actor, person.pk) if first else None
    seen(request.actor, [person], "records.record")
    context = {
        "person": person,
        "form": form,
        "tabs": _tabs(request, kind),
        "years": _years(page.items),
        "after": page.next,
        "summary": held and [(SECTIONS[name][0], name, found) for name, found in held.items()],
        "may_write": request.actor.may(Permission.WRITE_RECORD),
        "may_measure": request.actor.may(Permission.RECORD_VITAL_SIGNS) and not person.died_at,
    }
    return render(request, "records/record.html", context)


@needs(Permission.READ_RECORD)
def entry(request: Any, person_id: UUID, resource_type: str, resource_id: str) -> HttpResponse:
    person = _reader_of(request, person_id)
    found = entries.entry(request.actor, person.pk, resource_type, resource_id)
    seen(request.actor, [person], "records.entry")
    may_strike = (
        request.actor.may(Permission.WRITE_RECORD)
        and resource_type in STRIKES
        and not found.item.struck
        and not found.deleted
    )
    return render(request, "records/entry.html", {"person": person, "entry": found, "may_strike": may_strike})


@needs(Permission.READ_RECORD)
def trend(request: Any, person_id: UUID) -> HttpResponse:
    person = _reader_of(request, person_id)
    code = request.GET.get("code", "")[:300].replace("\0", "")
    found = lines(timeline.results_of(request.actor, person.pk, code))
    seen(request.actor, [person], "records.trend")
    context = {
        "person": person,
        "lines": [
            {"line": one, "name": f"trend-{number}", "chart": _chart(one)} for number, one in enumerate(found)
        ],
        "title": found[0].name if found else _("Results"),
        "longest": timeline.LONGEST,
    }
    return render(request, "records/trend.html", context)


def _reader_of(request: Any, person_id: UUID) -> Any:
    """The person, for whoever may read some of the record; what of it, each row decides."""
    person = people.person(request.actor, person_id)
    readable_person(request.actor, person.pk)
    return person


def _types(kind: str) -> Iterable[str]:
    if kind == WITHOUT_RESULTS:
        return [type for type in timeline.ALL if type != "Observation"]
    return SECTIONS[kind][1] if kind in SECTIONS else timeline.ALL


def _tabs(request: Any, kind: str) -> list[NavigationItem]:
    kinds = [
        ("", pgettext("record", "Everything")),
        (WITHOUT_RESULTS, _("Without single results")),
        *((name, label) for name, (label, _types) in SECTIONS.items()),
    ]
    return [
        NavigationItem(label, link(request, kind=name or None, after=None), current=name == kind, count=None)
        for name, label in kinds
    ]


def _start(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _end(day: Any) -> datetime | None:
    return _start(day + timedelta(days=1)) if day and day.year < 9999 else None


def _years(items: list[Item]) -> list[dict[str, Any]]:
    """By years; the results of one day stand together."""
    return [
        {"year": year, "rows": [_row(found) for _key, found in groupby(inside, _together)]}
        for year, inside in groupby(items, lambda one: timezone.localtime(one.at).year if one.at else 0)
    ]


def _together(one: Item) -> Any:
    return timezone.localtime(one.at).date() if one.section == "results" and one.at else (one.type, one.id)


def _row(found: Iterable[Item]) -> dict[str, Any]:
    items = list(found)
    return (
        {"results": items, "when": items[0].when[:10]}
        if items[0].section == "results"
        else {"item": items[0]}
    )


def _chart(line: Line) -> Chart | None:
    """The numbers of a line, with the limits that the laboratory gave; nothing for a single value."""
    points = line.drawn
    if len(points) < 2:
        return None
    series = [Series(line.name, tuple(one.number for one in points))]
    if any(one.low is not None for one in points):
        series.append(Series(_("Lower limit"), tuple(one.low for one in points), limit=True))
    if any(one.high is not None for one in points):
        series.append(Series(_("Upper limit"), tuple(one.high for one in points), limit=True))
    newest = points[-1]
    return Chart(
        title=f"{line.name} ({line.unit})" if line.unit else line.name,
        categories=tuple(one.when for one in points),
        times=tuple(timezone.localtime(one.at).isoformat() for one in points),
        series=tuple(series),
        unit=line.unit,
        summary=_("{count} values since {first}; the newest of {last}: {value}.").format(
            count=len(points), first=points[0].when, last=newest.when, value=newest.words
        ),
    )
