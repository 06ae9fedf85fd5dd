"""One walk through a resource. What each type asks is compiled once to closures, one for each key of JSON."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from yiyang.records.r4 import definitions, issues
from yiyang.records.r4.definitions import Element
from yiyang.records.r4.leaves import codes_of, is_among, primitive, xhtml
from yiyang.records.r4.referring import check_reference
from yiyang.records.r4.rules import rules_of, rules_of_element
from yiyang.records.r4.scope import Check, Checking, Place, Scope

# References that say whose a resource is. HL7's own examples lead elsewhere with others (a performer, a parent).
WHOSE = frozenset(("subject", "patient", "beneficiary", "individual"))


def check_resource(found: Any, checking: Checking) -> None:
    kind = found.get("resourceType") if isinstance(found, dict) else None
    _of_type(found, (None, str(kind), None), Scope(checking, found))


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
        for number, one in enumerate(found["contained"]):
            id = one.get("id") if type(one) is dict else None
            if isinstance(id, str) and id not in scope.used and id not in scope.references:
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
    elif id in scope.met:
        say(where, "duplicate", issues.CONTAINED_TWICE, id=id)
    scope.met.add(str(id))
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
    _COMPILED[path] = check  # not before it is whole: other threads take it from here
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
        return xhtml
    if definitions.is_primitive(kind):
        return primitive(element, kind)
    return _complex(element, kind)


def _complex(element: Element, kind: str) -> Check:
    codes = codes_of(element)
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
        if not isinstance(listed, list) or not any(is_among(one, codes) for one in listed):
            scope.checking.say(where, "code-invalid", issues.NO_CODE_OF_SET, values=element.values)

    return bound


def _reference(element: Element) -> Check:
    targets = element.targets
    strict = element.name in WHOSE

    def check(found: Any, where: Any, scope: Scope) -> None:
        compiled("Reference")(found, where, scope)
        if type(found) is dict:
            check_reference(found, targets, strict, where, scope)

    return check
