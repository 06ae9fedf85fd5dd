"""Not losing anybody's change: a command refuses when the record is no longer as the caller saw it.

A command that locks a record which has a version calls `compare` with it, at once after the lock. A page hands
the version that it showed to the command; the API announces what the caller saw for the whole request
(`expecting`), and a command that ends without having compared it is a bug: the change would be lost in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yiyang.kernel.refusals import Stale


class NotCompared(AssertionError):
    """A command that never looked at the version which the caller insists on: a bug."""


@dataclass
class Expected:
    """The record that a request is about, and the version of it that the caller has seen."""

    record_id: UUID
    version: int
    compared: bool = False
    done: bool = False


_expected: ContextVar[Expected | None] = ContextVar("expected_version", default=None)


@contextmanager
def expecting(record_id: UUID | None, version: int | None) -> Iterator[None]:
    """Within it, the next command must find the record in this version. Without a version, anything goes."""
    wanted = Expected(record_id, version) if record_id is not None and version is not None else None
    token = _expected.set(wanted)
    try:
        yield
    finally:
        _expected.reset(token)


def compare(
    held: Any, version: int | None = None, *, aliases: Callable[[], Iterable[UUID]] | None = None
) -> None:
    """Refuse to change what somebody else changed since it was looked at. `held` is locked.

    `version` is what a page showed; `aliases` are other ids under which the caller may know the record.
    """
    if version is not None and held.version != version:
        raise Stale
    expected = _expected.get()
    if expected is None or expected.compared or expected.done:
        return
    if expected.record_id != held.pk and (aliases is None or expected.record_id not in aliases()):
        return
    if held.version != expected.version:
        raise Stale
    expected.compared = True


def begin() -> None:
    """A command starts, perhaps again after a deadlock: its locks are new, so it compares anew."""
    expected = _expected.get()
    if expected is not None:
        expected.compared = False


def finish(name: str) -> None:
    """The command is done. It must have compared what it was to compare; what follows it need not."""
    expected = _expected.get()
    if expected is None or expected.done:
        return
    if not expected.compared:
        raise NotCompared(name)
    expected.done = True
