"""A city in which everybody wears something: persons, devices and loans, made inside the database once."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

from bench.build import told
from bench.loading import bare
from bench.place import FOLDER

SHAPE = 5
TABLES = ("people_person", "devices_device", "devices_loan")
UNIT = UUID(int=0xD0)
UNITS, FIRST_UNIT = 40, 0xD100  # health centres below it, each with the gateway of its devices
HOME, RESIDENTS = UUID(int=0xD200), 300  # a care home: the first persons of the city
FALLERS = 6_000  # of whom a fall may be told; the duty officer may see them
OFFICER = "bench-duty"
DUE = 4
# Ids in no order of number, as far as the trees of the database go: the worst case.
PERSON, DEVICE = "md5('p' || n)::uuid", "md5('d' || n)::uuid"
OF_UNIT = f"('00000000-0000-0000-0000-' || lpad(to_hex({FIRST_UNIT} + n % {UNITS}), 12, '0'))::uuid"
PLACE_HOLDERS = {
    "uuid": "NULL", "text": "''", "character varying": "''", "boolean": "false", "integer": "1", "smallint": "0",
    "bigint": "1", "date": "DATE '1945-01-01'", "timestamp with time zone": "TIMESTAMPTZ '2026-01-01'",
    "jsonb": "'{}'::jsonb", "ARRAY": "'{}'", "double precision": "0", "bytea": "''::bytea",
}  # fmt: skip


def urn(number: int) -> str:
    return f"urn:dev:mac:{number:012x}"


def units() -> list[UUID]:
    return [UUID(int=FIRST_UNIT + place) for place in range(UNITS)]


def residents(people: int) -> int:
    return min(RESIDENTS, people // 4)


def key_of(place: int) -> str:
    """A key of a scratch installation that lives for the length of a benchmark."""
    return f"d_bench_gateway_{place}"


def ensure_built(name: str, people: int) -> None:
    from django.db import connection

    marker = FOLDER / name / "built.json"
    wanted = {"people": people, "shape": SHAPE}
    if marker.exists() and json.loads(marker.read_text()) == wanted:
        return
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'; SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            f"TRUNCATE {', '.join(TABLES)}, people_carerelationship, access_organisation, access_account CASCADE"
        )
        # Rows are written again every five minutes. In a city that has long been running there is room for it.
        cursor.execute("ALTER TABLE devices_device SET (fillfactor = 50)")
        _units()
        with bare(cursor, TABLES):
            for step, statement in enumerate(_statements(cursor, people)):
                told("persons, devices, loans", step, 3)
                cursor.execute(statement)
            told("indexes", 1, 1)
        _officer(cursor, people)
        cursor.execute("VACUUM (FREEZE, ANALYZE) " + ", ".join(TABLES))
    connection.close()
    marker.write_text(json.dumps(wanted))
    told(f"built in {time.monotonic() - began:.0f} s", 1, 1)


def _units() -> None:
    from yiyang.access.models import Area, Organisation
    from yiyang.devices.models import DeviceCredential, DeviceGateway
    from yiyang.devices.rules.secrets import digest_of
    from yiyang.kernel.time import now

    at = now()
    area, _new = Area.objects.get_or_create(code="310106", defaults={"name": "静安区", "level": "DISTRICT"})
    given = {"area": area, "member_unit": True}
    Organisation.objects.create(
        pk=UNIT, name_zh="颐养中心", kind="COMMUNITY_CARE_CENTRE", path=[UNIT], **given
    )
    below = [(one, f"第{place + 1}社区卫生服务中心", "CHC") for place, one in enumerate(units())]
    below.append((HOME, "金辉养老院", "INSTITUTION"))
    for pk, name, kind in below:
        Organisation.objects.create(pk=pk, name_zh=name, kind=kind, parent_id=UNIT, path=[UNIT, pk], **given)
    # The last one speaks for all, as a broker does.
    for place, (pk, name, _kind) in enumerate([*below, (UNIT, "MQTT", "")]):
        gateway = DeviceGateway.objects.create(
            urn=f"urn:dev:ops:bench-{place}", name=name, unit_id=pk, created_at=at
        )
        DeviceCredential.objects.create(gateway=gateway, digest=digest_of(key_of(place)), issued_at=at)


def _officer(cursor: Any, people: int) -> None:
    """A nurse in charge of all these units, and the care of those who may fall, and of the residents."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from yiyang.access.models import Account, Membership
    from yiyang.kernel.time import now

    account = Account.objects.create(login=OFFICER, name="李敏", password="!", created_at=now())
    Membership.objects.create(
        account=account, organisation_id=UNIT, role="CARE_HOME_NURSE", created_at=now(),
        period=DateTimeTZRange(now(), None),
    )  # fmt: skip
    for unit, most in ((UNIT, residents(people) + FALLERS), (HOME, residents(people))):
        columns = {
            "id": "gen_random_uuid()", "person_id": PERSON, "organisation_id": f"'{unit}'::uuid", "account_id": "NULL",
            "basis": "'EPISODE'", "scope": "'FULL'", "starts_at": "TIMESTAMPTZ '2026-01-01'",
        }  # fmt: skip
        cursor.execute(
            _insert(
                cursor,
                "people_carerelationship",
                columns,
                f"FROM generate_series(1, {min(people, most)}) n",
            )
        )


def _statements(cursor: Any, people: int) -> list[str]:
    numbers = f"FROM generate_series(1, {people}) n"
    told = {
        "people_person": {
            "id": PERSON, "full_name": "'王秀' || n", "sort_key": "'wangxiu' || n", "sex": "'FEMALE'",
        },
        "devices_device": {
            "id": DEVICE, "no": "n", "urn": "'urn:dev:mac:' || lpad(to_hex(n), 12, '0')", "kind": "'BRACELET'",
            "serial": "n::text", "state": "'LENT'",
            "unit_id": f"CASE WHEN n <= {residents(people)} THEN '{HOME}'::uuid ELSE {OF_UNIT} END",
            # Of every DUE-th device the last sign of life is written anew with what it sends.
            "last_seen_at": f"CASE WHEN n % {DUE} = 0 THEN TIMESTAMPTZ '2026-01-01' ELSE TIMESTAMPTZ '2100-01-01' END",
        },
        "devices_loan": {
            "id": "md5('l' || n)::uuid", "device_id": DEVICE, "person_id": PERSON,
            "period": "tstzrange('2016-01-01', NULL)",
        },
    }  # fmt: skip
    return [_insert(cursor, table, columns, numbers) for table, columns in told.items()]


def _insert(cursor: Any, table: str, columns: dict[str, str], numbers: str) -> str:
    """Columns that need a value and are not named here get a plain one."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_generated = 'NEVER'",
        [table],
    )
    whole = {name: PLACE_HOLDERS[kind] for name, kind in cursor.fetchall() if name not in columns} | columns
    return f"INSERT INTO {table} ({', '.join(whole)}) SELECT {', '.join(whole.values())} {numbers}"
