"""Asking to be told, changing and ending that; what was found, told, and given up."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.access.purposes import purpose_of
from yiyang.gateways.fhir.subscriptions import queries, reading
from yiyang.gateways.fhir.subscriptions.models import EventState, Hook, HookEvent, HookState
from yiyang.gateways.fhir.subscriptions.reading import Told
from yiyang.kernel import events
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.records import commands as records
from yiyang.records.queries import changing, current
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.body import Body
from yiyang.records.stored import Stored

MOST_OF_ONE = 20
PAUSES = [timedelta(seconds=s) for s in (10, 30, 120, 600, 1800, 3600, 7200)]
ATTEMPTS = len(PAUSES) + 1


@dataclass(frozen=True)
class Found:
    """A version that is to be told; `shown`: of what the platform itself runs."""

    id: str
    version: int
    person_id: UUID
    deleted: bool = False
    shown: bool = False


class TooManySubscriptions(Refusal):
    message = _(
        "You have {number} subscriptions. End one that is no longer needed, then ask for this one again."
    )
    status = 429


class NothingGivenUp(Refusal):
    message = _("Nothing of this subscription was given up, and it is not stopped. Load the page again.")


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def subscribe(*, by: Any, at: datetime, body: Body, id: str = "") -> tuple[Stored, str]:
    """The resource is kept, and the key with which messages are signed is given out this once."""
    if by.membership_id is None:
        raise NotAllowed
    told = reading.read(body.resource)
    number = Hook.objects.filter(account_id=by.account_id).exclude(state=HookState.OFF).count()
    if number >= MOST_OF_ONE:
        raise TooManySubscriptions(number=number)
    stored = records.create_resource(by=by, at=at, body=body, id=id)
    secret = secrets.token_urlsafe(32)
    hook = Hook(
        resource=stored.id, account_id=by.account_id, membership_id=by.membership_id,
        purpose=purpose_of(by),
        client_id=getattr(by, "client_id", None), organisation_id=by.organisation_id, asked_by=by.label[:120],
        created_at=at, secret=encrypt(secret),
    )  # fmt: skip
    _ask(hook, told)
    hook.save(force_insert=True)
    record("subscription.asked", by=by, at=at, subject=hook, type=hook.type, endpoint=bool(told.endpoint))
    return stored, secret


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def change_subscription(
    *, by: Any, at: datetime, hook: Hook, body: Body, expected_version: int | None = None
) -> Stored:
    """As it is asked for now: the address answers anew, and what changes from then on is told."""
    held = _mine(by, hook)
    told = reading.read(body.resource)
    stored = records.update_resource(
        by=by, at=at, type="Subscription", id=held.resource, body=body, expected_version=expected_version
    )
    _ask(held, told)
    held.save()
    held.events.filter(state=EventState.WAITING).update(
        state=EventState.CLOSED, over_at=at, last_answer="CHANGED"
    )
    record("subscription.changed", by=by, at=at, subject=held, type=held.type, state=held.state)
    return stored


@command(Permission.WRITE_RECORD, within=lambda by, **_: by.organisation_id)
def end_subscription(*, by: Any, at: datetime, hook: Hook, expected_version: int | None = None) -> Stored:
    held = _mine(by, hook)
    stored = records.delete_resource(
        by=by, at=at, type="Subscription", id=held.resource, expected_version=expected_version
    )
    held.state, held.error = HookState.OFF, ""
    held.save(update_fields=["state", "error"])
    record("subscription.ended", by=by, at=at, subject=held)
    return stored


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def stop_subscription(*, by: Any, at: datetime, hook: Hook) -> None:
    """Switched off by whoever asked for it, or is in charge of the unit."""
    held = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=hook.pk).first()
    if held is None or held.state == HookState.OFF:
        raise NotFound
    held.state, held.error = HookState.OFF, ""
    held.save(update_fields=["state", "error"])
    _say(held, at, "off")
    record("subscription.stopped", by=by, at=at, subject=held)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def send_again(*, by: Any, at: datetime, hook: Hook) -> int:
    """What was given up is told anew, in its order; one that an error stopped goes on where it was."""
    held = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=hook.pk).first()
    if held is None:
        raise NotFound
    dead = held.events.filter(state=EventState.DEAD)
    number = dead.update(state=EventState.WAITING, attempts=0, over_at=None)
    if held.state == HookState.OFF or not (number or held.state == HookState.ERROR):
        raise NothingGivenUp
    stopped = held.state == HookState.ERROR
    begun = held.tx > 0
    held.state = HookState.ACTIVE if begun or not stopped else HookState.REQUESTED
    held.error, held.failures, held.next_attempt_at = "", 0, None
    held.save()
    if stopped:
        _say(held, at, "active" if begun else "requested")
    record("subscription.resumed", by=by, at=at, subject=held, events=number)
    return number


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def new_key(*, by: Any, at: datetime, hook: Hook) -> str:
    """A new key for the signatures, shown once; the one before counts no more."""
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if held.account_id != by.account_id:
        raise NotFound
    secret = secrets.token_urlsafe(32)
    held.secret = encrypt(secret)
    held.save(update_fields=["secret"])
    record("subscription.new_key", by=by, at=at, subject=held)
    return secret


@command(SYSTEM_ONLY, within=ANYWHERE)
def activate(*, by: Actor, at: datetime, hook: Hook) -> None:
    """The address has answered: from here on what changes is told."""
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if held.state == HookState.REQUESTED:
        for name, value in {
            **queries.behind(changing.newest()),
            **queries.behind_fact(events.newest()),
        }.items():
            setattr(held, name, value)
        held.state, held.failures, held.next_attempt_at = HookState.ACTIVE, 0, None
        held.save()
        _say(held, at, "active")
    record("subscription.activated", by=by, at=at, subject=held, state=held.state)


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_found(
    *, by: Actor, at: datetime, hook: Hook, found: Sequence[Found], behind: dict[str, Any]
) -> None:
    """What met the search, and where to go on (columns of the hook): both or neither, so that nothing is told twice."""
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if held.state == HookState.ACTIVE and all(getattr(held, one) == getattr(hook, one) for one in behind):
        HookEvent.objects.bulk_create(
            HookEvent(
                hook=held, resource=one.id, version=one.version, person_id=one.person_id, found_at=at,
                deleted=one.deleted, shown=one.shown,
            )
            for one in found
        )  # fmt: skip
        for name, value in behind.items():
            setattr(held, name, value)
        held.save(update_fields=list(behind))
    record("subscription.found", by=by, at=at, subject=held, events=len(found))


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_told(*, by: Actor, at: datetime, hook: Hook, event: HookEvent, state: str, said: str) -> None:
    """Told, or not to be told any more."""
    event.state, event.over_at, event.last_answer = state, at, said[:120]
    event.attempts += 1
    event.save(update_fields=["state", "over_at", "last_answer", "attempts"])
    if state != EventState.CLOSED:  # the address was asked
        Hook.objects.filter(pk=hook.pk).update(failures=0, next_attempt_at=None)
    record(f"subscription.event_{state.lower()}", by=by, at=at, subject=hook, event=event.pk, said=said[:120])


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_failure(
    *, by: Actor, at: datetime, hook: Hook, event: HookEvent | None, said: str, final: bool = False
) -> None:
    """Tried again later; after the last attempt the subscription stops, and says so in its own resource."""
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    held.failures += 1
    if final or held.failures >= ATTEMPTS:
        held.state, held.error, held.next_attempt_at = HookState.ERROR, said[:200], None
        if event is not None:
            event.state, event.over_at = EventState.DEAD, at
        _say(held, at, "error", said)
    else:
        held.next_attempt_at = at + PAUSES[held.failures - 1]
    held.save()
    if event is not None:
        event.attempts, event.last_answer = event.attempts + 1, said[:120]
        event.save(update_fields=["state", "over_at", "attempts", "last_answer"])
    record("subscription.failed", by=by, at=at, subject=held, said=said[:120], state=held.state)


@command(SYSTEM_ONLY, within=ANYWHERE)
def forget_events(*, by: Actor, at: datetime, older_than: timedelta = timedelta(days=7)) -> int:
    over = HookEvent.objects.filter(over_at__lt=at - older_than).exclude(state=EventState.DEAD)
    number, _each = over.delete()
    record("subscription.events_forgotten", by=by, at=at, events=number)
    return number


def _ask(hook: Hook, told: Told) -> None:
    """What is asked for; one that comes switched off, or with an error of another server, is only kept."""
    hook.criteria, hook.endpoint, hook.payload, hook.ends_at = (
        told.criteria,
        told.endpoint,
        told.payload,
        told.ends_at,
    )
    hook.headers = encrypt(json.dumps(told.headers)) if told.headers else None
    hook.state = HookState.REQUESTED if told.wanted else HookState.OFF
    hook.error, hook.failures, hook.next_attempt_at = "", 0, None


def _mine(by: Any, hook: Hook) -> Hook:
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if (held.account_id, held.membership_id, held.client_id, held.purpose) != (
        by.account_id, by.membership_id, getattr(by, "client_id", None), purpose_of(by),
    ):  # fmt: skip
        raise NotAllowed
    return held


def _say(hook: Hook, at: datetime, status: str, error: str = "") -> None:
    """The state in the resource itself, for whoever reads it."""
    held = current(SYSTEM, "Subscription", hook.resource)
    if held is not None and not held.deleted:
        made = bodies.written(reading.shown(bodies.decode(held.body.encode()), status, error))
        records.update_resource(by=SYSTEM, at=at, type="Subscription", id=hook.resource, body=made)
