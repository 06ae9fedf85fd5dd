"""Rows of the contexts as resources: as far as the actor sees them, in the order of their ids or by a date, judged by
what is shown.

The database narrows down by sight and by what it has a column for; the resource as it is shown decides, so every
parameter of a type means what it means for a stored one. A page looks at so many rows at most (`walking.py`) and says
where to go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from yiyang.gateways.fhir.rest.shown.walking import Merged, Walk, places_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records.queries.outside import Fact
from yiyang.records.r4.search import Condition, Part
from yiyang.records.r4.search.query import Sort, WantedReference, WantedSpan, WantedToken
from yiyang.records.stored import NOBODY, Stored

Resource = dict[str, Any]
Narrower = Callable[[Condition], Q | None]


def everybody(_actor: Actor, rows: list[Any]) -> list[Any]:
    return rows


@dataclass(frozen=True)
class Source:
    """One kind of row and how it is shown. `narrow` says by column what a parameter may find, never less than that."""

    rows: Callable[[Actor], QuerySet[Any]]
    write: Callable[[Any], Resource | list[Resource]]
    person: Callable[[Any], UUID] = lambda _row: NOBODY
    narrow: Mapping[str, Narrower] = field(default_factory=dict)
    key: Callable[[str], Any] = lambda text: own_id(text)
    order: tuple[str, ...] = ("pk",)
    """The columns that say which row comes first; together they are one row's alone."""
    times: Mapping[str, str] = field(default_factory=dict)
    """By which dates the rows can be sorted: parameter and column."""
    changed: Combinable | None = None
    """When what is shown was last changed, where the rows know it."""
    open: Callable[[Actor, list[Any]], list[Any]] = everybody
    """Of rows that were found, those of which the actor may be shown something."""
    touched: Callable[[Sequence[Fact]], Q] | None = lambda facts: Q(pk__in=subjects(facts))
    """The rows that may show something else after these facts; None where nobody is told of changes."""
    needs_person: Callable[[Actor], bool] = lambda _actor: False
    """Whether this actor has to name a person, lest all there is be looked through."""

    def keys(self, ids: Iterable[str]) -> list[Any]:
        return [found for one in ids if (found := self.key(one)) is not None]

    def found(self, actor: Actor) -> QuerySet[Any]:
        rows = self.rows(actor)
        return rows if self.changed is None else rows.annotate(changed_at=self.changed)

    def shown(self, row: Any) -> list[Stored]:
        told = self.write(row)
        return [stored(self, row, one) for one in (told if isinstance(told, list) else [told])]

    def column(self, sort: Sort) -> str:
        """The column of a sort; empty where the rows cannot be put into that order."""
        if sort.parameter == "_lastUpdated":
            return "changed_at" if self.changed is not None else ""
        return self.times.get(sort.parameter, "")


