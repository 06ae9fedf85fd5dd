"""The rules of who sees a row of the record, in SQL. `live` is the condition for a care relationship `care` that the
actor holds now; `alias` is the table asked of. Values: those of `reach.sql`."""

from __future__ import annotations

from functools import cache

from yiyang.records.r4.definitions import kind_of
from yiyang.records.rules.kinds import TYPES
from yiyang.records.rules.labels import BITS
from yiyang.records.stored import NOBODY

# Relationships belong to living records; rows lie under the id that they were written to.
LIVING = """coalesce((SELECT merged.person_id FROM people_personalias merged
    WHERE merged.alias_id = {alias}.person_id), {alias}.person_id)"""
SOMETHING = "(care.scope = 'FULL' OR care.kinds <> '{{}}')"
OWN = "(%(own)s::uuid IS NOT NULL AND " + LIVING + " = %(own)s)"
OF_PERSON = f"""({{alias}}.person_id = '{NOBODY}' OR EXISTS (
    SELECT 1 FROM people_carerelationship care WHERE care.person_id = {LIVING} AND {SOMETHING} AND {{live}})
    OR {OWN})"""
IN_FULL = f"""EXISTS (SELECT 1 FROM people_carerelationship care
    WHERE care.person_id = {LIVING} AND care.scope = 'FULL' AND {{live}})"""
PERSONS = f"""
    SELECT care.person_id FROM people_carerelationship care WHERE {SOMETHING} AND {{live}}
    UNION
    SELECT merged.alias_id FROM people_carerelationship care
    JOIN people_personalias merged ON merged.person_id = care.person_id WHERE {SOMETHING} AND {{live}}
    UNION SELECT %(own)s::uuid WHERE %(own)s::uuid IS NOT NULL
    UNION SELECT merged.alias_id FROM people_personalias merged WHERE merged.person_id = %(own)s::uuid"""
AMONG_PERSONS = f"({{alias}}.person_id = '{NOBODY}' OR {{alias}}.person_id IN ({PERSONS}))"
WRITTEN_HERE = "{alias}.written_in = ANY(%(organisations)s::uuid[])"
# One relationship must open both the kind and all labels.
OF_ROW = f"""({{alias}}.person_id = '{NOBODY}' AND ({{alias}}.labels = 0 OR {WRITTEN_HERE})
    OR EXISTS (SELECT 1 FROM people_carerelationship care
        WHERE care.person_id = {LIVING} AND {{live}}
          AND (care.scope = 'FULL' OR {{kind}} = ANY(care.kinds))
          AND ({{alias}}.labels = 0 OR {WRITTEN_HERE} OR care.basis = 'BREAK_GLASS'
               OR {{labels}} OR {{guardian}}))
    OR {OWN})"""
GUARDIAN = """(care.basis = 'DELEGATION' AND EXISTS (
    SELECT 1 FROM people_delegation given WHERE given.id = care.source_id AND given.basis = 'GUARDIAN'))"""
HIDDEN_NOW = """EXISTS (SELECT 1 FROM records_resource now_so
    WHERE now_so.person_id = {alias}.person_id AND now_so.kind = {alias}.kind AND now_so.id = {alias}.id
      AND (now_so.labels <> 0 OR now_so.says <> 0) AND NOT {now_so})"""


def of_person(alias: str, live: str) -> str:
    """Of this person something is open to the actor."""
    return OF_PERSON.format(alias=alias, live=live)


def among_persons(alias: str, live: str) -> str:
    """The same, for an actor who sees few persons and rows of many."""
    return AMONG_PERSONS.format(alias=alias, live=live)


def persons(live: str) -> str:
    """All ids of the persons of whom something is open."""
    return PERSONS.format(live=live)


def in_full(alias: str, live: str) -> str:
    """This person is open as a whole, but for what bears labels."""
    return IN_FULL.format(alias=alias, live=live)


def of_row(alias: str, live: str) -> str:
    """This row is open."""
    return OF_ROW.format(alias=alias, live=live, kind=_kind(alias), labels=_labels(alias), guardian=GUARDIAN)


def hidden_now(alias: str, now_so: str) -> str:
    """The resource of which this is a version bears labels now, or speaks of what was not told, and is hidden by it."""
    return HIDDEN_NOW.format(alias=alias, now_so=now_so)


@cache
def _kind(alias: str) -> str:
    """The kind of data to which the row's type belongs; null for others."""
    cases = (
        f"WHEN {alias}.kind IN ({', '.join(str(kind_of(type)) for type in types)}) THEN '{kind}'"
        for kind, types in TYPES.items()
    )
    return f"CASE {' '.join(cases)} END"


@cache
def _labels(alias: str) -> str:
    """All of the row's labels are among those that the relationship names."""
    named = ", ".join(f"({bit}, '{code}')" for code, bit in BITS.items())
    return f"""NOT EXISTS (SELECT 1 FROM (VALUES {named}) AS label (bit, code)
        WHERE {alias}.labels & label.bit <> 0 AND label.code <> ALL(care.labels))"""
