"""The figures of the board as a file: every row of what was asked for, not only the page that is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.components import Table
from yiyang.kernel.components.occupancy import STATES
from yiyang.kernel.exports import export
from yiyang.kernel.time import now
from yiyang.kernel.words import shown


def exported(kind: str, rows: Iterable[Any], table: Table) -> HttpResponse:
    """Counts alone, of nobody by name; the states add up to the open beds, extra beds stand apart."""
    heads = [
        table.columns[0].label,
        _("Kind of bed"),
        pgettext("beds", "Approved"),
        pgettext("beds", "Open"),
        *(label for _state, label in STATES),
        pgettext("beds", "Taken"),
        _("Extra beds"),
        _("Extra beds taken"),
        _("Last reported"),
        _("Counted at"),
    ]
    at = shown(now())
    lines = [
        [
            row.name,
            BedKind(row.kind).label,
            row.sums.approved,
            row.sums.open,
            *(row.sums.sum(state) for state, _label in STATES),
            f"{row.share}%",
            row.sums.extra,
            row.sums.extra_present,
            shown(row.sums.last_at) if row.sums.last_at else "",
            at,
        ]
        for row in rows
    ]
    return export(kind, table.caption, heads, lines)
