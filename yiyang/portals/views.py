"""`/`: where everybody begins."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.facts import seen
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.shell import chosen
from yiyang.kernel.spoken import SENTENCES
from yiyang.kernel.time import now
from yiyang.portals import home_parts, queries
from yiyang.portals.navigation import address, places_of
from yiyang.portals.spoken import reading_aloud


@require_GET
def home(request: Any) -> HttpResponse:
    """Staff see what waits for them; elders and families see where they are and what comes next."""
    if request.actor.membership_id is None:
        return _family_home(request)
    return render(request, "portals/home.html", _work(request))


@needs(Permission.COORDINATE)
def last_calls(request: Any) -> HttpResponse:
    """The newest telephone calls of the district, for the coordinator's page, which fetches them after itself."""
    found = queries.last_calls(request.actor)
    template = "portals/parts/listing.html" if request.htmx else "portals/last_calls.html"
    return render(request, template, {"list": found})


@require_GET
def work(request: Any) -> HttpResponse:
    """The changing part of the home page of staff, as it fetches it again."""
    return render(request, "portals/work.html", _work(request))


def _work(request: Any) -> dict[str, Any]:
    found = queries.day(request.actor)
    seen(request.actor, found.named, "portals.home")
    doors = [
        (place.label, address(request.actor, place), place.hint)
        for place in places_of(request.actor)
        if place.name != "portals:home"
    ]
    return {
        "day": found,
        "doors": doors,
        "greeting": SENTENCES[_greeting()].text,
        "role": request.actor.role_of,
        "begins": _begins(request.actor),
        "figures": queries.month_now(request.actor),
        "emergency_number": policy("beds.emergency_number", on=timezone.localdate(now())).value,
        "board": reverse("beds:board"),
        "parts": home_parts.parts(request),
        "coordinates": request.actor.may(Permission.COORDINATE),
        "takes_duty": request.actor.reads_records and request.actor.may(Permission.TAKE_DUTY),
    }


def _begins(actor: Any) -> list[tuple[Any, str]]:
    """What somebody starts from here with one touch."""
    found = []
    if actor.may(Permission.REGISTER_PERSON) and not actor.may(Permission.ADMIT):
        found.append((_("Register a person"), reverse("people:register_person")))
    if actor.may(Permission.REQUEST_TRANSFER):
        found.append((_("Find a person, ask for a bed"), reverse("people:search")))
    if actor.may(Permission.COORDINATE):
        found.append((_("Telephone log"), reverse("duty:calls")))
    return found


def _family_home(request: Any) -> HttpResponse:
    found = queries.elders(request.actor)
    seen(request.actor, [elder.person.pk for elder in found], "portals.home")
    staff = request.actor.role == "NONE"
    return render(
        request,
        "portals/no_role.html" if staff and not found else "portals/family.html",
        {
            "elders": found,
            "greeting": SENTENCES[_greeting()],
            "at": now(),
            **reading_aloud(chosen(request)["voice"]),
        },
    )


@require_GET
def photo_of_comer(request: Any, person_id: UUID, account_id: UUID) -> HttpResponse:
    """The face of one who comes today, to the person and those entrusted; 404 to everybody else and tomorrow."""
    if not queries.shows_photo(request.actor, person_id, account_id):
        raise NotFound
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(access.photo_content(account_id), content_type="image/jpeg", headers=headers)


def _greeting() -> str:
    """The sentence for this hour."""
    hour = timezone.localtime(now()).hour
    if hour < 5 or hour >= 22:
        return "GOOD_NIGHT"
    if hour < 11:
        return "GOOD_MORNING"
    if hour < 14:
        return "GOOD_DAY"
    return "GOOD_AFTERNOON" if hour < 18 else "GOOD_EVENING"
