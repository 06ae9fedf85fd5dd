"""Statements of a search end in time: what takes too long is refused, and leaves a transaction around it whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

MILLISECONDS = 5000
CANCELLED = "57014"


class SearchTooCostly(Refusal):
    message = _("The search takes too long. Narrow it: name a person, a code or a period.")
    status = 400


@contextmanager
def in_time() -> Iterator[None]:
    """What is asked within has so much time for each statement."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout')")
            before = cursor.fetchone()[0]
            _limit(cursor, str(MILLISECONDS))
            yield
            _limit(cursor, before)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == CANCELLED:
            raise SearchTooCostly from error
        raise


def _limit(cursor: Any, to: str) -> None:
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [to])


def rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
