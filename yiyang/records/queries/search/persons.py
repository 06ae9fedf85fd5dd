"""One person under every name: the ids of the record and of those merged into it, and those of Patients that came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from yiyang.people import queries as people
from yiyang.records.queries.addresses import persons_of
from yiyang.records.queries.search.running import rows
from yiyang.records.r4.definitions import kind_of
from yiyang.records.stored import NOBODY

EVERY = """
    WITH roots AS (
        SELECT given, coalesce((SELECT m.person_id FROM people_personalias m WHERE m.alias_id = given), given) AS root
        FROM unnest(%(persons)s::uuid[]) AS asked (given)
    ), every AS (
        SELECT given, root AS person_id FROM roots
        UNION SELECT given, m.alias_id FROM roots JOIN people_personalias m ON m.person_id = root
    )
    SELECT given, person_id,
        ARRAY(SELECT r.id FROM records_resource r WHERE r.person_id = every.person_id AND r.kind = %(kind)s)
    FROM every ORDER BY given, person_id
"""


@dataclass
class Same:
    """`persons` are the ids under which rows lie, `patients` those by which a Patient is referred to; `stored` those of
    them that came in."""

    persons: dict[UUID, None] = field(default_factory=dict)
    patients: dict[str, None] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)


def same(patients: Iterable[str]) -> dict[str, Same]:
    """Each id of a Patient with the person behind it; an id that is nobody's is left out."""
    asked = list(dict.fromkeys(patients))
    kept = {key[1]: person_id for key, person_id in persons_of([("Patient", one) for one in asked])}
    behind: dict[str, UUID] = {}
    for one in asked:
        person_id = kept.get(one) or people.id_from(one)
        if person_id is not None and person_id != NOBODY:
            behind[one] = person_id
    found: dict[UUID, Same] = {}
    values = {"persons": list(dict.fromkeys(behind.values())), "kind": kind_of("Patient")}
    for given, person_id, stored in rows(EVERY, values) if behind else ():
        person = found.setdefault(given, Same())
        person.persons[person_id] = None
        person.patients |= dict.fromkeys((str(person_id), *stored))
        person.stored.update(stored)
    return {id: found[person_id] for id, person_id in behind.items() if person_id in found}
