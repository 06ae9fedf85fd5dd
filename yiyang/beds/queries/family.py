"""What an elder and those entrusted need to know: where, who looks after, what comes next, what is needed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from yiyang.beds.models import Leave, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import LIVE, Place, State
from yiyang.beds.models.transfers import ENDED
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.queries import experience
from yiyang.beds.rules.transfers import NEXT, NEXT_TO_THEM
from yiyang.kernel.time import now
from yiyang.people.rules.disclosure import Words

SOON = timedelta(days=3)
PLAIN = Words()

# How many are before each entry: a better channel, or the same one and earlier.
BEFORE = """
    WITH waiting AS (
        SELECT id, kind, list_owner_id, person_id, joined_at,
               CASE channel WHEN 'SPECIAL' THEN 0 WHEN 'PRIORITY' THEN 1 ELSE 2 END AS channel
        FROM beds_waitingentry WHERE state IN ('WAITING', 'OFFERED')
    )
    SELECT mine.id, count(other.id),
        (SELECT count(*) FROM beds_waitingentry p WHERE p.kind = mine.kind AND p.state = 'PLACED'
          AND p.list_owner_id = mine.list_owner_id AND p.ended_at >= %(since)s)
    FROM waiting mine LEFT JOIN waiting other
      ON other.kind = mine.kind AND other.list_owner_id = mine.list_owner_id
     AND (other.channel, other.joined_at, other.id) < (mine.channel, mine.joined_at, mine.id)
    WHERE mine.person_id = ANY(%(persons)s)
    GROUP BY mine.id, mine.kind, mine.list_owner_id
"""


@dataclass
class Wait:
    """A place in a waiting list: how many are before, and how many got a place in the last month."""

    entry: WaitingEntry
    before: int
    placed: int
    kind: Any = ""


@dataclass
class Situation:
    """One person's beds as the family sees them."""

    person_id: UUID
    place: Occupancy | None = None
    comes_to: list[Occupancy] = field(default_factory=list)
    kept: list[Occupancy] = field(default_factory=list)
    promised: list[Occupancy] = field(default_factory=list)
    transfer: Transfer | None = None
    leave: Leave | None = None
    ask: Transfer | None = None  # completed lately, and nobody has said yet how it was
    waits: list[Wait] = field(default_factory=list)
    words: Words = PLAIN

    @property
    def palliative(self) -> bool:
        """Whether any bed of theirs is a palliative one: those who speak with them must know what was told."""
        rows = [self.place, *self.comes_to, *self.kept, *self.promised]
        kinds = [row.bed.kind for row in rows if row is not None and row.bed is not None]
        return "PALLIATIVE" in kinds or (
            self.transfer is not None and self.transfer.target_kind == "PALLIATIVE"
        )

    @property
    def place_kind(self) -> str:
        return self.words.kind(self.place.bed.kind) if self.place and self.place.bed else "ELSEWHERE"

    @property
    def place_words(self) -> Any:
        """Where they are, in the words that this reader may read."""
        if self.place is None or self.place.bed is None:
            return self.place_label
        bed, unit = self.place.bed, self.place.unit
        ward = bed.room.ward if bed.room else None
        return self.words.place(
            bed.kind, unit=unit.name if unit else "", floor=ward.floor if ward else "",
            ward=ward.name if ward else "", bed=bed.label,
        )  # fmt: skip

    @property
    def transfer_kind(self) -> Any:
        return self._kind(self.transfer.target_kind, self.transfer.get_target_kind_display(), self.transfer)

    def _kind(self, kind: str, plain: Any, transfer: Transfer) -> Any:
        overlay = transfer.target_lane == "OVERLAY"
        return self.words.kind_label(kind, plain, comes_to_them=overlay)

    @property
    def missing(self) -> bool:
        return any(row.reason == "MISSING" for row in self.kept)

    @property
    def place_label(self) -> Any:
        """The name of a place outside our beds."""
        if self.place is None or self.place.bed is not None:
            return ""
        return self.place.place_name or Place(self.place.reason).label

    @property
    def decide(self) -> bool:
        """Whether the person or the family is asked to agree to a transfer."""
        return self.transfer is not None and self.transfer.state == S.EVALUATED

    @property
    def next_step(self) -> Any:
        said = NEXT_TO_THEM if self.words.to_the_person else NEXT
        return said.get(self.transfer.state, "") if self.transfer else ""

    @property
    def hold_ends(self) -> list[Occupancy]:
        """Beds kept whose end is near: the unit must hear what the family wants."""
        near = now() + SOON
        return [
            row for row in self.kept if row.held_until and row.held_until <= near and row.release_at is None
        ]

    @property
    def offered(self) -> list[Wait]:
        return [one for one in self.waits if one.entry.state == "OFFERED"]

    @property
    def needs_family(self) -> bool:
        overdue = self.leave is not None and self.leave.due_back_at <= now()
        return bool(self.decide or self.hold_ends or self.offered or overdue)

    @property
    def overdue(self) -> bool:
        return self.leave is not None and self.leave.due_back_at <= now()

    @property
    def carers(self) -> list[tuple[Any, str]]:
        """(unit, responsible person) of every open stay."""
        rows = [*([self.place] if self.place else []), *self.kept, *self.comes_to]
        found: dict[UUID, tuple[Any, str]] = {}
        for row in rows:
            if row.unit is not None:
                found.setdefault(row.unit.pk, (row.unit, row.episode.responsible if row.episode else ""))
        return list(found.values())


