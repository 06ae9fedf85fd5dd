"""One operation of a FHIRPath Patch: add, insert, delete, replace or move, at what a FHIRPath finds."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from yiyang.records.r4 import definitions
from yiyang.records.r4.fhirpath import Expression, FhirPathError, Node, path
from yiyang.records.r4.fhirpath.nodes import Place
from yiyang.records.r4.fhirpath.parsing import tokens
from yiyang.records.refusals import ElementThereAlready, ManyToPatch, NotAPatch, NothingToPatch

Resource = dict[str, Any]
NEEDS = {
    "add": ("name", "value"),
    "insert": ("index", "value"),
    "delete": (),
    "replace": ("value",),
    "move": ("source", "destination"),
}
# A pattern of somebody else's can take for ever.
NOT_FOR_OTHERS = frozenset(("matches", "matchesFull", "replaceMatches"))


@dataclass(frozen=True, slots=True)
class Given:
    """The value of an operation, and its type where the operation names it."""

    value: Any
    beside: Any
    kind: str
    parts: tuple[Resource, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    number: int
    type: str
    expression: Expression
    parts: dict[str, Any]

    @classmethod
    def read(cls, parameter: Any, number: int) -> Operation:
        listed = parameter.get("part") if isinstance(parameter, dict) else None
        if not isinstance(listed, list) or parameter.get("name") != "operation":
            raise NotAPatch(number=number, part="operation")
        parts = {str(one.get("name")): one for one in listed if isinstance(one, dict)}
        kind = value_of(parts.get("type"), "Code")
        if kind not in NEEDS:
            raise NotAPatch(number=number, part="type")
        given = {name: _part(name, parts.get(name), number) for name in NEEDS[kind]}
        return cls(number, kind, _expression(value_of(parts.get("path"), "String"), number), given)

    def apply(self, resource: Resource) -> None:
        try:
            found = self.expression.of(resource)
        except FhirPathError:
            raise NotAPatch(number=self.number, part="path") from None
        getattr(self, "_" + self.type)(found)

    def _one(self, found: list[Node]) -> Node:
        if not found:
            raise NothingToPatch(number=self.number, path=self.expression.text)
        if len(found) > 1:
            raise ManyToPatch(number=self.number, path=self.expression.text, count=len(found))
        return found[0]

    def _add(self, found: list[Node]) -> None:
        node = self._one(found)
        if type(node.value) is not dict:
            raise NothingToPatch(number=self.number, path=self.expression.text)
        put(node.value, node.kind, self.parts["name"], self.parts["value"], self.number)

    def _replace(self, found: list[Node]) -> None:
        node = self._one(found)
        owner, _of, _key, at = self._place(node)
        given: Given = self.parts["value"]
        key, kind = self._renamed(node, given)
        value = built(given, kind, self.number)
        if at is None:
            set_pair(owner, key, value, given.beside)
        else:
            pairs = pairs_of(owner, key)
            pairs[at] = (value, given.beside)
            set_pairs(owner, key, pairs)

    def _renamed(self, node: Node, given: Given) -> tuple[str, str]:
        """A choice may get another type: deceasedBoolean becomes deceasedDateTime."""
        owner, of, key, _at = self._place(node)
        structure = definitions.structure(of)
        element = structure.by_key[key][0]
        fresh = next((k for k, kind in element.keys().items() if definitions.plain(kind) == given.kind), key)
        if element.choice and fresh != key:
            set_pair(owner, key, None, None)
        return fresh, structure.by_key[fresh][1]

    def _delete(self, found: list[Node]) -> None:
        if not found:
            return
        owner, _of, key, at = self._place(self._one(found))
        if at is None:
            set_pair(owner, key, None, None)
        else:
            pairs = pairs_of(owner, key)
            del pairs[at]
            set_pairs(owner, key, pairs)

    def _insert(self, found: list[Node]) -> None:
        owner, key, kind = self._list(found)
        pairs = pairs_of(owner, key)
        at = self._within(self.parts["index"], len(pairs) + 1)
        given: Given = self.parts["value"]
        pairs.insert(at, (built(given, kind, self.number), given.beside))
        set_pairs(owner, key, pairs)

    def _move(self, found: list[Node]) -> None:
        owner, key, _kind = self._list(found)
        pairs = pairs_of(owner, key)
        source = self._within(self.parts["source"], len(pairs))
        destination = self._within(self.parts["destination"], len(pairs))
        pairs.insert(destination, pairs.pop(source))
        set_pairs(owner, key, pairs)

    def _within(self, at: int, end: int) -> int:
        if not 0 <= at < end:
            raise NothingToPatch(number=self.number, path=f"{self.expression.text}[{at}]")
        return at

    def _place(self, node: Node) -> Place:
        if node.place is None:
            raise NothingToPatch(number=self.number, path=self.expression.text)
        return node.place

    def _list(self, found: list[Node]) -> tuple[Resource, str, str]:
        """The list that all that was found stands in."""
        if not found:
            raise NothingToPatch(number=self.number, path=self.expression.text)
        owner, _of, key, at = self._place(found[0])
        if at is None or any(node.place is None or node.place[0] is not owner for node in found):
            raise ManyToPatch(number=self.number, path=self.expression.text, count=len(found))
        return owner, key, found[0].kind


def _expression(text: Any, number: int) -> Expression:
    try:
        if not isinstance(text, str) or any(name in NOT_FOR_OTHERS for _, name in tokens(text)):
            raise NotAPatch(number=number, part="path")
        return path(text)
    except FhirPathError:
        raise NotAPatch(number=number, part="path") from None


def _part(name: str, part: Any, number: int) -> Any:
    if name == "value":
        return given_by(part, number)
    found = value_of(part, "String" if name == "name" else "Integer")
    if found is None or isinstance(found, bool):
        raise NotAPatch(number=number, part=name)
    return found


def value_of(part: Any, kind: str) -> Any:
    found = part.get("value" + kind) if isinstance(part, dict) else None
    if found is None and kind == "Code":
        found = part.get("valueString") if isinstance(part, dict) else None
    wanted = int if kind == "Integer" else str
    return found if isinstance(found, wanted) else None


def given_by(part: Any, number: int) -> Given:
    if not isinstance(part, dict):
        raise NotAPatch(number=number, part="value")
    if isinstance(part.get("resource"), dict):
        return Given(part["resource"], None, "Resource")
    if isinstance(part.get("part"), list):
        return Given(None, None, "", tuple(one for one in part["part"] if isinstance(one, dict)))
    known = definitions.structure("Parameters.parameter").by_key
    for key, value in part.items():
        element = known.get(key.removeprefix("_"))
        if element is not None and element[0].name == "value":
            name = key.removeprefix("_")
            return Given(part.get(name), part.get("_" + name), element[1])
        if key.startswith("value"):
            return Given(value, part.get("_" + key), "")
    raise NotAPatch(number=number, part="value")


def built(given: Given, kind: str, number: int) -> Any:
    """The value itself, or an object put together from its parts."""
    if not given.parts:
        return copy.deepcopy(given.value)
    made: Resource = {}
    for part in given.parts:
        put(made, kind, str(part.get("name")), given_by(part, number), number)
    return made


def put(owner: Resource, kind: str, name: str, given: Given, number: int) -> None:
    """Add an element by its name: to the end of a list, or where there is none yet."""
    try:
        structure = definitions.structure(kind)
    except KeyError:
        raise NothingToPatch(number=number, path=name) from None
    element = structure.elements.get(name) or structure.by_key.get(name, (None, ""))[0]
    if element is None:
        raise NotAPatch(number=number, part="name")
    keys = element.keys()
    key = name if name in keys else next(
        (k for k, of in keys.items() if definitions.plain(of) == given.kind or len(keys) == 1), ""
    )  # fmt: skip
    if not key:
        raise NotAPatch(number=number, part="value")
    value = built(given, keys[key], number)
    if element.listed:
        set_pairs(owner, key, [*pairs_of(owner, key), (value, given.beside)])
    elif any(one in owner or "_" + one in owner for one in keys):
        raise ElementThereAlready(number=number, path=name)
    else:
        set_pair(owner, key, value, given.beside)


def set_pair(owner: Resource, key: str, value: Any, beside: Any) -> None:
    for name, one in ((key, value), ("_" + key, beside)):
        if one is None:
            owner.pop(name, None)
        else:
            owner[name] = one


def pairs_of(owner: Resource, key: str) -> list[tuple[Any, Any]]:
    """The values of a list, each with what `_key` says of it."""
    return list(zip_longest(owner.get(key) or [], owner.get("_" + key) or []))


def set_pairs(owner: Resource, key: str, pairs: list[tuple[Any, Any]]) -> None:
    values, beside = [value for value, _ in pairs], [one for _, one in pairs]
    set_pair(
        owner,
        key,
        values if any(value is not None for value in values) else None,
        beside if any(one is not None for one in beside) else None,
    )
