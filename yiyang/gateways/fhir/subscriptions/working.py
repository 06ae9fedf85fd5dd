"""The worker's part: what changed is compared with each subscription, and told in its order.

What is told is decided by what whoever asked may read at that moment, not by what was open when it was found.
"""

from __future__ import annotations

import hashlib
import hmac
import time as stopwatch
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.gateways.fhir.bulk.working import alone_at
from yiyang.gateways.fhir.subscriptions import addressing, commands, queries, reading
from yiyang.gateways.fhir.subscriptions.commands import Found
from yiyang.gateways.fhir.subscriptions.models import EventState, Hook, HookEvent, HookState
from yiyang.kernel import events
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.events import Cursor
from yiyang.kernel.facts import seen_in
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.records.queries import changing, outside
from yiyang.records.queries.changing import At
from yiyang.records.stored import NOBODY

PAGE = 500
AT_ONCE = 50
LONGEST = 15.0
ANSWERS_WITHIN, CONNECTS_WITHIN = 5.0, 3.0  # seconds
JSON = "application/fhir+json"


@dataclass(frozen=True)
class Reply:
    """`again`: the address may be able to take it later."""

    taken: bool
    said: str
    again: bool = True


def look_at_all(at: datetime) -> None:
    for hook in queries.active():
        with alone_at(hook.pk) as alone:
            if alone:
                look(queries.by_id(hook.pk), at)


def look(hook: Hook, at: datetime) -> None:
    """Every version that was written since, once; late ones too, for nothing is looked at before older ones ended."""
    try:
        actor = queries.asker(hook, at)
        wanted = reading.conditions(hook.criteria)
    except Refusal as refusal:
        commands.note_failure(by=SYSTEM, at=at, hook=hook, event=None, said=refusal.code, final=True)
        return
    if hook.ends_at and hook.ends_at <= at:
        commands.stop_subscription(by=actor, at=at, hook=hook)
        return
    hook = _look_at_stored(hook, actor, wanted, at)
    if hook.type in outside.TYPES and hook.state == HookState.ACTIVE:
        _look_at_facts(hook, actor, wanted, at)


def _look_at_stored(hook: Hook, actor: Any, wanted: Any, at: datetime) -> Hook:
    """A deletion is told of what met the search until then."""
    behind = At(hook.generation, hook.tx, hook.last_id, hook.last_version)
    while page := changing.after(actor, hook.type, behind, PAGE):
        found = [
            Found(one.at.id, one.at.version, one.person_id, deleted=one.deleted)
            for one in page
            if one.body is not None and reading.meets(one.body, wanted, at)
        ]
        behind = page[-1].at
        hook = _note(hook, found, queries.behind(behind), at)
        if len(page) < PAGE or hook.state != HookState.ACTIVE:
            break
    return hook


def _look_at_facts(hook: Hook, actor: Any, wanted: Any, at: datetime) -> None:
    """What the platform itself runs has changed when there is a fact about it; what shows as before is not told again."""
    if not hook.fact_id:  # From before it was looked at.
        queries.go_on_behind(hook, queries.behind_fact(events.newest()))
        return
    until = stopwatch.monotonic() + LONGEST
    while hook.state == HookState.ACTIVE and stopwatch.monotonic() < until:
        behind = Cursor(hook.fact_generation, hook.fact_tx, str(hook.fact_id))
        facts = events.facts_after(behind, PAGE)
        if not facts:
            return
        shown = outside.changed(actor, hook.type, facts)
        before = queries.last_shown(hook, [one.id for one in shown])
        found = [
            Found(one.id, one.version, one.person_id, shown=True)
            for one in shown
            if before.get(one.id) != one.version and reading.meets(one.body, wanted, at)
        ]
        hook = _note(hook, found, queries.behind_fact(facts[-1]["cursor"]), at)


def _note(hook: Hook, found: list[Found], behind: dict[str, Any], at: datetime) -> Hook:
    if found:
        commands.note_found(by=SYSTEM, at=at, hook=hook, found=found, behind=behind)
    else:
        queries.go_on_behind(hook, behind)
    return queries.by_id(hook.pk)


