"""Statements that every request asks anew: planned once for each connection, not once a request.

Django puts values into the text of a statement, so the database plans it each time, which costs more than a look-up
by key. What depends on its values for a good plan (a search) is not for here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import psycopg
from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable

Values = Mapping[str, Any] | Sequence[Any]
Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)


class Given(Expression):
    """Stands in a query set for a value that changes each time it is asked."""

    def __init__(self, name: str, kind: Field[Any, Any]) -> None:
        super().__init__(output_field=kind)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Asked(Generic[M]):
    """A query set whose statement is put together once in a process; its `Given`s alone are filled in each time."""

    def __init__(self, ask: Callable[[], QuerySet[M]]) -> None:
        self.ask = ask

    def objects(self, **given: Any) -> list[M]:
        compiler, statement, values = self._put_together
        rows = every(statement, _filled_in(values, given))
        mine = copy(compiler)
        mine.execute_sql = lambda *_, **__: [rows]
        return list(ModelIterable(_Found(mine)))  # type: ignore[arg-type]

    def count(self, **given: Any) -> int:
        _compiler, statement, values = self._put_together
        row = first(f"SELECT count(*) FROM ({statement}) found", _filled_in(values, given))
        return int(row[0]) if row else 0

    @cached_property
    def _put_together(self) -> tuple[Any, str, Sequence[Any]]:
        compiler = self.ask().query.get_compiler(connection=connection)
        return compiler, *compiler.as_sql()


class _Found:
    """What Django asks of a query set to make objects of the rows that its compiler has found."""

    _known_related_objects: dict[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.db, self.query, self.compiler = connection.alias, self, compiler

    def get_compiler(self, using: str) -> Any:
        return self.compiler


def _filled_in(values: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    return [given[one.name] if isinstance(one, Given) else one for one in values]


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
