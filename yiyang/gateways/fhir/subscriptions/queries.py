"""Subscriptions as far as somebody may know of them, and what is to be told next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from yiyang.access.actors import in_same_capacity
from yiyang.access.permissions import Permission
from yiyang.access.purposes import purpose_of
from yiyang.gateways.fhir.subscriptions import reading
from yiyang.gateways.fhir.subscriptions.models import EventState, Hook, HookEvent, HookState
from yiyang.kernel.events import Cursor
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.records import queries as records
from yiyang.records.queries import changing, outside
from yiyang.records.queries.changing import At
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
    """Of whoever asked for it, in the same capacity, by the same app and for the same purpose."""
    found = Hook.objects.filter(resource=resource, account_id=actor.account_id).first()
    mine = (actor.membership_id, getattr(actor, "client_id", None), purpose_of(actor))
    if found is None or (found.membership_id, found.client_id, found.purpose) != mine:
        raise NotFound
    return found


def of_resource(resource: str) -> Hook | None:
    return Hook.objects.filter(resource=resource).first()


def by_id(hook_id: UUID) -> Hook:
    return Hook.objects.get(pk=hook_id)


def asker(found: Hook, at: datetime) -> Any:
    actor = in_same_capacity(found.account_id, found.membership_id, at, found.purpose)
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


def behind(at: At) -> dict[str, Any]:
    """Which columns say behind which version of a stored resource a subscription goes on."""
    return {"generation": at.generation, "tx": at.tx, "last_id": at.id, "last_version": at.version}


def behind_fact(at: Cursor) -> dict[str, Any]:
    return {"fact_generation": at.generation, "fact_tx": at.tx, "fact_id": UUID(at.id)}


def go_on_behind(found: Hook, place: dict[str, Any]) -> None:
    """Nothing of it met the search: only how far it was looked at changes."""
    was = {name: getattr(found, name) for name in place}
    Hook.objects.filter(pk=found.pk, **was).update(**place)


def last_shown(found: Hook, ids: Iterable[str]) -> dict[str, int]:
    """Which version was last found of each of these that the platform itself shows, and told or waits for it."""
    events = found.events.filter(shown=True, resource__in=list(ids)).exclude(state=EventState.CLOSED)
    events = events.order_by("resource", "-id")
    return dict(events.distinct("resource").values_list("resource", "version"))


def told_later(found: Hook, event: HookEvent) -> bool:
    """What the platform itself shows is told as it is then: once, by the newest of those that wait."""
    return event.shown and found.events.filter(shown=True, resource=event.resource, pk__gt=event.pk).exists()


def content(actor: Any, found: Hook, event: HookEvent, at: datetime) -> str:
    """What is sent of an event: empty for a deletion. A Refusal where it is not, or no longer, for whoever asked."""
    if event.deleted:
        if not changing.read_before(actor, found.type, event.resource, event.version):
            raise NotFound
        return ""
    if not event.shown:
        return records.version(actor, found.type, event.resource, event.version).body
    shown = next(iter(outside.fetch(actor, found.type, [event.resource])), None)
    if shown is None or not reading.meets(shown.body, reading.conditions(found.criteria), at):
        raise NotFound
    return shown.body


def told(actor: Any, found: Hook, events: list[HookEvent]) -> list[tuple[int, dict[str, Any]]]:
    """What is said of each event that is open to the actor now."""
    stored = readable(actor, [(found.type, one.resource) for one in events if not one.shown])
    shown = {
        one.id for one in outside.fetch(actor, found.type, [one.resource for one in events if one.shown])
    }

    def opened(one: HookEvent) -> bool:
        if one.deleted:
            return changing.read_before(actor, found.type, one.resource, one.version)
        return one.resource in shown if one.shown else (found.type, one.resource) in stored

    return [
        (
            one.pk,
            {"subscription": found.resource, "type": found.type, "id": one.resource, "version": one.version}
            | ({"deleted": True} if one.deleted else {}),
        )
        for one in events
        if opened(one)
    ]
