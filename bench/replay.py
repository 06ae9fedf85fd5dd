"""The same statements, parameters and commits as a tape holds, sent by psycopg without the product around them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from bench.capture import Tape

Group = list[tuple[str, Any]]  # one transaction
A_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Fresh:
    """Names for one more run of a tape: known ids are exchanged, and each id that the tape made is made anew."""

    def __init__(self, known: dict[Any, Any], made_after_ms: int) -> None:
        self.known = dict(known)
        self.made_after_ms = made_after_ms

    def of(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self._id(value)
        if isinstance(value, str):
            return self.known.get(value) or A_UUID.sub(lambda found: str(self._id(UUID(found[0]))), value)
        if isinstance(value, dict):
            return {key: self.of(one) for key, one in value.items()}
        if isinstance(value, tuple) and type(value) is not tuple:  # a composite of the database
            return type(value)(*(self.of(one) for one in value))
        if isinstance(value, list | tuple):
            return type(value)(self.of(one) for one in value)
        if hasattr(value, "obj") and hasattr(value, "dumps"):  # JSON
            return type(value)(self.of(value.obj), dumps=value.dumps)
        return value

    def _id(self, value: UUID) -> UUID:
        from yiyang.kernel.ids import new_id

        if value not in self.known and value.version == 7 and value.int >> 80 >= self.made_after_ms:
            self.known[value] = new_id()
        found: UUID = self.known.get(value, value)
        return found


def groups(tape: Tape, fresh: Fresh) -> list[Group]:
    """The tape's transactions with fresh parameters, ready to be sent."""
    found: list[Group] = [[]]
    for entry in tape.entries:
        if entry is None:
            found.append([])
        else:
            found[-1].append((entry[0], fresh.of(entry[1])))
    return [group for group in found if group]


def connect() -> psycopg.Connection[Any]:
    """Parameters are put into the text by the client, as the product's connections do."""
    from django.db import connection

    told = {
        name: value
        for name, value in connection.get_connection_params().items()
        if name in ("dbname", "user", "password", "host", "port", "options")
    }
    return psycopg.connect(**told, autocommit=True, cursor_factory=psycopg.ClientCursor)


def send(connection: psycopg.Connection[Any], work: Iterable[Group]) -> None:
    with connection.cursor() as cursor:
        for group in work:
            if len(group) == 1:
                _execute(cursor, *group[0])
                continue
            with connection.transaction():
                for statement, values in group:
                    _execute(cursor, statement, values)


def _execute(cursor: Any, statement: str, values: Any) -> None:
    cursor.execute(statement, values)
    if cursor.description is not None:
        cursor.fetchall()


def at_once(works: list[list[Group]], connections: int) -> None:
    """Send all works by so many connections at once."""
    waiting, faults = list(works), list[BaseException]()
    lines = [connect() for _ in range(connections)]

    def run(line: psycopg.Connection[Any]) -> None:
        try:
            while waiting:
                send(line, waiting.pop())
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in lines:
        line.close()
    if faults:
        raise faults[0]
