"""A person's own limits: first what they would have done to the readings of last month, then the signature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.commands.limits import check_limits
from yiyang.devices.forms.rules import OwnLimits
from yiyang.devices.queries import own_replay
from yiyang.kernel.acting import asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people

MONTH = timedelta(days=30)


@needs(Permission.SET_ALARM_LIMITS)
def set_person_limits(request: Any, person_id: UUID) -> HttpResponse:
    """Nothing is signed that was not tried: other numbers than those tried are tried first."""
    at, person = now(), people.person_in_full(request.actor, person_id)
    seen(request.actor, [person.pk], "devices.set_person_limits")
    form = OwnLimits(asked(request), ruled=own_replay.ruled(at), initial={"until": at + MONTH})
    told, tried = None, ""
    if form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            check_limits(at=at, **given)
            tried = f"{given['code']}:{given['low']}:{given['high']}"
            told = own_replay.replay_own_limits(person, given["code"], given["low"], given["high"], at)
            if request.POST.get("sign") and request.POST.get("tried") == tried:
                commands.set_person_limits(
                    by=request.actor, at=at, person=person, replayed=told.told, **given
                )
                messages.success(request, _("Signed. These limits hold from now on."))
                return redirect("devices:alarm_limits", person.pk)
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"form": form, "person": person, "replay": told, "tried": tried}
    return render(request, "devices/set_person_limits.html", context, status=status)
