"""What one request costs the database: its statements with their parameters, and where it commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tape:
    """Statements in their order; None stands for a commit (or for the end of a statement outside a transaction)."""

    entries: list[tuple[str, Any] | None] = field(default_factory=list)

    @property
    def statements(self) -> list[tuple[str, Any]]:
        return [one for one in self.entries if one is not None]

    @property
    def commits(self) -> int:
        return self.entries.count(None)


@contextmanager
def recorded() -> Iterator[Tape]:
    """Everything that this process sends to the database meanwhile."""
    from django.db import connection

    tape = Tape()
    commit = connection._commit

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        tape.entries += [(sql, one) for one in (params if many else [params])]
        answer = execute(sql, params, many, context)
        if not connection.in_atomic_block:
            tape.entries.append(None)
        return answer

    def committed() -> None:
        commit()
        tape.entries.append(None)

    connection._commit = committed  # type: ignore[method-assign]
    try:
        with connection.execute_wrapper(run):
            yield tape
    finally:
        connection._commit = commit  # type: ignore[method-assign]
