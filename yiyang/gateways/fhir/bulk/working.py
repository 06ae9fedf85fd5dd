"""Writing an export: first the stored resources of one person after the other, then what the platform itself shows.

A slice ends after some seconds. What it wrote is settled every second or so: the files on the disk, then in one
transaction how far it is and whose data was in it. A worker that takes it up cuts the files there and goes on.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from yiyang.gateways.fhir.bulk import commands, files, queries, shown
from yiyang.gateways.fhir.bulk.filtering import Filters
from yiyang.gateways.fhir.bulk.models import LIVE, Export, Level, State
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import seen_in
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.records.queries import exporting
from yiyang.records.queries.exporting import Moment, Place, Wanted
from yiyang.records.stored import NOBODY

SLICE = 20.0
SETTLE_EVERY = 1.0
ATTEMPTS = 5
STAMPED_AT_ONCE = 10_000 * exporting.ID
STAMPED_EARLY = timedelta(seconds=2)
"""A commit gets its time a moment before others see it: from so long before, changes are told once more by `_since`."""
DELETED = "Bundle"
DELETION = '{{"resourceType":"Bundle","type":"transaction","entry":[{{"request":{{"method":"DELETE","url":"{}/{}"}}}}]}}'


class Stopped(Exception):
    """It was cancelled meanwhile."""


def work_on(export_id: UUID, seconds: float = SLICE) -> bool:
    """One slice. Whether something is left to do."""
    with alone_at(export_id) as alone:
        export = queries.by_id(export_id)
        if not alone or not export.live:
            return False
        try:
            return _slice(export, seconds)
        except Stopped:
            files.remove(export.pk)
        except Refusal as refusal:
            commands.fail_export(by=SYSTEM, at=now(), export=export, problem=refusal.code)
        except Exception:
            if not queries.by_id(export.pk).live:  # it was ended meanwhile, and its files went
                files.remove(export.pk)
                return False
            if _given_up(export):
                commands.fail_export(by=SYSTEM, at=now(), export=export, problem=commands.ExportBroken.code)
            raise
        return False


def _slice(export: Export, seconds: float) -> bool:
    actor = queries.asker(export, now())
    files.room_left()
    if export.state == State.WAITING:
        _begin(export, actor)
    until = stopwatch.monotonic() + seconds
    with files.Files(export.pk, export.files) as out:
        work = Work(export, actor, out)
        for _step in work.steps():
            if stopwatch.monotonic() - work.settled_at > SETTLE_EVERY:
                work.settle()
            if stopwatch.monotonic() > until:
                work.settle()
                return True
        work.settle()
    commands.finish_export(by=SYSTEM, at=now(), export=export)
    return False


def _begin(export: Export, actor: Any) -> None:
    """From here on it is settled what the export holds: the moment, and whose records are looked at."""
    began = now()
    moment = exporting.moment()
    ids = _whose(export, actor)
    parts = (ids[at : at + STAMPED_AT_ONCE] for at in range(0, len(ids), STAMPED_AT_ONCE))
    stamps = b"".join(exporting.stamps(actor, exporting.unpacked(part)) for part in parts)
    files.write(export.pk, files.STAMPS, stamps)
    files.write(export.pk, files.PERSONS, ids)
    found = Export.objects.filter(pk=export.pk, state=State.WAITING).update(
        state=State.RUNNING, transaction_at=_stamped(began), generation=moment.generation, snapshot=moment.snapshot,
        persons=len(ids) // exporting.ID, touched_at=began,
    )  # fmt: skip
    if not found:
        raise Stopped
    export.refresh_from_db()


def _stamped(at: datetime) -> datetime:
    at -= STAMPED_EARLY
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _whose(export: Export, actor: Any) -> bytes:
    if export.level == Level.GROUP:
        return exporting.packed(shown.members(actor, export.group))
    everybody = exporting.persons_open(actor)
    return everybody if export.level == Level.PATIENT else NOBODY.bytes + everybody


class Work:
    """What is being written. `place` is where it stands, as it is kept."""

    def __init__(self, export: Export, actor: Any, out: files.Files) -> None:
        self.export, self.actor, self.out = export, actor, out
        self.place: dict[str, Any] = dict(export.place)
        self.done, self.resources = export.persons_done, export.resources
        self.whose: set[UUID] = set()
        self.filters = Filters(export.filters)
        self.settled_at = stopwatch.monotonic()
        moment = Moment(export.generation or 0, export.snapshot)
        self.wanted = Wanted(actor, exporting.kinds(export.types), moment, export.since)  # type: ignore[arg-type]

    def steps(self) -> Iterator[None]:
        """Each step leaves the files and `place` in agreement."""
        if self.place.get("of", "stored") == "stored":
            yield from self._stored()
            self.place = {"of": "shown", "type": 0, "cursor": ""}
        yield from self._shown()

    def _stored(self) -> Iterator[None]:
        batch, after = 20, _place(self.place)
        while ids := files.read_persons(self.export.pk, self.done, batch, exporting.ID):
            persons = exporting.unpacked(ids)
            found = exporting.piece(self.wanted, persons, after)
            for type, lines in found.lines.items():
                self._append(type, *self.filters.kept(type, lines, found.counts[type]))
            for type, gone in found.deleted.items():
                told = "\n".join(DELETION.format(type, id) for id in sorted(gone))
                self.out.append(DELETED + ".deleted", told, len(gone))
            self.whose |= found.persons
            if found.next is None:
                self.done += len(persons)
                after = Place()
            else:
                passed = persons.index(found.next.person)
                self.done += passed
                after = found.next
            self.place = {"of": "stored", "person": str(after.person), "kind": after.kind, "id": after.id}
            batch = _fitting(batch, found.looked_at)
            yield

    def _shown(self) -> Iterator[None]:
        types = [one for one in self.export.types if one in shown.TYPES]
        for number in range(self.place["type"], len(types)):
            type, cursor = types[number], self.place["cursor"] if number == self.place["type"] else ""
            for page, following in shown.pages(self.export, self.actor, type, cursor):
                lines = "\n".join(one.body for one in page)
                self._append(type, *self.filters.kept(type, lines, len(page)))
                self.whose |= {one.person_id for one in page} - {NOBODY}
                self.place = {"of": "shown", "type": number + (not following), "cursor": following}
                yield
            self.place = {"of": "shown", "type": number + 1, "cursor": ""}

    def _append(self, type: str, lines: str, number: int) -> None:
        self.out.append(type, lines, number)
        self.resources += number

    def settle(self) -> None:
        """Stopped when it was cancelled. Whose data was written is kept with it or not at all."""
        files.room_left()
        state = self.out.settle()
        with transaction.atomic():
            kept = Export.objects.filter(pk=self.export.pk, state=State.RUNNING).update(
                place=self.place, files=state, persons_done=self.done, resources=self.resources, touched_at=now(),
                attempts=0,
            )  # fmt: skip
            if not kept:
                raise Stopped
            seen_in(self.actor, self.whose, "fhir.export", self.export)
        self.whose = set()
        self.settled_at = stopwatch.monotonic()
        self.export.resources, self.export.persons_done = self.resources, self.done


def _place(kept: dict[str, Any]) -> Place:
    return Place(UUID(kept["person"]), kept["kind"], kept["id"]) if "person" in kept else Place()


def _fitting(batch: int, looked_at: int) -> int:
    """So many persons that a piece is nearly full."""
    wanted = batch * 2 if looked_at == 0 else batch * exporting.ROWS * 3 // (looked_at * 4)
    return max(1, min(wanted, batch * 4, exporting.MOST_PERSONS))


def _given_up(export: Export) -> bool:
    tried = export.attempts + 1
    Export.objects.filter(pk=export.pk, state__in=LIVE).update(attempts=tried, touched_at=now())
    return tried >= ATTEMPTS


@contextmanager
def alone_at(export_id: UUID) -> Iterator[bool]:
    """Held by this connection while it works, and let go when it dies."""
    key = int.from_bytes(export_id.bytes[8:], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        held = bool(cursor.fetchone()[0])
        try:
            yield held
        finally:
            if held and not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
