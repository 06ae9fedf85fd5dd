"""What several screens of devices need: the units of the reader, whose alarm it is, a page of a list."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yiyang.access import queries as access
from yiyang.people import queries as people

ROWS = 50


def ingest_address(request: Any) -> str:
    """Where devices send, itself: no key goes along to an address that only leads on to another port."""
    port = getattr(settings, "INGEST_PORT", None)
    if not port:  # the proxy sends it there
        return str(request.build_absolute_uri("/ingest"))
    host = split_domain_port(request.get_host())[0]
    return f"{request.scheme}://{host}:{port}/ingest"


def units_of(actor: Any) -> list[tuple[str, str]]:
    """The units in the actor's reach by name, the own one first."""
    found = access.organisations_by_id(getattr(actor, "reach", ())).values()
    own = actor.organisation_id
    ordered = sorted((one for one in found if one.active), key=lambda one: (one.pk != own, one.name))
    return [(str(one.pk), one.name) for one in ordered]


def about(heading: str, alarm: Any) -> str:
    """The heading with whose alarm it is: several may wait, and they are answered from a telephone."""
    return f"{heading} · {alarm.person.full_name}" if alarm.person else heading


def instant(text: str) -> datetime | None:
    """An instant of an address, without a zone on the clock of the district; what is none, is none."""
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    if found is None or not 1900 <= found.year <= 9000:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def page_of(request: Any, found: Any) -> tuple[list[Any], int | str]:
    """The rows of the page asked for, and where the next one begins."""
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 8 else 0
    rows = list(found[start : start + ROWS + 1])
    return rows[:ROWS], start + ROWS if len(rows) > ROWS else ""


def open_to(actor: Any, person_ids: list[UUID]) -> set[UUID]:
    """Those of the persons whose names may be shown."""
    if not person_ids:
        return set()
    return set(people.everyone_visible(actor).filter(pk__in=person_ids).values_list("pk", flat=True))
