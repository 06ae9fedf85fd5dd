"""What a restore changes for facts: their generation, their seals, and those who resume by cursor."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from yiyang.kernel import seals
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.events import Cursor, facts_after
from yiyang.kernel.facts import record
from yiyang.kernel.installation import begin_generation, messages_held
from yiyang.kernel.time import now
from yiyang.ops.config import config

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    from dataclasses import replace

    monkeypatch.setattr(seals, "config", replace(config, data_dir=tmp_path))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_installation (id, generation, created_at, messages_held)"
            " VALUES (1, 1, now(), false) ON CONFLICT (id) DO UPDATE SET generation = 1, messages_held = false"
        )


@command("MANAGE_SECURITY", within=ANYWHERE)
def note_something(*, by, at, what):
    record("test.noted", by=by, at=at, what=what)


def restored() -> None:
    begin_generation(
        by=SYSTEM, at=now(), backup_made_at=datetime(2026, 1, 1, tzinfo=UTC), backup_sha256=str(uuid4())
    )


def as_from_a_server_with_higher_numbers() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_plainfact SET tx = (tx::text::bigint + 1000000)::text::xid8")


def names(after: Cursor) -> list[str]:
    return [fact["name"] for fact in facts_after(after)]


def test_facts_of_the_generation_before_stay_readable_and_come_first():
    note_something(by=SYSTEM, at=now(), what="before")
    as_from_a_server_with_higher_numbers()
    restored()
    note_something(by=SYSTEM, at=now(), what="after")

    assert names(Cursor()) == ["test.noted", "installation.restored", "test.noted"]


def test_a_reader_of_the_generation_before_goes_on_with_the_new_one():
    note_something(by=SYSTEM, at=now(), what="before")
    read = facts_after(Cursor())[-1]["cursor"]
    as_from_a_server_with_higher_numbers()
    restored()

    assert names(Cursor(read.generation, read.tx + 1_000_000, read.id)) == ["installation.restored"]


def test_the_rest_of_the_old_generation_is_sealed_once_and_the_chain_holds():
    note_something(by=SYSTEM, at=now(), what="sealed in time")
    seals.seal_facts()
    note_something(by=SYSTEM, at=now(), what="not sealed when the backup was made")
    as_from_a_server_with_higher_numbers_since(1)

    sealed = seals.seal_all_restored()
    restored()
    later = seals.seal_facts()

    assert sealed
    assert sealed.count == 1
    assert later
    assert later.generation == 2
    assert seals.prove() is None


def as_from_a_server_with_higher_numbers_since(seal: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_plainfact SET tx = (tx::text::bigint + 1000000)::text::xid8"
            " WHERE tx >= (SELECT hi::text::xid8 FROM kernel_seal WHERE number = %s)",
            [seal],
        )


def test_messages_are_held_after_a_restore():
    restored()

    assert messages_held()