def situations(persons: Sequence[UUID], words: Mapping[UUID, Words] | None = None) -> dict[UUID, Situation]:
    """Of several persons whom the caller may see, in a fixed number of statements; `words` says how to speak
    of each before this reader."""
    found = {one: Situation(one, words=(words or {}).get(one, PLAIN)) for one in persons}
    for row in _rows(persons):
        assert row.person_id is not None
        _place(found[row.person_id], row)
    under_way = ~Q(state__in=ENDED) & Q(suspended_at=None)
    moves = Transfer.objects.filter(under_way | experience.to_ask(), person__in=persons)
    for transfer in moves.select_related("to_unit").order_by("requested_at"):
        situation = found[transfer.person_id]
        if transfer.live:
            situation.transfer = transfer
        else:
            situation.ask = transfer
    away = [one.person_id for one in found.values() if one.kept]  # leave is taken from a bed that is kept
    leaves = Leave.objects.filter(episode__person__in=away, returned_at=None).select_related("episode")
    for leave in leaves if away else ():
        found[leave.episode.person_id].leave = leave
    for wait in _waits(persons):
        situation = found[wait.entry.person_id]
        wait.kind = situation.words.kind_label(wait.entry.kind, wait.entry.get_kind_display())
        situation.waits.append(wait)
    return found


def _rows(persons: Sequence[UUID]) -> list[Occupancy]:
    at: datetime = now()
    return list(
        Occupancy.objects.filter(person__in=persons, state__in=LIVE, period__endswith=None)
        .filter(~Q(state=State.RESERVED) | Q(expires_at__gt=at))
        .select_related("bed__room__ward", "unit", "episode")
        .order_by("part", "recorded_at", "pk")
    )


def _place(situation: Situation, row: Occupancy) -> None:
    if row.state == State.HELD:
        situation.kept.append(row)
    elif row.state == State.RESERVED:
        situation.promised.append(row)
    elif row.bed is not None and row.bed.lane == "OVERLAY":
        situation.comes_to.append(row)
    elif situation.place is None:
        situation.place = row


def _waits(persons: Sequence[UUID]) -> list[Wait]:
    entries = {
        one.pk: one
        for one in WaitingEntry.objects.filter(
            person__in=persons, state__in=["WAITING", "OFFERED"]
        ).select_related("wanted_unit", "offered_bed__unit")
    }
    if not entries:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, {"persons": list(persons), "since": now() - timedelta(days=30)})
        return [
            Wait(entries[pk], before, placed) for pk, before, placed in cursor.fetchall() if pk in entries
        ]
