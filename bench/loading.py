"""Filling tables by COPY: constraints and indexes are taken off, and put back over the rows, which checks them all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

FILLED = {"bool": "false", "jsonb": "'{}'", "int2": "1", "int4": "1", "varchar": "''", "text": "''"}
KEPT_KEYS = "SELECT conindid FROM pg_constraint WHERE contype = 'p'"


def copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Binary COPY; every column is sent in the type that the table has."""
    types = _types(cursor, table)
    target = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    with cursor.copy(target) as out:
        out.set_types([types[column] for column in columns])
        for row in rows:
            out.write_row(row)


def _types(cursor: Any, table: str) -> dict[str, str]:
    cursor.execute(
        "SELECT attname, CASE WHEN t.typelem <> 0 AND t.typlen = -1 THEN e.typname || '[]' ELSE t.typname END"
        " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table],
    )
    return dict(cursor.fetchall())


@contextmanager
def bare(cursor: Any, tables: Sequence[str]) -> Iterator[None]:
    """These tables without foreign keys, exclusions, unique constraints and indexes, and with defaults."""
    off, on = _statements(cursor, tables)
    for statement in off:
        cursor.execute(statement)
    yield
    for statement in on:
        cursor.execute(statement)


def _statements(cursor: Any, tables: Sequence[str]) -> tuple[list[str], list[str]]:
    off: list[str] = []
    on: list[str] = []
    listed = list(tables)
    cursor.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint"
        " WHERE conrelid = ANY(%s::regclass[]) AND (contype IN ('f', 'x', 'u')"
        " OR contype = 'p' AND conrelid = 'people_searchkey'::regclass)"
        " ORDER BY contype = 'f' DESC",
        [listed],
    )
    constraints = cursor.fetchall()
    for table, name, _definition, _kind in constraints:
        off.append(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    cursor.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY(%s::regclass[])"
        " AND indexrelid NOT IN (SELECT conindid FROM pg_constraint WHERE conindid <> 0 AND contype <> 'f')",
        [listed],
    )
    for name, definition in cursor.fetchall():
        off.append(f"DROP INDEX {name}")
        on.append(definition)
    on += [
        f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"
        for table, name, definition, kind in sorted(constraints, key=lambda one: one[3] == "f")
    ]
    defaults = list(_defaults(cursor, listed))
    off += [f"ALTER TABLE {table} ALTER {column} SET DEFAULT {value}" for table, column, value in defaults]
    on += [f"ALTER TABLE {table} ALTER {column} DROP DEFAULT" for table, column, _value in defaults]
    return off, on


def _defaults(cursor: Any, tables: list[str]) -> Iterator[tuple[str, str, str]]:
    cursor.execute(
        "SELECT table_name, column_name, udt_name, data_type FROM information_schema.columns"
        " WHERE table_name = ANY(%s) AND is_nullable = 'NO' AND column_default IS NULL"
        " AND column_name <> 'id'",
        [tables],
    )
    for table, column, udt, kind in cursor.fetchall():
        value = "'{}'" if kind == "ARRAY" else FILLED.get(udt)
        if (table, column) in (
            ("beds_transfer", "needs"),
            ("beds_offer", "rank_reasons"),
            ("beds_evaluation", "criteria"),
        ):
            value = "'[]'"
        if value is not None:
            yield table, column, value
