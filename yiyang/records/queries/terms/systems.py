"""Where the codes of a system are: in the tables of what was loaded, or read into memory."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from yiyang.kernel.refusals import NotFound
from yiyang.records.models import CodeSystem
from yiyang.records.models import ValueSet as LoadedSet
from yiyang.records.queries.terms import stored
from yiyang.records.r4 import definitions, texts
from yiyang.records.terms import shipped
from yiyang.records.terms.concepts import PART, CodeTable, Concept, System, all_above, found_by, rank


@dataclass(frozen=True)
class Wanted:
    """Which concepts of a system. `below`: under one of these codes (`with_itself`: or one of them)."""

    text: str = ""
    codes: tuple[str, ...] | None = None
    below: tuple[str, ...] = ()
    with_itself: bool = True
    child_of: str = ""
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    active: bool = False


ALL = Wanted()


class Codes(Protocol):
    """A code system that can be asked."""

    @property
    def about(self) -> System:
        """What is said of it."""

    @property
    def number(self) -> int:
        """How many codes it has."""

    def get(self, codes: Collection[str]) -> dict[str, Concept]:
        """Those of these codes that it has."""

    def select(self, wanted: Wanted = ALL, limit: int | None = None, offset: int = 0) -> list[Concept]:
        """In their order; what fits a text best first."""

    def count(self, wanted: Wanted = ALL) -> int:
        """How many `select` finds in all."""


def system_called(url: str, version: str = "") -> Codes | None:
    """The code system at an address (`url|version` too); None when it is not known, or not in this version."""
    url, _sign, told = url.partition("|")
    version = version or told
    found = _loaded(url) or stored.table_of(url) or shipped.table(url) or hl7(url)
    codes = InMemory(found) if isinstance(found, CodeTable) else found
    if codes is None or (version and codes.about.version and version != codes.about.version):
        return None
    return codes


@lru_cache(maxsize=64)
def hl7(url: str) -> CodeTable | None:
    told = definitions.code_system(url)
    if told is None:
        return None
    above = all_above({code: parents for code, _display, parents, _abstract in told["concepts"]})
    about = System(
        url, told.get("version", ""), told.get("name", ""), told.get("title", ""), source="HL7",
        licence="HL7 FHIR R4 (CC0)", value_set=told.get("valueSet", ""),
    )  # fmt: skip
    concepts = (
        Concept(
            url, code, display, parents=tuple(parents), above=above[code], abstract=abstract,
            words=found_by(code, display),
        )
        for code, display, parents, abstract in told["concepts"]
    )  # fmt: skip
    return CodeTable(about, tuple(concepts))


def for_use(use: str) -> list[Codes]:
    """The systems that a field offers: those loaded for it, else what comes with the platform."""
    found: list[Codes] = [
        InTables(one) for one in CodeSystem.objects.filter(uses__contains=[use]).order_by("url")
    ]
    return found or [InMemory(one) for one in shipped.for_use(use)]


def loaded_lists() -> list[CodeSystem | LoadedSet]:
    """All that an operator loaded, the newest first."""
    return sorted(
        [*CodeSystem.objects.all(), *LoadedSet.objects.defer("compose")],
        key=lambda one: one.loaded_at,
        reverse=True,
    )


def loaded_list(id: UUID) -> CodeSystem | LoadedSet:
    """One of them; NotFound when it is no longer there."""
    found = CodeSystem.objects.filter(pk=id).first() or LoadedSet.objects.filter(pk=id).first()
    if found is None:
        raise NotFound
    return found


def shipped_lists() -> list[Codes]:
    return [InMemory(one) for one in shipped.tables().values()]


def hl7_lists() -> tuple[int, int]:
    """How many code systems and value sets HL7's definitions bring along."""
    return len(definitions.listed("systems")), len(definitions.listed("sets"))


def _loaded(url: str) -> InTables | None:
    row = CodeSystem.objects.filter(url=url).first()
    return InTables(row) if row else None


@dataclass(frozen=True)
class InMemory:
    """A system that was read as a whole."""

    table: CodeTable
    by_code: Mapping[str, Concept] = field(default_factory=dict)

    @property
    def about(self) -> System:
        return self.table.system

    @property
    def number(self) -> int:
        return len(self.table.concepts)

    def get(self, codes: Collection[str]) -> dict[str, Concept]:
        wanted = set(codes)
        return {one.code: one for one in self.table.concepts if one.code in wanted}

    def select(self, wanted: Wanted = ALL, limit: int | None = None, offset: int = 0) -> list[Concept]:
        end = None if limit is None else offset + limit
        return list(islice(self._all(wanted), offset, end))

    def count(self, wanted: Wanted = ALL) -> int:
        return len(list(self._all(wanted)))

    def _all(self, wanted: Wanted) -> Iterable[Concept]:
        found = [one for one in self.table.concepts if fits(one, wanted)]
        return in_order(found, wanted.text) if wanted.text else found


