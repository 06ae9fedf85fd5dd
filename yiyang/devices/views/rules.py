"""What holds for one person, and pauses; the rules for everybody and for some."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import rules as forms
from yiyang.devices.queries import limits
from yiyang.devices.queries import rules as queries
from yiyang.devices.rules import wording
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.judging.rules import Rule
from yiyang.devices.rules.judging.watches import WATCHED, Watch
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
        "narrower": [
            _narrower(*one) for one in queries.narrower_for(mine, person.pk, limits.kinds_worn(person.pk, at))
        ],
        "watches": [_row(one) for one in (mine.watch(cause, person.pk, ()) for cause in WATCHED) if one],
        "own_watches": [
            {"row": one, "holds": one.period.lower <= at < one.period.upper, "params": one.params}
            for one in limits.own_watches(request.actor, person.pk)[:20]
        ],
        "may_set": request.actor.may(Permission.SET_ALARM_LIMITS, request.actor.organisation_id),
        "at": at,
    }
    return render(request, "devices/alarm_limits.html", context)


def _row(rule: Any) -> dict[str, Any]:
    """A rule as its line of the table shows it."""
    found = {"rule": rule, "label": rule.cause.label, "version": wording.version(rule.version)}
    if isinstance(rule, Watch):
        return {**found, "words": wording.in_words(rule)}
    return {**found, "levels": wording.levels(rule), "how_often": wording.how_often(rule)}


def _narrower(code: str, scope: str, whom: str, rule: Rule | Watch | None) -> dict[str, Any]:
    return {
        "label": Cause(code).label, "code": code, "whom": forms.whom_label(scope, whom), "for": f"{scope}:{whom}",
        "words": wording.in_words(rule), "version": wording.version(rule.version) if rule else "",
    }  # fmt: skip


@needs(Permission.SET_ALARM_LIMITS)
def set_person_watch(request: Any, person_id: UUID) -> HttpResponse:
    """Other hours or minutes of waiting for one person."""
    person = people.person_in_full(request.actor, person_id)
    cause = request.GET.get("cause", "")
    cause = cause if cause in WATCHED else Cause.LEFT_BED
    held = forms.initial(queries.params_in_force(cause, now()))
    form = forms.OwnWatch(
        asked(request), initial={**held, "cause": cause, "until": now() + timedelta(days=30)}
    )
    return _act(
        request, person, form,
        lambda: commands.set_person_watch(
            by=request.actor, at=now(), person=person, code=form.cleaned_data["cause"], params=form.params(),
            until=form.cleaned_data["until"], reason=form.cleaned_data["reason"],
        ),
        _("Bed at night and movement by day"), _("Set for this person"),
    )  # fmt: skip


@needs(Permission.SET_ALARM_LIMITS)
def end_person_watch(request: Any, watch_id: UUID) -> HttpResponse:
    row, person = limits.own_watch(request.actor, watch_id)
    return _act(
        request, person, forms.Form(asked(request)),
        lambda: commands.end_person_watch(by=request.actor, at=now(), row=row, person=person),
        _("Wait as for everybody again"), _("Wait as for everybody again"),
    )  # fmt: skip


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
    held = queries.in_force(now())
    context = {
        "rules": [_row(one) for (_code, scope, _whom), one in held.by_scope.items() if one and scope == "ALL"],
        "watches": [_row(one) for (_code, scope, _whom), one in held.watches.items() if one and scope == "ALL"],
        "narrower": [
            _narrower(code, scope, whom, one)
            for (code, scope, whom), one in (*held.by_scope.items(), *held.watches.items())
            if scope != "ALL" or one is None
        ],
        "may_sign": request.actor.may(Permission.SIGN_ALARM_RULES, request.actor.organisation_id),
    }  # fmt: skip
    return render(request, "devices/alarm_rules.html", context)
