"""Subscriptions as far as somebody may know of them, and what is to be told next."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiyang.access.actors import in_same_capacity
from yiyang.access.permissions import Permission
from yiyang.gateways.fhir.subscriptions.models import EventState, Hook, HookEvent, HookState
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.records.queries.resources import readable

IN_CHARGE = (Permission.IMPORT_DATA, Permission.READ_ACCESS_LOG)


def visible_to(actor: Any) -> QuerySet[Hook]:
    """One's own; those in charge see that there are others, and may end them."""
    found = Q(account_id=actor.account_id)
    if any(actor.may(one) for one in IN_CHARGE):
        found |= Q(organisation_id__in=list(actor.reach))
    return Hook.objects.filter(found)


def newest(actor: Any, most: int = 200) -> list[Hook]:
    waiting = Count("events", filter=Q(events__state=EventState.WAITING))
    dead = Count("events", filter=Q(events__state=EventState.DEAD))
    return list(visible_to(actor).annotate(waiting=waiting, dead=dead)[:most])


def hook(actor: Any, hook_id: UUID) -> Hook:
    found = visible_to(actor).filter(pk=hook_id).first()
    if found is None:
        raise NotFound
    return found


def own(actor: Any, resource: str) -> Hook:
    """Of whoever asked for it, in the same capacity and by the same app."""
    found = Hook.objects.filter(resource=resource, account_id=actor.account_id).first()
    mine = (actor.membership_id, getattr(actor, "client_id", None))
    if found is None or (found.membership_id, found.client_id) != mine:
        raise NotFound
    return found


def of_resource(resource: str) -> Hook | None:
    return Hook.objects.filter(resource=resource).first()


def by_id(hook_id: UUID) -> Hook:
    return Hook.objects.get(pk=hook_id)


def asker(found: Hook, at: datetime) -> Any:
    actor = in_same_capacity(found.account_id, found.membership_id, at)
    if actor is None or not actor.may(Permission.READ_RECORD):
        raise NotAllowed
    return actor


def active() -> list[Hook]:
    return list(Hook.objects.filter(state=HookState.ACTIVE).order_by("id"))


def due(at: datetime) -> list[UUID]:
    """Those that wait for an answer of their address, or have something to tell and are not waiting to try again."""
    waiting = Q(state=HookState.ACTIVE, events__state=EventState.WAITING)
    found = Hook.objects.filter(Q(state=HookState.REQUESTED) | waiting)
    return list(
        found.filter(Q(next_attempt_at=None) | Q(next_attempt_at__lte=at))
        .values_list("pk", flat=True)
        .distinct()
    )


def waiting(found: Hook, most: int) -> list[HookEvent]:
    return list(found.events.filter(state=EventState.WAITING)[:most])


def latest_events(found: Hook, most: int = 100) -> list[HookEvent]:
    """What was given up first, then the newest."""
    dead = list(found.events.filter(state=EventState.DEAD).order_by("-id")[:most])
    return dead + list(found.events.exclude(state=EventState.DEAD).order_by("-id")[: most - len(dead)])


def events_after(found: Hook, number: int, most: int = 200) -> list[HookEvent]:
    return list(found.events.filter(pk__gt=number).order_by("id")[:most])


def newest_number(found: Hook) -> int:
    newest = found.events.order_by("-id").values_list("pk", flat=True).first()
    return newest or 0


def go_on_behind(found: Hook, at: Any) -> None:
    """Nothing of it met the search: only how far it was looked at changes."""
    was = {
        "generation": found.generation,
        "tx": found.tx,
        "last_id": found.last_id,
        "last_version": found.last_version,
    }
    Hook.objects.filter(pk=found.pk, **was).update(
        generation=at.generation, tx=at.tx, last_id=at.id, last_version=at.version
    )


def told(actor: Any, found: Hook, events: list[HookEvent]) -> list[tuple[int, dict[str, Any]]]:
    """What is said of each event that is open to the actor now."""
    opened = readable(actor, [(found.type, one.resource) for one in events])
    return [
        (
            one.pk,
            {"subscription": found.resource, "type": found.type, "id": one.resource, "version": one.version},
        )
        for one in events
        if (found.type, one.resource) in opened
    ]
