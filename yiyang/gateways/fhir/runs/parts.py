"""A file cut into parts that come in by themselves.

A Bundle is one part: all of it or nothing. Lines (NDJSON) are parts of some hundred, and each line counts by itself:
persons and places first, then what says whose it is, then what belongs to something else. References between lines
lead to what each becomes here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import msgspec
from django.utils.translation import gettext as _

from yiyang.gateways.fhir.keeping import NAMESPACE
from yiyang.gateways.fhir.known import known
from yiyang.gateways.fhir.named import Head
from yiyang.gateways.fhir.reading import NotFhir, unpacked
from yiyang.records.r4.definitions import is_resource
from yiyang.records.r4.extracting import person_references

LINES = 300
FIRST = ("Organization", "Practitioner", "Location", "Patient")
REFERENCE = re.compile(rb'("reference"\s*:\s*")([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?=["/#])')
NAME = re.compile(r"[A-Z][A-Za-z]+/[0-9a-f-]{36}")


@dataclass(frozen=True)
class Part:
    """`each`: what is refused of it is left out by itself."""

    content: bytes
    each: bool


class File:
    """The content of a file, told apart once."""

    def __init__(self, content: bytes) -> None:
        text = unpacked(content).removeprefix(b"\xef\xbb\xbf").strip()
        lines = [line for line in text.splitlines() if line.strip()]
        self._whole = text if len(lines) < 2 or not _all_of_it(lines[0]) else b""
        self._parts: list[list[bytes]] = []
        self._ids: dict[tuple[bytes, bytes], bytes] = {}
        self._names: dict[str, str] = {}
        if not self._whole:
            self._cut(lines)

    @property
    def parts(self) -> int:
        return 1 if self._whole else len(self._parts)

    def told(self, text: str) -> str:
        """A text with the ids that the sender knows."""
        return NAME.sub(lambda found: self._names.get(found[0], found[0]), text)

    def _cut(self, lines: list[bytes]) -> None:
        """Never two kinds of rank in one part: what comes later builds on what is there."""
        ranked: dict[int, list[bytes]] = {}
        for line in lines:
            ranked.setdefault(_rank(line), []).append(line)
            self._note(line)
        for _first, ones in sorted(ranked.items()):
            self._parts += [ones[at : at + LINES] for at in range(0, len(ones), LINES)]

    def part(self, number: int) -> Part:
        if self._whole:
            return Part(self._whole, each=False)
        return Part(b"\n".join(self._led(line) for line in self._parts[number]), each=True)

    def _note(self, line: bytes) -> None:
        """What the sender's id becomes, where it cannot stay as it is."""
        head = _head(line)
        if head.resourceType == "Patient" or not isinstance(head.id, str):
            return
        try:
            UUID(head.id)
        except ValueError:
            new = str(uuid5(NAMESPACE, line.hex()))
            of = str(head.resourceType)
            self._ids[of.encode(), head.id.encode()] = new.encode()
            self._names[f"{of}/{new}"] = f"{of}/{head.id[:64]}"

    def _led(self, line: bytes) -> bytes:
        """The line with its own id and its references as they are here; the persons came in before."""
        head = _head(line)
        own = self._ids.get((str(head.resourceType).encode(), str(head.id).encode()))
        if own is not None:
            told: dict[str, Any] = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
            line = msgspec.json.encode(told | {"id": own.decode()})
        return REFERENCE.sub(self._here, line)

    def _here(self, found: re.Match[bytes]) -> bytes:
        key = (found[2], found[3])
        if found[2] == b"Patient" and key not in self._ids:
            person_id = known("Patient", {"id": found[3].decode(), "identifier": []})
            if person_id is None:
                return found[0]
            self._ids[key] = str(person_id).encode()
        return b"%s%s/%s" % (found[1], found[2], self._ids.get(key, found[3]))


def _all_of_it(line: bytes) -> bool:
    try:
        return isinstance(_head(line).resourceType, str)
    except NotFhir:
        return False


def _head(line: bytes) -> Head:
    try:
        return msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise NotFhir(why=_("a line cannot be read")) from None


def _rank(line: bytes) -> int:
    head = _head(line)
    if head.resourceType in FIRST:
        return 0
    if not isinstance(head.resourceType, str) or not is_resource(head.resourceType):
        return 9
    return 5 if person_references(msgspec.json.decode(line)) else 8
