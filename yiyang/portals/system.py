"""What administrators look at: the rules in force and where they come from, and whether the system works."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext_lazy

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel import reactions, seals
from yiyang.kernel.policy import rows
from yiyang.ops.config import config
from yiyang.portals.policy_values import in_words

UNITS = {
    "second": pgettext_lazy("unit of a rule", "seconds"),
    "minute": pgettext_lazy("unit of a rule", "minutes"),
    "minute of duty hours": pgettext_lazy("unit of a rule", "minutes of duty hours"),
    "hour": pgettext_lazy("unit of a rule", "hours"),
    "day": pgettext_lazy("unit of a rule", "days"),
    "person": pgettext_lazy("unit of a rule", "people"),
    "answers": pgettext_lazy("unit of a rule", "answers"),
    "code": pgettext_lazy("unit of a rule", "codes"),
}


@needs(Permission.MANAGE_ORGANISATION, Permission.SEE_FIGURES)
def policy_pack(request: Any) -> HttpResponse:
    """Every rule of the policy pack in force: value, validity, source, and what the district must still confirm."""
    found = sorted(rows(config.policy_pack), key=lambda row: (row.confirmed, row.key))
    unconfirmed = sum(not row.confirmed for row in found)
    chinese = (get_language() or "zh").startswith("zh")
    lines = [
        {
            "row": row,
            "about": (row.zh if chinese else "") or row.note,
            "unit": UNITS.get(row.unit, row.unit),
            "values": in_words(row.key, row.value),
        }
        for row in found
    ]
    return render(
        request,
        "portals/policy_pack.html",
        {"lines": lines, "pack": config.policy_pack, "unconfirmed": unconfirmed},
    )


@needs(Permission.READ_AUDIT)
def system_state(request: Any) -> HttpResponse:
    """Reactions that failed and are tried again, what waits in the queue, the newest seal."""
    context = {"faults": reactions.faults(), "waiting": reactions.waiting(), "seal": seals.newest()}
    return render(request, "portals/system_state.html", context)
