"""Value sets: where one is found, which codes it means, and whether it has a code.

A set of one loaded system's codes is paged by the database, however large. Any other is listed whole, so many at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from yiyang.records.models import ValueSet as Loaded
from yiyang.records.queries.terms import stored
from yiyang.records.queries.terms.systems import ALL, Codes, Wanted, fits, in_order, system_called
from yiyang.records.r4 import definitions, texts
from yiyang.records.terms.concepts import Concept, System, ValueSet, found_by
from yiyang.records.terms.refusals import (
    CodeSystemUnknown,
    ExpansionTooLarge,
    FilterNotKnown,
    ValueSetUnknown,
)

MOST = 20_000
DEEPEST = 8
WHOLE = "?fhir_vs"
Key = tuple[str, str]
Include = Mapping[str, Any]


@dataclass(frozen=True)
class Expansion:
    total: int
    concepts: list[Concept]


def set_called(url: str) -> ValueSet:
    """The value set at an address (`url|version` too). ValueSetUnknown when there is none."""
    plain, _sign, version = url.partition("|")
    found = _loaded(plain) or stored.set_of(plain) or _whole(plain) or _hl7(plain)
    ours = found is not None and found.about.source == "HL7"
    if found is None or (version and not ours and found.about.version and version != found.about.version):
        raise ValueSetUnknown(url=url[:300])
    return found


def expansion(
    one: ValueSet, *, text: str = "", active: bool = False, offset: int = 0, count: int | None = None
) -> Expansion:
    """The codes of a set, those from `offset` on, `count` at most; with a text those that fit it, the best first."""
    if direct := _direct(one):
        system, wanted = direct
        wanted = replace(wanted, text=text, active=active)
        total = system.count(wanted)
        if count is None and total > MOST:
            raise ExpansionTooLarge(most=MOST)
        return Expansion(total, system.select(wanted, count, offset) if count != 0 else [])
    found = list(included(one, text=text, active=active).values())
    if text:
        found = in_order(found, text)
    end = None if count is None else offset + count
    return Expansion(len(found), found[offset:end])


def included(
    one: ValueSet, *, text: str = "", active: bool = False, most: int = MOST, above: tuple[str, ...] = ()
) -> dict[Key, Concept]:
    """All codes of a set; ExpansionTooLarge when there are more than `most`."""
    if one.url in above or len(above) > DEEPEST:
        raise FilterNotKnown(url=one.url, filter=" → ".join([*above[-2:], one.url]))
    above = (*above, one.url)
    found: dict[Key, Concept] = {}
    for include in one.compose.get("include", []):
        found |= _part(one, include, text=text, active=active, most=most, above=above)
        if len(found) > most:
            raise ExpansionTooLarge(most=most)
    for exclude in one.compose.get("exclude", []):
        for key in _of(one, exclude, found, above):
            found.pop(key, None)
    return found


def members(one: ValueSet, codes: Collection[Key], above: tuple[str, ...] = ()) -> set[Key]:
    """Those of these codes that the set has, without listing it."""
    if one.url in above or len(above) > DEEPEST:
        raise FilterNotKnown(url=one.url, filter=" → ".join([*above[-2:], one.url]))
    above = (*above, one.url)
    found: set[Key] = set()
    for include in one.compose.get("include", []):
        found |= _of(one, include, codes, above)
    for exclude in one.compose.get("exclude", []):
        found -= _of(one, exclude, found, above)
    return found


def whole_system(one: ValueSet) -> str:
    """The system of which the set has all codes, and no other; empty when it is not so plain."""
    direct = _direct(one)
    return direct[0].about.url if direct and direct[1] == ALL and direct[0].about.complete else ""


def _of(one: ValueSet, include: Include, codes: Collection[Key], above: tuple[str, ...]) -> set[Key]:
    found = set(codes)
    if "system" in include:
        url = include["system"]
        asked = tuple(code for system, code in codes if system == url)
        if "concept" in include:
            listed = {str(each["code"]) for each in include["concept"]}
            found = {(url, code) for code in asked if code in listed}
        elif asked:
            system = _system(include)
            wanted = replace(_wanted(one, include), codes=asked)
            found = {(url, each.code) for each in system.select(wanted)}
        else:
            found = set()
    for url in include.get("valueSet", []):
        found &= members(set_called(url), found, above)
    return found


def _part(
    one: ValueSet, include: Include, *, text: str, active: bool, most: int, above: tuple[str, ...]
) -> dict[Key, Concept]:
    """What one include means: all that it says must hold."""
    found: dict[Key, Concept] | None = None
    if "system" in include:
        found = {(each.system, each.code): each for each in _of_system(one, include, text, active, most)}
    for url in include.get("valueSet", []):
        other = set_called(url)
        if found is None:
            found = included(other, text=text, active=active, most=most, above=above)
        else:
            kept = members(other, found.keys(), above)
            found = {key: each for key, each in found.items() if key in kept}
    return found or {}


def _of_system(one: ValueSet, include: Include, text: str, active: bool, most: int) -> Sequence[Concept]:
    if "concept" not in include:
        return _system(include).select(replace(_wanted(one, include), text=text, active=active), most + 1)
    known = _known(include)
    listed = (_listed(include["system"], each, known) for each in include["concept"])
    wanted = Wanted(active=active)
    return [each for each in listed if fits(each, wanted) and (not text or in_order([each], text))]


def _known(include: Include) -> dict[str, Concept]:
    system = system_called(include["system"], include.get("version", ""))
    return system.get([str(each["code"]) for each in include["concept"]]) if system else {}


def _listed(system: str, told: Mapping[str, Any], known: Mapping[str, Concept]) -> Concept:
    """A code as the set names it, with the words of its system where the set has none."""
    code = str(told["code"])
    found = known.get(code) or Concept(system, code)
    display = str(told.get("display", "")) or found.display
    chinese = next(
        (
            str(each.get("value", ""))
            for each in told.get("designation", [])
            if str(each.get("language", "")).lower().startswith("zh")
        ),
        found.display_zh or (display if texts.is_han(display) else ""),
    )
    return replace(
        found,
        display=display,
        display_zh=chinese,
        words=found.words if found.words and not told.get("display") else found_by(code, display, chinese),
    )


def _direct(one: ValueSet) -> tuple[Codes, Wanted] | None:
    """The one system from which the set takes codes by rule, when there is nothing else to it."""
    includes = one.compose.get("include", [])
    if len(includes) != 1 or one.compose.get("exclude"):
        return None
    include = includes[0]
    if "system" not in include or "concept" in include or include.get("valueSet"):
        return None
    return _system(include), _wanted(one, include)


def _system(include: Include) -> Codes:
    found = system_called(str(include["system"]), str(include.get("version", "")))
    if found is None:
        raise CodeSystemUnknown(system=str(include["system"])[:300])
    return found


def _wanted(one: ValueSet, include: Include) -> Wanted:
    """The filters of an include."""
    wanted = ALL
    for each in include.get("filter", []):
        name, sign, value = str(each.get("property")), str(each.get("op")), str(each.get("value", ""))
        if name in ("concept", "code") and sign in ("is-a", "descendent-of") and not wanted.below:
            wanted = replace(wanted, below=(value,), with_itself=sign == "is-a")
        elif name in ("parent", "subsumedBy") and sign == "=" and not wanted.child_of:
            wanted = replace(wanted, child_of=value)
        elif name == "concept" and sign in ("=", "in") and wanted.codes is None:
            wanted = replace(wanted, codes=tuple(value.split(",")))
        elif sign in ("=", "in") and name not in ("concept", "code"):
            values = tuple(value.split(",")) if sign == "in" else (value,)
            wanted = replace(wanted, properties=(*wanted.properties, (name, values)))
        else:
            raise FilterNotKnown(url=one.url, filter=f"{name} {sign} {value}"[:200])
    return wanted


def _loaded(url: str) -> ValueSet | None:
    row = Loaded.objects.filter(url=url).first()
    if row is None:
        return None
    about = System(
        row.url, row.version, row.name, row.title, row.title_zh, row.licence, row.source, tuple(row.uses)
    )
    return ValueSet(about, row.compose)


def _whole(url: str) -> ValueSet | None:
    """All codes of a system, by the address that FHIR gives such a set."""
    if not url.endswith(WHOLE):
        return None
    system = system_called(url.removesuffix(WHOLE))
    about = replace(system.about, url=url) if system else None
    return ValueSet(about, {"include": [{"system": url.removesuffix(WHOLE)}]}) if about else None


def _hl7(url: str) -> ValueSet | None:
    listed = definitions.value_set(url)
    if listed is None:
        return None
    include = [
        {"system": system, "concept": [{"code": code, "display": display} for code, display in codes.items()]}
        for system, codes in listed.items()
    ]
    return ValueSet(System(url, source="HL7"), {"include": include})
