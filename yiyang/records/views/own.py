"""My health record: for the persons themselves, those whom they entrusted, and guardians. One thing on a page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.components import Chart, Series
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records.queries import own
from yiyang.records.rules import plain
from yiyang.records.rules.judging import Limits
from yiyang.records.rules.trends import Line, lines
from yiyang.records.rules.vital_signs import BY_NAME, PRESSURE

FEW = 5
ON_PAPER = ("allergies", "medicines", "problems", "results", "visits", "treatments", "vaccinations")


@needs(Permission.SEE_OWN_RECORD, Permission.READ_RECORD)
def own_record(request: Any, person_id: UUID) -> HttpResponse:
    """What matters most, and a door to each part."""
    person = people.person_in_full(request.actor, person_id)
    is_self = people.is_self(request.actor, person.pk)
    allergies = own.part(request.actor, person.pk, "allergies")
    medicines = own.part(request.actor, person.pk, "medicines")
    measured = own.measured(request.actor, person.pk, now())
    seen(request.actor, [person], "records.own_record")
    context = {
        **_about(request, person),
        "allergies": allergies.lines,
        "medicines": medicines.lines[:FEW],
        "more_medicines": len(medicines.lines) > FEW,
        "measured": measured[:3],
        "doors": [(plain.label(name, own=is_self), name) for name in plain.PARTS],
    }
    return render(request, "records/own_record.html", context)


@needs(Permission.SEE_OWN_RECORD, Permission.READ_RECORD)
def own_part(request: Any, person_id: UUID, part: str) -> HttpResponse:
    if part not in plain.PARTS:
        raise NotFound
    person = people.person_in_full(request.actor, person_id)
    is_self = people.is_self(request.actor, person.pk)
    found = (
        own.part(request.actor, person.pk, part, request.GET.get("after", "")) if part != "measured" else None
    )
    measured = own.measured(request.actor, person.pk, now()) if part == "measured" else []
    seen(request.actor, [person], "records.own_part")
    context = {
        **_about(request, person),
        "part": part,
        "heading": plain.label(part, own=is_self),
        "found": found,
        "measured": measured,
        "older": link(request, after=found.next) if found and found.next else "",
    }
    return render(request, "records/own_part.html", context)


@needs(Permission.SEE_OWN_RECORD, Permission.READ_RECORD)
def own_trend(request: Any, person_id: UUID, sign: str) -> HttpResponse:
    """How one measurement went, drawn and as a list."""
    if sign != "pressure" and sign not in BY_NAME:
        raise NotFound
    person = people.person_in_full(request.actor, person_id)
    results = own.results_of_sign(request.actor, person.pk, sign)
    limits = own.usual_limits(now())
    seen(request.actor, [person], "records.own_trend")
    names = PRESSURE if sign == "pressure" else (sign,)
    found = lines(results)
    context = {
        **_about(request, person),
        "heading": plain.SIGN_WORDS[sign],
        "charts": [
            {"name": f"own-{name}", "chart": chart}
            for name in names
            for one in found
            if one.code == BY_NAME[name].code and (chart := _chart(name, one, limits.get(name, (None, None))))
        ],
        "rows": _rows(found, names)[: FEW * 4],
    }
    return render(request, "records/own_trend.html", context)


@needs(Permission.SEE_OWN_RECORD, Permission.READ_RECORD)
def own_sheet(request: Any, person_id: UUID) -> HttpResponse:
    """All parts on paper, in large type."""
    person = people.person_in_full(request.actor, person_id)
    is_self = people.is_self(request.actor, person.pk)
    context = {
        **_about(request, person),
        "parts": [
            (name, plain.label(name, own=is_self), own.part(request.actor, person.pk, name))
            for name in ON_PAPER
        ],
        "measured": own.measured(request.actor, person.pk, now()),
        "measured_label": plain.PARTS["measured"][0],
        "at": now(),
    }
    seen(request.actor, [person], "records.own_sheet")
    return render(request, "records/own_sheet.html", context)


def _about(request: Any, person: Any) -> dict[str, Any]:
    is_self = people.is_self(request.actor, person.pk)
    at_home = request.actor.may(Permission.SEE_OWN_RECORD)
    return {"person": person, "is_self": is_self, "at_home": at_home}


def _rows(found: list[Line], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """By measurement, the newest first; both blood pressures on one line."""
    codes = [BY_NAME[name].code for name in names]
    rows: dict[str, dict[str, Any]] = {}
    for code in codes:
        for one in (
            point for line in found if line.code == code for point in line.points if not point.struck
        ):
            row = rows.setdefault(
                one.id, {"when": plain.days(one.when), "at": one.at, "by": one.who, "said": []}
            )
            row["said"].append(one.words)
    ordered = sorted(rows.values(), key=lambda row: row["at"], reverse=True)
    return [{**row, "said": _said(row["said"])} for row in ordered]


def _said(values: list[str]) -> str:
    if len(values) == 1:
        return values[0]
    first, *rest = values
    return "/".join([first.split(" ")[0], *rest])


def _chart(name: str, line: Line, limits: Limits) -> Chart | None:
    points = line.drawn
    if len(points) < 2:
        return None
    low, high = limits
    series = [Series(plain.SIGN_WORDS[name], tuple(one.number for one in points))]
    if low is not None:
        series.append(Series(_("Usual, from"), tuple(low for _one in points), limit=True))
    if high is not None:
        series.append(Series(_("Usual, up to"), tuple(high for _one in points), limit=True))
    return Chart(
        title=plain.SIGN_WORDS[name],
        categories=tuple(plain.days(one.when) for one in points),
        times=tuple(timezone.localtime(one.at).isoformat() for one in points),
        series=tuple(series),
        unit=line.unit,
        summary=_("Measured {count} times since {first}. The last time: {value}.").format(
            count=len(points), first=plain.days(points[0].when), value=points[-1].words
        ),
    )
