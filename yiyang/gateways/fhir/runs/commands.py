"""Bringing in a file by the worker: asked for, tried, written part by part, ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.purposes import purpose_of
from yiyang.gateways.fhir.importing import Outcome
from yiyang.gateways.fhir.runs.models import OPEN, ImportLine, ImportRun, State
from yiyang.gateways.fhir.told import Line
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.crypto import encrypt_bytes
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal

if TYPE_CHECKING:
    from yiyang.access.models import Area

LINES_AT_MOST = 10_000


class ImportNotTried(Refusal):
    message = _("This file is not ready to be written: it is being tried, was written, or was refused.")


def _within(by: Actor, run: ImportRun, **_given: Any) -> Any:
    """Those of one unit alone: whoever administers a district has nothing to do with the files of its units."""
    if not by.sees_all and by.organisation_id != run.organisation_id:
        raise NotAllowed
    return run.organisation_id


@command(Permission.IMPORT_DATA, within=lambda by, **_: by.organisation_id)
def begin_import(
    *, by: Actor, at: datetime, content: bytes, name: str, area: Area, update: bool = False
) -> ImportRun:
    """Keep the file, encrypted, for the worker to try; nothing is written yet."""
    run = ImportRun.objects.create(
        account_id=by.account_id, membership_id=getattr(by, "membership_id", None), purpose=purpose_of(by), organisation_id=by.organisation_id,
        area=area.code, name=name[:120], size=len(content), content=encrypt_bytes(content), update=update,
        asked_at=at, asked_by=by.label[:120],
    )  # fmt: skip
    record("import.begun", by=by, at=at, subject=run, file=run.name, size=run.size)
    _queue(run)
    return run


@command(Permission.IMPORT_DATA, within=_within)
def write_import_run(*, by: Actor, at: datetime, run: ImportRun) -> ImportRun:
    """Let the worker write what was tried."""
    current = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if current.state != State.TRIED:
        raise ImportNotTried
    current.lines.all().delete()
    current.state, current.part, current.counts = State.WRITING, 0, {}
    current.save(update_fields=["state", "part", "counts"])
    record("import.wanted", by=by, at=at, subject=current, file=current.name)
    _queue(current)
    return current


@command(Permission.IMPORT_DATA, within=_within)
def cancel_import(*, by: Actor, at: datetime, run: ImportRun) -> ImportRun:
    """The file goes; what was written of it by then stays."""
    current = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if current.state not in OPEN:
        raise ImportNotTried
    return _end(current, State.CANCELLED, by, at)


@command(Permission.IMPORT_DATA, within=_within)
def note_tried(*, by: Actor, at: datetime, run: ImportRun, outcomes: list[Outcome]) -> ImportRun:
    """What would happen was found out."""
    current = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if current.state != State.TRYING:
        raise ImportNotTried
    problems = [one for outcome in outcomes for one in outcome.problems]
    for outcome in outcomes:
        _add(current, outcome)
    if problems:
        _lines(current, "REFUSED", [(one.resource, one.why) for one in problems])
        return _end(current, State.REFUSED, by, at)
    current.state = State.TRIED
    current.save(update_fields=["state", "counts"])
    record("import.tried", by=by, at=at, subject=current, file=current.name, counts=current.counts)
    return current


@command(Permission.IMPORT_DATA, within=_within)
def note_part(*, by: Actor, at: datetime, run: ImportRun, outcome: Outcome) -> ImportRun:
    """A part was written: how far it is, and what was refused, in the transaction that wrote it."""
    _add(run, outcome)
    run.part += 1
    if outcome.problems:
        _lines(run, "REFUSED", [(one.resource, one.why) for one in outcome.problems])
    if outcome.problems or run.part >= run.parts:
        return _end(run, State.REFUSED if outcome.problems else State.DONE, by, at)
    run.save(update_fields=["part", "counts"])
    record("import.part_written", by=by, at=at, subject=run, part=run.part, parts=run.parts)
    return run


def _add(run: ImportRun, outcome: Outcome) -> None:
    counted = {
        "added": outcome.added,
        "there": outcome.kept,
        "updated": outcome.updated,
        "left_out": outcome.left_out,
    }
    for name, numbers in counted.items():
        told = run.counts.setdefault(name, {})
        for kind, number in numbers.items():
            if "." in kind:  # an element that a person's page has no place for: the record keeps it
                continue
            told[kind] = told.get(kind, 0) + number
    _lines(run, "REFUSED", outcome.refused)
    _lines(run, "NOTED", outcome.noted)


def _lines(run: ImportRun, what: str, told: Iterable[Line]) -> None:
    listed = list(told)
    run.counts[what] = run.counts.get(what, 0) + len(listed)
    left = LINES_AT_MOST - run.lines.count() if listed else 0
    ImportLine.objects.bulk_create(
        ImportLine(run=run, what=what, resource=resource[:120], why=str(why), words=why.words)
        for resource, why in listed[: max(0, left)]
    )


def _end(run: ImportRun, state: str, by: Actor, at: datetime) -> ImportRun:
    run.state, run.ended_at, run.content = state, at, None
    run.save()
    record("import.ended", by=by, at=at, subject=run, file=run.name, state=state, counts=run.counts)
    return run


def _queue(run: ImportRun) -> None:
    from yiyang.gateways.fhir.runs.jobs import queue_run

    queue_run(run.pk)
