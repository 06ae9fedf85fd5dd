"""A resource as it was sent: its text stays as it is, digit for digit; only `id` and `meta` are ours.

Numbers never become floats: whole ones are `int`, all others a `Number`, a Decimal that remembers its text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import accumulate
from typing import Any, NoReturn

import msgspec

from yiyang.records.r4.definitions import is_resource
from yiyang.records.refusals import (
    BodyTooDeep,
    KeyTwice,
    NoSuchType,
    NotAResource,
    NotJson,
    NotUnicode,
    ResourceTooLarge,
    UnfitCharacter,
    UnfitNumber,
)

LARGEST_RESOURCE = 16 * 1024 * 1024
LARGEST_BUNDLE = 64 * 1024 * 1024
DEEPEST = 100
USUAL_DEPTH = 12
LONGEST_NUMBER = 100
LARGEST_EXPONENT = 400
STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)  # an open one ends with the body
NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
# What PostgreSQL's text, or UTF-8, cannot hold; as an escape, for as a byte it would be no JSON or no UTF-8.
SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
UNFIT = re.compile("[\0\ud800-\udfff]")
Resource = dict[str, Any]


class Number(Decimal):
    """A number that is no plain integer, with the text it was sent as."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Number:
        if len(text) > LONGEST_NUMBER:
            raise UnfitNumber(number=text[:20] + "…")
        try:
            made = super().__new__(cls, text)
        except InvalidOperation:
            raise UnfitNumber(number=text[:20]) from None
        if not made.is_finite() or abs(made.adjusted()) > LARGEST_EXPONENT:
            raise UnfitNumber(number=text[:20])
        made.text = text
        return made

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return Number, (self.text,)

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, memo: Any) -> Number:
        return self


@dataclass(frozen=True, slots=True)
class Body:
    """`resource` is what is read from `raw`. Do not change it: make another with `written`."""

    resource: Resource
    raw: bytes

    @property
    def type(self) -> str:
        return str(self.resource["resourceType"])

    def stored(self, *, id: str, meta: Resource) -> str:
        """The text that is kept: our id and meta, every other value as it was sent."""
        parts = _members(self.raw)
        parts.pop("resourceType", None)
        parts.pop("id", None)
        parts.pop("meta", None)
        ours = f'{{"resourceType":"{self.type}","id":{_text(id)},"meta":{write(meta)}'
        return "".join(
            [ours, *(f",{_text(key)}:{bytes(value).decode()}" for key, value in parts.items()), "}"]
        )

    def entries(self) -> list[tuple[Resource, Body | None]]:
        """Of a Bundle: each entry with the body of its resource, if it has one."""
        entries = self.resource.get("entry")
        if not isinstance(entries, list):
            return []
        raw = msgspec.json.decode(_members(self.raw)["entry"], type=list[msgspec.Raw])
        return [
            (one, _inner(one, text)) for one, text in zip(entries, raw, strict=True) if isinstance(one, dict)
        ]


def _inner(entry: Resource, raw: msgspec.Raw) -> Body | None:
    resource = entry.get("resource")
    return Body(resource, bytes(_members(raw)["resource"])) if isinstance(resource, dict) else None


def read(raw: bytes, *, limit: int = LARGEST_RESOURCE) -> Body:
    """What was sent, or the refusal that says why it is not taken."""
    if len(raw) > limit:
        raise ResourceTooLarge(size=len(raw), limit=limit)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    found = decode(raw)
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise NotAResource
    if not is_resource(found["resourceType"]):
        raise NoSuchType(kind=found["resourceType"][:40])
    return Body(found, raw)


def decode(raw: bytes) -> Any:
    """Any JSON, read as bodies are; also for what is no resource, such as a JSON Patch."""
    _check_depth(raw)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise NotUnicode(position=error.start) from None
    try:
        found = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotJson(line=error.lineno, column=error.colno) from None
    if SUSPECT.search(raw):
        _check_characters(found)
    return found


def write(found: Any) -> str:
    """JSON text, every number as it was read."""
    return ENCODER.encode(found).decode()


def written(resource: Resource) -> Body:
    """The body of a resource that was made or changed here."""
    return Body(resource, ENCODER.encode(resource))


def _members(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(raw, type=dict[str, msgspec.Raw])


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode()


def _check_depth(raw: bytes) -> None:
    """Peels innermost brackets off, level by level, which is quick; what is left after some is counted."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return
    brackets = STRINGS.sub(b"", raw).translate(None, NOT_BRACKETS)
    for _level in range(USUAL_DEPTH):
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    if any(depth > DEEPEST - USUAL_DEPTH for depth in accumulate(map(STEPS.__getitem__, brackets))):
        raise BodyTooDeep(limit=DEEPEST)


def _check_characters(found: Any) -> None:
    stack = [found]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack += one.keys()
            stack += one.values()
        elif isinstance(one, list):
            stack += one
        elif isinstance(one, str) and (unfit := UNFIT.search(one)):
            raise UnfitCharacter(code=f"U+{ord(unfit.group()):04X}")


def _object(pairs: list[tuple[str, Any]]) -> Resource:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        raise KeyTwice(key=next(key for key, _ in pairs if key in seen or seen.add(key))[:60])  # type: ignore[func-returns-value]
    return found


def _whole(text: str) -> int | Number:
    return int(text) if len(text) < 19 and text != "-0" else Number(text)


def _no_number(text: str) -> NoReturn:
    raise UnfitNumber(number=text)


def _as_read(value: Any) -> Any:
    if isinstance(value, Decimal):
        return msgspec.Raw(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON")


DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Number, parse_int=_whole, parse_constant=_no_number
)
ENCODER = msgspec.json.Encoder(enc_hook=_as_read, decimal_format="number")
