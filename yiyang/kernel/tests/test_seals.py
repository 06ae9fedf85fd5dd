"""Seals: each fact once, late ones too; whatever is changed, inserted or cut off afterwards is found."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from yiyang.kernel import seals
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record, seen
from yiyang.kernel.models import Seal
from yiyang.kernel.seals import prove, seal_facts
from yiyang.kernel.tests.at_once import at_once
from yiyang.kernel.tests.held_open import held_open
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db(transaction=True)


@command("TEST", within=ANYWHERE)
def note(*, by, at, what, person=None):
    record("test.noted", by=by, at=at, what=what, person=person)


class Reader:
    account_id, label, organisation_id, role = None, "a nurse", None, "NURSE"


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(seals, "config", replace(seals.config, data_dir=tmp_path))
    yield tmp_path / "newest-seal.json"


@pytest.fixture
def three_seals() -> list[Seal]:
    """Three seals over facts of all three kinds."""
    for number in range(3):
        note(by=SYSTEM, at=now(), what=f"plain {number}")
        note(by=SYSTEM, at=now(), what=f"of a person {number}", person=uuid4())
        seen(Reader(), [uuid4(), uuid4()], "people.person")
        assert seal_facts()
    assert prove() is None
    return list(Seal.objects.order_by("number"))


def sql(text: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def sealed() -> int:
    return sum(Seal.objects.values_list("count", flat=True))


def test_each_fact_is_sealed_once_and_nothing_new_makes_no_seal(three_seals):
    assert [seal.count for seal in three_seals] == [3, 3, 3]
    assert [seal.lo for seal in three_seals[1:]] == [seal.hi for seal in three_seals[:-1]]

    assert seal_facts() is None


def test_a_fact_committed_thirty_seconds_late_is_sealed_once():
    late = held_open(lambda: note(by=SYSTEM, at=now(), what="late"))
    note(by=SYSTEM, at=now(), what="meanwhile")
    note(by=SYSTEM, at=now(), what="meanwhile", person=uuid4())

    assert seal_facts() is None, "the transaction that is still open stands before all others"
    late.commit()
    note(by=SYSTEM, at=now(), what="afterwards")
    while seal_facts():
        pass

    assert sealed() == 4
    assert prove() is None


def test_two_sealers_at_once_make_one_chain(three_seals):
    for number in range(5):
        note(by=SYSTEM, at=now(), what=str(number))

    answers = at_once([seal_facts] * 8)

    assert [answer.error for answer in answers] == [None] * 8
    assert sealed() == 14
    assert prove() is None


def test_two_sealers_that_write_outside_at_once_do_not_disturb_each_other(three_seals, outside):
    answers = at_once([lambda seal=seal: seals._write_outside(seal) for seal in three_seals] * 4)

    assert [answer.error for answer in answers] == [None] * 12
    assert prove() is None
    assert not list(outside.parent.glob("*.new"))


TAMPERED = {
    "a fact's data": 'UPDATE kernel_plainfact SET data = \'{{"what": "lie"}}\' WHERE {in_second}',
    "who did it": "UPDATE kernel_personfact SET by_label = 'somebody else' WHERE {in_second}",
    "when it was": "UPDATE kernel_plainfact SET at = at - interval '1 day' WHERE {in_second}",
    "when it was recorded": "UPDATE kernel_plainfact SET recorded_at = at - interval '1 s' WHERE {in_second}",
    "whose it is": "UPDATE kernel_personfact SET person_id = gen_random_uuid() WHERE {in_second}",
    "who was read": "UPDATE kernel_reading SET persons = persons[:1] WHERE {in_second}",
    "a fact cut off": "DELETE FROM kernel_plainfact WHERE {in_second}",
    "a reading cut off": "DELETE FROM kernel_reading WHERE {in_second}",
    "a fact inserted": (
        "INSERT INTO kernel_plainfact (id, name, at, recorded_at, by_label, by_role, subject_kind, data, tx)"
        " SELECT gen_random_uuid(), name, at, recorded_at, by_label, by_role, subject_kind, data, tx"
        " FROM kernel_plainfact WHERE {in_second}"
    ),
    "a fact moved to another seal": (
        "UPDATE kernel_plainfact SET tx = (SELECT lo FROM kernel_seal WHERE number = 3) WHERE {in_second}"
    ),
    "a fact moved to another generation": "UPDATE kernel_plainfact SET generation = 0 WHERE {in_second}",
    "the seal's count": "UPDATE kernel_seal SET count = count - 1 WHERE number = 2",
    "the seal's digest": "UPDATE kernel_seal SET digest = repeat('0', 64) WHERE number = 2",
    "the seal's bounds": "UPDATE kernel_seal SET hi = (hi::text::bigint + 1)::text::xid8 WHERE number = 2",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_tampered_with_the_first_broken_seal_is_named(three_seals, what):
    second = "tx >= (SELECT lo FROM kernel_seal WHERE number = 2) AND tx < (SELECT hi FROM kernel_seal WHERE number = 2)"

    sql(TAMPERED[what].format(in_second=second))

    broken = prove()
    assert broken is not None
    assert broken.number == 2, broken


def test_a_seal_taken_out_is_found(three_seals):
    sql("DELETE FROM kernel_seal WHERE number = 2")

    assert prove().number == 3


def test_the_newest_seals_taken_out_are_found_by_the_copy_outside(three_seals):
    sql("DELETE FROM kernel_seal WHERE number >= 2")

    assert prove().number == 3


def test_a_copy_outside_that_says_something_else_is_found(three_seals, outside):
    outside.write_text(json.dumps({"number": 2, "generation": 1, "mac": "f" * 64}))

    assert prove().number == 2


def test_a_chain_made_anew_without_the_key_is_found(three_seals, monkeypatch):
    sql("DELETE FROM kernel_seal")
    monkeypatch.setattr(seals, "seal_mac", lambda data: "0" * 64)
    seal_facts()
    monkeypatch.undo()

    assert prove().number == 1


@pytest.mark.parametrize("generation", [1, 3])
def test_a_fact_put_into_another_generation_is_found(three_seals, generation):
    sql("UPDATE kernel_installation SET generation = 2")
    note(by=SYSTEM, at=now(), what="after the restore")
    seal_facts()
    assert prove() is None

    sql(
        "INSERT INTO kernel_plainfact (id, name, at, recorded_at, by_label, by_role, subject_kind, data, generation)"
        " VALUES (gen_random_uuid(), 'test.noted', now(), now(), '', '', '', '{}', %s)",
        generation,
    )

    assert "generation that has ended" in prove().why


def test_sealing_goes_on_with_a_clock_that_went_ten_minutes_back(three_seals):
    from datetime import timedelta

    from yiyang.kernel.time import clock_at

    with clock_at(now() - timedelta(minutes=10)):
        note(by=SYSTEM, at=now(), what="earlier by the clock, later by the transaction")
        assert seal_facts().count == 1

    assert prove() is None


def test_a_seal_whose_copy_could_not_be_written_still_counts(three_seals, monkeypatch):
    def no_space(seal: Seal) -> None:
        raise OSError(28, "No space left on device")

    note(by=SYSTEM, at=now(), what="the disk is full")
    with monkeypatch.context() as full:
        full.setattr(seals, "_write_outside", no_space)
        with pytest.raises(OSError, match="No space left"):
            seal_facts()

    assert prove() is None
    note(by=SYSTEM, at=now(), what="there is room again")
    assert seal_facts().number == 5
    assert prove() is None
