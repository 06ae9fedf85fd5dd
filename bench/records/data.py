"""Fill the record of the benchmark's city once: so many resources of some thousand persons, by the product's own
extraction and its one place that writes."""

from __future__ import annotations

import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bench.build import told
from bench.loading import bare
from bench.place import WORKERS
from bench.records.shapes import TYPES, made

TABLES = ("records_resource", "records_address", "records_history", "records_index")
EACH = 100  # resources of a person, of those whom only the large reach sees
FEW_SHARE = 5  # every fifth resource is of those whom the small reach sees, too
LARGE = 900  # resources of one person, about 1 MB
CHUNK = 5_000
MADE = 200_000  # by extraction; more than that are copies of them, each about as long before as the copy's number
SINCE = datetime(2023, 11, 1, tzinfo=UTC)
RESULTS = 12  # of twenty resources are Observations

_few: list[UUID] = []
_many: list[UUID] = []


def ensure_filled(resources: int, small: UUID, large: UUID) -> None:
    """Fill the tables, all or nothing, unless an earlier run has left just so many."""
    from django.db import connection, transaction

    few, many = persons(small, 200), persons(large, max(400, resources * 8 // 10 // EACH))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_resource WHERE id LIKE 'bench-%%'")
        if cursor.fetchone()[0] == resources:
            return
        times = max(1, resources // MADE)
        cursor.execute("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'")
        with transaction.atomic():
            cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
            with bare(cursor, TABLES):
                _fill(resources // times, few, many)
                for copy in range(1, times):
                    told("copies", copy, times)
                    for statement in COPIES:
                        cursor.execute(statement, {"copy": copy})
                told("indexes of the record", 1, 1)
        cursor.execute(f"VACUUM (FREEZE, ANALYZE) {', '.join(TABLES)}")
    connection.close()


COPIES = (
    """INSERT INTO records_address (kind, id, person_id)
       SELECT kind, id || '-' || %(copy)s, person_id FROM records_address WHERE id NOT LIKE 'bench-%%-%%'""",
    """INSERT INTO records_resource (person_id, kind, id, version, updated_at, deleted, body, written_in)
       SELECT person_id, kind, id || '-' || %(copy)s, version, updated_at, deleted,
              replace(body, '"id":"' || id || '"', '"id":"' || id || '-' || %(copy)s || '"'), written_in
       FROM records_resource WHERE id NOT LIKE 'bench-%%-%%'""",
    """INSERT INTO records_index (person_id, kind, id, updated_at, starts_at, ends_at, tokens, range_keys, range_lows,
                                  range_highs, strings, written_in)
       SELECT person_id, kind, id || '-' || %(copy)s, updated_at, starts_at - %(copy)s * interval '97 minutes',
              ends_at - %(copy)s * interval '97 minutes', tokens, range_keys, range_lows, range_highs, strings, written_in
       FROM records_index WHERE id NOT LIKE 'bench-%%-%%'""",
)


def persons(unit: UUID, number: int) -> list[UUID]:
    """The first of those whom a unit sees in full; of the first the record has about a megabyte."""
    from yiyang.people.models import CareRelationship

    found = CareRelationship.objects.filter(organisation_id=unit, scope="FULL", ends_at=None)
    return list(found.order_by("person_id").values_list("person_id", flat=True)[:number])


def _fill(resources: int, few: list[UUID], many: list[UUID]) -> None:
    """Rows are made by as many processes as there are cores, and written by this one."""
    from yiyang.records.commands import rows

    chunks = [(first, min(first + CHUNK, resources)) for first in range(0, resources, CHUNK)]
    if len(chunks) == 1:  # not worth a process
        _few[:], _many[:] = few, many
        rows.insert_many(_made(chunks[0]))
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, spawn, _ready, (few, many)) as pool:
        for done, new in enumerate(pool.map(_made, chunks)):
            rows.insert_many(new)
            told("resources", done * CHUNK, resources)


def _ready(few: list[UUID], many: list[UUID]) -> None:
    import django

    django.setup()
    os.nice(5)
    _few[:], _many[:] = few, many


def _made(chunk: tuple[int, int]) -> list[Any]:
    return [_one(number) for number in range(*chunk)]


def _one(number: int) -> Any:
    from yiyang.kernel.actors import SYSTEM
    from yiyang.records.commands.resources import first_version
    from yiyang.records.r4 import body as bodies
    from yiyang.records.r4.extracting import extract
    from yiyang.records.stored import NOBODY

    type = type_of(number)
    person_id = whose(number)
    resource = made(type, number, person_id, SINCE + timedelta(minutes=number * 104_729 % 1_576_800))
    body = bodies.read(json.dumps(resource, ensure_ascii=False).encode())
    stored = first_version(SYSTEM, NOBODY if type == "Practitioner" else person_id, body, f"bench-{number}")
    return stored, extract(body.resource)


def type_of(number: int) -> str:
    return "Observation" if number % 20 < RESULTS else TYPES[number % 20 - RESULTS]


def whose(number: int) -> UUID:
    if number < LARGE:
        return _few[0]
    if number % FEW_SHARE == 0:
        return _few[number // FEW_SHARE % len(_few)]
    return _many[number * 7_919 % len(_many)]
