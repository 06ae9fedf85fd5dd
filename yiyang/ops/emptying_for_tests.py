"""After a test that commits the database is emptied, and what a new one holds is written back from memory.

Django's own flush makes it anew each time: content types, permissions, shipped instruments. That took three times
as long as the emptying.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.color import no_style
from django.core.management.sql import sql_flush
from django.db import OperationalError, connection, transaction

Teardown = Callable[[Any], None]
TRIES = 4
QUEUE = "procrastinate_jobs", "procrastinate_workers"  # not Django's to flush
READINGS = (
    "devices_reading", "devices_late", "devices_horizon", "devices_pack", "devices_day", "devices_position",
    "devices_signal",
)  # fmt: skip


def emptying(flush: Teardown) -> Teardown:
    """In the place of a test case's own teardown; the first time that one is asked, and what it leaves is kept."""
    new: dict[str, bytes] = {}

    def teardown(case: Any) -> None:
        if case.available_apps is not None or case.serialized_rollback or case.reset_sequences or not new:
            flush(case)
            new.update(new or _rows())
        else:
            _begin_anew(new)

    return teardown


def _rows() -> dict[str, bytes]:
    """Every row of every table that has any, as PostgreSQL copies them."""
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    found = {}
    with connection.cursor() as cursor:
        for table in map(connection.ops.quote_name, tables):
            with cursor.copy(f"COPY {table} TO STDOUT") as copied:
                rows = b"".join(map(bytes, copied))
            if rows:
                found[table] = rows
    return found


def _begin_anew(new: dict[str, bytes]) -> None:
    """A page that was just left may still be answered: whoever waits for its tables in a circle tries again."""
    for left in reversed(range(TRIES)):
        try:
            _empty_and_fill(new)
            return
        except OperationalError:
            if not left:
                raise


def _empty_and_fill(new: dict[str, bytes]) -> None:
    empty = sql_flush(no_style(), connection, reset_sequences=False, allow_cascade=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (*empty, f"TRUNCATE {', '.join(QUEUE)} CASCADE"):
            cursor.execute(statement)
        for table in READINGS:  # few rows in many partitions: quicker than truncating each of them
            cursor.execute(f"DELETE FROM {table}")
        for table, rows in new.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as written:
                written.write(rows)
