"""The record in plain words, for the persons themselves and those who care for them at home. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yiyang.records.rules.items import Item
from yiyang.records.rules.judging import HIGH, LOW, NORMAL, ODD
from yiyang.records.rules.vital_signs import AWARENESS, PANEL, SIGNS

# Parts of the record in the order in which they are read, with the types that they hold.
PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "allergies": (pgettext_lazy("plain", "What I must not get"), ("AllergyIntolerance",)),
    "medicines": (
        pgettext_lazy("plain", "What I take"),
        ("MedicationStatement", "MedicationRequest"),
    ),
    "problems": (pgettext_lazy("plain", "What I have"), ("Condition",)),
    "measured": (pgettext_lazy("plain", "What was measured"), ()),
    "results": (
        pgettext_lazy("plain", "Results of tests"),
        ("Observation", "DiagnosticReport", "ImagingStudy"),
    ),
    "visits": (pgettext_lazy("plain", "Visits and stays"), ("Encounter",)),
    "treatments": (pgettext_lazy("plain", "Operations and treatments"), ("Procedure",)),
    "vaccinations": (pgettext_lazy("plain", "Vaccinations"), ("Immunization",)),
}
OF_THEM = {
    "allergies": pgettext_lazy("plain", "What they must not get"),
    "medicines": pgettext_lazy("plain", "What they take"),
    "problems": pgettext_lazy("plain", "What they have"),
}
SIGN_WORDS = {
    "temperature": pgettext_lazy("plain", "Body temperature"),
    "pulse": pgettext_lazy("plain", "Heartbeats a minute"),
    "breathing": pgettext_lazy("plain", "Breaths a minute"),
    "systolic": pgettext_lazy("plain", "Blood pressure, upper figure"),
    "diastolic": pgettext_lazy("plain", "Blood pressure, lower figure"),
    "oxygen": pgettext_lazy("plain", "Oxygen in the blood"),
    "glucose": pgettext_lazy("plain", "Blood sugar"),
    "weight": pgettext_lazy("plain", "Body weight"),
    "consciousness": pgettext_lazy("plain", "How awake"),
    "pressure": pgettext_lazy("plain", "Blood pressure"),
}
JUDGED = {
    NORMAL: pgettext_lazy("plain result", "normal"),
    HIGH: pgettext_lazy("plain result", "above the usual"),
    LOW: pgettext_lazy("plain result", "below the usual"),
    ODD: pgettext_lazy("plain result", "not as usual"),
}
SIGN_CODES = {
    PANEL,
    "55284-4",
    *(code for one in (*SIGNS, AWARENESS) for code in (one.code, one.also) if code),
}
STATES = {
    "active": "",
    "intended": pgettext_lazy("plain", "begins later"),
    "on-hold": pgettext_lazy("plain", "paused for now"),
    "recurrence": pgettext_lazy("plain", "has come back"),
    "relapse": pgettext_lazy("plain", "has come back"),
    "preliminary": pgettext_lazy("plain", "not final yet"),
    "registered": pgettext_lazy("plain", "no result yet"),
    "planned": pgettext_lazy("plain", "planned"),
    "in-progress": pgettext_lazy("plain", "still going on"),
}
OVER = {"inactive", "remission", "resolved", "completed", "stopped", "finished", "revoked"}
GONE = {"refuted", "entered-in-error", "cancelled", "not-done", "not-taken", "draft"}
DAY = re.compile(r"(?<![\d-])(\d{4})-(\d\d)(?:-(\d\d))?(?: (\d\d:\d\d))?(?![\d-])( (?=起))?")
YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Line:
    """One thing said: its name, what is said of it, who wrote it and when. `tone` only helps the eye."""

    title: str
    said: list[str] = field(default_factory=list)
    by: str = ""
    when: str = ""
    judged: str = ""
    tone: str = ""
    past: bool = False
    untold: bool = False
    item: Item | None = None


def label(part: str, *, own: bool) -> Any:
    return PARTS[part][0] if own else OF_THEM.get(part, PARTS[part][0])


def days(text: str) -> str:
    """Every day in a text as people say it: 2026年5月2日, 2 May 2026."""
    if YEAR.fullmatch(text):
        return str(pgettext("a year alone", "{year}")).format(year=text)
    return DAY.sub(_day, text)


def line(item: Item, unit: str = "", *, untold: bool = False) -> Line:
    """An entry in plain words; codes and states that nobody needs are left out. `untold`: not to be said before them."""
    value = [f"{item.value} {item.limits and _usual(item.limits)}".strip()] if item.value else []
    told = [days(one) for one in (*item.details, str(STATES.get(item.state, ""))) if one]
    together = (
        [pgettext("between words about one thing", ", ").join(told)] if item.section == "allergies" else told
    )
    return Line(
        title=item.title,
        said=[one for one in (*value, *together) if one],
        by="" if item.section == "visits" and item.who in together else item.who or unit,
        when=days(item.when),
        judged=str(JUDGED.get(item.judged, "")),
        tone="warning" if item.judged in (HIGH, LOW, ODD) else "",
        past=item.state in OVER,
        untold=untold,
        item=item,
    )


def worth_saying(items: Iterable[Item]) -> list[Item]:
    """Without what was entered in error, ruled out or never happened."""
    return [one for one in items if not one.struck and one.state not in GONE]


def _usual(limits: str) -> str:
    return str(_("(usual: {limits})")).format(limits=limits)


def _day(found: re.Match[str]) -> str:
    year, month, day, hour, _space = found.groups()
    chinese = (get_language() or "zh").startswith("zh")
    try:
        on = date(int(year), int(month), int(day or 1))
    except ValueError:
        return found[0]
    if chinese:
        said = f"{on.year}年{on.month}月" + (f"{on.day}日" if day else "")
    else:
        said = date_format(on, "j F Y" if day else "F Y")
    return f"{said} {hour}" if hour else said
