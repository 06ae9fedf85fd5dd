"""Reactions: "when X happened, then Y", after commit, once, in order for one person.

`@on("transfer.accepted")` in a context's reactions.py declares one. Recording the fact queues it in the same
transaction (procrastinate, in PostgreSQL), so none is lost and none runs for a rolled-back fact.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from django.db.models import F
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.types import JSONValue

from yiyang.kernel.refusals import Busy, Refusal
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.kernel.models import ReactionFault

log = logging.getLogger("yiyang.reactions")
React = Callable[..., None]


@dataclass(frozen=True)
class Reaction:
    name: str
    fact: str
    run: React


REGISTRY: dict[str, list[Reaction]] = {}
_BY_NAME: dict[str, Reaction] = {}
_past: ContextVar[bool] = ContextVar("facts_of_the_past", default=False)


def on(fact: str) -> Callable[[React], React]:
    """Declare that this function runs once after each such fact; it calls one command of its own context."""

    def declare(run: React) -> React:
        name = f"{run.__module__.split('.')[1]}.{run.__name__}"
        reaction = Reaction(name, fact, run)
        declared = REGISTRY.setdefault(fact, [])
        if all(one.name != name for one in declared):
            declared.append(reaction)
        _BY_NAME[name] = reaction
        return run

    return declare


def load(app: str) -> None:
    """Import the reactions of a context when it starts."""
    for part in ("reactions", "jobs", "refusals", "merging", "fact_words", "panels", "matters", "on_charts"):
        if importlib.util.find_spec(f"{app}.{part}"):
            importlib.import_module(f"{app}.{part}")


@contextmanager
def of_the_past() -> Iterator[None]:
    """What is recorded inside happened long ago: nobody is told of it now."""
    token = _past.set(True)
    try:
        yield
    finally:
        _past.reset(token)


def queue_for(fact: str, fact_id: UUID, person_id: UUID | None) -> None:
    """Queue the reactions to a fact inside the transaction that records it.

    A worker's own connection to the queue stands outside that transaction, so it is not used here.
    """
    declared = REGISTRY.get(fact)
    if not declared or _past.get():
        return
    from yiyang.kernel.jobs import react

    person = str(person_id) if person_id else None
    job = react.configure(lock=f"person:{person}" if person else None).job
    calls: list[dict[str, JSONValue]] = [
        {"fact_id": str(fact_id), "person_id": person, "reaction": reaction.name} for reaction in declared
    ]
    JobDeferrer(JobManager(DjangoConnector()), job).batch_defer(*calls)


def run(name: str, fact_id: UUID, person_id: UUID | None) -> None:
    """Run one reaction to one fact, unless it ran before. A Refusal ends it and is kept with it."""
    from yiyang.kernel import facts
    from yiyang.kernel.models import ReactionDone, ReactionFault

    reaction = _BY_NAME[name]
    if ReactionDone.objects.filter(fact_id=fact_id, reaction=name).exists():
        return
    try:
        with transaction.atomic():
            fact = facts.find(fact_id, person_id)
            _, fresh = ReactionDone.objects.get_or_create(
                fact_id=fact_id, reaction=name, defaults={"done_at": now()}
            )
            if fresh:
                reaction.run(fact)
    except Busy:
        raise  # nothing was decided: the queue tries again
    except Refusal as refusal:
        ReactionDone.objects.get_or_create(
            fact_id=fact_id, reaction=name, defaults={"done_at": now(), "refusal": refusal.code}
        )
    except Exception as error:
        ReactionFault.objects.update_or_create(
            fact_id=fact_id,
            reaction=name,
            defaults={"error": type(error).__name__, "last_at": now(), "attempts": F("attempts") + 1},
            create_defaults={"error": type(error).__name__, "last_at": now()},
        )
        raise
    else:
        ReactionFault.objects.filter(fact_id=fact_id, reaction=name).delete()


def run_pending(limit: int = 1000) -> int:
    """Run what is queued, here and now: for tests and for the demo's history. Returns how many ran."""
    ran = 0
    while ran < limit:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, args ->> 'reaction', args ->> 'fact_id', args ->> 'person_id' FROM procrastinate_jobs"
                " WHERE status = 'todo' AND task_name = 'yiyang.kernel.jobs.react' ORDER BY id LIMIT 200"
            )
            rows = cursor.fetchall()
        if not rows:
            return ran
        for job_id, reaction, fact_id, person_id in rows:
            run(reaction, UUID(fact_id), UUID(person_id) if person_id else None)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job_id])
            ran += 1
    return ran


def forget_connections() -> None:
    close_old_connections()


STALLED_AFTER = timedelta(seconds=60)


def faults(limit: int = 100) -> list[ReactionFault]:
    """The reactions that failed by a bug and have not run since, the newest first."""
    from yiyang.kernel.models import ReactionFault

    return list(ReactionFault.objects.order_by("-last_at")[:limit])


def waiting() -> int:
    """How many jobs wait in the queue or run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
        return int(cursor.fetchone()[0])
