"""A person's glucose over weeks: time in range, mean and variation, and how a day goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiyang.devices.queries import glucose as queries
from yiyang.devices.queries import vitals
from yiyang.devices.rules.glucose_profile import STABLE_CV, Slot, Summary
from yiyang.devices.rules.judging.glucose import HIGH, IN_RANGE_TO, LOW, VERY_LOW
from yiyang.devices.views.shared import instant
from yiyang.kernel.components import Chart, Held, Series
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now

SPANS = (14, 30, 90)


@dataclass(frozen=True)
class Share:
    """One range: its share of the time, and by how much each target says it should or should not be more."""

    label: str
    style: str
    percent: float
    usual: str
    older: str

    @property
    def shown(self) -> str:
        return f"{self.percent:.1f}"


def glucose_patterns(request: Any, person_id: UUID) -> HttpResponse:
    """Two weeks, a month or three, up to now or an instant."""
    person = vitals.wearer(request.actor, person_id)
    days = next((one for one in SPANS if str(one) == request.GET.get("days")), SPANS[0])
    until = min(instant(request.GET.get("until", "")) or now(), now())
    found = queries.patterns(person.pk, days, until)
    seen(request.actor, [person], "devices.glucose_patterns")
    told = found.summary
    context = {
        "person": person,
        "summary": told,
        "shares": _shares(told, found.targets.value) if told else [],
        "parts": _parts(told) if told else [],
        "targets": found.targets,
        "stable_cv": STABLE_CV,
        "chart": _chart(found.profile, told) if told else None,
        "days": days,
        "until": until,
        "tabs": [
            NavigationItem(
                ngettext("%(n)s day", "%(n)s days", one) % {"n": one}, link(request, days=str(one)),
                current=one == days, count=None,
            )
            for one in SPANS
        ],
    }  # fmt: skip
    return render(request, "devices/glucose_patterns.html", context)


def _shares(told: Summary, targets: dict[str, dict[str, float]]) -> list[Share]:
    """From high to low, as sensor reports order them. The narrower ranges lie within the wider ones."""
    shares = told.shares
    rows = (
        (_("Above {limit} mmol/L").format(limit=HIGH), "very_high", shares.very_high),
        (_("Above {limit} mmol/L").format(limit=IN_RANGE_TO), "above", shares.above),
        (
            _("In range, {low} to {high} mmol/L").format(low=LOW, high=IN_RANGE_TO),
            "in_range",
            shares.in_range,
        ),
        (_("Below {limit} mmol/L").format(limit=LOW), "below", shares.below),
        (_("Below {limit} mmol/L").format(limit=VERY_LOW), "very_low", shares.very_low),
    )
    return [
        Share(label, name, 100 * share, _target(name, targets["usual"]), _target(name, targets["older"]))
        for label, name, share in rows
        if share is not None
    ]


def _target(name: str, targets: dict[str, float]) -> str:
    if name not in targets:
        return "–"
    words = _("at least {percent} %") if name == "in_range" else _("at most {percent} %")
    return words.format(percent=targets[name])


def _parts(told: Summary) -> list[tuple[str, float, float]]:
    """Ranges that do not overlap, as parts of a bar of 100: style, where it begins, how wide."""
    one = told.shares
    if one.in_range is None:
        return []
    assert one.very_low is not None and one.below is not None and one.above is not None
    very_high = one.very_high or 0.0
    sizes = (
        ("very_low", one.very_low), ("below", one.below - one.very_low), ("in_range", one.in_range),
        ("above", one.above - very_high), ("very_high", very_high),
    )  # fmt: skip
    found, begins = [], 0.0
    for style, share in sizes:
        found.append((style, round(100 * begins, 3), round(100 * share, 3)))
        begins += share
    return found


def _chart(profile: list[Slot], told: Summary) -> Chart:
    names = (
        _("5 of 100 lie below"),
        _("A quarter lies below"),
        _("Median"),
        _("A quarter lies above"),
        _("5 of 100 lie above"),
    )
    series = [
        Series(
            name, tuple(round(one.percentiles[nth], 1) if one.percentiles else None for one in profile),
            limit=nth != 2,
        )
        for nth, name in enumerate(names)
    ]  # fmt: skip
    middle = [one.percentiles[2] for one in profile if one.percentiles]
    first, last = profile[0].label, profile[-1].label
    return Chart(
        title=_("How a day goes (mmol/L)"),
        categories=tuple(one.label for one in profile),
        series=(series[2], series[1], series[3], series[0], series[4]),
        unit="mmol/L",
        summary=_(
            "All days laid over each other, by half hours: the median goes from {low} to {high} mmol/L."
        ).format(low=f"{min(middle):.1f}", high=f"{max(middle):.1f}"),
        held=(Held(_("Range"), LOW, first, last), Held(_("Range"), IN_RANGE_TO, first, last)),
    )
