"""The call button of a person's own page: one press, one more to confirm, then who was called and who comes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.devices import commands
from yiyang.devices.commands.calling import undo_within
from yiyang.devices.queries import calling as queries
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.people import queries as people


def call_for_help(request: Any, person_id: UUID) -> HttpResponse:
    """One question with one large answer; the press itself works without scripts."""
    person, at = queries.whom_to_call_for(request.actor, person_id), now()
    if request.method == "POST":
        made = commands.call_for_help(by=request.actor, at=at, person=person)
        return redirect("devices:help_called", made.pk)
    seen(request.actor, [person], "devices.call_for_help")
    context = {"person": person, "answers": queries.whom_to_phone(person.pk, at), **_reader(request, person)}
    return render(request, "devices/call_for_help.html", context)


def help_called(request: Any, alarm_id: UUID) -> HttpResponse:
    """Who was called when, who has taken it, and whom to telephone meanwhile."""
    return render(request, "devices/help_called.html", _called(request, alarm_id))


def help_called_now(request: Any, alarm_id: UUID) -> HttpResponse:
    """The changing part alone, fetched every few seconds."""
    return render(request, "devices/parts/help_called.html", _called(request, alarm_id))


@require_POST
def take_back_call(request: Any, alarm_id: UUID) -> HttpResponse:
    found = queries.call(request.actor, alarm_id)
    try:
        commands.take_back_call(by=request.actor, at=now(), alarm=found)
    except Refusal as refusal:
        if refusal.status != 409:
            raise
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Noted: pressed by mistake."))
    return redirect("devices:help_called", found.pk)


def _called(request: Any, alarm_id: UUID) -> dict[str, Any]:
    found, at = queries.call(request.actor, alarm_id), now()
    seen(request.actor, [found.person_id], "devices.help_called")
    pressed = found.pressed_at is not None and found.pressed_by == request.actor.account_id
    left = (found.pressed_at + undo_within(at) - at).total_seconds() if pressed and found.pressed_at else 0
    return {
        "alarm": found,
        "person": found.person,
        "called": queries.how_far(found, at),
        "undo": max(0, round(left)) if found.taken_back_at is None and found.closed_at is None else 0,
        **_reader(request, found.person),
    }


def _reader(request: Any, person: Any) -> dict[str, Any]:
    return {
        "own": people.is_self(request.actor, person.pk),
        "emergency_number": queries.emergency_number(now()),
    }
