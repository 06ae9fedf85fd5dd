"""The events of one FHIR subscription for whoever asked for it: what changed, never what it says. Blocking."""

from __future__ import annotations

from typing import Any

from django.db import close_old_connections

from yiyang.gateways.fhir.subscriptions import queries
from yiyang.kernel.refusals import Refusal
from yiyang.project.push.entry import Headers, actor_of


def begin(headers: Headers, name: str, after: str) -> int:
    """Behind which event to begin: the one named, or the newest. ValueError for what is no number of an event."""
    try:
        found = queries.own(actor_of(headers), name[:64])
        if not after:
            return queries.newest_number(found)
        if not (after.isascii() and after.isdigit() and len(after) < 19):
            raise ValueError(after)
        return int(after)
    finally:
        close_old_connections()


def after(headers: Headers, name: str, number: int) -> tuple[int, list[tuple[int, dict[str, Any]]]] | None:
    """How far it was looked, and what came since as far as it is still open; None when there is no more to hear."""
    try:
        actor = actor_of(headers)
        found = queries.own(actor, name[:64])
        if found.state == "OFF":
            return None
        events = queries.events_after(found, number)
        return events[-1].pk if events else number, queries.told(actor, found, events)
    except Refusal:
        return None
    finally:
        close_old_connections()
