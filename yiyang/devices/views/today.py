"""A person's day of readings in plain sentences: a page for them, and a part of their home page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.devices.queries import calling
from yiyang.devices.queries import today as queries
from yiyang.devices.rules.today import sentences
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people


def today(request: Any, person_id: UUID) -> HttpResponse:
    """How the day was, and the call button."""
    return render(request, "devices/today.html", _day(request, person_id))


def today_panel(request: Any, person_id: UUID) -> HttpResponse:
    """The sentences alone, fetched by the home page."""
    return render(request, "devices/parts/today.html", _day(request, person_id))


def _day(request: Any, person_id: UUID) -> dict[str, Any]:
    at = now()
    person, told = queries.today(request.actor, person_id, at)
    own = people.is_self(request.actor, person.pk)
    seen(request.actor, [person], "devices.today")
    calls = person.died_at is None and calling.may_call_for(request.actor, person.pk)
    return {
        "person": person,
        "own": own,
        "sentences": sentences(told, at, own=own),
        "opens": told.opens,
        "calls": calls,
        "call": calling.open_call(person.pk) if calls else None,
    }
