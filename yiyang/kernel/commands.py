"""`@command`: the one way to change anything.

A command checks the permission within the organisation concerned, opens one transaction (the outermost
alone does), waits briefly for locks, retries deadlocks, and must record at least one fact. A violated named
constraint becomes the Refusal declared for it.
"""

from __future__ import annotations

import functools
import inspect
import random
import time as stopwatch
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from yiyang.kernel import refusals, versions
from yiyang.kernel.refusals import Busy, InTheFuture, NotAllowed, NotFound, TooFarBack
from yiyang.kernel.time import now

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F")


class Place(Enum):
    """Where a command takes effect, when that is no organisation."""

    ANYWHERE = "ANYWHERE"


ANYWHERE = Place.ANYWHERE
Whose = Callable[..., UUID | None]
Where = Callable[..., UUID | Place | None] | Place

ATTEMPTS = 4
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "15s"
DEADLOCKS = {"40P01", "40001"}
LOCK_NOT_AVAILABLE = "55P03"
BACKDATED_AT_MOST = timedelta(days=60)

REGISTRY: dict[str, Command] = {}


@dataclass(frozen=True)
class Command:
    """What the registry knows of a command, for the stranger test and the documentation."""

    name: str
    permission: str
    run: Callable[..., Any]
    within: Where | None
    about: Whose | None


@dataclass
class Running:
    """The command now running in this thread of control: counts its facts."""

    name: str
    facts: int = 0
    after: list[Callable[[], None]] = field(default_factory=list)


running: ContextVar[Running | None] = ContextVar("running_command", default=None)


class NoFact(AssertionError):
    """A command that changed something without recording it: a bug."""


def command(
    permission: str, *, within: Where | str | None = None, about: Whose | str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare a command that needs `permission` in the organisation `within` and sight of the person `about`.

    Both are found from what the command is given: by a path such as `"episode.unit_id"`, or by a function.
    A command that belongs to no organisation says so: `within=ANYWHERE`, or a function that returns it. Where
    the organisation is not known (None), members of staff are refused.
    """

    def declare(write: Callable[P, R]) -> Callable[P, R]:
        name = f"{write.__module__.split('.')[1]}.{write.__name__}"
        signature = inspect.signature(write)
        if within is None:
            raise TypeError(f"{name}: say within=…, or within=ANYWHERE when it belongs to no organisation")
        organisation = within if isinstance(within, Place) else _found(within, signature)
        person = _found(about, signature)

        @functools.wraps(write)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if running.get() is not None:
                return write(*args, **kwargs)
            given = signature.bind(*args, **kwargs)
            given.apply_defaults()
            _check(permission, organisation, person, given.arguments)
            return _in_transaction(name, lambda: write(*args, **kwargs), given.arguments)

        REGISTRY[name] = Command(name, permission, run, organisation, person)
        return run

    return declare


def _found(whose: Callable[..., F] | str | None, signature: inspect.Signature) -> Callable[..., F] | None:
    if not isinstance(whose, str):
        return whose
    name, _, path = whose.partition(".")
    if name not in signature.parameters:
        raise TypeError(f"no such argument: {whose}")
    if not path:
        return lambda **given: given[name]
    of = attrgetter(path)
    return lambda **given: of(given[name])


def _check(permission: str, within: Where | None, about: Whose | None, given: dict[str, Any]) -> None:
    by = given["by"]
    if about is not None:
        person_id = about(**given)
        if person_id is not None and not by.sees(person_id):
            raise NotFound
    place = within(**given) if callable(within) else within
    if place is None and by.organisation_id is not None:
        raise NotAllowed
    if not by.may(permission, None if place is ANYWHERE else place):
        raise NotAllowed
    at = given.get("at")
    if isinstance(at, datetime):
        if at > now() + timedelta(minutes=1):
            raise InTheFuture(at=at)
        if at < now() - BACKDATED_AT_MOST:
            raise TooFarBack(at=at)


def _in_transaction(name: str, write: Callable[[], R], given: dict[str, Any]) -> R:
    for attempt in range(1, ATTEMPTS + 1):
        scope = Running(name)
        token = running.set(scope)
        try:
            with transaction.atomic():
                _limit_waiting()
                versions.begin()
                result = write()
                if not scope.facts:
                    raise NoFact(name)
                versions.finish(name)
            return result
        except IntegrityError as error:
            refusal = refusals.of_constraint(_constraint(error), {**given, "violation": _detail(error)})
            if refusal is None:
                raise
            raise refusal from error
        except OperationalError as error:
            if _state(error) == LOCK_NOT_AVAILABLE:
                raise Busy from error
            if _state(error) not in DEADLOCKS:
                raise
            if attempt == ATTEMPTS:
                raise Busy from error
        finally:
            running.reset(token)
        stopwatch.sleep(random.uniform(0.01, 0.05) * attempt)
    raise Busy


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true), set_config('statement_timeout', %s, true)",
            [LOCK_TIMEOUT, STATEMENT_TIMEOUT],
        )


def _state(error: DatabaseError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _detail(error: DatabaseError) -> str:
    """What the database says of the rows in conflict: `Key (bed_id, claim)=(…) conflicts with …`."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "message_detail", None) or ""


def _constraint(error: DatabaseError) -> str | None:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)
