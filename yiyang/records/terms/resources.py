"""CodeSystem and ValueSet resources as what they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiyang.records.r4 import texts
from yiyang.records.terms.concepts import CodeTable, Concept, System, ValueSet, all_above, found_by

Json = Mapping[str, Any]
CHINESE = ("zh", "zh-cn", "zh-hans", "zh-hans-cn")
GROUPING = ("notSelectable", "abstract")
UPWARDS = ("parent", "subsumedBy")


def code_table(resource: Json, *, source: str = "", uses: tuple[str, ...] = ()) -> CodeTable:
    """What a CodeSystem lists. The resource is valid as FHIR; codes that stand twice count once."""
    system = about(resource, source=source, uses=uses)
    language = str(resource.get("language", "")).lower()
    listed: dict[str, tuple[Json, list[str]]] = {}
    for concept, parent in walked(resource):
        _first, parents = listed.setdefault(str(concept["code"]), (concept, []))
        parents += [parent] if parent else []
        parents += [
            str(one.get("valueCode", "")) for one in properties(concept) if one.get("code") in UPWARDS
        ]
    above = all_above({code: parents for code, (_concept, parents) in listed.items()})
    return CodeTable(
        system,
        tuple(
            _concept(system.url, concept, tuple(dict.fromkeys(parents)), above[code], language)
            for code, (concept, parents) in listed.items()
        ),
    )


def walked(resource: Json) -> Iterator[tuple[Json, str]]:
    """Every concept with the one above it, in order."""
    stack = [(one, "") for one in reversed(resource.get("concept", []))]
    while stack:
        concept, parent = stack.pop()
        yield concept, parent
        stack += [(one, str(concept.get("code", ""))) for one in reversed(concept.get("concept", []))]


def value_set(resource: Json, *, source: str = "", uses: tuple[str, ...] = ()) -> ValueSet:
    """A ValueSet; one that has only an expansion means the codes listed there."""
    compose = resource.get("compose") or {"include": _listed(resource.get("expansion", {}))}
    return ValueSet(about(resource, source=source, uses=uses), compose)


def about(resource: Json, *, source: str = "", uses: tuple[str, ...] = ()) -> System:
    title = str(resource.get("title") or resource.get("name") or "")
    chinese = texts.is_han(title) or str(resource.get("language", "")).lower() in CHINESE
    return System(
        url=str(resource.get("url", "")),
        version=str(resource.get("version", "")),
        name=str(resource.get("name", "")),
        title="" if chinese else title,
        title_zh=title if chinese else "",
        licence=str(resource.get("copyright", "")),
        source=source or str(resource.get("publisher", "")),
        uses=uses,
        value_set=str(resource.get("valueSet", "")),
        complete=resource.get("content", "complete") == "complete",
        case_sensitive=bool(resource.get("caseSensitive", True)),
    )


def properties(concept: Json) -> list[Json]:
    return [one for one in concept.get("property", []) if isinstance(one, Mapping)]


def _concept(
    system: str, told: Json, parents: tuple[str, ...], above: tuple[str, ...], language: str
) -> Concept:
    code, display = str(told["code"]), str(told.get("display", ""))
    chinese = next(
        (
            str(one.get("value", ""))
            for one in told.get("designation", [])
            if str(one.get("language", "")).lower() in CHINESE
        ),
        display if language in CHINESE or texts.is_han(display) else "",
    )
    given = {
        str(one.get("code")): value
        for one in properties(told)
        for key, value in one.items()
        if key.startswith("value")
    }
    status = str(given.get("status", "active"))
    return Concept(
        system=system,
        code=code,
        display=display,
        display_zh=chinese,
        definition=str(told.get("definition", "")),
        parents=parents,
        above=above,
        active=given.get("inactive") is not True and status not in ("retired", "inactive"),
        abstract=any(given.get(one) is True for one in GROUPING),
        properties={key: value for key, value in given.items() if key not in UPWARDS},
        words=found_by(code, display, chinese),
    )


def _listed(expansion: Json) -> list[Json]:
    """The codes of an expansion as includes, by system."""
    by_system: dict[str, list[Json]] = {}
    stack = list(reversed(expansion.get("contains", [])))
    while stack:
        one = stack.pop()
        stack += reversed(one.get("contains", []))
        if one.get("code") and not one.get("abstract"):
            kept = {key: one[key] for key in ("code", "display", "designation") if key in one}
            by_system.setdefault(str(one.get("system", "")), []).append(kept)
    return [{"system": system, "concept": found} for system, found in by_system.items()]