def deliver(hook_id: UUID) -> None:
    """Shake hands, or tell what waits, one after the other, until the address does not answer or time is up."""
    with alone_at(hook_id) as alone:
        if not alone:
            return
        hook, until = queries.by_id(hook_id), stopwatch.monotonic() + LONGEST
        if hook.state == HookState.REQUESTED:
            shake_hands(hook)
            return
        for event in queries.waiting(hook, AT_ONCE):
            hook = queries.by_id(hook_id)
            if hook.state != HookState.ACTIVE or not tell(hook, event) or stopwatch.monotonic() > until:
                return


def shake_hands(hook: Hook) -> None:
    """The address must answer an empty message before anything of anybody goes there."""
    reply = send(hook, "POST", "", b"", "handshake") if hook.endpoint else Reply(True, "")
    if reply.taken:
        commands.activate(by=SYSTEM, at=now(), hook=hook)
    else:
        commands.note_failure(
            by=SYSTEM, at=now(), hook=hook, event=None, said=reply.said, final=not reply.again
        )


def tell(hook: Hook, event: HookEvent) -> bool:
    """Whether the next one may be told."""
    at = now()
    try:
        actor = queries.asker(hook, at)
        content = queries.content(actor, hook, event, at)
    except Refusal as refusal:
        commands.note_told(
            by=SYSTEM, at=at, hook=hook, event=event, state=EventState.CLOSED, said=refusal.code
        )
        return True
    if queries.told_later(hook, event):
        commands.note_told(
            by=SYSTEM, at=at, hook=hook, event=event, state=EventState.CLOSED, said="TOLD_LATER"
        )
        return True
    if not hook.endpoint:
        commands.note_told(by=SYSTEM, at=at, hook=hook, event=event, state=EventState.TOLD, said="")
        return True
    if hook.payload:
        seen_in(actor, {event.person_id} - {NOBODY}, "fhir.subscription", hook)
        named = f"{hook.type}/{event.resource}"
        if event.deleted:
            reply = send(hook, "POST", "", b"", str(event.pk), deleted=named)
        else:
            reply = send(hook, "PUT", f"/{named}", content.encode(), str(event.pk))
    else:
        reply = send(hook, "POST", "", b"", str(event.pk))
    if reply.taken or not reply.again:
        state = EventState.TOLD if reply.taken else EventState.DEAD
        commands.note_told(by=SYSTEM, at=now(), hook=hook, event=event, state=state, said=reply.said)
        return True
    commands.note_failure(by=SYSTEM, at=now(), hook=hook, event=event, said=reply.said)
    return False


def send(hook: Hook, method: str, beside: str, body: bytes, event: str, *, deleted: str = "") -> Reply:
    """One message, signed over its time and body. Redirections are not followed. R4 has no message for a deletion: it
    is an empty one, and a header says of what, for whoever was sent its content."""
    try:
        target = addressing.checked(hook.endpoint, beside)
    except Refusal as refusal:
        return Reply(False, refusal.code)
    import httpx

    stamp = str(int(now().timestamp()))
    headers = {
        **hook.headers_of,
        "Host": target.named,
        "User-Agent": "Yiyang",
        "X-Yiyang-Event": event,
        "X-Yiyang-Subscription": hook.resource,
        "X-Yiyang-Signature": f"t={stamp},v1={signature(hook.secret_of, stamp, body)}",
        **({"Content-Type": JSON} if body else {}),
        **({"X-Yiyang-Deleted": deleted} if deleted else {}),
    }
    timeout = httpx.Timeout(ANSWERS_WITHIN, connect=CONNECTS_WITHIN)
    try:
        with httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client:
            answer = client.request(
                method, target.url, content=body, headers=headers, extensions={"sni_hostname": target.host}
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Reply(False, type(error).__name__)
    said = f"HTTP {answer.status_code}"
    return Reply(answer.is_success, said, answer.status_code >= 500 or answer.status_code in (408, 425, 429))


def signature(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