class Listing:
    """One type of resource, from one kind of row or from several, one kind after the other unless sorted."""

    def __init__(self, *sources: Source, opens: Callable[[Actor], bool] = lambda _actor: False) -> None:
        self.sources, self.opens = sources, opens

    def fetch(self, actor: Actor, ids: Sequence[str]) -> list[Stored]:
        found: list[Stored] = []
        for source in self.sources:
            if named := source.keys(ids):
                rows = list(source.found(actor).filter(pk__in=named))
                found += [
                    one for row in source.open(actor, rows) for one in source.shown(row) if one.id in ids
                ]
        return found

    def changed(self, actor: Actor, facts: Sequence[Fact]) -> list[Stored]:
        found: list[Stored] = []
        for source in self.sources:
            if source.touched is not None:
                rows = list(source.found(actor).filter(source.touched(facts)))
                found += [one for row in source.open(actor, rows) for one in source.shown(row)]
        return found

    def holds(self, id: str) -> bool:
        """Whether this id is a row's, whoever may see it."""
        return any(
            source.rows(EVERYTHING).filter(pk__in=named).exists()
            for source in self.sources
            if (named := source.keys([id]))
        )

    def page(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, limit: int
    ) -> tuple[list[Stored], str]:
        walk = self.walk(actor, conditions, ids, cursor)
        found: list[Stored] = []
        while len(found) < limit and walk.peek() is not None:
            found.append(walk.take())
        if walk.peek() is None and not walk.cut:
            return found, ""
        return found, walk.cursor

    def in_order(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, sort: Sort
    ) -> Merged | None:
        if not any(one.column(sort) for one in self.sources):
            return None
        return self.walk(actor, conditions, ids, cursor, sort)

    def walk(
        self,
        actor: Actor,
        conditions: Sequence[Part],
        ids: Sequence[str] | None,
        cursor: str,
        sort: Sort | None = None,
    ) -> Merged:
        """From a marker on, source by source; or by a date, what has none as if it were the oldest."""
        told = [one for one in conditions if isinstance(one, Condition)]
        walks = []
        for source, place in zip(self.sources, places_of(cursor, len(self.sources)), strict=True):
            if source.needs_person(actor) and ids is None and not _names_person(told):
                rows, judged = source.found(actor).none(), told
            else:
                rows, judged = _narrowed(source, source.found(actor), told, ids)
            column = source.column(sort) if sort else ""
            walks.append(
                Walk(
                    rows,
                    source.order,
                    judged,
                    shown=source.shown,
                    open=lambda found, source=source: source.open(actor, found),
                    place=place,
                    by=column,
                    descending=bool(sort and sort.descending),
                )
            )
        return Merged(walks, merging=sort is not None, descending=bool(sort and sort.descending))


class _Everything:
    """Whoever asks only whether an id is taken."""

    sees_all = True
    organisation_id = None
    account_id = None
    role = "SYSTEM"
    reach: tuple[UUID, ...] = ()

    def may(self, _permission: str, _within: UUID | None = None) -> bool:
        return True


EVERYTHING: Any = _Everything()


def subjects(facts: Sequence[Fact]) -> set[UUID]:
    return {one["subject_id"] for one in facts if one["subject_id"]}


def own_id(text: str) -> UUID | None:
    found = people.id_from(text)
    return found if str(found) == text else None


def stored(source: Source, row: Any, told: Resource) -> Stored:
    """The resource with a version that follows from what it shows: it changes when that does."""
    digest = hashlib.blake2b(msgspec.json.encode(told), digest_size=4).digest()
    version = int.from_bytes(digest) % 999_999_999 + 1
    changed: datetime | None = getattr(row, "changed_at", None)
    meta = {"versionId": str(version)}
    if changed is not None:
        changed = changed.replace(microsecond=changed.microsecond // 1000 * 1000)
        meta["lastUpdated"] = (
            changed.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )
    told = {"resourceType": told["resourceType"], "id": told["id"], "meta": meta} | told
    body = msgspec.json.encode(told).decode()
    return Stored(source.person(row), told["resourceType"], told["id"], version, changed or now(), body)


_deciding: set[Narrower] = set()


def deciding(narrower: Narrower) -> Narrower:
    """A narrower that finds exactly what is asked for: what is shown need not be judged by it again."""
    _deciding.add(narrower)
    return narrower


def _names_person(told: Sequence[Condition]) -> bool:
    """Whether exactly named persons are asked for."""
    return any(
        not one.modifier
        and one.parameter in ("patient", "entity", "target", "_id")
        and (one.parameter in ("_id", "target") or bool(targets(one, "Patient")))
        for one in told
    )


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
        if found is None or narrower not in _deciding:
            judged.append(one)
    return rows, judged


def targets(condition: Condition, of: str) -> list[UUID]:
    """The ids of this type to which a reference is asked for."""
    wanted = [one for one in condition.wanted if isinstance(one, WantedReference)]
    named = [to.removeprefix(f"{of}/") for one in wanted for to in one.targets if to.startswith(f"{of}/")]
    return [found for one in named if (found := people.id_from(one)) is not None]


@deciding
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
