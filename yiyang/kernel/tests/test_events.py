"""The cursor: a reader who resumes gets every fact once, however late it was committed."""

from __future__ import annotations

from uuid import uuid4

import pytest

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.events import Cursor, facts_after, newest
from yiyang.kernel.facts import record
from yiyang.kernel.models import PersonFact, PlainFact
from yiyang.kernel.tests.at_once import at_once
from yiyang.kernel.tests.held_open import held_open
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db(transaction=True)


@command("TEST", within=ANYWHERE)
def note(*, by, at, what, person=None, times=1):
    for number in range(times):
        record(f"test.{what}", by=by, at=at, person=person if number % 2 else None)


def read_all(position: Cursor, limit: int = 500) -> tuple[list[str], Cursor]:
    names: list[str] = []
    while rows := facts_after(position, limit):
        names += [row["name"] for row in rows]
        position = rows[-1]["cursor"]
    return names, position


def test_a_fact_committed_late_is_given_to_a_reader_who_came_back_meanwhile():
    note(by=SYSTEM, at=now(), what="first")
    names, position = read_all(Cursor())
    late = held_open(lambda: note(by=SYSTEM, at=now(), what="late", person=uuid4(), times=2))
    note(by=SYSTEM, at=now(), what="meanwhile")

    meanwhile, position = read_all(Cursor.parse(str(position)))
    late.commit()
    afterwards, position = read_all(Cursor.parse(str(position)))

    assert names == ["test.first"]
    assert meanwhile == [], "what was written after an open transaction waits for it"
    assert afterwards == ["test.late", "test.late", "test.meanwhile"]
    assert read_all(position)[0] == []


def test_a_reader_who_begins_at_the_newest_misses_nothing_that_is_still_open():
    late = held_open(lambda: note(by=SYSTEM, at=now(), what="late"))
    note(by=SYSTEM, at=now(), what="meanwhile")

    position = newest()
    late.commit()

    assert "test.late" in read_all(position)[0]


def test_pages_of_any_size_give_the_same_facts_in_the_same_order():
    for number in range(4):
        note(by=SYSTEM, at=now(), what=str(number), person=uuid4(), times=3)

    whole = read_all(Cursor())[0]

    assert len(whole) == 12
    assert [read_all(Cursor(), limit)[0] for limit in (1, 2, 5, 7)] == [whole] * 4


def test_readers_beside_many_writers_see_every_fact_once():
    position, names = Cursor(), []

    def write() -> None:
        for _ in range(5):
            note(by=SYSTEM, at=now(), what="busy", person=uuid4(), times=2)

    def read() -> None:
        nonlocal position, names
        for _ in range(40):
            more, position = read_all(position, 3)
            names += more

    answers = at_once([read, *[write] * 8])
    assert [answer.error for answer in answers] == [None] * 9
    more, _ = read_all(position)

    assert len(names + more) == 80 == PersonFact.objects.count() + PlainFact.objects.count()


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "a.b.c", "1.2.not-an-id", "1.2.3.4", "-1.2.", f"1.{2**64}."]
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(ValueError):
        Cursor.parse(text)
