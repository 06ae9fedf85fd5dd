"""Reading facts from the database, once for all readers of this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from yiyang.access.purposes import Purpose
from yiyang.kernel.events import FACTS_AFTER, FACTS_HELD_BACK, FIRST_ID, LAST_ID, NEWEST, Cursor
from yiyang.kernel.time import now
from yiyang.project.push.readers import Happened, Reader, Relation

log = logging.getLogger("yiyang.push")
EVERY = 0.2  # seconds; an alarm is to be on the page of whoever is on duty within one
PAGE = 500
HELD_BACK = 200  # of so many of the newest facts pages hear before their turn
LONGEST_PAUSE = 10.0

RELATIONS = """
    WITH asked AS (
        SELECT id, coalesce((SELECT person_id FROM people_personalias a WHERE a.alias_id = id), id) AS root
        FROM unnest(%(persons)s::uuid[]) AS id
    ),
    names AS (
        SELECT asked.id, asked.root AS known_as FROM asked
        UNION SELECT asked.id, a.alias_id FROM asked JOIN people_personalias a ON a.person_id = asked.root
    )
    SELECT names.id, names.known_as, c.organisation_id, c.account_id, c.basis, c.purposes
    FROM names LEFT JOIN people_carerelationship c ON c.person_id = names.known_as
     AND c.starts_at <= %(now)s AND (c.ends_at IS NULL OR c.ends_at > %(now)s)
"""


class Feed:
    """One connection that looks for new facts, and fans them out to the readers that are there."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.position: Cursor | None = None
        self.held_back: dict[UUID, Happened] = {}
        self.connection: psycopg.AsyncConnection[dict[str, Any]] | None = None
        self.lock = asyncio.Lock()
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.task is None or self.task.done():
            self.task = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        self.hang_up()
        if self.task is not None:
            self.task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.task
        await self._close()

    def hang_up(self) -> None:
        """End all lines; those who listen connect again."""
        for reader in self.readers:
            reader.end()

    async def join(self, reader: Reader) -> None:
        """From here on the reader gets what is new. What lies between is its own to fetch, with `after`."""
        if not self.readers:
            self.position = await self.newest()
        self.readers.add(reader)
        self.start()

    def leave(self, reader: Reader) -> None:
        self.readers.discard(reader)

    async def newest(self) -> Cursor:
        [row] = await self._ask(NEWEST, {})
        generation, tx = row.values()
        return Cursor(generation, tx, LAST_ID)

    async def after(self, position: Cursor) -> list[Happened]:
        """The next page of facts behind a cursor, each with those who may hear of it."""
        given = {
            "generation": position.generation,
            "tx": str(position.tx),
            "id": position.id or FIRST_ID,
            "limit": PAGE,
        }
        return await self._happened(await self._ask(FACTS_AFTER, given))

    async def _look_at_held_back(self) -> None:
        """What waits for an older transaction is told to pages at once: an alarm must not wait for a long report."""
        if not any(reader.at_once for reader in self.readers):
            return
        rows = await self._ask(FACTS_HELD_BACK, {"limit": HELD_BACK})
        new = [row for row in rows if row["id"] not in self.held_back]
        known = {row["id"]: self.held_back.get(row["id"]) for row in rows}
        self.held_back = {one.id: one for one in [*filter(None, known.values()), *await self._happened(new)]}
        for reader in self.readers:
            reader.put_before_its_turn(self.held_back.values())

    async def _happened(self, rows: list[dict[str, Any]]) -> list[Happened]:
        """Facts with those who may hear of them."""
        persons = {row["person_id"] for row in rows if row["person_id"] is not None}
        related = await self._ask(RELATIONS, {"persons": list(persons), "now": now()}) if persons else []
        relations: dict[UUID, list[Relation]] = {}
        names: dict[UUID, set[UUID]] = {}
        for one in related:
            names.setdefault(one["id"], set()).update((one["id"], one["known_as"]))
            if one["basis"] is not None:
                purposes = tuple(one["purposes"] or (Purpose.CARE,))
                found = Relation(one["organisation_id"], one["account_id"], one["basis"], purposes)
                relations.setdefault(one["id"], []).append(found)
        return [_happened(row, relations, names) for row in rows]

    async def _watch(self) -> None:
        """Five times a second while somebody listens. A database that is away is tried again, ever more slowly."""
        pause = EVERY
        while True:
            await asyncio.sleep(pause)
            if not self.readers or self.position is None:
                continue
            try:
                while facts := await self.after(self.position):
                    self.position = facts[-1].cursor
                    for reader in self.readers:
                        reader.put(facts)
                    if len(facts) < PAGE:
                        break
                await self._look_at_held_back()
                pause = EVERY
            except (psycopg.Error, OSError) as problem:
                log.warning("cannot read facts: %s", type(problem).__name__)
                pause = min(LONGEST_PAUSE, pause * 2)

    async def _ask(self, statement: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        async with self.lock:
            try:
                if self.connection is None or self.connection.closed:
                    self.connection = await psycopg.AsyncConnection.connect(
                        _conninfo(), autocommit=True, row_factory=dict_row
                    )
                cursor = await self.connection.execute(statement, given)
                return await cursor.fetchall()
            except psycopg.OperationalError:
                await self._close()
                raise

    async def _close(self) -> None:
        if self.connection is not None:
            await self.connection.close()
            self.connection = None


def _happened(
    row: dict[str, Any], relations: dict[UUID, list[Relation]], names: dict[UUID, set[UUID]]
) -> Happened:
    organisations = [row["by_organisation"], UUID(row["unit"]) if row["unit"] else None]
    return Happened(
        cursor=Cursor(row["generation"], row["txn"], str(row["id"])),
        id=row["id"],
        name=row["name"],
        at=row["at"],
        subject_kind=row["subject_kind"],
        subject_id=row["subject_id"],
        person_id=row["person_id"],
        organisations=frozenset(one for one in organisations if one is not None),
        relations=tuple(relations.get(row["person_id"], ())),
        persons=frozenset(names.get(row["person_id"], ())),
    )


def _conninfo() -> str:
    """The database of the pages, without what is Django's or psycopg's own."""
    settings = connections["default"].settings_dict
    own = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given: dict[str, Any] = {name: settings[key] for name, key in own.items() if settings.get(key)}
    options: dict[str, Any] = {
        name: value
        for name, value in settings["OPTIONS"].items()
        if isinstance(value, str | int) and name != "prepare_threshold"
    }
    return make_conninfo(**given, **options, application_name="yiyang push")
