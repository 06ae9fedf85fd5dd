"""Asking for an export, ending one, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.access.purposes import purpose_of
from yiyang.gateways.fhir.bulk import files, queries
from yiyang.gateways.fhir.bulk.models import LIVE, Export, Level, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal

MOST_AT_ONCE = 4
KEPT = timedelta(hours=24)


class TooManyExports(Refusal):
    message = _("You have {number} exports under way. Wait until one is ready, or end one, then ask again.")
    status = 429


class ExportBroken(Refusal):
    message = _("This export could not be written. Nothing of it was kept. Ask for it anew; tell the operator if it happens again.")  # fmt: skip
    status = 500
    issue_code = "exception"


class ExportNotReady(Refusal):
    message = _("This export is not ready, or is no longer there.")
    status = 404


class SightEnded(Refusal):
    message = _("The record of somebody in this export is no longer open to you, so it is not given out. Delete it and ask for it anew.")  # fmt: skip
    status = 410
    issue_code = "forbidden"


@dataclass(frozen=True)
class Wish:
    """What an export is to hold. `group`: the id of a Group; `filters`: searches that a type must meet."""

    level: Level
    types: Sequence[str]
    request: str = ""
    since: datetime | None = None
    group: str = ""
    filters: Sequence[str] = field(default_factory=tuple)


@command(Permission.READ_RECORD, within=lambda by, **_: by.organisation_id)
def request_export(*, by: Any, at: datetime, wish: Wish) -> Export:
    """The worker writes it; whoever asked is told where to look."""
    under_way = queries.live_of(by.account_id)
    if under_way >= MOST_AT_ONCE:
        raise TooManyExports(number=under_way)
    export = Export.objects.create(
        account_id=by.account_id, membership_id=by.membership_id, client_id=getattr(by, "client_id", None),
        purpose=purpose_of(by), organisation_id=by.organisation_id, asked_by=by.label[:120], asked_at=at, touched_at=at, level=wish.level,
        group=wish.group, request=wish.request[:4000], types=list(wish.types), since=wish.since,
        filters=list(wish.filters),
    )  # fmt: skip
    record(
        "export.requested", by=by, at=at, subject=export, level=wish.level, group=wish.group or None,
        types=len(wish.types), since=wish.since,
    )  # fmt: skip
    from yiyang.gateways.fhir.bulk.jobs import queue_export

    queue_export(export.pk)
    return export


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def delete_export(*, by: Any, at: datetime, export: Export) -> Export:
    """Ended while it is being written, or taken away when it is ready: by whoever asked, or is in charge there."""
    found = queries.visible_to(by).select_for_update(of=("self",)).filter(pk=export.pk).first()
    if found is None or not (found.live or found.state == State.DONE):
        raise NotFound
    was = found.state
    end(found, State.CANCELLED if found.live else State.DELETED, at)
    record("export.deleted", by=by, at=at, subject=found, was=was, resources=found.resources)
    return found


@command(SYSTEM_ONLY, within=ANYWHERE)
def finish_export(*, by: Actor, at: datetime, export: Export) -> bool:
    """It can be fetched for a day. Whose data is in it was written down while it was written."""
    found = Export.objects.select_for_update().get(pk=export.pk)
    if found.live:
        found.state, found.ended_at, found.expires_at = State.DONE, at, at + KEPT
        found.save(update_fields=["state", "ended_at", "expires_at"])
    record(
        "export.finished", by=by, at=at, subject=found, state=found.state, resources=found.resources,
        persons=found.persons, files=len(found.files), bytes=found.bytes,
    )  # fmt: skip
    return found.state == State.DONE


@command(SYSTEM_ONLY, within=ANYWHERE)
def fail_export(*, by: Actor, at: datetime, export: Export, problem: str) -> None:
    found = Export.objects.select_for_update().get(pk=export.pk)
    if found.live:
        found.problem = problem[:60]
        end(found, State.FAILED, at)
    record("export.failed", by=by, at=at, subject=found, state=found.state, problem=problem)


@command(SYSTEM_ONLY, within=ANYWHERE)
def expire_export(*, by: Actor, at: datetime, export: Export) -> None:
    found = Export.objects.select_for_update().get(pk=export.pk)
    if found.state == State.DONE:
        end(found, State.EXPIRED, at)
    record("export.expired", by=by, at=at, subject=found, state=found.state)


@command(Permission.READ_RECORD, within=lambda by, **_: by.organisation_id)
def note_download(*, by: Any, at: datetime, export: Export, file: str, start: int, end: int) -> None:
    """A file, or a part of it, is about to leave; whose data is in it stands with the export."""
    if export.account_id != by.account_id:
        raise NotFound
    record(
        "export.downloaded", by=by, at=at, subject=export, file=file, start=start, end=end,
        lines=export.files[file]["lines"], persons=export.persons,
    )  # fmt: skip


def end(export: Export, state: str, at: datetime) -> None:
    """Over, and its files are gone as soon as that is so."""
    export.state, export.ended_at = state, at
    export.save(update_fields=["state", "ended_at", "problem"])
    transaction.on_commit(lambda: files.remove(export.pk))


__all__ = ["LIVE", "Wish", "delete_export", "request_export"]
