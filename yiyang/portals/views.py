"""`/`: where everybody begins."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.portals import queries
from yiyang.portals.navigation import address, places_of


def home(request: Any) -> HttpResponse:
    """Staff see what waits for them; elders and families see where they are and what comes next."""
    if request.actor.membership_id is None:
        return _family_home(request)
    found = queries.work(request.actor)
    seen(request.actor, found.named, "portals.home")
    doors = [(place.label, address(request.actor, place)) for place in places_of(request.actor)][1:]
    return render(request, "portals/home.html", {"work": found, "doors": doors, "greeting": _greeting()})


def _family_home(request: Any) -> HttpResponse:
    found = queries.elders(request.actor)
    seen(request.actor, [elder.person for elder in found], "portals.home")
    own = request.actor.person_id
    context = {"elders": found, "own": own, "greeting": _greeting(), "today": now()}
    return render(request, "portals/family.html", context)


def _greeting() -> str:
    hour = timezone.localtime(now()).hour
    if hour < 5 or hour >= 22:
        return _("Good night")
    if hour < 11:
        return _("Good morning")
    if hour < 14:
        return _("Good day")
    return _("Good afternoon") if hour < 18 else _("Good evening")
