"""A batch or transaction as it was sent: what each entry asks for, before anything is looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.records.r4.definitions import is_resource

METHODS = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
ENTRIES_AT_MOST = 20_000
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
# `"reference": "…"` and the like, in the text as it was sent. Identifiers keep what they say.
NAMED = re.compile(rb'"(\w+)"(\s*:\s*)"((?:urn:(?:uuid|oid):|https?://)[^"\\\s]{1,300})"')
RELATIVE = re.compile(rb'"(reference)"(\s*:\s*)"([A-Z][A-Za-z]{1,40}/[A-Za-z0-9.-]{1,64})"')
CONDITIONAL = re.compile(rb'"reference"\s*:\s*"([A-Z][A-Za-z]{1,40}\?(?:[^"\\]|\\.){1,1000})"')
LINKED = re.compile(rb'((?:href|src)=\\")(urn:(?:uuid|oid):[^"\\\s]{1,300})(\\")')
NOT_REFERENCES = {b"value", b"system", b"fullUrl", b"profile"}


class BundleUnfit(Refusal):
    message = _(
        "Send a Bundle of type “batch” or “transaction”, whose entries each say in “request” what to do."
    )
    status = 400


class TooManyEntries(Refusal):
    message = _(
        "The Bundle has {number} entries, more than the {most} that are taken at a time. Send it in parts."
    )
    status = 413


class EntryUnfit(Refusal):
    message = _("What this entry asks for cannot be read: {what}.")
    status = 400


class EntryTwice(Refusal):
    message = _("{what} stands in this Bundle twice. A transaction does one thing with each resource.")
    status = 400


class NotInBundle(Refusal):
    message = _("It refers to {reference}, and no entry of this Bundle has that fullUrl.")
    status = 422


class Request(msgspec.Struct):
    method: str = ""
    url: str = ""
    ifNoneMatch: str = ""  # noqa: N815  (FHIR's own names)
    ifModifiedSince: str = ""  # noqa: N815
    ifMatch: str = ""  # noqa: N815
    ifNoneExist: str = ""  # noqa: N815


class Sent(msgspec.Struct):
    fullUrl: str = ""  # noqa: N815
    resource: msgspec.Raw = msgspec.Raw()
    request: Request | None = None


class SentBundle(msgspec.Struct):
    resourceType: str = ""  # noqa: N815
    type: str = ""
    entry: list[Sent] = []


@dataclass
class Step:
    """What one entry asks for. `id` is known, or given when the resource is created."""

    number: int
    method: str
    type: str
    id: str
    parameters: list[tuple[str, str]]
    full_url: str
    raw: bytes
    url: str
    request: Request
    rest: tuple[str, ...] = ()
    known: bool = False  # it is there already: nothing to create
    checked: bool = False  # against R4, by whoever made the step
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"Bundle.entry[{self.number}]"


def read_bundle(raw: bytes) -> tuple[str, list[Step]]:
    """Its type and its steps, in the order of its entries."""
    try:
        bundle = msgspec.json.decode(raw, type=SentBundle)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        raise BundleUnfit from None
    if bundle.resourceType != "Bundle" or bundle.type not in ("batch", "transaction"):
        raise BundleUnfit
    if len(bundle.entry) > ENTRIES_AT_MOST:
        raise TooManyEntries(number=len(bundle.entry), most=ENTRIES_AT_MOST)
    return bundle.type, [_step(number, one) for number, one in enumerate(bundle.entry)]


def _step(number: int, sent: Sent) -> Step:
    where = f"Bundle.entry[{number}]"
    request = sent.request
    if request is None or request.method not in METHODS:
        raise EntryUnfit(what="request.method", expression=f"{where}.request.method")
    url, _mark, query = request.url.partition("?")
    parts = [part for part in url.split("/") if part]
    if request.method in ("GET", "HEAD"):
        return Step(number, request.method, "", "", [], sent.fullUrl, b"", request.url, request)
    type = parts[0] if parts else ""
    id = parts[1] if len(parts) > 1 else ""
    if len(parts) > 2 or not is_resource(type) or (id and not ID.fullmatch(id)):
        raise EntryUnfit(what=request.url[:100], expression=f"{where}.request.url")
    parameters = parse_qsl(query, keep_blank_values=True, max_num_fields=100) if query else []
    if request.method == "POST" and (id or parameters):
        raise EntryUnfit(what=request.url[:100], expression=f"{where}.request.url")
    if request.method != "POST" and not id and not parameters:
        raise EntryUnfit(what=request.url[:100], expression=f"{where}.request.url")
    body = bytes(sent.resource)
    if request.method in ("POST", "PUT", "PATCH") and not body:
        raise EntryUnfit(what="resource", expression=f"{where}.resource")
    return Step(number, request.method, type, id, parameters, sent.fullUrl, body, request.url, request)


def rewritten(raw: bytes, addresses: dict[bytes, bytes], full_url: str) -> bytes:
    """The text of a resource with the references to other entries as they are from now on.

    `addresses` says what each fullUrl of the Bundle became.
    """

    def by_name(found: re.Match[bytes]) -> bytes:
        if found[1] in NOT_REFERENCES:
            return found[0]
        whole, hash_, part = found[3].partition(b"#")
        new = addresses.get(whole)
        if new is None:
            if found[1] == b"reference" and found[3].startswith(b"urn:"):
                raise NotInBundle(reference=found[3].decode()[:100])
            return found[0]
        return b'"%s"%s"%s%s%s"' % (found[1], found[2], new, hash_, part)

    def by_base(found: re.Match[bytes]) -> bytes:
        new = addresses.get(base + found[3])
        return found[0] if new is None else b'"reference"%s"%s"' % (found[2], new)

    def by_link(found: re.Match[bytes]) -> bytes:
        return found[1] + addresses.get(found[2], found[2]) + found[3]

    if b"urn:" in raw or b"http" in raw:
        raw = NAMED.sub(by_name, raw)
        raw = LINKED.sub(by_link, raw)
    base = base_of(full_url)
    return RELATIVE.sub(by_base, raw) if base else raw


def base_of(full_url: str) -> bytes:
    """`http://there/fhir/` of `http://there/fhir/Patient/1`: what relative references beside it are relative to."""
    if not full_url.startswith("http"):
        return b""
    return full_url.rsplit("/", 2)[0].encode() + b"/"


def conditional_references(raw: bytes) -> list[bytes]:
    return CONDITIONAL.findall(raw) if b"?" in raw else []


def with_conditions(raw: bytes, found: dict[bytes, bytes]) -> bytes:
    """The text with each `Practitioner?identifier=…` as what it was found to be."""

    def one(match: re.Match[bytes]) -> bytes:
        return match[0].replace(match[1], found[match[1]])

    return CONDITIONAL.sub(one, raw)


def text_of(escaped: bytes) -> str:
    """What stands between the quotes of a JSON string."""
    told: Any = msgspec.json.decode(b'"' + escaped + b'"')
    return str(told)
