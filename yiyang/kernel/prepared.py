"""Statements that every request asks anew: planned once for each connection, not once a request.

Django puts values into the text of a statement, so the database plans it each time, which costs more than a look-up
by key. What depends on its values for a good plan (a search) is not for here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import connection

Values = Mapping[str, Any] | Sequence[Any]
Row = tuple[Any, ...]


def first(statement: str, values: Values) -> Row | None:
    """The first row that the statement gives, or None."""
    with connection.wrap_database_errors, _cursor() as cursor:
        _run(cursor, statement, values)
        return cast("Row | None", cursor.fetchone())


def every(statement: str, values: Values) -> list[Row]:
    """All rows that the statement gives."""
    with connection.wrap_database_errors, _cursor() as cursor:
        _run(cursor, statement, values)
        return cast("list[Row]", cursor.fetchall())


def run(statement: str, values: Values) -> int:
    """Carry the statement out; how many rows it has written."""
    with connection.wrap_database_errors, _cursor() as cursor:
        _run(cursor, statement, values)
        return int(cursor.rowcount)


def _cursor() -> Any:
    """A cursor whose statements can be prepared; the ordinary one while statements are being counted."""
    if connection.queries_logged or connection.execute_wrappers:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def _run(cursor: Any, statement: str, values: Values) -> None:
    if isinstance(cursor, psycopg.Cursor):
        connection.validate_no_broken_transaction()
        cursor.execute(statement.encode(), values, prepare=True)
    else:
        cursor.execute(statement, values)
