"""Notices that reading alone does not answer: what they tell of is taken on a page of its own, by a context above.

@answering.register("devices:alarm", take=take_alarm, tell=alarms_in_a_line)
def alarms_that_wait(ids: Collection[UUID]) -> set[UUID]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import Resolver404, resolve

from .models import Notice

Waiting = Callable[[Collection[UUID]], set[UUID]]
Take = Callable[[Any, datetime, UUID], Any]
Tell = Callable[[Any, Collection[UUID]], dict[UUID, str]]
_known: dict[str, tuple[Waiting, Take, Tell]] = {}


@dataclass(frozen=True)
class Taking:
    """What stands behind a notice and waits for somebody to take it."""

    subject_id: UUID
    run: Take

    def take(self, *, by: Any, at: datetime) -> Any:
        return self.run(by, at, self.subject_id)


def register(route: str, *, take: Take, tell: Tell) -> Callable[[Waiting], Waiting]:
    """Declare a page whose subject is taken there: which of them still wait, and how one is taken in one step.

    `tell`: what and whom it is about, for those the reader may see; a notice itself names nobody, for it goes outside.
    """

    def keep(waiting: Waiting) -> Waiting:
        _known[route] = (waiting, take, tell)
        return waiting

    return keep


def to_take(notices: Iterable[Notice]) -> dict[UUID, Taking]:
    """By notice: those that are open and whose subject still waits."""
    subjects = {one.pk: found for one in notices if not one.acknowledged_at and (found := _subject(one.link))}
    waiting: set[tuple[str, UUID]] = set()
    for route in {route for route, _subject_id in subjects.values()}:
        ids = {subject_id for at, subject_id in subjects.values() if at == route}
        waiting |= {(route, one) for one in _known[route][0](ids)}
    return {
        pk: Taking(subject_id, _known[route][1])
        for pk, (route, subject_id) in subjects.items()
        if (route, subject_id) in waiting
    }


def told_of(actor: Any, notices: Iterable[Notice]) -> dict[UUID, str]:
    """By notice: what and whom it is about, in a line, where the reader may see it."""
    subjects = {one.pk: found for one in notices if (found := _subject(one.link))}
    lines: dict[tuple[str, UUID], str] = {}
    for route in {route for route, _subject_id in subjects.values()}:
        ids = {subject_id for at, subject_id in subjects.values() if at == route}
        lines |= {(route, pk): line for pk, line in _known[route][2](actor, ids).items()}
    return {pk: lines[subject] for pk, subject in subjects.items() if subject in lines}


def _subject(link: str) -> tuple[str, UUID] | None:
    """Which page a notice leads to, where it is one of those."""
    if not link.startswith("/") or not _known:
        return None
    try:
        found = resolve(link.partition("?")[0])
    except Resolver404:
        return None
    if found.view_name not in _known:
        return None
    return found.view_name, next(iter(found.kwargs.values()))
