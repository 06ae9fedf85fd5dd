"""Where somebody is and was, and the areas that were agreed with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms.fences import FenceForm
from yiyang.devices.queries import whereabouts as queries
from yiyang.devices.rules.detecting.fences import NoFence
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


@needs(Permission.LEND_DEVICE)
def whereabouts(request: Any, person_id: UUID) -> HttpResponse:
    """A drawing of the last day, the areas, and what was agreed."""
    person = queries.wanderer(request.actor, person_id)
    found = queries.whereabouts(person.pk, now())
    seen(request.actor, [person], "devices.whereabouts")
    return render(request, "devices/whereabouts.html", {"person": person, "found": found})


@needs(Permission.LEND_DEVICE)
def set_fence(request: Any, person_id: UUID) -> HttpResponse:
    person = queries.wanderer(request.actor, person_id)
    found = queries.whereabouts(person.pk, now())
    seen(request.actor, [person], "devices.set_fence")
    form = FenceForm(asked(request), middle=found.last)

    def run() -> Any:
        told = {
            name: form.cleaned_data[name] for name in ("name", "dwell_seconds", "since", "until", "reason")
        }
        try:
            area = form.area()
        except NoFence:
            area = {}  # the command says what an area needs
        return commands.set_fence(by=request.actor, at=now(), person=person, area=area, **told)

    return act(
        request, form, run,
        heading=_("Agree on an area"), submit=_("Set this area"),
        lead=_("Whoever is outside it for a while is told of. Near the line nobody is called."),
        back=reverse("devices:whereabouts", args=[person.pk]), done=_("The area is set."),
        trail=[(person.full_name, reverse("people:person", args=[person.pk]))],
    )  # fmt: skip


@needs(Permission.LEND_DEVICE)
def end_fence(request: Any, fence_id: UUID) -> HttpResponse:
    fence = queries.fence(request.actor, fence_id)
    seen(request.actor, [fence.person_id], "devices.end_fence")
    return act(
        request, Form(asked(request)), lambda: commands.end_fence(by=request.actor, at=now(), fence=fence),
        heading=_("End the area “{name}”?").format(name=fence.name), submit=_("End this area"), danger=True,
        lead=_("From then on nobody is called when the person leaves it."),
        back=reverse("devices:whereabouts", args=[fence.person_id]), done=_("The area has ended."),
    )  # fmt: skip
