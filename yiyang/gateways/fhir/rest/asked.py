"""A request as the interactions of FHIR see it, and what is refused by its header alone."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.records.r4 import body as bodies

JSON = "application/fhir+json"
JSON_NAMES = {"application/fhir+json", "application/json", "text/json", "json", "application/json+fhir", ""}
PATCH_NAMES = {"application/json-patch+json"}
MERGE_NAMES = {"application/merge-patch+json"}
PARAMETERS_AT_MOST = 200
LONGEST_QUERY = 64_000


class FormatUnknown(Refusal):
    message = _("Only JSON is spoken here. Ask for “application/fhir+json”, or leave “_format” out.")
    status = 406


class ContentNotFhir(Refusal):
    message = _("Send the body as “Content-Type: application/fhir+json”.")
    status = 415


class ContentTooLarge(Refusal):
    message = _("The body is larger than {limit} bytes. Send less at a time.")
    status = 413


class EncodingUnknown(Refusal):
    message = _("The body could not be unpacked. Send it as it is, or with “Content-Encoding: gzip”.")
    status = 415


class TooManyParameters(Refusal):
    message = _(
        "The question has more than {most} parameters or is longer than {longest} characters, or holds one that cannot be used. Ask less at a time."
    )
    status = 400


@dataclass
class Asked:
    """What was asked: by whom, with which method, of which address under /fhir, with which parameters."""

    request: HttpRequest
    method: str
    path: list[str]
    actor: Any
    base: str
    headers: Any
    parameters: list[tuple[str, str]] = field(default_factory=list)

    @property
    def pretty(self) -> bool:
        return self.first("_pretty") == "true"

    @property
    def prefer(self) -> dict[str, str]:
        """`Prefer: return=minimal; handling=strict` by name."""
        parts = self.headers.get("Prefer", "").replace(",", ";").split(";")
        pairs = [part.strip().partition("=") for part in parts if part.strip()]
        return {name.strip().lower(): value.strip(' "') for name, _equals, value in pairs}

    def first(self, name: str, default: str = "") -> str:
        return next((value for found, value in self.parameters if found == name), default)

    @cached_property
    def searching(self) -> list[tuple[str, str]]:
        """The parameters without those that only say how the answer is written."""
        return [(name, value) for name, value in self.parameters if name not in ("_format", "_pretty")]

    def body(self, limit: int = bodies.LARGEST_RESOURCE, names: set[str] = JSON_NAMES) -> bytes:
        """What was sent, unpacked; refused by its header before it is read."""
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind not in names:
            raise ContentNotFhir
        return self.raw(limit)

    def raw(self, limit: int) -> bytes:
        length = self.headers.get("Content-Length", "")
        if length.isdigit() and int(length[:20]) > limit:
            raise ContentTooLarge(limit=limit)
        if "_body" in self.request.__dict__:  # read already, as for a test or by the check of a form
            found = self.request.body
        else:
            found = self.request.read(limit + 1)
        if len(found) > limit:
            raise ContentTooLarge(limit=limit)
        packing = self.headers.get("Content-Encoding", "").strip().lower()
        return found if packing in ("", "identity") else _unpacked(found, packing, limit)


@dataclass
class Inner(Asked):
    """An entry of a Bundle, as a request of its own."""

    sent: bytes = b""

    def raw(self, limit: int) -> bytes:
        return self.sent


def _unpacked(packed: bytes, packing: str, limit: int) -> bytes:
    if packing != "gzip":
        raise EncodingUnknown
    unpacker = zlib.decompressobj(wbits=31)
    try:
        found = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        raise EncodingUnknown from None
    if len(found) > limit:
        raise ContentTooLarge(limit=limit)
    if not unpacker.eof:
        raise EncodingUnknown
    return found


def parameters(query: str) -> list[tuple[str, str]]:
    """Name and value of each parameter, as they were sent; bounded."""
    try:
        if len(query) > LONGEST_QUERY:
            raise ValueError
        found = parse_qsl(query, keep_blank_values=True, max_num_fields=PARAMETERS_AT_MOST, errors="replace")
        if any("\0" in name or "\0" in value for name, value in found):
            raise ValueError
        return found
    except ValueError:
        raise TooManyParameters(most=PARAMETERS_AT_MOST, longest=LONGEST_QUERY) from None


def refuse_format(asked: Asked) -> None:
    """`_format` comes before `Accept`; whoever takes anything, or says nothing, gets JSON."""
    wanted = asked.first("_format").replace(" ", "+")  # a plus in an address is a blank
    if wanted:
        if wanted.partition(";")[0].strip().lower() not in JSON_NAMES:
            raise FormatUnknown
        return
    accepted = asked.headers.get("Accept", "")
    names = {part.partition(";")[0].strip().lower() for part in accepted.split(",")}
    if not names & (JSON_NAMES | {"*/*", "application/*", "application/ndjson", "application/fhir+ndjson"}):
        raise FormatUnknown
