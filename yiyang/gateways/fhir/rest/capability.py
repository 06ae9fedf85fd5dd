"""The CapabilityStatement: computed from the table of routes and from HL7's definitions, never by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

from yiyang.gateways.fhir.rest import answers, smart
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.records.commands import integrity
from yiyang.records.r4.definitions import search_parameters, types

DATE = "2026-11-22"
OF_SYSTEM = {"transaction", "batch", "history-system", "search-system"}
BULK, BULK_OPERATION = ("export",), "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/"
OPERATION = "http://hl7.org/fhir/OperationDefinition/"


def metadata(asked: Asked) -> Answer:
    told = {**statement(), "implementation": {"description": "Yiyang", "url": asked.base}}
    rest = told["rest"][0]
    security = {**smart.security(asked.base), **rest["security"]}
    return answers.of_resource({**told, "rest": [{**rest, "security": security}]})


@cache
def statement() -> dict[str, Any]:
    from yiyang.gateways.fhir.rest.routes import ROUTES

    named = [route.interaction for route in ROUTES if route.interaction]
    of_type = [{"code": code} for code in named if code not in OF_SYSTEM | {"capabilities"}]
    of_system = [{"code": code} for code in named if code in OF_SYSTEM] + [{"code": "batch"}]
    works = {route.work.__name__ for route in ROUTES}
    asked = [route for route in ROUTES if "$" in route.path and "/" not in route.path.rsplit("$", 1)[1]]
    operations = sorted(
        {(route.path.rsplit("$", 1)[1], route.of) for route in asked if "{type}" in route.path}
    )
    alone = sorted({route.path[1:] for route in asked if route.path.startswith("$")})
    conditional = {
        "conditionalCreate": True,
        "conditionalRead": "full-support",
        "conditionalUpdate": "update_where" in works,
        "conditionalDelete": "single" if "delete_where" in works else "not-supported",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "Yiyang"},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "patchFormat": [
            "application/json-patch+json",
            "application/fhir+json",
            "application/merge-patch+json",
        ],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "A Bearer token, or the session of a page. What it may see and do is what its holder may."
                },
                "resource": [_resource(name, of_type, conditional, operations) for name in types()],
                "interaction": of_system,
                "operation": [{"name": one, "definition": _definition(one, "")} for one in alone],
            }
        ],
    }


def _definition(operation: str, of: str) -> str:
    if operation in BULK:
        return BULK_OPERATION + (f"{of.lower()}-" if of else "") + operation
    return f"{OPERATION}{of or 'Resource'}-{operation}"


def _resource(
    name: str,
    interactions: list[dict[str, str]],
    conditional: dict[str, Any],
    operations: list[tuple[str, str]],
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": name,
        "profile": f"http://hl7.org/fhir/StructureDefinition/{name}",
        "interaction": [one for one in interactions if not (name == "Patient" and one["code"] == "delete")],
        "versioning": "versioned-update",
        "readHistory": True,
        "updateCreate": True,
        **conditional,
        "referencePolicy": ["literal", "logical", "local", *(["enforced"] if integrity.strict() else [])],
        "searchParam": [
            {"name": code, "definition": one.url, "type": one.kind}
            for code, one in sorted(search_parameters(name).items())
        ],
        "operation": [
            {"name": one, "definition": _definition(one, of)} for one, of in operations if of in ("", name)
        ],
    }
    if name == "Patient":
        told["conditionalDelete"] = "not-supported"
    return told
