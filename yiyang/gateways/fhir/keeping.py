"""What a file holds beside persons and places, kept in the clinical record as it was sent; never twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.db import transaction

from yiyang.access.permissions import Permission
from yiyang.gateways.fhir import dangling, differing
from yiyang.gateways.fhir.known import known
from yiyang.gateways.fhir.named import Head, name_of
from yiyang.gateways.fhir.reading import unpacked
from yiyang.gateways.fhir.told import Line, told
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.records import commands
from yiyang.records.bundles import NotInBundle, Request, Step
from yiyang.records.queries import addresses
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource

# Ids that are no UUIDs are told apart by what the resource says.
URN = re.compile(r'"reference"\s*:\s*"(urn:[^"\s]+)"')
NAMESPACE = UUID("0e6f3c3a-52a5-4c3e-9a53-7b1f6c1f3f0e")


class Entry(msgspec.Struct):
    fullUrl: Any = None  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw()


class Bundle(msgspec.Struct):
    entry: list[Entry] = []


@dataclass
class Kept:
    """How many of each type came in, were there already, and why the others did not."""

    added: dict[str, int] = field(default_factory=dict)
    there: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    refused: list[Line] = field(default_factory=list)
    noted: list[Line] = field(default_factory=list)
    """What came in, or was left as it is here, and should be looked at."""


def keep(*, by: Actor, at: datetime, content: bytes, each: bool = False, update: bool = False) -> Kept:
    """Keep what can be kept, in one transaction; what R4 does not allow is named and left out.

    `each`: what else is refused is left out as well, by itself. `update`: what came in before and says something else
    now becomes a further version; else it is named and stays as it is here.
    """
    kept = Kept()
    if not by.may(Permission.WRITE_RECORD, by.organisation_id):
        return kept
    steps = _whole([step for step in _steps(content) if _fits(step, kept)], kept)
    there = {key for key, _person in addresses.persons_of((step.type, step.id) for step in steps)}
    for step in steps:
        step.known = (step.type, step.id) in there
    steps = dangling.without_ownerless(steps, kept.refused)
    differing.find(by, steps, kept, update=update)
    done = _write(by, at, steps, kept, each=each)
    for step in done:
        changed = step.method == "PUT"
        _count(kept.there if step.known else kept.updated if changed else kept.added, step.type)
    dangling.note(done, kept.noted)
    return kept


def _write(by: Actor, at: datetime, steps: list[Step], kept: Kept, *, each: bool) -> list[Step]:
    """The steps that were done. Where each counts by itself, halves are tried until the refused ones are alone."""
    if all(step.known for step in steps):
        return steps
    try:
        with transaction.atomic():
            commands.process_bundle(by=by, at=at, steps=steps, read=_nothing, whole=False)
        return steps
    except Refusal as refusal:
        if not each:
            raise
        if len(steps) == 1:
            kept.refused.append((name_of(steps[0]), told(partial(str, refusal))))
            return []
    half = len(steps) // 2
    return [
        *_write(by, at, steps[:half], kept, each=True),
        *_write(by, at, steps[half:], kept, each=True),
    ]


def _nothing(step: Step) -> None:
    return None


def _fits(step: Step, kept: Kept) -> bool:
    try:
        commands.check(bodies.read(step.raw).resource)
    except Refusal as refusal:
        kept.refused.append((name_of(step), told(partial(_faults, refusal))))
        return False
    return True


def _faults(refusal: Refusal) -> str:
    issues = refusal.details.get("issues") or []
    return "; ".join(f"{one.expression}: {one.text}" for one in issues[:3]) or str(refusal)


def _whole(steps: list[Step], kept: Kept) -> list[Step]:
    """Without those that refer to an entry which is not there, or was itself left out."""
    while True:
        urls = {step.full_url for step in steps}
        lost = [step for step in steps if set(URN.findall(step.raw.decode())) - urls]
        if not lost:
            return steps
        for step in lost:
            refusal = NotInBundle(reference=URN.findall(step.raw.decode())[0])
            kept.refused.append((name_of(step), told(partial(str, refusal))))
        steps = [step for step in steps if step not in lost]


def _steps(content: bytes) -> Iterator[Step]:
    for number, (raw, full_url) in enumerate(_resources(unpacked(content).strip())):
        try:
            head = msgspec.json.decode(raw, type=Head)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            continue
        if isinstance(head.resourceType, str) and is_resource(head.resourceType):
            id = _id(head, raw)
            if id:
                yield Step(
                    number, "POST", head.resourceType, id, [], full_url, raw, "", Request(), checked=True
                )


def _resources(text: bytes) -> Iterator[tuple[bytes, str]]:
    """The text of each resource and the address it had: entries of a Bundle, lines of NDJSON, or the whole."""
    for document in _documents(text):
        if msgspec.json.decode(document, type=Head).resourceType != "Bundle":
            yield document, ""
            continue
        for entry in msgspec.json.decode(document, type=Bundle).entry:
            if bytes(entry.resource):
                yield bytes(entry.resource), entry.fullUrl if isinstance(entry.fullUrl, str) else ""


def _documents(text: bytes) -> list[bytes]:
    text = text.removeprefix(b"\xef\xbb\xbf")
    try:
        msgspec.json.decode(text, type=Head)
        return [text]
    except msgspec.DecodeError:
        return [line for line in text.splitlines() if line.strip()]


def _id(head: Head, raw: bytes) -> str:
    """The person's own for a Patient; a UUID stays; anything else could be another sender's id too."""
    if head.resourceType == "Patient":
        person_id = known("Patient", msgspec.json.decode(raw))
        return str(person_id) if person_id else ""
    try:
        return str(UUID(str(head.id)))
    except ValueError:
        return str(uuid5(NAMESPACE, raw.hex()))


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1
