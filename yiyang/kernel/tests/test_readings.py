"""Who looked is written before the answer leaves, and many answers share one commit."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from yiyang.kernel import readings
from yiyang.kernel.readings import Book, ReadingNotKept


def test_those_who_come_while_one_writes_are_written_together() -> None:
    batches: list[list[Any]] = []
    first_is_writing, go_on = Event(), Event()

    def write(rows: list[Any]) -> None:
        batches.append(rows)
        first_is_writing.set()
        assert go_on.wait(5)

    book = Book(write)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(book.keep, [("a",)])
        assert first_is_writing.wait(5)
        others = [pool.submit(book.keep, [(number,)]) for number in range(5)]
        while len(book._waiting) < 5:
            sleep(0.001)
        go_on.set()
        for one in (first, *others):
            one.result(5)

    assert batches[0] == [("a",)]
    assert sorted(batches[1]) == [(number,) for number in range(5)]
    assert len(batches) == 2


def test_all_who_share_a_write_that_fails_are_told_and_the_next_is_tried_again() -> None:
    fails = [True]

    def write(rows: list[Any]) -> None:
        if fails.pop():
            raise OperationalError("disk full")

    book = Book(write)

    with pytest.raises(ReadingNotKept):
        book.keep([("a",)])
    fails.append(False)
    book.keep([("b",)])


def test_a_page_that_shows_nobody_does_not_wait_for_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "_book", Book(_failing))
    answer: Callable[..., HttpResponse] = readings.readings_first(lambda request: HttpResponse("figures"))

    assert answer(RequestFactory().get("/")).content == b"figures"


def _failing(rows: list[Any]) -> None:
    raise OperationalError("the disk is full")
