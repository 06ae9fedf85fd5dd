"""The value sets of HL7's definitions, as lists of codes where they can be listed."""

from __future__ import annotations

import hashlib
from typing import Any

Json = dict[str, Any]
Codes = dict[str, dict[str, str]]
# Too large to list beside each process, or no list at all: their codes have a syntax, not a table.
LARGEST = 5_000


class ValueSets:
    """Expands value sets from the code systems that stand beside them."""

    def __init__(self, listed: list[Json]) -> None:
        self.systems = {one["url"]: one for one in listed if one["resourceType"] == "CodeSystem"}
        self.sets = {one["url"]: one for one in listed if one["resourceType"] == "ValueSet"}
        self.wanted: set[str] = set()

    def is_required(self, url: str) -> None:
        self.wanted.add(url)

    def required(self) -> dict[str, dict[str, list[str]]]:
        """Codes by system of the sets that an element is bound to without exception."""
        found = {}
        for url in sorted(self.wanted):
            codes = self.expand(url)
            if codes:
                found[url] = {system: sorted(listed) for system, listed in sorted(codes.items())}
        return found

    def all(self) -> dict[str, Codes]:
        found = {}
        for url in sorted(self.sets):
            codes = self.expand(url)
            if codes and sum(map(len, codes.values())) <= LARGEST:
                found[entry(url)] = codes
        return found

    def tables(self) -> dict[str, Any]:
        """Each code system that is wholly here, and lists of all systems and of all sets that can be listed."""
        found: dict[str, Any] = {}
        systems, sets = [], []
        for url, one in sorted(self.systems.items()):
            codes = self.flat(url)
            if not codes:
                continue
            grouping = self.grouping(url)
            parents = self.parents(url)
            concepts = [
                [code, display, sorted(parents[code]), code in grouping]
                for code, (display, _) in codes.items()
            ]
            about = {key: one[key] for key in ("url", "version", "name", "title", "valueSet") if key in one}
            found[entry(url, "systems")] = {**about, "concepts": concepts}
            systems.append(
                [url, one.get("name", ""), one.get("title", ""), one.get("version", ""), len(codes)]
            )
        for url, one in sorted(self.sets.items()):
            codes_of = self.expand(url)
            number = sum(map(len, codes_of.values())) if codes_of else 0
            if 0 < number <= LARGEST:
                sets.append([url, one.get("name", ""), one.get("title", ""), one.get("version", ""), number])
        found["terms"] = {"systems": systems, "sets": sets}
        return found

    def expand(self, url: str, above: tuple[str, ...] = ()) -> Codes | None:
        """System -> code -> display; None when the set cannot be listed from what is here."""
        one = self.sets.get(url)
        if one is None or url in above:
            return None
        found: Codes = {}
        for include in one.get("compose", {}).get("include", []):
            part = self.part(include, (*above, url))
            if part is None:
                return None
            for system, codes in part.items():
                found.setdefault(system, {}).update(codes)
        for exclude in one.get("compose", {}).get("exclude", []):
            part = self.part(exclude, (*above, url))
            if part is None:
                return None
            for system, codes in part.items():
                for code in codes:
                    found.get(system, {}).pop(code, None)
        return found

    def part(self, include: Json, above: tuple[str, ...]) -> Codes | None:
        """What one include means: all that it says must hold."""
        parts: list[Codes | None] = []
        if "system" in include:
            parts.append(self.of_system(include))
        for url in include.get("valueSet", []):
            parts.append(self.expand(url.partition("|")[0], above))
        if not parts or any(part is None for part in parts):
            return None
        first, *others = [part for part in parts if part is not None]
        return {
            system: {c: d for c, d in codes.items() if all(c in other.get(system, {}) for other in others)}
            for system, codes in first.items()
        }

    def of_system(self, include: Json) -> Codes | None:
        url = include["system"]
        if "concept" in include:
            known = self.flat(url) or {}
            return {
                url: {
                    c["code"]: c.get("display") or known.get(c["code"], ("", ()))[0]
                    for c in include["concept"]
                }
            }
        codes = self.flat(url)
        if codes is None:
            return None
        # A code that only groups others stands in no resource.
        grouping = self.grouping(url)
        codes = {c: found for c, found in codes.items() if c not in grouping}
        for one in include.get("filter", []):
            if one["op"] == "is-a" and one["property"] == "concept":
                codes = {c: (d, up) for c, (d, up) in codes.items() if one["value"] in (c, *up)}
            elif one["op"] == "descendent-of" and one["property"] == "concept":
                codes = {c: (d, up) for c, (d, up) in codes.items() if one["value"] in up}
            else:
                return None
        return {url: {code: display for code, (display, _) in codes.items()}}

    def grouping(self, url: str) -> frozenset[str]:
        found, stack = set(), list(self.systems[url].get("concept", []))
        while stack:
            concept = stack.pop()
            stack += concept.get("concept", [])
            if any(
                p["code"] in ("notSelectable", "abstract") and p.get("valueBoolean")
                for p in concept.get("property", [])
            ):
                found.add(concept["code"])
        return frozenset(found)

    def flat(self, url: str) -> dict[str, tuple[str, tuple[str, ...]]] | None:
        """Code -> display and the codes above it; None for a system that is not wholly here."""
        system = self.systems.get(url)
        if system is None or system.get("content") != "complete":
            return None
        above = self.parents(url)
        return {
            c["code"]: (c.get("display", ""), _all_above(c["code"], above)) for c, _parent in walked(system)
        }

    def parents(self, url: str) -> dict[str, set[str]]:
        """Each code with those right above it."""
        above: dict[str, set[str]] = {}
        for concept, parent in walked(self.systems[url]):
            parents = above.setdefault(concept["code"], set())
            parents |= {parent} if parent else set()
            parents |= {
                p["valueCode"] for p in concept.get("property", []) if p["code"] in ("subsumedBy", "parent")
            }
        return above


def walked(system: Json) -> list[tuple[Json, str]]:
    """All concepts in order, each with the one in which it stands."""
    found = []
    stack = [(c, "") for c in reversed(system.get("concept", []))]
    while stack:
        concept, parent = stack.pop()
        found.append((concept, parent))
        stack += [(c, concept["code"]) for c in reversed(concept.get("concept", []))]
    return found


def _all_above(code: str, above: dict[str, set[str]]) -> tuple[str, ...]:
    found: set[str] = set()
    stack = list(above.get(code, ()))
    while stack:
        one = stack.pop()
        if one not in found:
            found.add(one)
            stack += above.get(one, ())
    return tuple(sorted(found))


def entry(url: str, folder: str = "values") -> str:
    """The name of the entry of a value set or code system in the tables."""
    return f"{folder}/" + hashlib.blake2b(url.encode(), digest_size=8).hexdigest()
