"""A city in which everybody wears something: persons, devices and loans, made inside the database once."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

from bench.build import told
from bench.loading import bare
from bench.place import FOLDER

SHAPE = 3
TABLES = ("people_person", "devices_device", "devices_loan")
UNIT = UUID(int=0xD0)
DUE = 4
# Ids in no order of number, as far as the trees of the database go: the worst case.
PERSON, DEVICE = "md5('p' || n)::uuid", "md5('d' || n)::uuid"
PLACE_HOLDERS = {
    "uuid": "NULL", "text": "''", "character varying": "''", "boolean": "false", "integer": "1", "smallint": "0",
    "bigint": "1", "date": "DATE '1945-01-01'", "timestamp with time zone": "TIMESTAMPTZ '2026-01-01'",
    "jsonb": "'{}'::jsonb", "ARRAY": "'{}'", "double precision": "0", "bytea": "''::bytea",
}  # fmt: skip


def urn(number: int) -> str:
    return f"urn:dev:mac:{number:012x}"


def ensure_built(name: str, people: int) -> None:
    from django.db import connection

    marker = FOLDER / name / "built.json"
    wanted = {"people": people, "shape": SHAPE}
    if marker.exists() and json.loads(marker.read_text()) == wanted:
        return
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET statement_timeout = 0")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)}, access_organisation CASCADE")
        _unit()
        with bare(cursor, TABLES):
            for step, statement in enumerate(_statements(cursor, people)):
                told("persons, devices, loans", step, 3)
                cursor.execute(statement)
            told("indexes", 1, 1)
        cursor.execute("VACUUM (FREEZE, ANALYZE) " + ", ".join(TABLES))
    connection.close()
    marker.write_text(json.dumps(wanted))
    told(f"built in {time.monotonic() - began:.0f} s", 1, 1)


def _unit() -> None:
    from yiyang.access.models import Area, Organisation

    area, _new = Area.objects.get_or_create(code="310106", defaults={"name": "静安区", "level": "DISTRICT"})
    Organisation.objects.create(
        pk=UNIT, name_zh="颐养中心", kind="COMMUNITY_CARE_CENTRE", area=area, path=[UNIT], member_unit=True
    )


def _statements(cursor: Any, people: int) -> list[str]:
    numbers = f"FROM generate_series(1, {people}) n"
    told = {
        "people_person": {"id": PERSON},
        "devices_device": {
            "id": DEVICE, "no": "n", "urn": "'urn:dev:mac:' || lpad(to_hex(n), 12, '0')", "kind": "'BRACELET'",
            "serial": "n::text", "unit_id": f"'{UNIT}'::uuid", "state": "'LENT'",
            # Of every DUE-th device the last sign of life is written anew with what it sends.
            "last_seen_at": f"CASE WHEN n % {DUE} = 0 THEN TIMESTAMPTZ '2026-01-01' ELSE TIMESTAMPTZ '2100-01-01' END",
        },
        "devices_loan": {
            "id": "md5('l' || n)::uuid", "device_id": DEVICE, "person_id": PERSON,
            "period": "tstzrange('2026-01-01', NULL)",
        },
    }  # fmt: skip
    return [_insert(cursor, table, columns, numbers) for table, columns in told.items()]


def _insert(cursor: Any, table: str, columns: dict[str, str], numbers: str) -> str:
    """Columns that need a value and are not named here get a plain one."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL",
        [table],
    )
    whole = {name: PLACE_HOLDERS[kind] for name, kind in cursor.fetchall() if name not in columns} | columns
    return f"INSERT INTO {table} ({', '.join(whole)}) SELECT {', '.join(whole.values())} {numbers}"
