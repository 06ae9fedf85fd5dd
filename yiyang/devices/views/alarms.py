"""The alarm inbox, one alarm with everything that was told of it, and what can be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands, responders
from yiyang.devices.forms import alarms as forms
from yiyang.devices.places import stand, stood
from yiyang.devices.queries import alarm_page, visits
from yiyang.devices.queries import alarms as queries
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.views.shared import about
from yiyang.duty import commands as duty
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.people.queries.emergency import telephones_to_dial

SHOWN = 100
AT_HOME = 5


def _listed(request: Any) -> dict[str, Any]:
    """What waits, the gravest first; of devices themselves apart."""
    technical = request.GET.get("of") == "devices"
    found = list(queries.inbox(request.actor, technical=technical)[:SHOWN])
    stand(found)
    seen(request.actor, {one.person_id for one in found if one.person_id}, "devices.alarms")
    return {
        "alarms": found,
        "newest": max((one.raised_at for one in found if one.loud), default=None),
        "technical": technical,
        "other": queries.inbox(request.actor, technical=not technical),
        "to_visit": visits.visits_to_make(request.actor).count(),
    }


@needs(Permission.TAKE_DUTY)
def alarms(request: Any) -> HttpResponse:
    """What somebody must look at now."""
    return render(request, "devices/alarms.html", _listed(request))


@needs(Permission.TAKE_DUTY)
def open_alarms(request: Any) -> HttpResponse:
    """The list alone, fetched again whenever an alarm changes."""
    return render(request, "devices/parts/alarms.html", _listed(request))


@needs(Permission.TAKE_DUTY)
def alarms_at_home(request: Any) -> HttpResponse:
    """On the home page of whoever takes duty: alarms of the own unit and visits to make; nothing when there are none."""
    found = list(queries.of_own_unit(request.actor)[:AT_HOME])
    stand(found)
    to_visit = visits.visits_to_make(request.actor).filter(unit=request.actor.organisation_id)
    at = now()
    to_make = [(one, one.late(at)) for one in to_visit[:AT_HOME]]
    named = {one.person_id for one in found} | {one.person_id for one, _late in to_make}
    seen(request.actor, {one for one in named if one}, "devices.alarms_at_home")
    return render(request, "devices/parts/alarms_at_home.html", {"alarms": found, "visits": to_make})


@needs(Permission.TAKE_DUTY)
def alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    """One alarm: the readings behind it, who was told when, what was done."""
    return render(request, "devices/alarm.html", _one(request, alarm_id))


@needs(Permission.TAKE_DUTY)
def alarm_now(request: Any, alarm_id: UUID) -> HttpResponse:
    """What the page shows, fetched again whenever somebody does something about it."""
    return render(request, "devices/parts/alarm.html", _one(request, alarm_id))


def _one(request: Any, alarm_id: UUID) -> dict[str, Any]:
    found = queries.alarm(request.actor, alarm_id)
    stand([found])
    seen(request.actor, [found.person_id] if found.person_id else [], "devices.alarm")
    return {
        "alarm": found,
        "stood": stood(found),
        "page": alarm_page.page(request.actor, found, now()),
        "may_act": request.actor.may(Permission.TAKE_DUTY, found.unit_id),
        "ways": [
            address
            for permission, address in (responders.ways(found.person_id) if found.person_id else [])
            if request.actor.may(permission, request.actor.organisation_id)
        ],
        "under_way": responders.under_way(request.actor, found.person_id) if found.person_id else [],
    }


@needs(Permission.TAKE_DUTY)
@require_POST
def acknowledge_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    """One tap: I take care of it."""
    found = queries.alarm(request.actor, alarm_id)
    return _at_once(
        request, found, commands.acknowledge_alarm, _("You have taken this alarm. Now look after the person.")
    )


@needs(Permission.TAKE_DUTY)
@require_POST
def mark_person_seen(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.alarm(request.actor, alarm_id)
    return _at_once(request, found, commands.mark_person_seen, _("Noted: you have seen the person."))


def _at_once(request: Any, found: Any, run: Any, done: str) -> HttpResponse:
    try:
        run(by=request.actor, at=now(), alarm=found)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.warning(request, str(refusal))  # somebody else was faster: the page shows who
    else:
        messages.success(request, done)
    return redirect("devices:alarm", found.pk)


@needs(Permission.TAKE_DUTY)
def comment_on_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.alarm(request.actor, alarm_id)
    form = forms.Comment(asked(request))
    return _act(
        request, found, form,
        lambda: commands.comment_on_alarm(by=request.actor, at=now(), alarm=found, **form.cleaned_data),
        _("Comment"), _("Write it down"),
    )  # fmt: skip


@needs(Permission.TAKE_DUTY)
def assign_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.alarm(request.actor, alarm_id)
    form = forms.AssignAlarm(asked(request), staff=queries.staff_of(found))
    return _act(
        request, found, form,
        lambda: commands.assign_alarm(
            by=request.actor, at=now(), alarm=found, account_id=UUID(form.cleaned_data["account_id"])
        ),
        _("Who takes it over"), _("Put in charge"),
    )  # fmt: skip


@needs(Permission.TAKE_DUTY)
def close_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.alarm(request.actor, alarm_id)
    told = visits.found_of(found)  # whoever was there has written it down already
    form = (forms.CloseFall if found.cause == Cause.FALL else forms.CloseAlarm)(
        asked(request),
        initial={"done": told} if told else None,
        unseen=found.is_event and found.seen_at is None,
    )

    def close() -> Any:
        given = dict(form.cleaned_data)
        if given.pop("seen", False):  # said in the same step, so that nothing typed is lost on the way
            commands.mark_person_seen(by=request.actor, at=now(), alarm=found)
        return commands.close_alarm(by=request.actor, at=now(), alarm=found, **given)

    return _act(request, found, form, close, _("Close the alarm"), _("Close the alarm"))


@needs(Permission.TAKE_DUTY)
def correct_outcome(request: Any, alarm_id: UUID) -> HttpResponse:
    """It was something else than was said when it was closed."""
    found = queries.alarm(request.actor, alarm_id)
    form = forms.CorrectOutcome(asked(request), but_not=found.outcome)
    recorded = "fall" in found.evidence
    return _act(
        request, found, form,
        lambda: commands.correct_outcome(by=request.actor, at=now(), alarm=found, **form.cleaned_data),
        _("Correct what it was"), _("Correct what it was"),
        lead=_("The fall that this alarm recorded of the person is withdrawn; both entries stay in the history.")
        if recorded else "",
    )  # fmt: skip


@needs(Permission.TAKE_DUTY)
def ask_contact_to_call(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.alarm(request.actor, alarm_id)
    return _act(
        request, found, forms.Nothing(asked(request)),
        lambda: commands.ask_contact_to_call(by=request.actor, at=now(), alarm=found),
        _("Ask the emergency contact to call"), _("Send the message"),
        lead=_("A message goes to the emergency contact of the agreement: please call. It says nothing about health."),
    )  # fmt: skip


@needs(Permission.RECORD_CALL)
def call_about_alarm(request: Any, alarm_id: UUID) -> HttpResponse:
    """I phoned the person, or somebody near them."""
    found = queries.alarm(request.actor, alarm_id)
    dialled = telephones_to_dial(found.person_id)[:1] if found.person_id else []
    form = forms.CallAboutAlarm(
        asked(request),
        initial={"to_name": found.person.full_name if found.person else "", "telephone": "".join(dialled)},
    )
    return _act(
        request, found, form,
        lambda: duty.note_call(
            by=request.actor, at=now(), from_unit=request.actor.organisation_id, subject=found,
            person=found.person_id, link=reverse("devices:alarm", args=[found.pk]), **form.cleaned_data,
        ),
        _("I phoned"), _("Record the call"),
    )  # fmt: skip


def _act(
    request: Any, found: Any, form: Any, run: Any, heading: str, submit: str, *, lead: str = ""
) -> HttpResponse:
    back = reverse("devices:alarm", args=[found.pk])
    trail = [(_("Alarms"), reverse("devices:alarms")), (found.get_cause_display(), back)]
    return act(
        request, form, run, heading=about(heading, found), submit=submit, back=back, lead=lead, trail=trail
    )
