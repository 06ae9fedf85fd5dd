"""Rows of the contexts as resources: as far as the actor sees them, in the order of their ids, judged by what is shown.

The database narrows down by sight and by what it has a column for; the resource as it is shown decides, so every
parameter of a type means what it means for a stored one. A page looks at so many rows at most and says where to go on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.search import Condition, Part, met
from yiyang.records.r4.search.query import WantedReference, WantedSpan, WantedToken
from yiyang.records.stored import NOBODY, Stored

Resource = dict[str, Any]
Narrower = Callable[[Condition], Q | None]
BATCH, ROUNDS = 200, 5


@dataclass(frozen=True)
class Source:
    """One kind of row and how it is shown. `narrow` says by column what a parameter may find, never less than that."""

    rows: Callable[[Actor], QuerySet[Any]]
    write: Callable[[Any], Resource | list[Resource]]
    person: Callable[[Any], UUID] = lambda _row: NOBODY
    narrow: Mapping[str, Narrower] = field(default_factory=dict)
    key: Callable[[str], Any] = lambda text: own_id(text)

    def keys(self, ids: Iterable[str]) -> list[Any]:
        return [found for one in ids if (found := self.key(one)) is not None]

    def shown(self, row: Any) -> list[Stored]:
        told = self.write(row)
        return [stored(self, row, one) for one in (told if isinstance(told, list) else [told])]


class Listing:
    """One type of resource, from one kind of row or from several, one kind after the other."""

    def __init__(self, *sources: Source) -> None:
        self.sources = sources

    def fetch(self, actor: Actor, ids: Sequence[str]) -> list[Stored]:
        found: list[Stored] = []
        for source in self.sources:
            if named := source.keys(ids):
                rows = source.rows(actor).filter(pk__in=named)
                found += [one for row in rows for one in source.shown(row) if one.id in ids]
        return found

    def holds(self, id: str) -> bool:
        """Whether this id is a row's, whoever may see it."""
        return any(
            source.rows(EVERYTHING).filter(pk__in=source.keys([id])).exists() for source in self.sources
        )

    def page(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, limit: int
    ) -> tuple[list[Stored], str]:
        told = [one for one in conditions if isinstance(one, Condition)]
        number, after, given = _place(cursor)
        found: list[Stored] = []
        for at, source in list(enumerate(self.sources))[number:]:
            wanted, judged = _narrowed(source, source.rows(actor), told, ids)
            for _round in range(ROUNDS):
                rows = list((wanted.filter(pk__gt=after) if after else wanted).order_by("pk")[:BATCH])
                for row in rows:
                    for index, one in enumerate(source.shown(row)):
                        if index < given or not met(bodies.decode(one.body.encode()), judged, now()):
                            continue
                        if len(found) == limit:
                            return found, f"{at}.{after}.{index}"
                        found.append(one)
                    after, given = str(row.pk), 0
                if len(rows) < BATCH:
                    break
            else:
                return found, f"{at}.{after}.0"
            after = ""
        return found, ""


class _Everything:
    """Whoever asks only whether an id is taken."""

    sees_all = True


EVERYTHING: Any = _Everything()


def own_id(text: str) -> UUID | None:
    found = people.id_from(text)
    return found if str(found) == text else None


def stored(source: Source, row: Any, told: Resource) -> Stored:
    """The resource with a version that follows from what it shows: it changes when that does."""
    digest = hashlib.blake2b(msgspec.json.encode(told), digest_size=4).digest()
    version = int.from_bytes(digest) % 999_999_999 + 1
    told = {
        "resourceType": told["resourceType"],
        "id": told["id"],
        "meta": {"versionId": str(version)},
    } | told
    body = msgspec.json.encode(told).decode()
    return Stored(source.person(row), told["resourceType"], told["id"], version, now(), body)


def _place(cursor: str) -> tuple[int, str, int]:
    """The source, the row after which it goes on, and how much of the next row was given already."""
    found = re.fullmatch(r"(\d{1,2})\.([0-9a-f-]{0,36})\.(\d{1,3})", cursor)
    if found is None or (found[2] and len(found[2]) > 12 and own_id(found[2]) is None):
        return 0, "", 0
    return int(found[1]), found[2], int(found[3])


def _narrowed(
    source: Source, rows: QuerySet[Any], told: Sequence[Condition], ids: Sequence[str] | None
) -> tuple[QuerySet[Any], list[Condition]]:
    """The rows that may fit, and the conditions by which each is still judged."""
    if ids is not None:
        rows = rows.filter(pk__in=source.keys(ids))
    judged = []
    for one in told:
        if one.parameter == "_id" and not one.modifier:
            codes = [wanted.code for wanted in one.wanted if isinstance(wanted, WantedToken) and wanted.code]
            rows = rows.filter(pk__in=source.keys(codes))
            continue
        narrower = source.narrow.get(one.parameter)
        found = None if narrower is None or one.modifier else narrower(one)
        if found is not None:
            rows = rows.filter(found)
        if found is None or narrower is not patient:
            judged.append(one)
    return rows, judged


def targets(condition: Condition, of: str) -> list[UUID]:
    """The ids of this type to which a reference is asked for."""
    wanted = [one for one in condition.wanted if isinstance(one, WantedReference)]
    named = [to.removeprefix(f"{of}/") for one in wanted for to in one.targets if to.startswith(f"{of}/")]
    return [found for one in named if (found := people.id_from(one)) is not None]


def patient(condition: Condition) -> Q:
    """Rows of these persons, under every id that they have had: this decides by itself."""
    return Q(person_id__in=people.every_id(targets(condition, "Patient")))


def nothing(_condition: Condition) -> Q:
    """What is shown never has this: no row needs to be looked at."""
    return Q(pk__in=[])


def by_date(column: str) -> Narrower:
    """By an instant that is kept in a column; a prefix leaves at least what it may find."""

    def narrow(condition: Condition) -> Q | None:
        found = Q(pk__in=[])
        for one in condition.wanted:
            if not isinstance(one, WantedSpan) or one.prefix in ("ne", "ap"):
                return None
            since = Q(**{f"{column}__gte": one.span.start})
            until = Q(**{f"{column}__lt": one.span.end})
            later = one.prefix in ("gt", "ge", "sa")
            found |= since & until if one.prefix == "eq" else since if later else until
        return found

    return narrow


def by_reference(column: str, of: str) -> Narrower:
    return lambda condition: Q(**{f"{column}__in": targets(condition, of)})


def moment(at: Any) -> str:
    return str(at.isoformat())


def period(start: Any, end: Any) -> dict[str, str]:
    return {name: moment(at) for name, at in (("start", start), ("end", end)) if at is not None}


def concept(system: str, code: str, words: Any = "") -> Resource:
    shown = str(words)
    return {"coding": [{"system": system, "code": code} | ({"display": shown} if shown else {})]}


def reference(of: str, id: Any, words: Any = "") -> Resource:
    shown = str(words)
    return {"reference": f"{of}/{id}"} | ({"display": shown} if shown else {})


def without_empty(told: Resource) -> Resource:
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}
