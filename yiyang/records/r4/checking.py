"""One walk through a resource. What each type asks is compiled once to closures, one for each key of JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from yiyang.records.r4 import definitions, issues, narrative
from yiyang.records.r4.definitions import Element
from yiyang.records.r4.issues import Issue
from yiyang.records.r4.primitives import FITS, is_string
from yiyang.records.r4.referring import check_reference
from yiyang.records.r4.rules import rules_of, rules_of_element

# A place: the place above, the name, and the number in a list. Made into words only when something is wrong.
Place = tuple[Any, str, int | None]
Check = Callable[[Any, Any, "Scope"], None]
MOST = 600
SHOWN = 20
# References that say whose a resource is. HL7's own examples lead elsewhere with others (a performer, a parent).
WHOSE = frozenset(("subject", "patient", "beneficiary", "individual"))

# Sets that have a syntax and no list.
SYNTAX = {"http://hl7.org/fhir/ValueSet/currencies": re.compile(r"[A-Z]{3}")}


class Checking:
    """What is found, and how far to look."""

    def __init__(self, rules: bool, advice: bool) -> None:
        self.issues: list[Issue] = []
        self.rules = rules
        self.advice = advice

    def resource(self, found: Any) -> None:
        kind = found.get("resourceType") if isinstance(found, dict) else None
        _of_type(found, (None, str(kind), None), Scope(self, found))

    def advise(self, where: Any, code: str, message: Any, **details: Any) -> None:
        if self.advice:
            self.say(where, code, message, "warning", **details)

    def say(self, where: Any, code: str, message: Any, severity: str = "error", **details: Any) -> None:
        if len(self.issues) < MOST:
            self.issues.append(Issue(severity, code, expression(where), message, details))


class Scope:
    """A resource with what it contains; a resource in a Bundle has a scope of its own."""

    __slots__ = ("checking", "contained", "current", "inside", "references", "root", "used")

    def __init__(self, checking: Checking, root: Any) -> None:
        self.checking = checking
        self.root = root
        # The resource that is looked at: the root, or one that it contains.
        self.current = root
        self.contained = contained_types(root)
        self.inside: str | None = None
        self.used: set[str] = set()
        # The contained ones that refer to what contains them.
        self.references: set[str] = set()

    def refer(self, to: str) -> None:
        if to == "#":
            self.references.add(self.inside or "")
        else:
            self.used.add(to[1:])


def contained_types(root: Any) -> dict[str, str]:
    listed = root.get("contained") if isinstance(root, dict) else None
    if not isinstance(listed, list):
        return {}
    return {
        one["id"]: str(one.get("resourceType"))
        for one in listed
        if isinstance(one, dict) and isinstance(one.get("id"), str)
    }


def expression(where: Any) -> str:
    parts = []
    while where is not None:
        where, name, number = where
        parts.append(name if number is None else f"{name}[{number}]")
    return ".".join(reversed(parts))


def _of_type(found: Any, where: Place, scope: Scope) -> None:
    """A resource: what it is, is said by itself."""
    say = scope.checking.say
    if type(found) is not dict:
        return say(where, "structure", issues.NOT_AN_OBJECT)
    kind = found.get("resourceType")
    if not isinstance(kind, str):
        return say(where, "required", issues.NO_TYPE)
    if not definitions.is_resource(kind):
        return say(where, "structure", issues.NO_SUCH_TYPE, type=kind[:40])
    compiled(kind)(found, where, scope)
    if scope.contained and scope.inside is None:
        for number, (id, _kind) in enumerate(scope.contained.items()):
            if id not in scope.used and id not in scope.references:
                say((where, "contained", number), "invariant", issues.CONTAINED_UNUSED, id=id)
    return None


def _inline(found: Any, where: Place, scope: Scope) -> None:
    """A resource in a Bundle or in Parameters stands for itself."""
    _of_type(found, where, Scope(scope.checking, found))


def _contained(found: Any, where: Place, scope: Scope) -> None:
    say = scope.checking.say
    if type(found) is not dict:
        return say(where, "structure", issues.NOT_AN_OBJECT)
    if scope.inside is not None:
        return say(where, "invariant", issues.CONTAINED_IN_CONTAINED)
    id, meta = found.get("id"), found.get("meta")
    if not isinstance(id, str):
        say(where, "required", issues.CONTAINED_WITHOUT_ID)
    elif sum(isinstance(one, dict) and one.get("id") == id for one in scope.root["contained"][: where[2]]):
        say(where, "duplicate", issues.CONTAINED_TWICE, id=id)
    for name in ("versionId", "lastUpdated", "security"):
        if isinstance(meta, dict) and name in meta:
            say((where, "meta", None), "invariant", issues.CONTAINED_META, name=name)
    scope.inside, scope.current = str(id), found
    _of_type(found, where, scope)
    scope.inside, scope.current = None, scope.root
    return None


_COMPILED: dict[str, Check] = {}


def compiled(path: str) -> Check:
    """The check of a type, or of a group of elements within one."""
    known = _COMPILED.get(path)
    return known or _compile(path)


def _compile(path: str) -> Check:
    structure = definitions.structure(path)
    members: dict[str, Check] = {}
    required: list[tuple[str, frozenset[str]]] = []
    choices: list[frozenset[str]] = []
    lists: set[str] = set()
    is_resource = "." not in path and definitions.is_resource(path)
    is_extension = path == "Extension"
    rules = rules_of(path)

    def check(found: Any, where: Any, scope: Scope) -> None:
        if type(found) is not dict:
            return scope.checking.say(where, "structure", issues.NOT_AN_OBJECT)
        if not found:
            return scope.checking.say(where, "structure", issues.EMPTY_OBJECT)
        for key, value in found.items():
            member = members.get(key)
            if member is not None:
                member(value, where, scope)
            elif not (is_resource and key == "resourceType"):
                _unknown(key, where, scope)
        keys = found.keys()
        for name, ways in required:
            if keys.isdisjoint(ways):
                scope.checking.say(where, "required", issues.MISSING, name=name)
        for ways in choices:
            given = {key.lstrip("_") for key in keys & ways}
            if len(given) > 1:
                scope.checking.say(where, "structure", issues.TWO_CHOICES, keys=", ".join(sorted(given)))
        if lists and not lists.isdisjoint(keys):
            _check_gaps(found, lists, where, scope)
        if len(found) == 1 and "id" in found and not is_resource and path != "Element":
            scope.checking.say(where, "invariant", issues.NO_VALUE)
        if is_extension and keys.isdisjoint(choices[0]) != ("extension" in found):
            scope.checking.say(where, "invariant", issues.VALUE_OR_EXTENSION)
        for rule in rules:
            rule(found, where, scope)
        return None

    _COMPILED[path] = check
    for element in structure.elements.values():
        kinds = element.keys()
        ways = frozenset(key for name in kinds for key in (name, "_" + name))
        if element.least:
            required.append((element.name + ("[x]" if element.choice else ""), ways))
        if element.choice:
            choices.append(ways)
        for key, kind in kinds.items():
            members[key] = _member(element, kind)
            if definitions.is_primitive(kind):
                members["_" + key] = _beside(element)
                if element.listed:
                    lists |= {key, "_" + key}
    return check


def _check_gaps(found: dict[str, Any], lists: set[str], where: Any, scope: Scope) -> None:
    """A list of primitive values may have gaps, where `_key` has something to say instead."""
    for key in {key.removeprefix("_") for key in lists & found.keys()}:
        values, beside = found.get(key), found.get("_" + key)
        if type(values) is list and type(beside) is list and len(values) != len(beside):
            scope.checking.say((where, key, None), "structure", issues.LISTS_DIFFER, name=key)
        for number, pair in enumerate(zip_longest(_list(values), _list(beside))):
            if pair == (None, None):
                scope.checking.say((where, key, number), "structure", issues.NOTHING_AT)


def _list(values: Any) -> list[Any]:
    return values if type(values) is list else []


def _unknown(key: str, where: Any, scope: Scope) -> None:
    scope.checking.say(where, "structure", issues.UNKNOWN, name=key[:60])


def _member(element: Element, kind: str) -> Check:
    """The check of one key: a single value, or a list of them."""
    one = _with_rules(_value(element, kind), rules_of_element(element, kind))
    name, most = element.name, element.most
    primitive = definitions.is_primitive(kind)

    def single(value: Any, where: Any, scope: Scope) -> None:
        if type(value) is list:
            return scope.checking.say((where, name, None), "structure", issues.NOT_ONE)
        if value is None:
            return scope.checking.say((where, name, None), "structure", issues.NULL)
        return one(value, (where, name, None), scope)

    def several(value: Any, where: Any, scope: Scope) -> None:
        if type(value) is not list:
            return scope.checking.say((where, name, None), "structure", issues.NOT_A_LIST)
        if not value:
            return scope.checking.say((where, name, None), "structure", issues.EMPTY_LIST)
        if most and len(value) > most:
            scope.checking.say((where, name, None), "structure", issues.TOO_MANY, most=most, count=len(value))
        for number, item in enumerate(value):
            if item is not None:
                one(item, (where, name, number), scope)
            elif not primitive:
                scope.checking.say((where, name, number), "structure", issues.NULL)
        return None

    return several if element.listed else single


def _with_rules(one: Check, rules: tuple[Check, ...]) -> Check:
    if not rules:
        return one

    def value(found: Any, where: Any, scope: Scope) -> None:
        one(found, where, scope)
        for rule in rules:
            rule(found, where, scope)

    return value


def _beside(element: Element) -> Check:
    """`_birthDate`: id and extensions of a primitive value."""
    name = element.name

    def single(value: Any, where: Any, scope: Scope) -> None:
        compiled("Element")(value, (where, name, None), scope)

    def several(value: Any, where: Any, scope: Scope) -> None:
        if type(value) is not list:
            return scope.checking.say((where, name, None), "structure", issues.NOT_A_LIST)
        if not value:
            return scope.checking.say((where, name, None), "structure", issues.EMPTY_LIST)
        for number, item in enumerate(value):
            if item is not None:
                compiled("Element")(item, (where, name, number), scope)
        return None

    return several if element.listed else single


def _value(element: Element, kind: str) -> Check:
    if element.name == "contained" and kind == "Resource":
        return _contained
    if kind == "Resource":
        return _inline
    if kind == "Reference":
        return _reference(element)
    if kind == "xhtml":
        return _narrative
    if definitions.is_primitive(kind):
        return _primitive(element, kind)
    return _complex(element, kind)


def _complex(element: Element, kind: str) -> Check:
    codes = _codes(element)
    check: Check | None = None

    def value(found: Any, where: Any, scope: Scope) -> None:
        nonlocal check
        check = check or compiled(kind)
        check(found, where, scope)

    if codes is None or kind not in ("CodeableConcept", "Coding"):
        return value

    def bound(found: Any, where: Any, scope: Scope) -> None:
        value(found, where, scope)
        listed = found.get("coding") if kind == "CodeableConcept" and type(found) is dict else [found]
        if not isinstance(listed, list) or not any(_is_among(one, codes) for one in listed):
            scope.checking.say(where, "code-invalid", issues.NO_CODE_OF_SET, values=element.values)

    return bound


def _is_among(coding: Any, codes: dict[str, frozenset[str]]) -> bool:
    return isinstance(coding, dict) and str(coding.get("code")) in codes.get(str(coding.get("system")), ())


def _codes(element: Element) -> dict[str, frozenset[str]] | None:
    return definitions.required_codes(element.values) if element.strength == "required" else None


def _primitive(element: Element, kind: str) -> Check:
    fits = FITS[kind]
    listed = _codes(element) if kind in ("code", "string", "uri") else None
    if listed is not None:
        return _one_of(frozenset().union(*listed.values()))
    if element.strength == "required" and element.values in SYNTAX:
        return _of_syntax(SYNTAX[element.values], element.values)
    local = kind in ("uri", "url", "canonical")

    def check(found: Any, where: Any, scope: Scope) -> None:
        if not fits(found):
            _wrong(found, kind, where, scope)
        elif local and found[0] == "#":
            scope.refer(found)

    return check


def _wrong(found: Any, kind: str, where: Any, scope: Scope) -> None:
    if type(found) in (dict, list):
        shown = "{…}" if type(found) is dict else "[…]"
    else:
        shown = found[:40] if isinstance(found, str) else str(found)[:40]
    scope.checking.say(where, "value", issues.WRONG_VALUE, value=shown, type=kind)


def _one_of(allowed: frozenset[str]) -> Check:
    words = ", ".join(sorted(allowed)[:SHOWN]) + (" …" if len(allowed) > SHOWN else "")

    def check(found: Any, where: Any, scope: Scope) -> None:
        if type(found) is not str:
            _wrong(found, "code", where, scope)
        elif found not in allowed:
            scope.checking.say(where, "code-invalid", issues.WRONG_CODE, value=found[:40], allowed=words)

    return check


def _of_syntax(pattern: re.Pattern[str], values: str) -> Check:
    def check(found: Any, where: Any, scope: Scope) -> None:
        if type(found) is not str:
            _wrong(found, "code", where, scope)
        elif not pattern.fullmatch(found):
            scope.checking.say(where, "code-invalid", issues.NO_CODE_OF_SET, values=values)

    return check


def _reference(element: Element) -> Check:
    targets = element.targets
    strict = element.name in WHOSE

    def check(found: Any, where: Any, scope: Scope) -> None:
        compiled("Reference")(found, where, scope)
        if type(found) is dict:
            check_reference(found, targets, strict, where, scope)

    return check


def _narrative(found: Any, where: Any, scope: Scope) -> None:
    if not is_string(found):
        return _wrong(found, "xhtml", where, scope)
    fault, name = narrative.fault(found)
    words = {"xml": issues.NOT_XHTML, "root": issues.NOT_DIV, "name": issues.NOT_IN_TEXT}
    if fault in words:
        return scope.checking.say(where, "invariant", words[fault], name=name[:60])
    # HL7's own examples have such texts: advice, no reason to refuse a record.
    if fault == "empty":
        scope.checking.advise(where, "invariant", issues.EMPTY_TEXT)
    elif fault == "attribute":
        scope.checking.advise(where, "invariant", issues.NOT_IN_TEXT, name=name[:60])
    return None
