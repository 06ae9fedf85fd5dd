"""Episodes of raw signal: an ECG on its paper, a movement as it was felt; on the page, on paper and as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yiyang.devices.queries import signals as queries
from yiyang.devices.queries import vitals
from yiyang.devices.rules.strips import SHEET_SECONDS, channels, overview, seconds, sheet
from yiyang.devices.views.shared import instant
from yiyang.kernel.components.lists import link
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


def strips(request: Any, person_id: UUID) -> HttpResponse:
    """All that were recorded of a person, the newest first."""
    person = vitals.wearer(request.actor, person_id)
    until = instant(request.GET.get("until", "")) or now() + timedelta(minutes=1)
    found = queries.strips(person.pk, until - queries.KEPT, until)
    seen(request.actor, [person], "devices.strips")
    earlier = link(request, until=found[-1].at.isoformat()) if len(found) == queries.MOST else ""
    return render(request, "devices/strips.html", {"person": person, "strips": found, "earlier": earlier})


def strip(request: Any, person_id: UUID, micros: int) -> HttpResponse:
    """One of them as a chart; an ECG a minute at a time."""
    person = vitals.wearer(request.actor, person_id)
    found = queries.strip(person.pk, micros, request.GET.get("of"))
    seen(request.actor, [person], "devices.strip")
    if not found.count:
        return render(request, "devices/strip.html", {"person": person, "strip": found})
    page = sheet(found.code, found.unit, found.rate, found.samples, _seconds(request.GET.get("from", "")))
    long = page.is_ecg and found.seconds > SHEET_SECONDS
    names, _values = channels(found.code, found.samples)
    context = {
        "person": person,
        "strip": found,
        "sheet": page,
        "names": names,
        "whole": overview(found.code, found.samples) if long else "",
        "seen_from": round(page.since / found.seconds * page.width, 2),
        "seen_width": round((page.until - page.since) / found.seconds * page.width, 2),
        "earlier": link(request, **{"from": f"{max(0.0, page.since - SHEET_SECONDS):g}"})
        if page.since > 0
        else "",
        "later": link(request, **{"from": f"{page.until:g}"}) if long and page.until < found.seconds else "",
        "seconds": seconds(found.code, found.rate, found.samples),
    }
    return render(request, "devices/strip.html", context)


def strip_file(request: Any, person_id: UUID, micros: int) -> HttpResponse:
    """Every sample as CSV, with the seconds from the first one."""
    person = vitals.wearer(request.actor, person_id)
    found = queries.strip(person.pk, micros, request.GET.get("of"))
    seen(request.actor, [person], "devices.strip_file")
    names, values = channels(found.code, found.samples)
    unit = f" ({found.unit})" if found.unit else ""
    at = np.round(np.arange(len(values)) / found.rate, 6)
    rows = np.column_stack([at, np.round(values, 6)]).tolist()
    named = f"{found.code}-{localtime(found.at):%Y%m%d-%H%M%S}"
    return export("csv", named, [_("Seconds"), *(f"{name}{unit}" for name in names)], rows)


def _seconds(text: str) -> float:
    """From where on; what is no number is the beginning."""
    try:
        found = float(text[:12])
    except ValueError:
        return 0.0
    return found if 0 <= found < 1e9 else 0.0
