"""What nearly every test begins with is made once in a process; later its rows are written again in one statement."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Calls `make` once and keeps what it inserted; later calls insert the same and return the same, as new objects.

    `make` may insert, but change and delete nothing, and its keys are chosen by the program, not by the database.
    """

    def __init__(self, make: Callable[[], Made]) -> None:
        self.make = make
        self.statements: list[str] = []
        self.pickled = b""

    def __call__(self) -> Made:
        if self.pickled:
            with connection.cursor() as cursor:
                cursor.execute(";".join(self.statements))
            return pickle.loads(self.pickled)  # type: ignore[no-any-return]
        self.statements = []
        with connection.execute_wrapper(self._listen):
            made = self.make()
        self.pickled = pickle.dumps(made)
        return made

    def _listen(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        assert not many and not sql.startswith(("UPDATE", "DELETE")), sql
        if sql.startswith("INSERT"):
            self.statements.append(context["cursor"].mogrify(sql, params))
        return execute(sql, params, many, context)
