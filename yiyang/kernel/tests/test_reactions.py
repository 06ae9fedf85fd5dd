"""Reactions: never for what was rolled back, once for what was not, in order for one person."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID, uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from yiyang.kernel import jobs, reactions
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import Fact, record
from yiyang.kernel.models import PersonFact, PlainFact, ReactionDone, ReactionFault
from yiyang.kernel.reactions import Reaction, run_pending
from yiyang.kernel.refusals import Busy, Refusal
from yiyang.kernel.tests.at_once import at_once
from yiyang.kernel.time import now

REACTION = "kernel.follow"


class NotToday(Refusal):
    message = "Not today."


@command("TEST", within=ANYWHERE)
def begin(*, by, at, person=None, text="", then=None):
    record("test.begun", by=by, at=at, person=person, text=text)
    if then is not None:
        then()


@command("TEST", within=ANYWHERE)
def follow_up(*, by, at, of, then=None):
    record("test.followed", by=by, at=at, person=of.person_id, text=of.data.get("text"))
    if then is not None:
        then()


@pytest.fixture
def react(monkeypatch: pytest.MonkeyPatch):
    """Declare what happens after `test.begun`, for this test alone."""

    def declare(then, *, fact: str = "test.begun", name: str = REACTION) -> None:
        reaction = Reaction(name, fact, then)
        monkeypatch.setitem(reactions.REGISTRY, fact, [*reactions.REGISTRY.get(fact, []), reaction])
        monkeypatch.setitem(reactions._BY_NAME, name, reaction)

    return declare


def worker(concurrency: int = 4) -> None:
    """A worker as it runs in production, until nothing is left that could run now."""
    while any(status == "todo" and due for _, status, due in queue()):
        with app.replace_connector(app.connector.get_worker_connector()):
            app.run_worker(
                wait=False,
                concurrency=concurrency,
                queues=["reactions"],
                install_signal_handlers=False,
                listen_notify=False,
            )


def queue() -> list[tuple[str, str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args ->> 'reaction', status, coalesce(scheduled_at <= now(), true) FROM procrastinate_jobs"
            " WHERE queue_name = 'reactions' AND args ? 'reaction' ORDER BY id"
        )
        return cursor.fetchall()


def follow(fact: Fact) -> None:
    follow_up(by=SYSTEM, at=fact.at, of=fact)


@pytest.mark.django_db
def test_a_command_that_was_rolled_back_leaves_no_reaction(react):
    react(follow)

    with pytest.raises(ZeroDivisionError):
        begin(by=SYSTEM, at=now(), then=lambda: 1 / 0)

    assert queue() == []
    assert not PlainFact.objects.exists()


@pytest.mark.django_db
def test_all_reactions_to_a_fact_are_queued_by_one_statement(react, django_assert_num_queries):
    react(follow)
    react(follow, name="kernel.follow_too")

    with django_assert_num_queries(5):  # savepoint, limits, fact, jobs, release
        begin(by=SYSTEM, at=now(), person=uuid4())

    assert len(queue()) == 2


def test_one_reaction_may_answer_several_facts(monkeypatch):
    monkeypatch.setattr(reactions, "REGISTRY", {})

    def follow_both(fact):
        pass

    reactions.on("test.one")(reactions.on("test.two")(follow_both))
    reactions.on("test.one")(follow_both)

    assert {fact: len(found) for fact, found in reactions.REGISTRY.items()} == {"test.two": 1, "test.one": 1}
    reactions._BY_NAME.pop("kernel.follow_both")


@pytest.mark.django_db
def test_a_reaction_takes_effect_once_however_often_it_runs(react):
    react(follow)
    begin(by=SYSTEM, at=now())
    fact = PlainFact.objects.get()

    for _ in range(3):
        reactions.run(REACTION, fact.pk, None)

    assert PlainFact.objects.filter(name="test.followed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_run_one_reaction_at_once_do_it_once(react):
    react(lambda fact: (time.sleep(0.2), follow(fact)))
    begin(by=SYSTEM, at=now())
    fact = PlainFact.objects.get()

    answers = at_once([lambda: reactions.run(REACTION, fact.pk, None)] * 8)

    assert [answer.error for answer in answers] == [None] * 8
    assert PlainFact.objects.filter(name="test.followed").count() == 1


@pytest.mark.django_db
def test_a_refusal_ends_a_reaction_and_stays_readable(react):
    def refuse(fact: Fact) -> None:
        raise NotToday

    react(refuse)
    begin(by=SYSTEM, at=now())

    run_pending()

    assert ReactionDone.objects.get().refusal == "NOT_TODAY"
    assert queue() == []


@pytest.mark.django_db
def test_being_busy_does_not_end_a_reaction(react):
    tries = []

    def busy_at_first(fact: Fact) -> None:
        tries.append(fact)
        if len(tries) == 1:
            raise Busy
        follow(fact)

    react(busy_at_first)
    begin(by=SYSTEM, at=now())
    fact = PlainFact.objects.get()

    with pytest.raises(Busy):
        reactions.run(REACTION, fact.pk, None)
    assert not ReactionDone.objects.exists()
    reactions.run(REACTION, fact.pk, None)

    assert PlainFact.objects.filter(name="test.followed").count() == 1
    assert not ReactionFault.objects.exists()


@pytest.mark.django_db
def test_a_bug_leaves_no_trace_of_the_effect_and_shows_until_it_is_mended(react):
    mended = []

    def half(fact: Fact) -> None:
        follow(fact)
        if not mended:
            raise KeyError("bug")

    react(half)
    begin(by=SYSTEM, at=now())
    fact = PlainFact.objects.get()

    for _ in range(2):
        with pytest.raises(KeyError):
            reactions.run(REACTION, fact.pk, None)
    assert not PlainFact.objects.filter(name="test.followed").exists()
    fault = ReactionFault.objects.get()
    assert (fault.error, fault.attempts) == ("KeyError", 2)

    mended.append(True)
    reactions.run(REACTION, fact.pk, None)
    assert not ReactionFault.objects.exists()
    assert PlainFact.objects.filter(name="test.followed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_reactions_of_reactions_in_their_transactions(react):
    ran = []
    react(follow)
    react(
        lambda fact: (ran.append(fact), follow_up(by=SYSTEM, at=fact.at, of=fact)),
        fact="test.followed",
        name="kernel.second",
    )
    react(lambda fact: None, fact="test.nothing", name="kernel.nothing")
    person = uuid4()
    begin(by=SYSTEM, at=now(), person=person)

    # test.followed leads to test.followed again: stop it after three rounds.
    def thrice(fact: Fact) -> None:
        ran.append(fact)
        if len(ran) < 3:
            follow_up(by=SYSTEM, at=fact.at, of=fact)

    reactions._BY_NAME["kernel.second"] = Reaction("kernel.second", "test.followed", thrice)
    worker()

    assert not [(fault.reaction, fault.error) for fault in ReactionFault.objects.all()]
    assert len(ran) == 3
    assert PersonFact.objects.filter(person_id=person, name="test.followed").count() == 3
    assert {status for _, status, _ in queue()} == {"succeeded"}
    assert not ReactionFault.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_failed_reaction_recorded_in_the_worker_queues_nothing(react):
    def half(fact: Fact) -> None:
        follow(fact)
        raise KeyError("bug")

    react(half)
    react(follow, fact="test.followed", name="kernel.second")
    begin(by=SYSTEM, at=now())

    worker()

    assert [(name, status) for name, status, _ in queue()] == [(REACTION, "todo")]
    assert not PlainFact.objects.filter(name="test.followed").exists()


@pytest.mark.django_db(transaction=True)
def test_reactions_of_one_person_run_in_the_order_of_the_facts(react):
    ran: list[tuple[UUID, str]] = []

    def slowly(fact: Fact) -> None:
        time.sleep(0.03 if int(fact.data["text"]) % 2 else 0)
        ran.append((fact.person_id, fact.data["text"]))

    react(slowly)
    persons = [uuid4() for _ in range(4)]
    for number in range(6):
        for person in persons:
            begin(by=SYSTEM, at=now(), person=person, text=str(number))

    worker(concurrency=8)

    for person in persons:
        assert [text for who, text in ran if who == person] == [str(number) for number in range(6)]


def stalled(task: str, *, queueing_lock: str | None = None, args: str = "{}") -> None:
    """A job that a worker had begun when it was killed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, queueing_lock, args, status, attempts)"
            " VALUES ('reactions', %s, 0, %s, %s, 'doing', 0)",
            [task, queueing_lock, args],
        )


async def take_up() -> None:
    class Context:
        app = jobs.app

    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            await jobs.take_up_stalled(Context(), timestamp=3)


@pytest.mark.parametrize("with_the_next_one_waiting", [False, True])
@pytest.mark.django_db(transaction=True)
def test_jobs_of_a_killed_worker_are_taken_up_again(react, with_the_next_one_waiting):
    stalled("yiyang.kernel.jobs.seal", queueing_lock="seal", args='{"timestamp": 1}')
    stalled("yiyang.kernel.jobs.take_up_stalled", queueing_lock="stalled", args='{"timestamp": 1}')
    if with_the_next_one_waiting:
        jobs.seal.defer(timestamp=2)
        jobs.take_up_stalled.defer(timestamp=2)
    react(follow)
    begin(by=SYSTEM, at=now())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE args ? 'reaction'")

    asyncio.run(take_up())
    worker()

    assert PlainFact.objects.filter(name="test.followed").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'")
        assert cursor.fetchone() == (0,)
