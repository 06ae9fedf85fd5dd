"""What `@command` promises: a permission, one transaction, a fact, retries, and refusals instead of errors."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from yiyang.kernel import commands, refusals
from yiyang.kernel.actors import SYSTEM, System
from yiyang.kernel.commands import ANYWHERE, NoFact, command
from yiyang.kernel.facts import record
from yiyang.kernel.models import PlainFact, ReactionDone
from yiyang.kernel.refusals import Busy, InTheFuture, NotAllowed, NotFound, Refusal, TooFarBack
from yiyang.kernel.tests.at_once import at_once
from yiyang.kernel.time import clock_at, now


class Forbidden(System):
    def may(self, permission, within=None):
        return False


class Blind(System):
    def sees(self, person_id):
        return False


@command("TEST", within=ANYWHERE)
def note(*, by, at, what="something", then=None):
    record("test.noted", by=by, at=at, what=what)
    if then is not None:
        then()


@command("TEST", within=ANYWHERE, about=lambda person_id, **_: person_id)
def note_about(*, by, at, person_id):
    record("test.noted", by=by, at=at, person=person_id)


@command("TEST", within=lambda unit_id, **_: unit_id)
def note_at(*, by, at, unit_id):
    record("test.noted", by=by, at=at)


@command("TEST", within=ANYWHERE)
def forget_the_fact(*, by, at):
    ReactionDone.objects.create(fact_id=uuid4(), reaction="test", done_at=at)


class Twice(Refusal):
    message = "{fact} is there already."


def twice(fact_id):
    ReactionDone.objects.create(fact_id=fact_id, reaction="test", done_at=now())
    ReactionDone.objects.create(fact_id=fact_id, reaction="test", done_at=now())


@pytest.mark.django_db
def test_a_command_that_records_nothing_is_a_bug_and_changes_nothing():
    with pytest.raises(NoFact):
        forget_the_fact(by=SYSTEM, at=now())

    assert not ReactionDone.objects.exists()


@pytest.mark.django_db
def test_without_the_permission_nothing_happens():
    with pytest.raises(NotAllowed):
        note(by=Forbidden(), at=now())

    assert not PlainFact.objects.exists()


@pytest.mark.django_db
def test_whoever_may_not_see_the_person_is_told_that_there_is_none():
    with pytest.raises(NotFound):
        note_about(by=Blind(), at=now(), person_id=uuid4())


@pytest.mark.django_db
def test_staff_are_refused_where_a_command_does_not_know_its_organisation():
    nurse = System(label="a nurse", organisation_id=uuid4())

    note_at(by=nurse, at=now(), unit_id=uuid4())
    note(by=nurse, at=now())
    with pytest.raises(NotAllowed):
        note_at(by=nurse, at=now(), unit_id=None)

    assert PlainFact.objects.count() == 2


def test_a_command_cannot_be_declared_without_saying_where_it_acts():
    with pytest.raises(TypeError, match="within"):

        @command("TEST")
        def note_nowhere(*, by, at):
            record("test.noted", by=by, at=at)


@pytest.mark.django_db
def test_the_platform_itself_acts_without_an_organisation():
    note_at(by=SYSTEM, at=now(), unit_id=None)

    assert PlainFact.objects.count() == 1


@pytest.mark.django_db
def test_nobody_writes_of_the_future_nor_of_last_year():
    note(by=SYSTEM, at=now() + timedelta(seconds=59))
    with pytest.raises(InTheFuture):
        note(by=SYSTEM, at=now() + timedelta(seconds=70))
    with pytest.raises(TooFarBack):
        note(by=SYSTEM, at=now() - timedelta(days=365))


@pytest.mark.django_db
def test_a_clock_that_goes_ten_minutes_back_keeps_both_times():
    with clock_at(now() + timedelta(minutes=10)):
        note(by=SYSTEM, at=now(), what="before the jump")
    note(by=SYSTEM, at=now(), what="after the jump")

    first, second = PlainFact.objects.order_by("tx", "id")
    assert first.data["what"] == "before the jump"
    assert first.recorded_at > second.recorded_at


@pytest.mark.django_db
def test_a_command_inside_a_command_joins_it():
    with pytest.raises(ZeroDivisionError):
        note(by=SYSTEM, at=now(), then=lambda: (note(by=Forbidden(), at=now(), what="inner"), 1 / 0))

    assert not PlainFact.objects.exists()


@pytest.mark.django_db
def test_a_violated_constraint_is_the_refusal_that_was_declared_for_it(monkeypatch):
    told = {}

    def explain(given):
        told.update(given)
        return Twice(fact=ReactionDone.objects.count())

    monkeypatch.setitem(refusals._CONSTRAINTS, "reaction_once_per_fact", explain)

    with pytest.raises(Twice) as refused:
        note(by=SYSTEM, at=now(), what="both", then=lambda: twice(uuid4()))

    assert refused.value.details == {"fact": 0}, "the details are read after the rollback"
    assert told["what"] == "both"
    assert "fact_id, reaction" in told["violation"]


@pytest.mark.django_db
def test_a_constraint_without_a_refusal_stays_a_bug():
    with pytest.raises(IntegrityError):
        note(by=SYSTEM, at=now(), then=lambda: twice(uuid4()))

    assert not PlainFact.objects.exists()


def lock_both(first, second, arrived, other):
    rows = PlainFact.objects.select_for_update()
    rows.get(pk=first)
    arrived.set()
    other.wait(1)
    rows.get(pk=second)


@pytest.mark.django_db(transaction=True)
def test_two_commands_that_lock_each_other_out_both_succeed():
    note(by=SYSTEM, at=now())
    note(by=SYSTEM, at=now())
    one, two = PlainFact.objects.values_list("pk", flat=True)
    here, there = threading.Event(), threading.Event()

    answers = at_once(
        [
            lambda: note(by=SYSTEM, at=now(), then=lambda: lock_both(one, two, here, there)),
            lambda: note(by=SYSTEM, at=now(), then=lambda: lock_both(two, one, there, here)),
        ]
    )

    assert [answer.error for answer in answers] == [None, None]
    assert PlainFact.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_waiting_too_long_for_a_lock_is_refused_as_busy(monkeypatch):
    monkeypatch.setattr(commands, "LOCK_TIMEOUT", "200ms")
    note(by=SYSTEM, at=now())
    fact = PlainFact.objects.get()

    with transaction.atomic():
        PlainFact.objects.select_for_update().get(pk=fact.pk)
        [answer] = at_once(
            [
                lambda: note(
                    by=SYSTEM, at=now(), then=lambda: PlainFact.objects.select_for_update().get(pk=fact.pk)
                )
            ]
        )

    assert isinstance(answer.error, Busy)
    assert PlainFact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_limits_of_waiting_do_not_outlive_the_command():
    note(by=SYSTEM, at=now())

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone()[0] == "0"
