"""Who was shown whose data: written before the answer leaves, and many answers share one commit.

While one thread writes, the others of its process hand in what they have; the next one writes it all. Under
load a flush to the disk is paid once for several pages; alone, a page waits for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from yiyang.kernel import prepared
from yiyang.kernel.refusals import Refusal

Row = tuple[Any, ...]

INSERT = """
    INSERT INTO kernel_reading (id, name, at, recorded_at, by_account, by_label, by_organisation, by_role,
                                subject_kind, subject_id, data, persons)
    VALUES (%s, 'record.seen', %s, %s, %s, %s, %s, %s, %s, NULL, %s, %s)
"""

INSERT_ABOUT = """
    INSERT INTO kernel_reading (id, name, at, recorded_at, by_account, by_label, by_organisation, by_role,
                                subject_kind, subject_id, data, persons)
    VALUES (%s, 'record.seen', %s, %s, %s, %s, %s, %s, %s, %s, '{}', %s)
"""

_gathering: ContextVar[list[Row] | None] = ContextVar("readings of this answer", default=None)


class ReadingNotKept(Refusal):
    message = _(
        "Whoever reads a record is written down first, and this could not be written just now. Try again in a "
        "moment. If you were changing something, look first whether it is done."
    )
    status = 503


class Book:
    """The readings of one process. `keep` returns when they are on the disk, or raises ReadingNotKept."""

    def __init__(self, write: Callable[[list[Row]], None]) -> None:
        self._write = write
        self._handing_in, self._writing = Lock(), Lock()
        self._waiting: list[_Entry] = []

    def keep(self, rows: Iterable[Row]) -> None:
        mine = _Entry(list(rows))
        with self._handing_in:
            self._waiting.append(mine)
        with self._writing:
            if not mine.settled:
                self._write_all()
        if mine.problem is not None:
            raise ReadingNotKept from mine.problem

    def _write_all(self) -> None:
        with self._handing_in:
            entries, self._waiting = self._waiting, []
        problem = None
        try:
            self._write([row for entry in entries for row in entry.rows])
        except DatabaseError as refused:
            problem = refused
        for entry in entries:
            entry.problem, entry.settled = problem, True


class _Entry:
    def __init__(self, rows: list[Row]) -> None:
        self.rows, self.settled = rows, False
        self.problem: DatabaseError | None = None


def write(rows: list[Row]) -> None:
    if len(rows) == 1:
        prepared.run(INSERT, rows[0])
        return
    with connection.cursor() as cursor:
        cursor.executemany(INSERT, rows)


def write_about(rows: list[Row]) -> None:
    """Readings that name the thing in which the persons' data left, such as an export."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(INSERT_ABOUT, rows)


_book = Book(write)


def note(row: Row) -> None:
    """Keep a reading with the others of the answer that is being made; at once where none is."""
    gathered = _gathering.get()
    if gathered is None:
        write([row])
    else:
        gathered.append(row)


def keep(rows: list[Row]) -> None:
    """Returns when the rows are written down; ReadingNotKept when they could not be."""
    # Inside a transaction of the caller (in tests) the rows must be seen and undone with it.
    write(rows) if connection.in_atomic_block else _book.keep(rows)


@contextmanager
def gathered() -> Iterator[list[Row]]:
    rows: list[Row] = []
    token = _gathering.set(rows)
    try:
        yield rows
    finally:
        _gathering.reset(token)


def readings_first(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """No answer leaves before it is written down who was shown whose data in it."""

    def answer(request: HttpRequest) -> HttpResponse:
        with gathered() as rows:
            response = get_response(request)
        if not rows:
            return response
        try:
            keep(rows)
        except ReadingNotKept as refusal:
            return _refused(request, refusal)
        return response

    return answer


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    from yiyang.kernel.api.problems import problem
    from yiyang.kernel.middleware import refusal_page

    if request.path_info.startswith("/api/"):
        return problem(refusal)
    return refusal_page(request, refusal)
