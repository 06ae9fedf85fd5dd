"""What holds for one person, and pauses; the rules for everybody, and what a change would have done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.commands.rules import check_rule
from yiyang.devices.forms import rules as forms
from yiyang.devices.queries import limits, replay
from yiyang.devices.queries import rules as queries
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.quantities import BY_NO
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people


@needs(Permission.TAKE_DUTY)
def alarm_limits(request: Any, person_id: UUID) -> HttpResponse:
    """From where on this person's devices alarm: the rules, own limits, pauses."""
    at, person = now(), people.person_in_full(request.actor, person_id)
    seen(request.actor, [person.pk], "devices.alarm_limits")
    mine = queries.in_force(at, [person.pk])
    context = {
        "person": person,
        "limits": [limits.in_words(one, at) for one in limits.limits(request.actor, person.pk)[:50]],
        "pauses": list(limits.pauses(request.actor, person.pk)[:20]),
        "rules": [_row(rule) for rule in mine.of(person.pk, "")],
        "may_set": request.actor.may(Permission.SET_ALARM_LIMITS, request.actor.organisation_id),
        "at": at,
    }
    return render(request, "devices/alarm_limits.html", context)


def _row(rule: Any) -> dict[str, Any]:
    return {"rule": rule, "label": rule.cause.label, "quantity": BY_NO.get(rule.quantity)}


@needs(Permission.SET_ALARM_LIMITS)
def end_person_limits(request: Any, limit_id: UUID) -> HttpResponse:
    row = limits.limit(request.actor, limit_id)
    return _act(
        request, row.person, forms.Form(asked(request)),
        lambda: commands.end_person_limits(by=request.actor, at=now(), row=row),
        _("End these limits"), _("End these limits"),
    )  # fmt: skip


@needs(Permission.SET_ALARM_LIMITS)
def pause_alarms(request: Any, person_id: UUID) -> HttpResponse:
    person = people.person_in_full(request.actor, person_id)
    form = forms.PauseAlarms(asked(request), initial={"until": now() + timedelta(hours=8)})
    return _act(
        request, person, form,
        lambda: commands.pause_alarms(by=request.actor, at=now(), person=person, **form.cleaned_data),
        _("Pause one kind of alarm"), _("Pause"),
    )  # fmt: skip


@needs(Permission.SET_ALARM_LIMITS)
def end_pause(request: Any, pause_id: UUID) -> HttpResponse:
    row = limits.pause(request.actor, pause_id)
    return _act(
        request, row.person, forms.Form(asked(request)),
        lambda: commands.end_pause(by=request.actor, at=now(), row=row),
        _("End the pause"), _("End the pause"),
    )  # fmt: skip


def _act(request: Any, person: Any, form: Any, run: Any, heading: str, submit: str) -> HttpResponse:
    back = reverse("devices:alarm_limits", args=[person.pk])
    trail = [(person.full_name, reverse("people:person", args=[person.pk])), (_("When devices alarm"), back)]
    return act(request, form, run, heading=heading, submit=submit, back=back, trail=trail)


@needs(Permission.TAKE_DUTY, Permission.SIGN_ALARM_RULES)
def alarm_rules(request: Any) -> HttpResponse:
    """The rules for everybody, and those for some."""
    held = queries.in_force(now()).by_scope
    context = {
        "rules": [_row(rule) for (_code, scope, _whom), rule in held.items() if scope == "ALL"],
        "narrower": [
            (scope, whom, _row(rule)) for (_code, scope, whom), rule in held.items() if scope != "ALL"
        ],
        "may_sign": request.actor.may(Permission.SIGN_ALARM_RULES, request.actor.organisation_id),
    }
    return render(request, "devices/alarm_rules.html", context)


@needs(Permission.SIGN_ALARM_RULES)
def change_alarm_rule(request: Any, cause: str) -> HttpResponse:
    """First what it would have done to last month's readings, then the signature."""
    if cause not in forms.RULED:
        raise Http404
    at = now()
    before = queries.params_in_force(cause, at)
    form = forms.ChangeRule(asked(request), initial=forms.initial(before))
    told = None
    if form.is_valid():
        with form.refusals():
            params = form.params(before)
            check_rule(cause, params)
            told = replay.replay_rule(request.actor, cause, params, at)
            seen(request.actor, {one.person_id for one in told.rows if one.name}, "devices.change_alarm_rule")
            if request.POST.get("sign"):
                commands.sign_alarm_rule(
                    by=request.actor, at=at, code=cause, params=params, reason=form.cleaned_data["reason"],
                    replayed=told.told,
                )  # fmt: skip
                messages.success(request, _("Signed. The rule holds from now on."))
                return redirect("devices:alarm_rules")
    context = {
        "form": form, "label": Cause(cause).label, "replay": told, "versions": queries.versions(cause),
        "score": cause == Cause.NEWS2,
    }  # fmt: skip
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "devices/change_alarm_rule.html", context, status=status)
