"""HL7's test cases for FHIRPath: each an expression, a resource and what it gives."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from yiyang.records.r4 import definitions
from yiyang.records.r4.body import Number, decode
from yiyang.records.r4.fhirpath import FhirPathError, Node, path
from yiyang.records.r4.fhirpath.nodes import plain
from yiyang.records.tests.outside import DATA

FHIR = "{http://hl7.org/fhir}"


@dataclass(frozen=True)
class Case:
    group: str
    name: str
    expression: str
    invalid: str
    outputs: tuple[tuple[str | None, str], ...]
    resource: Path | None


def cases() -> Iterator[Case]:
    folder = DATA / "fhirpath-r4"
    if not folder.exists():
        pytest.skip(f"no fhirpath-r4 in {DATA}")
    for file in sorted(folder.glob("tests*.xml")):
        for group in ET.parse(file).getroot().iter("group"):
            for test in group.iter("test"):
                said = test.find("expression")
                assert said is not None
                name = test.get("inputfile")
                yield Case(
                    str(group.get("name")), str(test.get("name")), said.text or "", said.get("invalid") or "",
                    tuple((one.get("type"), one.text or "") for one in test.findall("output")),
                    folder / "input" / name if name else None,
                )  # fmt: skip


def run(case: Case) -> str:
    """Empty when it gives what it should; else what it gave instead. What is invalid is asked strictly."""
    try:
        resource = read(case.resource) if case.resource else None
    except FileNotFoundError:
        return "its resource is not there"
    try:
        found = path(case.expression).of(resource, strict=bool(case.invalid))
    except FhirPathError as error:
        return "" if case.invalid else f"error: {error}"
    given = [said(node) for node in found]
    if case.invalid:
        return f"no error: {given}"
    wanted = [
        one.removeprefix("@").removeprefix("T") if kind in (None, "date", "dateTime", "time") else one
        for kind, one in case.outputs
    ]
    return (
        "" if len(given) == len(wanted) and all(map(alike, given, wanted)) else f"{given} instead of {wanted}"
    )


def said(node: Node) -> str:
    value = plain(node)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, default=str) if isinstance(value, dict) else str(value)


def alike(given: str, wanted: str) -> bool:
    if given == wanted:
        return True
    try:
        return Decimal(given) == Decimal(wanted)
    except ArithmeticError:
        return False


@cache
def read(file: Path) -> dict[str, Any]:
    """The resource as JSON; one that is XML is brought over by HL7's tables."""
    if file.suffix == ".json":
        return decode(file.read_bytes())  # type: ignore[no-any-return]
    root = ET.parse(file).getroot()
    return of_xml(root, root.tag.removeprefix(FHIR), True)


def of_xml(element: ET.Element, kind: str, is_resource: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": kind} if is_resource else {}
    if "url" in element.attrib:
        found["url"] = element.attrib["url"]
    if "id" in element.attrib:
        found["id"] = element.attrib["id"]
    for child in element:
        name = child.tag.rpartition("}")[2]
        known = definitions.structure(kind).by_key.get(name)
        assert known is not None, (kind, name)
        value, beside = of_child(child, known[1])
        for key, one in ((name, value), ("_" + name, beside)):
            if known[0].listed:
                if value is not None or key == name or beside:
                    found.setdefault(key, []).append(one)
            elif one is not None:
                found[key] = one
    return {
        key: one
        for key, one in found.items()
        if not (isinstance(one, list) and not any(x is not None for x in one))
    }


def of_child(child: ET.Element, kind: str) -> tuple[Any, Any]:
    if kind == "xhtml":
        return ET.tostring(child, encoding="unicode"), None
    if kind == "Resource":
        inner = child[0]
        return of_xml(inner, inner.tag.removeprefix(FHIR), True), None
    if not definitions.is_primitive(kind):
        return of_xml(child, kind), None
    text = child.get("value")
    inside = {key: one for key, one in of_xml(child, "Element").items() if key in ("id", "extension")}
    return (None if text is None else of_text(text, kind)), inside or None


def of_text(text: str, kind: str) -> Any:
    if kind == "boolean":
        return text == "true"
    if kind == "decimal":
        return Number(text)
    return int(text) if kind in ("integer", "positiveInt", "unsignedInt") else text
