"""`Composition/ID/$document`: a document Bundle of a Composition and all that it leads to."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import msgspec

from yiyang.gateways.fhir.rest import answers, operations
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.reading import show
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now
from yiyang.records import commands
from yiyang.records.queries.documents import document as gathered
from yiyang.records.r4 import body as bodies
from yiyang.records.stored import Stored

KNOWN = ("persist", "graph")
NAMESPACE = UUID("5b0d1c5e-9f4e-4c53-8a3a-0c0e8b1f2a6d")


def document(asked: Asked, type: str, id: str) -> Answer:
    """With `persist=true` it is kept as well, under an id of its own."""
    told = dict(operations.given(asked))
    operations.refuse_unknown(list(told.items()), KNOWN)
    if told.get("persist", "false") not in ("true", "false"):
        raise operations.OperationParameterMalformed(
            name="persist", value=told["persist"][:60], example="true"
        )
    found = gathered(asked.actor, id, asked.base)
    show(asked, found, "fhir.document")
    made = bundle(found, asked.base)
    if told.get("persist") != "true":
        return Answer(200, msgspec.json.encode(made))
    body = bodies.read(msgspec.json.encode(made))
    kept = commands.create_resource(by=asked.actor, at=now(), body=body, id=str(new_id()))
    return answers.written(asked, kept, created=True)


def bundle(found: list[Stored], base: str) -> dict[str, Any]:
    """The same resources in the same versions have the same identifier."""
    versions = " ".join(f"{one.type}/{one.id}/{one.version}" for one in found)
    labels = _labels(found)
    return {
        "resourceType": "Bundle",
        **({"meta": {"security": labels}} if labels else {}),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid5(NAMESPACE, versions)}"},
        "type": "document",
        "timestamp": now().isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{base}/{one.type}/{one.id}", "resource": msgspec.Raw(one.body.encode())}
            for one in found
        ],
    }


class Meta(msgspec.Struct):
    security: list[dict[str, Any]] = []


class Labelled(msgspec.Struct):
    meta: Meta = msgspec.field(default_factory=Meta)


def _labels(found: list[Stored]) -> list[dict[str, Any]]:
    """What is sensitive in a part is sensitive in the whole: whoever keeps it keeps it as such."""
    told = [one for part in found for one in msgspec.json.decode(part.body, type=Labelled).meta.security]
    return list({(one.get("system"), one.get("code")): one for one in told}.values())