def in_order(found: Sequence[Concept], text: str) -> list[Concept]:
    """Those that fit a text, the best first."""
    asked = texts.normal(text)
    ranked = [
        (rank(one.words, asked), len(one.display_zh or one.display), at) for at, one in enumerate(found)
    ]
    return [found[at] for place, _length, at in sorted(one for one in ranked if one[0] is not None)]


def fits(one: Concept, wanted: Wanted) -> bool:
    return (
        (wanted.codes is None or one.code in wanted.codes)
        and (not wanted.active or (one.active and not one.abstract))
        and (
            not wanted.below
            or any(code in one.above or (wanted.with_itself and code == one.code) for code in wanted.below)
        )
        and (not wanted.child_of or wanted.child_of in one.parents)
        and all(str(one.properties.get(name, "")) in values for name, values in wanted.properties)
    )


COLUMNS = "code, display, display_zh, definition, parents, above, active, abstract, properties, words"


class InTables:
    """A system that an operator loaded."""

    def __init__(self, row: CodeSystem) -> None:
        self.row = row

    @property
    def about(self) -> System:
        row = self.row
        return System(
            row.url, row.version, row.name, row.title, row.title_zh, row.licence, row.source, tuple(row.uses),
            row.value_set, row.complete, row.case_sensitive,
        )  # fmt: skip

    @property
    def number(self) -> int:
        return self.row.number

    def get(self, codes: Collection[str]) -> dict[str, Concept]:
        return {one.code: one for one in self.select(Wanted(codes=tuple(codes)))}

    def select(self, wanted: Wanted = ALL, limit: int | None = None, offset: int = 0) -> list[Concept]:
        where, values = _where(self.row.pk, wanted)
        order = "position"
        if wanted.text:
            values["asked"] = texts.normal(wanted.text)
            order = f"{RANK}, length(coalesce(nullif(display_zh, ''), display)), position"
        values |= {"limit": limit, "offset": offset}
        return [
            _concept(self.row.url, row)
            for row in _rows(
                f"SELECT {COLUMNS} FROM records_concept WHERE {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s",
                values,
            )
        ]

    def count(self, wanted: Wanted = ALL) -> int:
        if wanted == ALL:
            return self.row.number
        where, values = _where(self.row.pk, wanted)
        return int(_rows(f"SELECT count(*) FROM records_concept WHERE {where}", values)[0][0])


RANK = f"""CASE WHEN position('{PART}' || %(asked)s || '{PART}' IN words) > 0 THEN 0
    WHEN position('{PART}' || %(asked)s IN words) > 0 THEN 1 ELSE 2 END"""


def _where(system_id: UUID, wanted: Wanted) -> tuple[str, dict[str, Any]]:
    parts, values = ["system_id = %(system)s"], dict[str, Any](system=system_id)
    if wanted.codes is not None:
        parts.append("code = ANY(%(codes)s::text[])")
        values["codes"] = list(wanted.codes)
    if wanted.active:
        parts.append("active AND NOT abstract")
    if wanted.below:
        itself = "OR code = ANY(%(below)s::text[])" if wanted.with_itself else ""
        parts.append(f"(above && %(below)s::text[] {itself})")
        values["below"] = list(wanted.below)
    if wanted.child_of:
        parts.append("above @> %(child)s::text[] AND parents @> %(child)s::text[]")
        values["child"] = [wanted.child_of]
    for number, (name, told) in enumerate(wanted.properties):
        parts.append(f"properties ->> %(name{number})s = ANY(%(told{number})s::text[])")
        values |= {f"name{number}": name, f"told{number}": list(told)}
    for number, word in enumerate(texts.normal(wanted.text).split()[:8]):
        parts.append(f"position(%(word{number})s IN words) > 0")
        values[f"word{number}"] = word
    return " AND ".join(parts), values


def _concept(system: str, row: Sequence[Any]) -> Concept:
    code, display, chinese, definition, parents, above, active, abstract, properties, words = row
    if isinstance(properties, str):
        import json

        properties = json.loads(properties)
    return Concept(
        system,
        code,
        display,
        chinese,
        definition,
        tuple(parents),
        tuple(above),
        active,
        abstract,
        properties,
        words,
    )


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
