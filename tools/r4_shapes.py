#!/usr/bin/env python3
"""Write yiyang/gateways/fhir/r4/shapes.json: what FHIR R4 (4.0.1) says of the resources that are checked here.

    tools/r4_shapes.py FOLDER

FOLDER holds HL7's own files profiles-resources.json.gz, profiles-types.json.gz, valuesets.json.gz and
v3-codesystems.json.gz of 4.0.1. Of every element: how often, of which types, which codes are allowed.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

RESOURCES = ("Bundle", "Observation", "Questionnaire", "QuestionnaireResponse", "ValueSet")
TARGET = Path(__file__).resolve().parents[1] / "yiyang" / "gateways" / "fhir" / "r4" / "shapes.json"
SYSTEM = "http://hl7.org/fhirpath/System."


def main(folder: Path) -> None:
    resources = read(folder / "profiles-resources.json.gz")
    types = read(folder / "profiles-types.json.gz")
    known = {one["id"]: one for one in resources + types if one["resourceType"] == "StructureDefinition"}
    values = Values(read(folder / "valuesets.json.gz") + read(folder / "v3-codesystems.json.gz"))
    shapes: dict[str, Any] = {}
    patterns: dict[str, str] = {}
    wanted = [*RESOURCES, "Element"]
    while wanted:
        name = wanted.pop()
        if name in shapes or name in patterns or name == "Resource":
            continue
        if known[name]["kind"] == "primitive-type":
            patterns[name] = pattern(known[name])
            wanted.append("Extension")
            continue
        for path, shape in shape_of(known[name], values).items():
            shapes[path] = shape
            wanted += [t for element in shape.values() for t in element["types"] if t in known]
    kept = {
        "version": "4.0.1",
        "resources": sorted(
            k for k, one in known.items() if one["kind"] == "resource" and not one["abstract"]
        ),
        "patterns": dict(sorted(patterns.items())),
        "shapes": dict(sorted(shapes.items())),
        "codes": dict(sorted(values.used.items())),
    }
    lines = [f'"{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in kept.items()]
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read(path: Path) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in json.loads(gzip.decompress(path.read_bytes()))["entry"]]


def pattern(definition: dict[str, Any]) -> str:
    for element in definition["snapshot"]["element"]:
        for kind in element.get("type", []) if element["path"].endswith(".value") else []:
            for extension in kind.get("extension", []):
                if extension["url"].endswith("/regex"):
                    return str(extension["valueString"])
    return ""


def shape_of(definition: dict[str, Any], values: Values) -> dict[str, dict[str, Any]]:
    """By path of every element that has elements inside: name -> least, most (0: any number), types, codes."""
    elements = [one for one in definition["snapshot"]["element"] if ":" not in one["id"]]
    found: dict[str, dict[str, Any]] = {}
    for element in elements:
        above, _, name = element["path"].rpartition(".")
        if not above:
            continue
        shape = {
            "least": element["min"],
            "most": 0 if element["max"] == "*" else int(element["max"]),
            "types": types_of(element, elements),
        }
        binding = element.get("binding", {})
        if binding.get("strength") == "required":
            codes = values.codes(binding["valueSet"].split("|")[0])
            if codes:
                shape["codes"] = codes
        if shape["most"] or element["max"] == "*":
            found.setdefault(above, {})[name] = shape
    return found


def types_of(element: dict[str, Any], elements: list[dict[str, Any]]) -> list[str]:
    if "contentReference" in element:
        return [element["contentReference"].removeprefix("#")]
    if any(one["path"].startswith(element["path"] + ".") for one in elements):
        return [element["path"]]
    return ["string" if one["code"].startswith(SYSTEM) else one["code"] for one in element.get("type", [])]


class Values:
    """The codes of value sets that are listed in full; of the others nothing is said."""

    def __init__(self, resources: list[dict[str, Any]]) -> None:
        self.sets = {one["url"]: one for one in resources if one["resourceType"] == "ValueSet"}
        self.systems = {one["url"]: one for one in resources if one["resourceType"] == "CodeSystem"}
        self.used: dict[str, list[str]] = {}

    def codes(self, url: str) -> str:
        name = url.rsplit("/", 1)[-1]
        if name not in self.used:
            found = self.expand(url)
            if not found or len(found) > 1000:
                return ""
            self.used[name] = sorted(found)
        return name

    def expand(self, url: str) -> set[str] | None:
        found: set[str] = set()
        for include in self.sets.get(url, {}).get("compose", {}).get("include", [{}]):
            if include.get("filter") or not (include.get("system") or include.get("valueSet")):
                return None
            for other in include.get("valueSet", []):
                more = self.expand(other)
                if more is None:
                    return None
                found |= more
            if "concept" in include:
                found |= {one["code"] for one in include["concept"]}
            elif "system" in include:
                system = self.systems.get(include["system"], {})
                if system.get("content") != "complete":
                    return None
                found |= set(flat(system.get("concept", [])))
        return found


def flat(concepts: list[dict[str, Any]]) -> list[str]:
    """All codes but those that only stand above others."""
    found = []
    for one in concepts:
        told = {part["code"]: part.get("valueBoolean") for part in one.get("property", [])}
        found += [] if told.get("abstract") or told.get("notSelectable") else [one["code"]]
        found += flat(one.get("concept", []))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
