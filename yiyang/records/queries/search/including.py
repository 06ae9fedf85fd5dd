"""What is given beside the hits: what they refer to, and what refers to them, as far as the actor may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.records.queries import outside
from yiyang.records.queries.search.conditions import Where, has_token
from yiyang.records.queries.search.leading import references
from yiyang.records.queries.search.persons import same
from yiyang.records.queries.search.plans import every
from yiyang.records.queries.search.running import rows
from yiyang.records.queries.visible import seen_sql
from yiyang.records.r4 import definitions
from yiyang.records.r4.extracting import keys, names, parameters
from yiyang.records.r4.search.query import Condition, Include, Query, WantedReference
from yiyang.records.stored import NOBODY, Stored

MOST = 1000
ROUNDS = 4
"""So many steps are gone with `:iterate`."""

Address = tuple[str, str]


def included(actor: Actor, query: Query, hits: Sequence[Stored], base: str) -> tuple[list[Stored], bool]:
    """The resources beside the hits, none of them twice, and whether some were left out because they were too many."""
    known: dict[Address, Stored] = {(one.type, one.id): one for one in hits}
    new = list(hits)
    for turn in range(ROUNDS):
        forward = [one for one in query.includes if turn == 0 or one.iterate]
        backward = [one for one in query.revincludes if turn == 0 or one.iterate]
        found = [*_referred(actor, forward, new, known, base), *_referring(actor, backward, new, base)]
        new = [
            one
            for one in {(one.type, one.id): one for one in found}.values()
            if (one.type, one.id) not in known
        ]
        known |= {(one.type, one.id): one for one in new}
        if not new or len(known) - len(hits) > MOST:
            break
    beside = list(known.values())[len(hits) :]
    return beside[:MOST], len(beside) > MOST


def _referred(
    actor: Actor, includes: Iterable[Include], sources: Sequence[Stored], known: Iterable[Address], base: str
) -> list[Stored]:
    wanted: set[Address] = set()
    for one in includes:
        for of in {source.type for source in sources} if one.source == "*" else {one.source}:
            mine = [source for source in sources if source.type == of]
            for code in _codes(of, one.parameter) if mine else ():
                wanted |= {to for to in references(mine, of, code, base) if one.target in ("", to[0])}
    return by_address(actor, wanted - set(known))


def by_address(actor: Actor, wanted: Iterable[Address]) -> list[Stored]:
    """These, where they are here and open to the actor, stored or shown."""
    by_type: dict[str, list[str]] = {}
    for of, id in sorted(wanted):
        if definitions.is_resource(of):
            by_type.setdefault(of, []).append(id)
    found: list[Stored] = []
    for of, ids in by_type.items():
        stored = _stored(actor, of, ids[: MOST + 1])
        missing = set(ids) - {one.id for one in stored}
        found += [*stored, *outside.fetch(actor, of, sorted(missing))]
    return found


def _stored(actor: Actor, of: str, ids: list[str]) -> list[Stored]:
    seen, values = seen_sql(actor, "r", one=len(ids) < 50)
    statement = f"""SELECT r.person_id, r.id, r.version, r.updated_at, r.body FROM records_address a
        JOIN records_resource r ON r.person_id = a.person_id AND r.kind = a.kind AND r.id = a.id
        WHERE a.kind = %(kind)s AND a.id = ANY(%(ids)s) AND NOT r.deleted AND {seen} ORDER BY r.id"""
    given = {**values, "kind": definitions.kind_of(of), "ids": ids}
    return [Stored(person, of, *rest) for person, *rest in rows(statement, given)]


def _referring(
    actor: Actor, includes: Iterable[Include], targets: Sequence[Stored], base: str
) -> list[Stored]:
    found: list[Stored] = []
    addresses = {(one.type, one.id) for one in targets}
    for one in includes:
        if one.source == "*":
            continue
        for code in _codes(one.source, one.parameter):
            meant = [to for to in addresses if one.target in ("", to[0])]
            rows_found = _with_keys(actor, one.source, code, meant, {to.person_id for to in targets})
            found += [
                source for source in rows_found if references([source], one.source, code, base) & addresses
            ]
            found += _shown(actor, one.source, code, meant)
    return found


def _shown(actor: Actor, of: str, code: str, targets: Sequence[Address]) -> list[Stored]:
    """What refers to them outside of the store; to a person by every id."""
    if not targets or of not in outside.TYPES:
        return []
    named = [f"{kind}/{id}" for kind, id in targets]
    known = same(id for kind, id in targets if kind == "Patient")
    condition = Condition(code, "reference", "", (WantedReference(tuple(every(named, known))),))
    return outside.some(actor, of, [condition], MOST + 1)


def _with_keys(
    actor: Actor, of: str, code: str, targets: Sequence[Address], persons: set[UUID]
) -> list[Stored]:
    """What refers to resources of persons lies in the records of these persons, or in nobody's."""
    if not targets:
        return []
    where = Where()
    where.add(f"i.kind = {where.name(definitions.kind_of(of))}")
    found = (keys.reference(name, f"{kind}/{id}") for name in names(of, code) for kind, id in targets)
    where.add(has_token(where, found))
    if NOBODY not in persons:
        where.add(f"i.person_id = ANY({where.name([*persons, NOBODY])}::uuid[])")
    seen, values = seen_sql(actor, "i")
    statement = f"""SELECT r.person_id, r.id, r.version, r.updated_at, r.body FROM records_index i
        JOIN records_resource r USING (person_id, kind, id)
        WHERE {where.text} AND NOT r.deleted AND {seen} ORDER BY i.updated_at DESC, i.id LIMIT {MOST + 1}"""
    return [Stored(person, of, *rest) for person, *rest in rows(statement, {**where.values, **values})]


def _codes(of: str, parameter: str) -> list[str]:
    if parameter != "*":
        return [parameter] if parameter in parameters(of) else []
    return [one.code for one in parameters(of).values() if one.type == "reference"]
