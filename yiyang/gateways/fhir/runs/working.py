"""The worker's part. What is tried is tried in one transaction that is undone; what is written, a part at a time, each
with its mark: whatever is killed goes on where it stopped.
"""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.gateways.fhir.importing import Outcome, import_bundle
from yiyang.gateways.fhir.runs import commands, queries
from yiyang.gateways.fhir.runs.models import UNDER_WAY, ImportRun, State
from yiyang.gateways.fhir.runs.parts import File
from yiyang.gateways.fhir.told import Problem, told
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.crypto import decrypt_bytes
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

ALONE = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


class Importer:
    """Whoever asked for the import: for as long as it lasts, the record takes what they send, for those whom they see."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._actor, name)

    def may(self, permission: str, within: UUID | None = None) -> bool:
        if permission in (Permission.WRITE_RECORD, Permission.READ_RECORD):
            return bool(self._actor.may(Permission.IMPORT_DATA, within))
        return bool(self._actor.may(permission, within))


def work_on(run_id: UUID) -> None:
    """All that is left of it; nothing while another worker is at it."""
    run = queries.by_id(run_id)
    if run is None or run.state not in UNDER_WAY or run.content is None:
        return
    try:
        file = File(decrypt_bytes(bytes(run.content)))
    except Refusal as refusal:
        with transaction.atomic():
            commands.note_tried(by=SYSTEM, at=now(), run=run, outcomes=[_unread(refusal)])
        return
    if run.state == State.TRYING:
        _try(run, file)
        return
    while _write_next(run_id, file):
        pass


def _try(run: ImportRun, file: File) -> None:
    with transaction.atomic():
        if not _alone(run.pk):
            return
        outcomes = []
        with transaction.atomic():
            for number in range(file.parts):
                outcomes.append(_bring_in(run, file, number, dry_run=file.parts == 1))
                _show(run.pk, number + 1, file.parts)
                if outcomes[-1].problems:
                    break
            transaction.set_rollback(True)
        commands.note_tried(by=SYSTEM, at=now(), run=run, outcomes=outcomes)


def _write_next(run_id: UUID, file: File) -> bool:
    """One part; whether more is left for us."""
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(pk=run_id, state=State.WRITING)
            .first()
        )
        if run is None or not _alone(run_id):
            return False
        run.parts = file.parts
        run.save(update_fields=["parts"])
        outcome = _bring_in(run, file, run.part, dry_run=False)
        run = commands.note_part(by=SYSTEM, at=now(), run=run, outcome=outcome)
    return run.state == State.WRITING


def _bring_in(run: ImportRun, file: File, number: int, *, dry_run: bool) -> Outcome:
    part = file.part(number)
    area, by = access.area(run.area), queries.asker(run, now())
    if area is None or by is None or not by.may(Permission.IMPORT_DATA):
        return _unread(commands.ImportNotTried())
    given: dict[str, Any] = {
        "by": Importer(by), "at": now(), "content": part.content, "name": run.name, "area": area,
        "unit": run.organisation, "each": part.each, "update": run.update, "dry_run": dry_run,
    }  # fmt: skip
    try:
        with transaction.atomic():
            outcome = import_bundle(**given)
    except Refusal as refusal:
        return _unread(refusal)
    outcome.refused = [(file.told(name), why.changed(file.told)) for name, why in outcome.refused]
    outcome.noted = [(file.told(name), why.changed(file.told)) for name, why in outcome.noted]
    return outcome


def _unread(refusal: Refusal) -> Outcome:
    return Outcome(problems=[Problem("", told(partial(str, refusal)))])


def _alone(run_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [str(run_id)])
        return bool(cursor.fetchone()[0])


def _show(run_id: UUID, part: int, parts: int) -> None:
    """How far it is, past the transaction that will be undone."""
    aside = connection.copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute(
                "UPDATE gateways_importrun SET part = %s, parts = %s WHERE id = %s", [part, parts, run_id]
            )
    finally:
        aside.close()
