"""Parts of a resource: `_summary` and `_elements`. What is mandatory always stays, and the tag SUBSETTED says it."""

from __future__ import annotations

from typing import Any

from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import structure
from yiyang.records.r4.search import Query

ALWAYS = {"resourceType", "id", "meta"}
TAG = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    "code": "SUBSETTED",
    "display": "Resource encoded in summary mode",
}


def shown(body: str, query: Query) -> str:
    """The text of a resource as this search asks for it; untouched when it asks for all."""
    if query.summary not in ("true", "text", "data") and not query.elements:
        return body
    resource = bodies.decode(body.encode())
    kept = _kept(resource, query)
    meta = dict(resource.get("meta") or {})
    meta["tag"] = [*meta.get("tag", ()), TAG]
    return bodies.write({"resourceType": resource["resourceType"], **kept, "meta": meta})


def _kept(resource: dict[str, Any], query: Query) -> dict[str, Any]:
    name = resource["resourceType"]
    if query.summary == "data":
        return {key: value for key, value in resource.items() if key != "text"}
    if query.summary == "text":
        return {key: value for key, value in resource.items() if key == "text" or _mandatory(name, key)}
    if query.summary == "true":
        return _summary(name, resource)
    wanted = {one.removeprefix(f"{name}.").partition(".")[0] for one in query.elements}
    return {
        key: value for key, value in resource.items() if _mandatory(name, key) or _plain(name, key) in wanted
    }


def _summary(path: str, value: dict[str, Any]) -> dict[str, Any]:
    """What HL7 marks as part of a summary, at every depth of the resource's own elements."""
    known = structure(path).by_key
    kept: dict[str, Any] = {}
    for key, one in value.items():
        found = known.get(key.removeprefix("_"))
        if key in ALWAYS:
            kept[key] = one
        elif found is not None and (found[0].summary or found[0].least):
            kept[key] = _inside(found[1], one) if "." in found[1] else one
    return kept


def _inside(path: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_inside(path, one) for one in value]
    return _summary(path, value) if isinstance(value, dict) else value


def _mandatory(name: str, key: str) -> bool:
    if key in ALWAYS:
        return True
    found = structure(name).by_key.get(key.removeprefix("_"))
    return found is not None and found[0].least > 0


def _plain(name: str, key: str) -> str:
    """The element's name without the type of its value: `value` for `valueQuantity`."""
    found = structure(name).by_key.get(key.removeprefix("_"))
    return found[0].name if found is not None else key
