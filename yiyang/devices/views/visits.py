"""Visits that alarms ask for: ordering one, those to be made, what was found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms.registry import Reason
from yiyang.devices.forms.visits import OrderVisit, RecordVisit
from yiyang.devices.queries import alarms
from yiyang.devices.queries import visits as queries
from yiyang.devices.views.shared import about, page_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(Permission.TAKE_DUTY)
def alarm_visits(request: Any) -> HttpResponse:
    """Who is still to be looked at after an alarm, the earliest first."""
    at = now()
    rows, after = page_of(request, queries.visits_to_make(request.actor))
    seen(request.actor, {one.person_id for one in rows}, "devices.alarm_visits")
    context = {"visits": [(one, one.late(at)) for one in rows], "after": after}
    return render(request, "devices/alarm_visits.html", context)


@needs(Permission.TAKE_DUTY)
def order_visit(request: Any, alarm_id: UUID) -> HttpResponse:
    found = alarms.alarm(request.actor, alarm_id)
    at = now()
    morning = (localtime(at) + timedelta(days=1)).replace(hour=10, minute=0, second=0, microsecond=0)
    told = f"{found.get_cause_display()} {localtime(found.event_at):%Y-%m-%d %H:%M}"
    form = OrderVisit(asked(request), initial={"due_at": morning, "what": told})
    return _act(
        request, found, form,
        lambda: commands.order_visit(by=request.actor, at=at, alarm=found, **form.cleaned_data),
        about(_("Order a visit"), found), _("Order the visit"),
        lead=_("Whoever is on duty in the unit is told now, and again when nobody has gone by then."),
    )  # fmt: skip


@needs(Permission.TAKE_DUTY)
def record_visit(request: Any, alarm_visit_id: UUID) -> HttpResponse:
    visit = queries.visit(request.actor, alarm_visit_id)
    form = RecordVisit(asked(request))
    return _act(
        request, visit.alarm, form,
        lambda: commands.record_visit(by=request.actor, at=now(), visit=visit, **form.cleaned_data),
        _("Visit to {name}").format(name=visit.person.full_name), _("I was there"), lead=visit.what,
    )  # fmt: skip


@needs(Permission.TAKE_DUTY)
def cancel_visit(request: Any, alarm_visit_id: UUID) -> HttpResponse:
    visit = queries.visit(request.actor, alarm_visit_id)
    form = Reason(asked(request))
    return _act(
        request, visit.alarm, form,
        lambda: commands.cancel_visit(by=request.actor, at=now(), visit=visit, **form.cleaned_data),
        about(_("Cancel the visit"), visit.alarm), _("Cancel the visit"),
    )  # fmt: skip


def _act(
    request: Any, alarm: Any, form: Any, run: Any, heading: str, submit: str, *, lead: str = ""
) -> HttpResponse:
    seen(request.actor, [alarm.person_id] if alarm.person_id else [], "devices.alarm_visit")
    back = reverse("devices:alarm", args=[alarm.pk])
    trail = [(_("Alarms"), reverse("devices:alarms")), (alarm.get_cause_display(), back)]
    return act(request, form, run, heading=heading, submit=submit, back=back, lead=lead, trail=trail)
