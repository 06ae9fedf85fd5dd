"""Reading a body: JSON in UTF-8, one object, not too large, not too deep, no characters that cannot be kept."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from yiyang.kernel.api.problems import (
    BODY_AT_MOST,
    BodyMalformed,
    BodyTooLarge,
    ContentTypeUnknown,
    ValuesRefused,
)
from yiyang.kernel.api.values import UNKEPT

DEEPEST = 20


class Bodies(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """The object that was sent; kept on the request, because its digest tells a repeated request."""
        body = read(request.body)
        request.told = body  # type: ignore[attr-defined]
        return body


def refuse_by_header(request: HttpRequest) -> None:
    """What the header alone tells: too large, not JSON. Nothing of the body was read yet."""
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length[:20]) > BODY_AT_MOST:
        raise BodyTooLarge(most=BODY_AT_MOST)
    kind = (request.content_type or "").lower()
    if request.method in ("POST", "PATCH") and kind != "application/json" and length not in ("", "0"):
        raise ContentTypeUnknown


def read(raw: bytes) -> Any:
    if len(raw) > BODY_AT_MOST:
        raise BodyTooLarge(most=BODY_AT_MOST)
    try:
        body = msgspec.json.decode(raw)
    except (msgspec.DecodeError, ValueError, UnicodeError) as error:
        raise BodyMalformed(problem=_("it cannot be read")) from error
    except RecursionError as error:
        raise BodyMalformed(problem=_("it is nested too deep")) from error
    _refuse_unkept(body, [])
    return body


def _refuse_unkept(value: Any, path: list[str | int]) -> None:
    if len(path) > DEEPEST:
        raise BodyMalformed(problem=_("it is nested too deep"))
    if isinstance(value, str):
        _refuse_characters(value, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_characters(key, path)
            _refuse_unkept(item, [*path, key])
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _refuse_unkept(item, [*path, number])


def _refuse_characters(text: str, path: list[str | int]) -> None:
    if UNKEPT.search(text):
        raise ValuesRefused(("body", path, "characters"))
