"""Who listens, and which facts each may hear of."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.access.purposes import Purpose, purpose_of
from yiyang.kernel.events import Cursor

QUEUE = 500
# What changes the figures of the bed board. Its readers hear that something did, not what or where.
FIGURES = (
    "episode.",
    "bed.",
    "occupancy.",
    "hold.",
    "leave.",
    "reservation.",
    "transfer.",
    "offer.",
    "room.",
)
FIGURES_CHANGED = "figures.changed"


@dataclass(frozen=True)
class Sight:
    """Whom and what an actor may know, taken down once and renewed while the line is open."""

    account: UUID | None
    person: UUID | None
    organisations: frozenset[UUID]
    reach: frozenset[UUID]
    reads_records: bool
    sees_all: bool
    at_work: bool
    board: bool
    purpose: str = Purpose.CARE

    @classmethod
    def of(cls, actor: Any) -> Sight:
        return cls(
            account=actor.account_id,
            person=actor.person_id,
            organisations=frozenset(actor.organisation_ids),
            reach=frozenset(actor.reach),
            reads_records=actor.reads_records,
            sees_all=actor.sees_all,
            at_work=actor.membership_id is not None,
            board=actor.may(Permission.SEE_BOARD),
            purpose=purpose_of(actor),
        )


@dataclass(frozen=True)
class Relation:
    """One live reason to see a person."""

    organisation: UUID | None
    account: UUID | None
    basis: str
    purposes: tuple[str, ...] = (Purpose.CARE,)


@dataclass(frozen=True)
class Happened:
    """A fact as it is told on: no names, no values."""

    cursor: Cursor
    id: UUID
    name: str
    at: datetime
    subject_kind: str
    subject_id: UUID | None
    person_id: UUID | None
    organisations: frozenset[UUID]
    relations: tuple[Relation, ...] = ()
    persons: frozenset[UUID] = frozenset()
    held_back: bool = False

    def as_event(self) -> dict[str, Any]:
        """What is sent. A person is never named, not even by number: the stay or transfer leads to them."""
        named = self.subject_id is not None and self.subject_id != self.person_id
        return {
            "name": self.name,
            "at": self.at.isoformat(),
            "subject_kind": self.subject_kind,
            "subject_id": str(self.subject_id) if named else None,
            "cursor": str(self.cursor),
        }


def told(sight: Sight, fact: Happened) -> str:
    """The name under which the reader hears of the fact; nothing when it is none of theirs."""
    if sight.sees_all or _open(sight, fact):
        return fact.name
    return FIGURES_CHANGED if sight.board and fact.name.startswith(FIGURES) else ""


def _open(sight: Sight, fact: Happened) -> bool:
    """Facts about a person go to who may see the person; others to those in charge of the organisation."""
    if fact.person_id is None:
        return bool(fact.organisations & sight.reach)
    if not sight.reads_records:
        return False
    if sight.person in fact.persons:
        return True
    return any(_relates(sight, one) for one in fact.relations)


def _relates(sight: Sight, relation: Relation) -> bool:
    if sight.purpose not in relation.purposes:
        return False
    if relation.organisation is not None:
        return relation.organisation in sight.organisations
    # A relative at work does not see the parent's record as staff, nor at home what the job opens.
    return relation.account == sight.account and (relation.basis == "DELEGATION") != sight.at_work


@dataclass(eq=False)
class Reader:
    """One open line. Who cannot keep up with what is new fetches it page by page, as after a reconnection.

    A page wants to hear `at_once`, be it before its turn; it hears of each fact once all the same.
    """

    sight: Sight
    position: Cursor
    at_once: bool = False
    queue: asyncio.Queue[Happened | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    before_their_turn: set[UUID] = field(default_factory=set)
    behind: bool = False
    ended: bool = False

    def put(self, facts: Iterable[Happened]) -> None:
        """Hand on what is new. A full queue is left as it is: its reader will have to catch up."""
        for fact in facts:
            if self.behind:
                return
            try:
                self.queue.put_nowait(fact)
            except asyncio.QueueFull:
                self.behind = True

    def put_before_its_turn(self, facts: Iterable[Happened]) -> None:
        """What finds no room is heard of in its turn."""
        for fact in facts if self.at_once else ():
            known = fact.id in self.before_their_turn or fact.cursor <= self.position
            if not known and not self.queue.full():
                self.before_their_turn.add(fact.id)
                self.queue.put_nowait(replace(fact, held_back=True))

    def end(self) -> None:
        """Close the line in order: whoever listens connects again, here or elsewhere."""
        self.ended = True
        if not self.queue.full():
            self.queue.put_nowait(None)

    def waiting(self) -> list[Happened]:
        """Everything that lies in the queue now."""
        found = []
        while not self.queue.empty():
            fact = self.queue.get_nowait()
            if fact is not None:
                found.append(fact)
        return found
