"""What administrators look at: the rules in force and where they come from, and whether the system works."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel import reactions, seals
from yiyang.kernel.policy import rows
from yiyang.ops.config import config


@needs(Permission.MANAGE_ORGANISATION, Permission.SEE_FIGURES)
def policy_pack(request: Any) -> HttpResponse:
    """Every rule of the policy pack in force: value, validity, source, and what the district must still confirm."""
    found = sorted(rows(config.policy_pack), key=lambda row: (row.confirmed, row.key))
    unconfirmed = sum(not row.confirmed for row in found)
    return render(
        request,
        "portals/policy_pack.html",
        {"rows": found, "pack": config.policy_pack, "unconfirmed": unconfirmed},
    )


@needs(Permission.READ_AUDIT)
def system_state(request: Any) -> HttpResponse:
    """Reactions that failed and are tried again, what waits in the queue, the newest seal."""
    context = {"faults": reactions.faults(), "waiting": reactions.waiting(), "seal": seals.newest()}
    return render(request, "portals/system_state.html", context)
