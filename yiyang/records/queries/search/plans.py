"""Where a search begins: from the persons it names, from rare keys, from the few persons open to the actor, or in order.

All of them give the same rows; which is quick depends on counts, so counts choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.records.queries.search.conditions import Scene, Where, add
from yiyang.records.queries.search.order import TIMES, Key
from yiyang.records.queries.search.persons import Same, same
from yiyang.records.queries.search.running import rows
from yiyang.records.queries.visible import in_full_sql, row_sql, seen_sql, visible_persons, visible_sql
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.search.query import Condition, Part, Query, WantedReference
from yiyang.records.stored import NOBODY

FEW = 2000
"""So many rows are sorted without being asked for in order."""
MORE = 50_000
"""So many rows are looked through for those of few persons, sooner than all rows of these persons."""

# Where a resource may be of several persons, naming one does not say in whose record it lies.
OF_MANY = ("Group", "Appointment", "List", "Schedule")
BY_PERSON = ("patient", "subject", "beneficiary")
PATIENT = "Patient/"


@dataclass(frozen=True)
class Plan:
    """The rows of the index that are searched.

    The database reckons badly with conditions on arrays; so where a search begins is written into the statement:
    for each of some persons, among the rows that have rare keys, or along an index in the order asked for.
    """

    where: Where
    row: str
    """The decision of each row."""
    begin: str = "order"
    person: str = "true"
    in_full: str = "false"
    row_of_person: str = "true"
    """Where the search begins with persons: what is asked of each once, and of their rows then."""

    def statement(self, order: Sequence[Key], more: str, limit: int) -> str:
        """The rows after the last page, with their bodies, in order."""
        names = [f"k{place}" for place in range(len(order))]
        shown = ", ".join(f"{one.sql} AS {name}" for one, name in zip(order, names, strict=True))
        by = ", ".join(one.order() for one in order)
        again = ", ".join(one.order(f"f.{name}") for one, name in zip(order, names, strict=True))
        found = self._rows(
            f"i.person_id, i.kind, i.id, {shown}", f"AND {more} ORDER BY {by} LIMIT {int(limit)}"
        )
        return f"""WITH found AS MATERIALIZED (SELECT * FROM ({found}) f ORDER BY {again} LIMIT {int(limit)})
            SELECT r.person_id, r.kind, r.id, r.version, r.updated_at, r.body, {", ".join(f"f.{one}" for one in names)}
            FROM found f JOIN records_resource r USING (person_id, kind, id)
            WHERE NOT r.deleted ORDER BY {again}"""

    def edge(self, order: Sequence[Key], more: str, limit: int) -> str:
        """By the newest of each person alone: a time that the last row of the page does not lie before. Where persons
        are many, most of what each has is older, and is not read then. Empty where it would save nothing."""
        first, persons = order[0], len(self.where.values.get("persons", ()))
        each = 1 + 2 * limit // max(persons, 1)
        if self.begin != "persons" or first.type != TIMES or not first.descending or each * 3 > limit:
            return ""
        by = ", ".join(one.order() for one in order)
        found = self._rows(f"{first.sql} AS k", f"AND {more} ORDER BY {by} LIMIT {each}")
        return f"SELECT k FROM ({found}) f ORDER BY {first.order('k')} OFFSET {int(limit) - 1} LIMIT 1"

    def count(self, most: int) -> str:
        return f"SELECT count(*) FROM ({self._rows('1', f'LIMIT {int(most)}')} LIMIT {int(most)}) counted"

    def sample(self, percent: float) -> str:
        """The count over a part of the table, as far as the actor may see it."""
        return f"""SELECT count(*) FROM records_index i TABLESAMPLE SYSTEM ({float(percent)})
            WHERE {self.where.text} AND {self.row}"""

    def _rows(self, shown: str, rest: str) -> str:
        if self.begin == "persons":
            return f"""SELECT one.* FROM unnest(%(persons)s::uuid[]) AS p (person_id)
                CROSS JOIN LATERAL (SELECT {self.in_full} AS in_full OFFSET 0) whole
                CROSS JOIN LATERAL (SELECT {shown} FROM records_index i
                    WHERE i.person_id = p.person_id AND {self.where.text} AND {self.row_of_person} {rest}) one
                WHERE {self.person}"""
        if self.begin == "keys":
            return f"""SELECT * FROM (
                WITH candidates AS MATERIALIZED (SELECT i.* FROM records_index i WHERE {self.where.text})
                SELECT {shown} FROM candidates i WHERE {self.row} {rest}) one"""
        return f"SELECT * FROM (SELECT {shown} FROM records_index i WHERE {self.where.text} AND {self.row} {rest}) one"


def plan(actor: Actor, query: Query, where: Where, known: Mapping[str, Same]) -> Plan:
    """The plan for the conditions that are in `where` already."""
    persons = persons_named(query, known)
    number = about(where, query.types) if persons is None and where.tokens else None
    rare = number is not None and number < FEW
    if persons is None and not rare:
        persons = visible_persons(actor)
        if persons is not None and number is not None and number < MORE:
            where.only_of(persons)
            rare, persons = True, None
        where = where.apart_from_keys() if persons is not None else where
    if persons is not None:
        return _from_persons(actor, where, persons)
    seen, values = seen_sql(actor, "i", one=not rare)
    where.values |= values
    return Plan(where, seen, "keys" if rare else "order")


def _from_persons(actor: Actor, where: Where, persons: list[UUID]) -> Plan:
    """What opens the person is asked once; of each row only where it bears labels or is not open by that."""
    visible, values = visible_sql(actor, "p", one=True)
    row, more_values = row_sql(actor, "i")
    of_person, _values = row_sql(actor, "i", in_full="whole.in_full")
    where.values |= {**values, **more_values, "persons": list(dict.fromkeys([*persons, NOBODY]))}
    return Plan(where, row, "persons", visible, in_full_sql(actor, "p"), of_person)


def conditions(query: Query, parts: Sequence[Part], scene: Scene) -> Where:
    """The types, and all conditions that are decided within one row."""
    where = Where()
    kinds = [kind_of(one) for one in query.types]
    one = len(kinds) == 1
    where.add(f"i.kind = {where.name(kinds[0])}" if one else f"i.kind = ANY({where.name(kinds)}::smallint[])")
    for part in parts:
        if isinstance(part, Condition):
            add(where, part, scene)
    return where


def persons_named(query: Query, known: Mapping[str, Same]) -> list[UUID] | None:
    """The persons to whom a condition limits the results; None when none does."""
    if any(one in OF_MANY for one in query.types):
        return None
    for part in query.conditions:
        if not isinstance(part, Condition) or part.parameter not in BY_PERSON or part.modifier:
            continue
        targets = [one for wanted in part.wanted for one in getattr(wanted, "targets", ("",))]
        if all(one.startswith(PATIENT) for one in targets):
            behind = [
                known[one.removeprefix(PATIENT)] for one in targets if one.removeprefix(PATIENT) in known
            ]
            return [person_id for one in behind for person_id in one.persons]
    return None


def named(query: Query) -> dict[str, Same]:
    """Who is behind the ids of Patients that the conditions name."""
    wanted = [one for part in query.conditions if isinstance(part, Condition) for one in part.wanted]
    targets = [one for each in wanted if isinstance(each, WantedReference) for one in each.targets]
    return same(one.removeprefix(PATIENT) for one in targets if one.startswith(PATIENT))


def widened(query: Query, known: Mapping[str, Same]) -> tuple[Part, ...]:
    """The conditions, with each person by every id that refers to them."""
    return tuple(_widened(one, known) if isinstance(one, Condition) else one for one in query.conditions)


def _widened(part: Condition, known: Mapping[str, Same]) -> Condition:
    wanted = tuple(
        WantedReference(tuple(every(one.targets, known))) if isinstance(one, WantedReference) else one
        for one in part.wanted
    )
    return Condition(part.parameter, part.type, part.modifier, wanted)


def every(targets: Iterable[str], known: Mapping[str, Same]) -> list[str]:
    found = dict.fromkeys(targets)
    for target in list(found):
        person = known.get(target.removeprefix(PATIENT)) if target.startswith(PATIENT) else None
        if person is not None:
            found |= dict.fromkeys(PATIENT + one for one in person.patients)
    return list(found)


def about(where: Where, types: Sequence[str]) -> int:
    """How many rows have the keys, as the database reckons."""
    small = Where()
    kinds = [kind_of(one) for one in types]
    small.add(f"i.kind = ANY({small.name(kinds)}::smallint[])")
    for tokens in where.tokens:
        small.add(f"i.tokens && {small.name(list(tokens))}::bigint[]")
    found: Any = rows(f"EXPLAIN (FORMAT JSON) SELECT 1 FROM records_index i WHERE {small.text}", small.values)
    return int(found[0][0][0]["Plan"]["Plan Rows"])
