"""Another version of a rule: tried on last month's readings of all whom it touches, then signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import rules as forms
from yiyang.devices.queries import rules as queries
from yiyang.devices.queries import trials
from yiyang.devices.rules import wording
from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.devices.views.signing import signed
from yiyang.kernel.acting import asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(Permission.SIGN_ALARM_RULES)
def change_alarm_rule(request: Any, cause: str) -> HttpResponse:
    """The numbers, and for whom; then it is tried."""
    if cause not in forms.RULED:
        raise Http404
    at = now()
    scope, whom = forms.asked_for(request.GET.get("for", ""))
    before = queries.params_in_force(cause, at, scope, whom)
    tried = _begun(request, cause)
    begun = tried.params if tried and not tried.params.get("off") else before
    form = forms.change_form(cause)(
        asked(request), cause=cause, before=before,
        initial={
            **forms.initial(begun), "for_whom": f"{scope}:{whom}", "reason": tried.reason if tried else "",
            "off": bool(tried and tried.params.get("off")),
        },
    )  # fmt: skip
    if form.is_valid():
        with form.refusals():
            made = commands.try_alarm_rule(
                by=request.actor, at=at, code=cause, params=form.params(before),
                reason=form.cleaned_data["reason"], **form.whom(),
            )  # fmt: skip
            return redirect("devices:alarm_rule_trial", made.pk)
    versions = [
        {
            "row": one, "whom": forms.whom_label(one.scope, one.whom),
            "number": wording.version(f"{one.code} v{one.number}"), "words": wording.in_words(queries.as_read(one)),
        }
        for one in queries.versions(cause)
    ]  # fmt: skip
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "label": Cause(cause).label, "versions": versions}
    return render(request, "devices/change_alarm_rule.html", context, status=status)


def _begun(request: Any, cause: str) -> Any:
    """The trial whose numbers are changed further; None: those in force are changed."""
    try:
        found = trials.trial(request.actor, UUID(request.GET.get("tried", "")))
    except ValueError:
        return None
    return found if found.code == cause else None


@needs(Permission.SIGN_ALARM_RULES)
def alarm_rule_trial(request: Any, trial_id: UUID) -> HttpResponse:
    """How far the trial is, then what the rule would have done."""
    return _trial(request, trials.trial(request.actor, trial_id))


@needs(Permission.SIGN_ALARM_RULES)
@require_POST
def sign_alarm_rule(request: Any, trial_id: UUID) -> HttpResponse:
    found = trials.trial(request.actor, trial_id)
    said = _("Signed. The rule holds from now on.")
    return signed(request, found, commands.sign_alarm_rule, _trial, said, "devices:alarm_rules")


def _trial(request: Any, found: Any, status: int = 200) -> HttpResponse:
    rows = trials.shown(request.actor, found)
    seen(request.actor, {one.person_id for one in rows if one.name}, "devices.alarm_rule_trial")
    context = {
        "trial": found, "label": Cause(found.code).label, "whom": forms.whom_label(found.scope, found.whom),
        "thin": 2 * found.result.get("days_each", 0) < found.result.get("days", 0),
        "proposed": wording.in_words(trials.proposed(found)), "rows": rows, "usable": found.usable(now()),
        "severities": [
            {"label": one.label, **{name: found.result.get(f"{name}_by", {}).get(one, 0) for name in ("before", "after")}}
            for one in reversed(Severity)
        ],
        "change": f"{reverse('devices:change_alarm_rule', args=[found.code])}?for={found.scope}:{found.whom}&tried={found.pk}",
    }  # fmt: skip
    return render(request, "devices/alarm_rule_trial.html", context, status=status)
