"""A POST with an Idempotency-Key is done once: replays, refusals, repeats in flight, deadlocks, faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from yiyang.access.tests.calling import Caller, Reply, caller
from yiyang.beds.commands import requests as transfer_commands
from yiyang.beds.models import Transfer
from yiyang.beds.tests.factories import Cast, bed, cast, person, stay
from yiyang.kernel import commands as kernel_commands
from yiyang.kernel import idempotency
from yiyang.kernel.models import IdempotencyKey, PersonFact, Reading
from yiyang.kernel.time import clock_at, now
from yiyang.people.models import Person

KEY = "3f0a1c52-5d5e-4b9a-8a0e-1c9a5e7d2f10"


@pytest.fixture
def who(db: None) -> Cast:
    return cast()


@pytest.fixture
def nurse(who: Cast) -> Caller:
    return caller(who.care_home_nurse)


@pytest.fixture
def elder(who: Cast) -> Person:
    elder = person()
    stay(elder, bed(who.care_home))
    return elder


def ask(nurse: Caller, elder: Person, key: str = KEY, **told: Any) -> Reply:
    body = {
        "person": str(elder.pk),
        "trigger": "HEALTH_WORSENED",
        "urgency": "ROUTINE",
        "target_kind": "HOSPITAL",
        "reason": "fever",
        **told,
    }
    return nurse.post("/transfers", body, Idempotency_Key=key)


class TestRepeats:
    def test_the_same_request_gets_the_same_answer_and_is_done_once(
        self, nurse: Caller, elder: Person
    ) -> None:
        first, again = ask(nurse, elder), ask(nurse, elder)

        assert (first.status, again.status) == (201, 201)
        assert first.body == again.body
        assert first.headers["Location"] == again.headers["Location"]
        assert first.etag == again.etag
        assert again.headers["Idempotent-Replayed"] == "true"
        assert Transfer.objects.count() == 1
        assert PersonFact.objects.filter(name="transfer.requested").count() == 1

    def test_a_replay_shows_the_person_again_and_is_recorded_as_seen(
        self, nurse: Caller, elder: Person
    ) -> None:
        ask(nurse, elder)
        Reading.objects.all().delete()

        ask(nurse, elder)

        [reading] = Reading.objects.all()
        assert reading.persons == [elder.pk]

    def test_blanks_and_order_do_not_make_it_another_request(self, nurse: Caller, elder: Person) -> None:
        told = (
            f'{{"person": "{elder.pk}", "trigger": "WISH", "urgency": "ROUTINE", "target_kind": "HOSPITAL",'
            ' "reason": "x"}'
        )
        other = f'{{"reason":"x","target_kind":"HOSPITAL","urgency":"ROUTINE","trigger":"WISH","person":"{elder.pk}"}}'

        first = nurse.post("/transfers", told.encode(), Idempotency_Key=KEY)
        again = nurse.post("/transfers", other.encode(), Idempotency_Key=KEY)

        assert (first.status, again.body) == (201, first.body)

    def test_another_body_under_the_same_key_is_refused(self, nurse: Caller, elder: Person) -> None:
        ask(nurse, elder)

        reply = ask(nurse, elder, reason="cough")

        assert (reply.status, reply.code) == (422, "IDEMPOTENCY_KEY_REUSED")

    def test_another_address_under_the_same_key_is_refused(self, nurse: Caller, elder: Person) -> None:
        made = ask(nurse, elder)

        reply = nurse.post(f"/transfers/{made.body['id']}/cancel", {"reason": "x"}, Idempotency_Key=KEY)

        assert reply.code == "IDEMPOTENCY_KEY_REUSED"

    def test_keys_belong_to_a_token(self, who: Cast, nurse: Caller, elder: Person) -> None:
        colleague = caller(who.care_home_nurse)
        ask(nurse, elder)

        reply = ask(colleague, elder)

        assert (reply.status, reply.code) == (409, "SECOND_TRANSFER")

    def test_a_key_counts_for_a_day(self, nurse: Caller, elder: Person) -> None:
        first = ask(nurse, elder)
        nurse.post(f"/transfers/{first.body['id']}/cancel", {"reason": "x"})

        with clock_at(now() + timedelta(hours=23)):
            assert ask(nurse, elder).body == first.body
        with clock_at(now() + timedelta(hours=23, minutes=59)):
            assert idempotency.forget_old_keys() == 0
        tomorrow = now() + timedelta(hours=25)
        with clock_at(tomorrow):
            token_lasts = caller_with_the_same_token_until(nurse, tomorrow)
            later = ask(token_lasts, elder)
            assert later.status == 201
            assert later.body["id"] != first.body["id"]
        with clock_at(tomorrow + timedelta(days=2)):
            assert idempotency.forget_old_keys() == 1

    @pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "é"])
    def test_a_key_that_is_none_is_refused(self, nurse: Caller, elder: Person, key: str) -> None:
        reply = ask(nurse, elder, key=key)

        assert (reply.status, reply.code) == (422, "IDEMPOTENCY_KEY_MALFORMED")
        assert Transfer.objects.count() == 0


class TestRefusals:
    def test_a_refusal_by_a_constraint_is_stored_and_writes_nothing_else(
        self, nurse: Caller, elder: Person
    ) -> None:
        made = ask(nurse, elder, key="first")

        refused = ask(nurse, elder)
        nurse.post(f"/transfers/{made.body['id']}/cancel", {"reason": "not needed"})
        again = ask(nurse, elder)

        assert (refused.status, refused.code) == (409, "SECOND_TRANSFER")
        assert again.body == refused.body
        assert again.headers["Idempotent-Replayed"] == "true"
        assert Transfer.objects.count() == 1
        assert PersonFact.objects.filter(name="transfer.requested").count() == 1
        assert ask(nurse, elder, key="fresh").status == 201

    def test_what_is_not_visible_stays_so(self, who: Cast, nurse: Caller, elder: Person) -> None:
        made = ask(nurse, elder)
        stranger = caller(who.stranger)
        path = f"/transfers/{made.body['id']}/cancel"

        first = stranger.post(path, {"reason": "x"}, Idempotency_Key=KEY)
        again = stranger.post(path, {"reason": "x"}, Idempotency_Key=KEY)

        assert (first.status, again.status) == (404, 404)

    def test_values_that_cannot_be_do_not_use_up_the_key(self, nurse: Caller, elder: Person) -> None:
        assert ask(nurse, elder, urgency="SOON").status == 422

        assert ask(nurse, elder).status == 201

    def test_a_bug_leaves_neither_change_nor_key(
        self, nurse: Caller, elder: Person, monkeypatch: Any
    ) -> None:
        def broken(*_: Any, **__: Any) -> None:
            raise RuntimeError

        with monkeypatch.context() as patched:
            patched.setattr("yiyang.beds.api.transfers._shown", broken)
            assert ask(nurse, elder).status == 500

        assert Transfer.objects.count() == 0
        assert IdempotencyKey.objects.count() == 0
        assert ask(nurse, elder).status == 201


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_a_repeat_in_flight_waits_and_gets_the_same_answer(
        self, nurse: Caller, elder: Person, monkeypatch: Any
    ) -> None:
        slow_down(monkeypatch, 0.6)

        replies = at_once(*[lambda: ask(nurse, elder)] * 4)

        assert {reply.status for reply in replies} == {201}
        assert len({reply.body["id"] for reply in replies}) == 1
        assert Transfer.objects.count() == 1

    def test_a_repeat_that_waited_too_long_is_told_to_ask_again(
        self, nurse: Caller, elder: Person, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(idempotency, "WAITS", "200ms")
        slow_down(monkeypatch, 1.2)

        replies = at_once(*[lambda: ask(nurse, elder)] * 2)

        assert sorted(reply.status for reply in replies) == [201, 409]
        assert "IDEMPOTENCY_KEY_IN_USE" in {reply.body.get("code") for reply in replies}
        assert ask(nurse, elder).status == 201
        assert Transfer.objects.count() == 1

    def test_a_deadlock_is_tried_again_under_the_key(
        self, nurse: Caller, elder: Person, monkeypatch: Any
    ) -> None:
        """The command holds the elder and wants the other; somebody holds the other and wants the elder."""
        other = person()
        holds_elder, holds_other = threading.Event(), threading.Event()
        tries: list[int] = []
        real = transfer_commands._source

        def wants_the_other_too(*given: Any) -> Any:
            tries.append(1)
            holds_elder.set()
            holds_other.wait(5)
            list(Person.objects.select_for_update().filter(pk=other.pk))
            return real(*given)

        def crossing() -> None:
            with transaction.atomic():
                list(Person.objects.select_for_update().filter(pk=other.pk))
                holds_other.set()
                holds_elder.wait(5)
                # The command waits first, so it is the one that the database ends.
                for _turn in range(1000):
                    if waits_for_a_lock():
                        break
                    time.sleep(0.01)
                time.sleep(0.3)
                list(Person.objects.select_for_update().filter(pk=elder.pk))

        monkeypatch.setattr(transfer_commands, "_source", wants_the_other_too)
        reply, _crossed = at_once(lambda: ask(nurse, elder), crossing)

        assert reply.status == 201
        assert len(tries) == 2
        assert Transfer.objects.count() == 1
        assert PersonFact.objects.filter(name="transfer.requested").count() == 1
        assert ask(nurse, elder).body == reply.body

    def test_somebody_elses_lock_is_not_stored_as_the_answer(
        self, nurse: Caller, elder: Person, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(kernel_commands, "LOCK_TIMEOUT", "100ms")
        with locked(elder):
            busy = ask(nurse, elder)

        assert (busy.status, busy.code) == (503, "BUSY")
        assert busy.headers["Retry-After"]
        assert ask(nurse, elder).status == 201

    def test_different_keys_for_one_person_make_one_transfer(self, nurse: Caller, elder: Person) -> None:
        replies = at_once(*[lambda key=str(n): ask(nurse, elder, key=key) for n in range(6)])

        assert sorted(reply.status for reply in replies) == [201, 409, 409, 409, 409, 409]
        assert Transfer.objects.count() == 1


def caller_with_the_same_token_until(nurse: Caller, at: Any) -> Caller:
    from yiyang.access.models import ApiToken

    ApiToken.objects.update(expires_at=at + timedelta(days=3))
    return nurse


def slow_down(monkeypatch: Any, seconds: float) -> None:
    real = transfer_commands._source

    def slow(*given: Any) -> Any:
        time.sleep(seconds)
        return real(*given)

    monkeypatch.setattr(transfer_commands, "_source", slow)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """All acts begin together, each with a connection of its own."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            start.wait(5)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures: list[Future[Any]] = [pool.submit(run, act) for act in acts]
        return [future.result(30) for future in futures]


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


@contextmanager
def locked(elder: Person) -> Iterator[None]:
    """Another connection holds the person's row meanwhile."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                list(Person.objects.select_for_update().filter(pk=elder.pk))
                held.set()
                done.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    try:
        yield
    finally:
        done.set()
        holder.join()
