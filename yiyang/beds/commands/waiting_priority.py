"""Evidence or a clinician's word has changed: who waits is given priority by the criteria, or loses it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.beds.commands.waiting import by_green_channel, save_entry
from yiyang.beds.models import WaitingEntry
from yiyang.beds.models.waiting import Channel
from yiyang.beds.queries.waiting_priority import to_weigh_again
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Stale

if TYPE_CHECKING:
    from yiyang.people.models import Person


@command(SYSTEM_ONLY, within=ANYWHERE)
def weigh_waiting(*, by: Actor, at: datetime, person: Person) -> list[WaitingEntry]:
    """What was assessed anew may give priority on the waiting list, or take it."""
    changed = weigh_priority(person.pk, at=at, by=by)
    if not changed:
        raise Stale
    return changed


def weigh_priority(person_id: UUID, *, at: datetime, by: Actor, kind: str = "") -> list[WaitingEntry]:
    """A channel that somebody approved by hand stays as it is."""
    found = to_weigh_again(person_id, at, kind)
    locked = WaitingEntry.objects.select_for_update(no_key=True).in_bulk([entry.pk for entry, _why in found])
    changed = []
    for entry, why in found:
        now_is = locked[entry.pk]
        if now_is.version != entry.version:
            continue  # somebody acted in the meantime
        _settle(now_is, why, at=at, by=by)
        changed.append(now_is)
    return changed


def _settle(entry: WaitingEntry, why: str, *, at: datetime, by: Actor) -> None:
    """By the criteria, else by the green channel, else in the order of joining."""
    green = by_green_channel(entry.transfer, at) if entry.transfer is not None and not why else ""
    reason = why or green
    entry.channel = Channel.PRIORITY if reason else Channel.ORDINARY
    entry.channel_reason, entry.by_criteria = reason, bool(why)
    entry.channel_approved_by = by.label[:120] if reason else ""
    save_entry(entry)
    record_of(entry, "waiting.channel_changed", by=by, at=at, channel=entry.channel, reason=reason)
