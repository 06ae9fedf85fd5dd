"""What the platform itself runs and shows as resources, of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.records.queries import outside
from yiyang.records.queries.history import ChangesPageUnknown
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import compartment
from yiyang.records.r4.extracting import extract
from yiyang.records.r4.search.query import Condition, WantedReference
from yiyang.records.stored import NOBODY, Stored

MARK = "~"
"""Begins the marker of a page that goes on here."""
BY_PERSON = ("patient", "subject")
MOST = 1000


@dataclass(frozen=True)
class Shown:
    """What is asked for: of whom, of which types, and of when."""

    actor: Actor
    persons: Sequence[UUID]
    types: Sequence[str]
    since: datetime | None = None
    start: datetime | None = None
    end: datetime | None = None

    def page(self, cursor: str, count: int) -> tuple[list[Stored], str]:
        """So many at most, type by type; and where to go on."""
        listed = [one for one in self.types if one in outside.TYPES and _by(one)]
        of, _point, within = cursor.removeprefix(MARK).partition(".")
        if of and of not in listed:
            raise ChangesPageUnknown
        found: list[Stored] = []
        for one in listed[listed.index(of) if of else 0 :]:
            if len(found) >= count:
                return found, f"{MARK}{one}."
            more, within = self._of(one, within, count - len(found))
            found += more
            if within:
                return found, f"{MARK}{one}.{within}"
        return found, ""

    def _of(self, of: str, cursor: str, count: int) -> tuple[list[Stored], str]:
        if not outside.asked(self.actor, of):
            return [], ""
        named = tuple(f"Patient/{one}" for one in self.persons)
        condition = Condition(_by(of), "reference", "", (WantedReference(named),))
        found, following = outside.page(self.actor, of, [condition], None, cursor, count)
        return [one for one in found if self._in_time(one)], following

    def _in_time(self, one: Stored) -> bool:
        """As for what is stored: what has no date was always so."""
        if self.since is not None and one.updated_at < self.since:
            return False
        if self.start is None and self.end is None:
            return True
        when = extract(bodies.decode(one.body.encode()))
        before = self.end is not None and when.starts_at is not None and when.starts_at >= self.end
        after = self.start is not None and when.ends_at is not None and when.ends_at <= self.start
        return not (before or after)


def referred_to(actor: Actor, persons: Sequence[UUID], referred: Iterable[tuple[str, str]]) -> list[Stored]:
    """Of what is referred to, what belongs to no person (units, staff, places) or is with this one now: a device."""
    by_type: dict[str, list[str]] = {}
    for of, id in sorted(referred)[:MOST]:
        by_type.setdefault(of, []).append(id)
    found = [one for of, ids in by_type.items() for one in outside.fetch(actor, of, ids)]
    return [
        one
        for one in found
        if one.person_id == NOBODY or (one.person_id in persons and one.type not in ("Patient", *_listed()))
    ]


def _listed() -> list[str]:
    """What is given with the pages of a person anyhow."""
    return [of for of in outside.TYPES if _by(of)]


def _by(of: str) -> str:
    codes = compartment().get(of, ())
    return next((one for one in BY_PERSON if one in codes), "") if of != "Patient" else ""
