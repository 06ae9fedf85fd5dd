"""Checks a resource against FHIR R4 (4.0.1), and says all that is wrong at once, each with its place."""

from __future__ import annotations

import math
from typing import Any

from yiyang.assessments.rules.texts import Text, same
from yiyang.gateways.fhir.r4.rules import RULES
from yiyang.gateways.fhir.r4.shapes import Element, Shape, patterns, resource_types, tables

DEEPEST = 60
MOST_FAULTS = 100
LONGEST_STRING = 1_048_576
OTHER_RELEASES = {
    "versionAlgorithmString": "R5", "versionAlgorithmCoding": "R5", "copyrightLabel": "R5",
    "disabledDisplay": "R5", "answerConstraint": "R5", "triggeredBy": "R5", "bodyStructure": "R5",
    "instantiatesCanonical": "R5", "option": "STU3", "options": "STU3", "concept": "STU3",
    "comment": "STU3", "context": "STU3", "parent": "STU3", "related": "STU3",
}  # fmt: skip
CODES_OF_OTHERS = {"coding": "R5"}
NUMBERS = {"integer", "positiveInt", "unsignedInt"}


def faults(resource: Any, *kinds: str) -> list[Text]:
    """Why this is no resource of FHIR R4, or none of these kinds; empty when it is."""
    if not isinstance(resource, dict):
        return [Text("应为一个 JSON 对象", "must be a JSON object")]
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not kind:
        return [Text("缺少 resourceType", "there is no resourceType")]
    if kinds and kind not in kinds:
        words = Text(
            "resourceType 是 {kind}，应为 {wanted}", "the resourceType is {kind}; it must be {wanted}"
        )
        return [words.format(kind=kind[:40], wanted=" / ".join(kinds))]
    checking = Checking()
    checking.resource(resource, kind, 0)
    return checking.faults[:MOST_FAULTS]


class Checking:
    """Goes through a resource once; what is wrong is noted, and it goes on."""

    def __init__(self) -> None:
        self.faults: list[Text] = []

    def fault(self, where: str, zh: str, en: str, **values: object) -> None:
        if len(self.faults) < MOST_FAULTS:
            words = Text(f"{{where}}：{zh}", f"{{where}}: {en}")
            self.faults.append(words.format(where=same(where[:200]), **values))

    def resource(self, found: Any, where: str, depth: int) -> None:
        """One of the types that are known here in full; of the others only that R4 has them."""
        kind = found.get("resourceType") if isinstance(found, dict) else None
        if not isinstance(kind, str) or kind not in resource_types():
            self.fault(
                where, "R4 没有这种资源：{kind}", "R4 has no such resource: {kind}", kind=str(kind)[:40]
            )
        elif kind in tables():
            self.whole(found, kind, where, depth, root=True)

    def whole(self, found: Any, path: str, where: str, depth: int, root: bool = False) -> None:
        shape = tables()[path]
        if not isinstance(found, dict):
            return self.fault(where, "应为一个对象", "must be an object")
        if depth > DEEPEST:
            return self.fault(where, "嵌套过深", "is nested too deeply")
        if not found:
            return self.fault(where, "是空的", "is empty")
        for key, value in found.items():
            if root and key == "resourceType":
                continue
            self.element(shape, key, value, f"{where}.{key}", depth)
        self.required(shape, found, where)
        for rule in RULES.get(path, ()):
            for words in rule(found):
                self.fault(where, words.zh, words.en)
        return None

    def required(self, shape: Shape, found: dict[str, Any], where: str) -> None:
        given: dict[str, list[str]] = {}
        for key in found:
            element = shape.elements.get(key.removeprefix("_"))
            if element is not None:
                name = f"{element.choice}[x]" if element.choice else element.name
                given.setdefault(name, []).append(key.removeprefix("_"))
        for name in shape.required:
            if name not in given:
                self.fault(where, "缺少 {name}", "{name} is missing", name=name)
        for keys in given.values():
            if len(set(keys)) > 1:
                listed = ", ".join(sorted(set(keys)))
                self.fault(where, "{keys} 只能有一个", "only one of {keys} may be given", keys=listed)

    def element(self, shape: Shape, key: str, value: Any, where: str, depth: int) -> None:
        element = shape.elements.get(key.removeprefix("_"))
        beside = key.startswith("_") and element is not None and element.kind in patterns()
        if element is None or (key.startswith("_") and not beside):
            return self.unknown(key, where)
        if element.listed != isinstance(value, list):
            words = ("应为列表", "must be a list") if element.listed else ("不应为列表", "must not be a list")
            return self.fault(where, *words)
        if not element.listed:
            return self.one(element, value, where, depth, beside)
        if not value:
            self.fault(where, "列表是空的", "the list is empty")
        for at, each in enumerate(value):
            if each is not None or element.kind not in patterns():
                self.one(element, each, f"{where}[{at}]", depth, beside)
        return None

    def unknown(self, key: str, where: str) -> None:
        release = OTHER_RELEASES.get(key.removeprefix("_"))
        if release:
            self.fault(
                where, "R4（4.0.1）没有此元素，它属于 {release}", "R4 (4.0.1) has no such element; it is of {release}",
                release=release,
            )  # fmt: skip
        else:
            self.fault(where, "R4（4.0.1）没有此元素", "R4 (4.0.1) has no such element")

    def one(self, element: Element, value: Any, where: str, depth: int, beside: bool) -> None:
        if beside:
            self.whole(value, "Element", where, depth + 1)
        elif element.kind == "Resource" or element.kind in resource_types():
            self.resource(value, where, depth + 1)
        elif element.kind in tables():
            self.whole(value, element.kind, where, depth + 1)
        else:
            self.primitive(element, value, where)

    def primitive(self, element: Element, value: Any, where: str) -> None:
        kind = element.kind
        if not _fits(kind, value):
            shown = value if isinstance(value, str) else type(value).__name__
            self.fault(
                where, "“{value}”不是 {kind}", "“{value}” is no {kind}", value=str(shown)[:40], kind=kind
            )
        elif element.codes is not None and value not in element.codes:
            release = CODES_OF_OTHERS.get(value, "")
            listed = " ".join(sorted(element.codes)) if len(element.codes) <= 20 else "…"
            words = (
                ("R4 没有代码“{value}”（属于 {of}），可用：{listed}", "R4 has no code “{value}” (it is of {of}); there are: {listed}")
                if release
                else ("R4 没有代码“{value}”，可用：{listed}", "R4 has no code “{value}”; there are: {listed}")
            )  # fmt: skip
            self.fault(where, *words, value=value[:40], listed=listed, of=release)


def _fits(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "decimal":
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return abs(value) < 2**31 and patterns()[kind].fullmatch(str(value)) is not None
    if not isinstance(value, str) or len(value) > LONGEST_STRING:
        return False
    pattern = patterns().get(kind)
    return bool(value) and (pattern is None or pattern.fullmatch(value) is not None)
