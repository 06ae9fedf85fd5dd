"""What came in before, and whom a resource of another system is about."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.gateways.fhir import mapping
from yiyang.gateways.models import ForeignIdentifier
from yiyang.kernel.crypto import look_up_hashes
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import writing


def known(kind: str, resource: dict[str, Any]) -> UUID | None:
    """The record here that this resource became when it came in before."""
    for key in _keys(kind, resource):
        for version, digest in look_up_hashes(f"fhir:{kind}", key):
            row = ForeignIdentifier.objects.filter(
                resource_type=kind, key_version=version, hash=digest
            ).first()
            if row is not None:
                return row.local_id
    return None


def remember(kind: str, resource: dict[str, Any], local_id: UUID, at: datetime) -> None:
    rows = [
        ForeignIdentifier(resource_type=kind, key_version=version, hash=digest, local_id=local_id, since=at)
        for key in _keys(kind, resource)
        for version, digest in look_up_hashes(f"fhir:{kind}", key)
    ]
    ForeignIdentifier.objects.bulk_create(rows, ignore_conflicts=True)


def referenced(kind: str, reference: Any) -> UUID | None:
    """What a reference points to, when it came in before: `Organization/id` or `urn:uuid:id`."""
    target = _target(reference)
    return known(kind, {"id": target, "identifier": []}) if target else None


def person_named(subject: Any, at: datetime) -> UUID | None:
    """Whom a `subject` means: who came in by that reference, who holds that document, whose record it is here."""
    found = referenced("Patient", subject)
    if found is not None or not isinstance(subject, dict):
        return found
    for document in mapping.documents({"identifier": [subject.get("identifier")]}):
        try:
            holder = holder_of(document, at)
        except Refusal:  # no number that exists
            continue
        if holder is not None:
            return holder
    try:
        return UUID(_target(subject))
    except ValueError:
        return None


def holder_of(document: Any, at: datetime) -> UUID | None:
    """Who holds this document."""
    [(_given, read)] = writing.read_documents([document], at)
    return writing.holder_of(read)


def _target(reference: Any) -> str:
    text = str(reference.get("reference") or "") if isinstance(reference, dict) else ""
    return text.removeprefix("urn:uuid:").rsplit("/", 1)[-1]


def _keys(kind: str, resource: dict[str, Any]) -> list[str]:
    pairs = [f"{system}|{value}" for system, value in mapping.identifiers(resource)]
    return [*pairs, f"id|{resource['id']}"] if resource.get("id") else pairs
