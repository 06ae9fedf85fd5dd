"""What HL7 defines in FHIR R4 (4.0.1): types, elements, search parameters, codes. Read when asked for, then kept."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from yiyang.records.r4.build_codes import entry

FILE = Path(__file__).with_name("tables.zip")


class DefinitionsMissing(RuntimeError):
    """The tables were not compiled: `tools/set-up` does it."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A rule of HL7 about an element, as a FHIRPath expression."""

    key: str
    severity: str
    human: str
    path: str


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a structure; `most` 0 is any number. `name` is without [x]; a type with a dot is a path of its own."""

    name: str
    types: tuple[str, ...]
    choice: bool = False
    least: int = 0
    most: int = 1
    summary: bool = False
    modifier: bool = False
    targets: frozenset[str] = frozenset()
    values: str = ""
    strength: str = ""
    constraints: tuple[Constraint, ...] = ()

    @property
    def listed(self) -> bool:
        return self.most != 1

    def keys(self) -> dict[str, str]:
        """JSON key -> type: `valueQuantity` -> Quantity."""
        if not self.choice:
            return {self.name: self.types[0]}
        return {self.name + plain(kind)[0].upper() + plain(kind)[1:]: kind for kind in self.types}


@dataclass(frozen=True, slots=True)
class Structure:
    """A type, or a group of elements within one (`Observation.component`)."""

    path: str
    elements: dict[str, Element]
    by_key: dict[str, tuple[Element, str]]
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """One half of a composite search parameter; its expression starts from what the whole one finds."""

    code: str
    url: str
    expression: str


@dataclass(frozen=True, slots=True)
class SearchParameter:
    """`kind` is token, reference, string, date, number, quantity, uri, composite or special."""

    code: str
    kind: str
    url: str
    expression: str = ""
    target: tuple[str, ...] = ()
    comparator: tuple[str, ...] = ()
    modifier: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    component: tuple[Component, ...] = ()


def plain(kind: str) -> str:
    """The type that JSON names: a SimpleQuantity is a Quantity."""
    return "Quantity" if kind in ("SimpleQuantity", "MoneyQuantity") else kind


@cache
def types() -> tuple[str, ...]:
    """The 146 types of resources, in the order of the alphabet."""
    return tuple(sorted(n for n, one in known().items() if one["kind"] == "resource" and not one["abstract"]))


def is_resource(name: str) -> bool:
    return name in _numbers()


def is_primitive(name: str) -> bool:
    one = known().get(name)
    return one is not None and one["kind"] == "primitive-type"


def base_of(name: str) -> str:
    """What a type is derived from: Patient from DomainResource, Age from Quantity; empty at the root."""
    return str(known()[name]["base"])


def kind_of(name: str) -> int:
    """The number that stands for a type in tables; it never changes. KeyError for what is no type of R4."""
    return _numbers()[name]


def type_of(number: int) -> str:
    return types()[number - 1]


@cache
def _numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(types(), start=1)}


@cache
def known() -> dict[str, dict[str, Any]]:
    """Every type, resources, complex and primitive ones: kind, base, abstract."""
    return dict(_read("types"))


def structure(path: str) -> Structure:
    """A type or a path within it that has elements; KeyError when there is none."""
    return _structures(path.partition(".")[0])[path]


@cache
def _structures(name: str) -> dict[str, Structure]:
    return {path: _structure(path, said) for path, said in _read(f"types/{name}").items()}


def _structure(path: str, said: dict[str, Any]) -> Structure:
    elements = {one["name"]: _element(one) for one in said["elements"]}
    by_key = {key: (one, kind) for one in elements.values() for key, kind in one.keys().items()}
    return Structure(path, elements, by_key, tuple(Constraint(**c) for c in said["constraints"]))


def _element(said: dict[str, Any]) -> Element:
    tuples = {"types": tuple(said["types"])}
    sets = {"targets": frozenset(said["targets"])} if "targets" in said else {}
    rules = (
        {"constraints": tuple(Constraint(**c) for c in said["constraints"])} if "constraints" in said else {}
    )
    return Element(**{**said, **tuples, **sets, **rules})


@cache
def search_parameters(name: str) -> dict[str, SearchParameter]:
    """By code, those of every resource (`_id` …) too."""
    listed = _read_searches()
    found = [*listed.get("Resource", ()), *listed.get("DomainResource", ()), *listed.get(name, ())]
    if base_of(name) == "Resource":
        found = [*listed.get("Resource", ()), *listed.get(name, ())]
    return {one["code"]: _search(one) for one in found}


def _search(said: dict[str, Any]) -> SearchParameter:
    lists = {key: tuple(value) for key, value in said.items() if isinstance(value, list)}
    if "component" in said:
        lists["component"] = tuple(Component(**one) for one in said["component"])
    return SearchParameter(**{**said, **lists})


@cache
def _read_searches() -> dict[str, Any]:
    return dict(_read("search"))


@cache
def compartment(of: str = "Patient") -> dict[str, tuple[str, ...]]:
    """Type -> codes of the search parameters by which a resource belongs to a person (or Practitioner …)."""
    return {name: tuple(codes) for name, codes in _read("compartments")[of].items()}


@cache
def required_codes(url: str) -> dict[str, frozenset[str]] | None:
    """Codes by system of a set that an element is bound to without exception; None if it cannot be listed."""
    said = _required().get(url)
    return {system: frozenset(codes) for system, codes in said.items()} if said else None


@cache
def _required() -> dict[str, dict[str, list[str]]]:
    return dict(_read("codes"))


def value_set(url: str) -> dict[str, dict[str, str]] | None:
    """System -> code -> display (English) of any value set of HL7's definitions that can be listed."""
    try:
        return dict(_read(entry(url.partition("|")[0])))
    except KeyError:
        return None


def code_system(url: str) -> dict[str, Any] | None:
    """A code system of HL7's definitions: url, version, title, concepts as [code, display, parents, only groups]."""
    try:
        return dict(_read(entry(url, "systems")))
    except KeyError:
        return None


def listed(what: str) -> list[tuple[str, str, str, str, int]]:
    """All "systems" or "sets" that can be listed: url, name, title, version, how many codes."""
    return [(str(one[0]), str(one[1]), str(one[2]), str(one[3]), int(one[4])) for one in _read("terms")[what]]


def _read(name: str) -> Any:
    return json.loads(_archive().read(name))


@cache
def _archive() -> zipfile.ZipFile:
    try:
        # Held in memory: an open file would be shared, position and all, by processes that are forked.
        return zipfile.ZipFile(io.BytesIO(FILE.read_bytes()))
    except FileNotFoundError:
        raise DefinitionsMissing("FHIR's definitions are not compiled: run tools/set-up.") from None
