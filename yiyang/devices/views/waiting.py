"""How long whoever is told of an alarm has: tried on last month's alarms before it holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms.waiting import WaitingTimesForm
from yiyang.devices.queries import waiting as queries
from yiyang.devices.rules.alarms import Severity
from yiyang.devices.views.signing import signed
from yiyang.kernel.acting import asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(Permission.SIGN_ALARM_RULES)
def waiting_times(request: Any) -> HttpResponse:
    """The minutes that hold; others are tried first."""
    at = now()
    held = queries.in_force(at)
    form = WaitingTimesForm(asked(request), initial={name.lower(): held[name] for name in held})
    if form.is_valid():
        with form.refusals():
            made = commands.try_waiting_times(
                by=request.actor, at=at, minutes=form.minutes(), reason=form.cleaned_data["reason"]
            )
            return redirect("devices:waiting_times_trial", made.pk)
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "versions": [(one, _minutes(one.minutes)) for one in queries.versions()]}
    return render(request, "devices/waiting_times.html", context, status=status)


@needs(Permission.SIGN_ALARM_RULES)
def waiting_times_trial(request: Any, waiting_id: UUID) -> HttpResponse:
    """How often somebody further up would have been told, more or less than now, and of which alarms."""
    return _trial(request, queries.trial(request.actor, waiting_id))


@needs(Permission.SIGN_ALARM_RULES)
@require_POST
def sign_waiting_times(request: Any, waiting_id: UUID) -> HttpResponse:
    found = queries.trial(request.actor, waiting_id)
    said = _("Signed. These times hold from now on.")
    return signed(request, found, commands.sign_waiting_times, _trial, said, "devices:waiting_times")


def _trial(request: Any, found: Any, status: int = 200) -> HttpResponse:
    if not found.tried:
        return render(request, "devices/waiting_times_trial.html", {"trial": found}, status=status)
    rows = queries.shown(request.actor, found)
    seen(
        request.actor, {row["alarm"].person_id for row in rows if row["alarm"] and row["alarm"].person_id},
        "devices.waiting_times_trial",
    )  # fmt: skip
    result = found.result
    lines = [
        {
            "label": one.label, "from": found.before[one], "to": found.minutes[one],
            "before": result["before_by"][one], "after": result["after_by"][one],
            "more": result["after_by"][one] - result["before_by"][one],
        }
        for one in reversed(Severity)
    ]  # fmt: skip
    context = {"trial": found, "rows": rows, "lines": lines, "usable": found.usable(now())}
    return render(request, "devices/waiting_times_trial.html", context, status=status)


def _minutes(minutes: dict[str, int]) -> str:
    return " · ".join(
        _("{urgency} {n} min").format(urgency=one.label, n=minutes[one]) for one in reversed(Severity)
    )
