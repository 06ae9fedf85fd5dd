"""A handover packet as a FHIR R4 document: the text that is sealed, and what it says without its own date. Pure."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from yiyang.packets.rules.sections import SECTIONS, Section
from yiyang.records.r4 import body as bodies

Resource = dict[str, Any]
NAMESPACE = UUID("5b0d3f0e-6f0c-4a55-9c39-2f9f0b7a51c4")
KEPT_BACK = "urn:yiyang:kept-back"
EMPTY_REASONS = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Piece:
    """One resource of the packet with its text, digit for digit as it is kept."""

    resource: Resource
    raw: bytes

    @property
    def key(self) -> str:
        return f"{self.resource['resourceType']}/{self.resource['id']}"


def made(resource: Resource) -> Piece:
    """What this platform runs, as a resource."""
    return Piece(resource, bodies.written(resource).raw)


def own_id(*parts: object) -> str:
    """The same id for the same thing in every version."""
    return str(uuid5(NAMESPACE, "/".join(str(one) for one in parts)))


@dataclass
class Gathered:
    """What a receiver may see, in sections; `beside` is what the pieces refer to."""

    person: Piece
    author: Piece
    sections: dict[str, list[Piece]] = field(default_factory=dict)
    beside: list[Piece] = field(default_factory=list)
    kept_back: int = 0

    def pieces(self) -> list[Piece]:
        """Each once, in the order of the sections."""
        found = {self.person.key: self.person, self.author.key: self.author}
        for section in SECTIONS:
            for one in self.sections.get(section.name, []):
                found.setdefault(one.key, one)
        for one in self.beside:
            found.setdefault(one.key, one)
        return list(found.values())

    @property
    def content(self) -> str:
        """A digest of what it says, without the date and number of the version."""
        told = hashlib.sha256(str(self.kept_back).encode())
        for section in SECTIONS:
            keys = [one.key for one in self.sections.get(section.name, [])]
            told.update(f"{section.name}:{','.join(keys)};".encode())
        for one in self.pieces():
            told.update(hashlib.sha256(one.raw).digest())
        return told.hexdigest()


@dataclass(frozen=True)
class Head:
    """What a version says of itself."""

    id: UUID
    transfer: UUID
    version: int
    at: datetime
    title: str
    base: str
    replaces: UUID | None = None


def document(head: Head, gathered: Gathered, words: Mapping[str, Sequence[str]]) -> str:
    """The text of the Bundle; `words` are the lines of each section as people read them."""
    at = head.at.isoformat(timespec="milliseconds")
    composition = made(_composition(head, gathered, words, at))
    entries = [_entry(head.base, one) for one in (composition, *gathered.pieces())]
    bundle = {
        "resourceType": "Bundle",
        "id": str(head.id),
        "identifier": _urn(head.id),
        "type": "document",
        "timestamp": at,
        "entry": entries,
    }
    return msgspec.json.encode(bundle).decode()


def _entry(base: str, one: Piece) -> dict[str, Any]:
    return {"fullUrl": f"{base}/{one.key}", "resource": msgspec.Raw(one.raw)}


def _composition(head: Head, gathered: Gathered, words: Mapping[str, Sequence[str]], at: str) -> Resource:
    told: Resource = {
        "resourceType": "Composition",
        "id": str(head.id),
        "identifier": {"system": "urn:yiyang:packet", "value": f"{head.transfer}/{head.version}"},
        "status": "final",
        "type": {
            "coding": [{"system": "http://loinc.org", "code": "18761-7", "display": "Transfer summary note"}],
            "text": head.title,
        },
        "category": [
            {
                "coding": [
                    {"system": "http://loinc.org", "code": "60591-5", "display": "Patient summary Document"}
                ]
            }
        ],
        "subject": {"reference": gathered.person.key},
        "date": at,
        "author": [{"reference": gathered.author.key}],
        "title": head.title,
        "custodian": {"reference": gathered.author.key},
    }
    if head.replaces is not None:
        told["relatesTo"] = [{"code": "replaces", "targetIdentifier": _urn(head.replaces)}]
    told["section"] = [
        _section(one, gathered.sections.get(one.name, []), words.get(one.name, ()), gathered.kept_back)
        for one in SECTIONS
    ]
    return told


def _urn(id: UUID) -> dict[str, str]:
    return {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{id}"}


def _section(section: Section, pieces: Sequence[Piece], lines: Iterable[str], kept_back: int) -> Resource:
    told: Resource = {}
    if section.name == "sight" and kept_back:
        told["extension"] = [{"url": KEPT_BACK, "valueInteger": kept_back}]
    shown = list(lines) or [str(section.empty)]
    told |= {
        "title": str(section.title),
        "code": {"coding": section.coding},
        "text": {"status": "generated", "div": narrative(shown)},
    }
    if pieces:
        return told | {"entry": [{"reference": one.key} for one in pieces]}
    reason = {"system": EMPTY_REASONS, "code": "unavailable", "display": "Unavailable"}
    return told | {"emptyReason": {"coding": [reason]}}


def narrative(lines: Iterable[str]) -> str:
    items = "".join(f"<li>{html.escape(NO_XML.sub('', one), quote=True)}</li>" for one in lines)
    return f'<div xmlns="http://www.w3.org/1999/xhtml"><ul>{items}</ul></div>'


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
